#include "apps/cli/initial.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "apps/cli/fields.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/csv_header.h"

namespace bellwether::cli {

std::optional<int> find_state(const mdp::TabularMdp& model, std::string_view name) {
  const auto& names = model.data().state_names;
  const auto named = std::find(names.begin(), names.end(), name);
  if (named != names.end()) return static_cast<int>(named - names.begin());
  const auto index = parse_integer(name);
  if (!index || *index < 0 || *index >= model.num_states()) return std::nullopt;
  return static_cast<int>(*index);
}

std::vector<double> read_by_state(const mdp::TabularMdp& model, const std::string& path, std::string_view what,
                                  const Rule& rule, double absent) {
  std::ifstream file(path);
  if (!file) throw ParseError(fmt::format("{}: cannot be opened", path));
  std::vector<std::optional<double>> read(static_cast<std::size_t>(model.num_states()));
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#' || (number == 1 && text == fmt::format("state,{}", what))) continue;
    const std::size_t comma = text.rfind(',');  // names may have commas too
    if (comma == std::string_view::npos) throw ParseError(fmt::format("{}:{}: expected state,{}", path, number, what));
    const std::string name = mdp::unquoted(text.substr(0, comma));
    const std::string_view typed = trimmed(text.substr(comma + 1));
    const auto state = find_state(model, name);
    if (!state) throw ParseError(fmt::format("{}:{}: the model has no state '{}'", path, number, name));
    const auto value = parse_double(typed);
    if (!value || !rule.admits(*value)) {
      throw ParseError(fmt::format("{}:{}: the {} of state '{}' is '{}', must be a number, {}", path, number, what,
                                   name, typed, rule.text()));
    }
    auto& kept = read[static_cast<std::size_t>(*state)];
    if (kept) throw ParseError(fmt::format("{}:{}: state '{}' stands here a second time", path, number, name));
    kept = value;
  }
  std::vector<double> all;
  for (const auto& value : read) all.push_back(value.value_or(absent));
  return all;
}

std::vector<double> read_initial(const mdp::TabularMdp& model, const std::string& typed) {
  const auto count = static_cast<std::size_t>(model.num_states());
  if (typed == "uniform") return std::vector<double>(count, 1.0 / model.num_states());
  if (const auto state = find_state(model, typed)) {
    std::vector<double> distribution(count, 0.0);
    distribution[static_cast<std::size_t>(*state)] = 1;
    return distribution;
  }
  std::error_code ignored;
  if (std::filesystem::is_regular_file(typed, ignored)) {
    std::vector<double> distribution = read_by_state(model, typed, "probability", at_least(0), 0);
    const double sum = std::accumulate(distribution.begin(), distribution.end(), 0.0);
    if (!(std::abs(sum - 1) <= 1e-9))
      throw ParseError(fmt::format("{}: the probabilities sum to {}, not 1", typed, sum));
    return distribution;
  }
  const std::vector<std::string>& names = model.data().state_names;
  throw InvalidOption(fmt::format("solve: option --initial is '{}', must be 'uniform', a state ({}0 to {}) or a file{}",
                                  typed, names.empty() ? "" : "its name or ", model.num_states() - 1,
                                  did_you_mean(typed, names)));
}

}  // namespace bellwether::cli
