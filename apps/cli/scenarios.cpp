#include "apps/cli/scenarios.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/formats.h"

namespace bellwether::cli {
namespace {

/// The probabilities of a choice of `other` at the successors of a choice of the model.
void place_row(const mdp::TabularMdp& model, std::int64_t choice, const mdp::TabularMdp& other, std::int64_t theirs,
               const std::string& path, std::vector<double>& rows) {
  const auto listed = model.successors(choice), taken = other.successors(theirs);
  const auto p = other.probabilities(theirs);
  const auto begin = static_cast<std::size_t>(model.choice_begin()[choice]);
  std::fill_n(rows.begin() + static_cast<std::ptrdiff_t>(begin), listed.size(), 0.0);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const auto at = std::ranges::find(listed, taken[i]);
    if (at == listed.end()) {
      throw InvalidModel(fmt::format(
          "{}: state {} moves by action {} to state {}, which the model does not list; scenarios give other "
          "probabilities to its moves and no new ones",
          path, model.state_name(model.state_of(choice)), model.action_name(model.action(choice)),
          model.state_name(taken[i])));
    }
    rows[begin + static_cast<std::size_t>(at - listed.begin())] += p[i];
  }
}

std::vector<double> rows_of(const mdp::TabularMdp& model, const std::string& path, const std::vector<bool>& ended) {
  const mdp::TabularMdp other = read_like(model, path, ended);
  std::vector<double> rows(model.probability().begin(), model.probability().end());
  for (int s = 0; s < model.num_states(); ++s)
    if (!ended[static_cast<std::size_t>(s)])
      for (int k = 0; k < model.num_choices(s); ++k)
        place_row(model, model.first_choice(s) + k, other, other.first_choice(s) + k, path, rows);
  return rows;
}

}  // namespace

mdp::TabularMdp read_like(const mdp::TabularMdp& model, const std::string& path, const std::vector<bool>& ended) {
  const mdp::ModelFile file = mdp::read_model(path);
  if (!file.stages.empty() || !file.contexts.empty() || file.observations || file.intervals)
    throw InvalidModel(
        fmt::format("{}: a scenario is one plain model, without stages, contexts, observations or "
                    "intervals",
                    path));
  const mdp::TabularMdp& other = file.model;
  if (other.num_states() != model.num_states())
    throw InvalidModel(
        fmt::format("{}: has {}, the model has {}", path, counted(other.num_states(), "state"), model.num_states()));
  for (int s = 0; s < model.num_states(); ++s) {
    if (ended[static_cast<std::size_t>(s)]) continue;
    if (other.state_name(s) != model.state_name(s))
      throw InvalidModel(fmt::format("{}: its state {} is called {}, that of the model {}", path, s,
                                     other.state_name(s), model.state_name(s)));
    bool same = other.num_choices(s) == model.num_choices(s);
    for (int k = 0; same && k < model.num_choices(s); ++k)
      same = other.action_name(other.action(other.first_choice(s) + k)) ==
             model.action_name(model.action(model.first_choice(s) + k));
    if (!same)
      throw InvalidModel(fmt::format("{}: the actions of state {} are not those of the model, in their order", path,
                                     model.state_name(s)));
  }
  return other;
}

std::vector<bool> flagged(const mdp::TabularMdp& model, const std::vector<std::int32_t>& states) {
  std::vector<bool> flags(static_cast<std::size_t>(model.num_states()), false);
  for (const std::int32_t s : states) flags[static_cast<std::size_t>(s)] = true;
  return flags;
}

std::vector<std::vector<double>> read_scenarios(const mdp::TabularMdp& model, const std::vector<std::string>& paths,
                                                const std::vector<std::int32_t>& ended) {
  std::vector<std::vector<double>> all;
  all.emplace_back(model.probability().begin(), model.probability().end());
  for (const std::string& path : paths) all.push_back(rows_of(model, path, flagged(model, ended)));
  return all;
}

}  // namespace bellwether::cli
