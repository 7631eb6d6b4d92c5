#include "apps/cli/initial.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::cli {
namespace {

std::optional<int> find_state(const mdp::TabularMdp& model, std::string_view name) {
  const auto& names = model.data().state_names;
  const auto named = std::find(names.begin(), names.end(), name);
  if (named != names.end()) return static_cast<int>(named - names.begin());
  const auto index = parse_integer(name);
  if (!index || *index < 0 || *index >= model.num_states()) return std::nullopt;
  return static_cast<int>(*index);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

std::vector<double> read_file(const mdp::TabularMdp& model, const std::string& path) {
  std::ifstream file(path);
  if (!file) throw ParseError(fmt::format("{}: cannot be opened", path));
  std::vector<double> distribution(static_cast<std::size_t>(model.num_states()), 0.0);
  double sum = 0;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#' || (number == 1 && text == "state,probability")) continue;
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos)
      throw ParseError(fmt::format("{}:{}: expected state,probability", path, number));
    const std::string_view name = trimmed(text.substr(0, comma));
    const auto state = find_state(model, name);
    if (!state) throw ParseError(fmt::format("{}:{}: the model has no state '{}'", path, number, name));
    const auto probability = parse_double(trimmed(text.substr(comma + 1)));
    if (!probability || !(*probability >= 0) || !std::isfinite(*probability)) {
      throw ParseError(
          fmt::format("{}:{}: the probability of state '{}' is '{}'", path, number, name, text.substr(comma + 1)));
    }
    distribution[static_cast<std::size_t>(*state)] += *probability;
    sum += *probability;
  }
  if (!(std::abs(sum - 1) <= 1e-9)) throw ParseError(fmt::format("{}: the probabilities sum to {}, not 1", path, sum));
  return distribution;
}

}  // namespace

std::vector<double> read_initial(const mdp::TabularMdp& model, const std::string& typed) {
  const auto count = static_cast<std::size_t>(model.num_states());
  if (typed == "uniform") return std::vector<double>(count, 1.0 / model.num_states());
  if (const auto state = find_state(model, typed)) {
    std::vector<double> distribution(count, 0.0);
    distribution[static_cast<std::size_t>(*state)] = 1;
    return distribution;
  }
  std::error_code ignored;
  if (std::filesystem::is_regular_file(typed, ignored)) return read_file(model, typed);
  const std::vector<std::string>& names = model.data().state_names;
  throw InvalidOption(fmt::format("solve: option --initial is '{}', must be 'uniform', a state ({}0 to {}) or a file{}",
                                  typed, names.empty() ? "" : "its name or ", model.num_states() - 1,
                                  did_you_mean(typed, names)));
}

}  // namespace bellwether::cli
