#include "apps/cli/fact_text.h"

#include <fmt/format.h>

#include "apps/cli/terminal.h"
#include "core/text.h"

namespace bellwether::cli {

std::string fact_text(const mdp::KnownFact& fact) {
  const std::string value = fact.exact.empty() ? fmt::format("{:.10g}", fact.value) : fact.exact;
  const bool asks = fact.quantity == mdp::Quantity::kOptimum || fact.quantity == mdp::Quantity::kUniform;
  return fmt::format("{}{}: {} ({})", to_string(fact.quantity),
                     asks ? fmt::format(" ({})", to_text(fact.question)) : "", value, fact.how);
}

std::string size_text(const mdp::ModelFile& file) {
  std::string text = size_text(file.model);
  if (!file.contexts.empty())
    text =
        fmt::format("{}, each of {}", counted(static_cast<std::int64_t>(file.contexts.size()), "hidden context"), text);
  if (file.observations) text += ", " + counted(file.observations->count, "observation");
  return text;
}

std::string transition_table(const mdp::TabularMdp& model) {
  Table table({"state", "choice", "reward", "goes to"}, {true, true, true, false});
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      std::string row;
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        row += fmt::format("{}{}: {}", row.empty() ? "" : ", ", model.successors(c)[i],
                           exact_text(model.probabilities(c)[i]));
      table.add({std::to_string(s), std::to_string(c - model.first_choice(s)), exact_text(model.reward(c)), row});
    }
  }
  return fmt::format("\n{}", table.text());
}

}  // namespace bellwether::cli
