#include "apps/cli/ground_cost.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/fields.h"
#include "core/errors.h"
#include "core/text.h"

namespace bellwether::cli {
namespace {

/// The numbers of one line, which is that of state `from`.
void add_line(const mdp::TabularMdp& model, int from, std::string_view text, const std::string& where,
              std::vector<double>& matrix) {
  const std::vector<std::string> costs = split(text, ',');
  if (std::ssize(costs) != model.num_states())
    throw ParseError(fmt::format("{}: state {} has {}, must have {}, one for each state", where, model.state_name(from),
                                 counted(std::ssize(costs), "cost"), model.num_states()));
  for (int to = 0; to < model.num_states(); ++to) {
    const std::string_view typed = trimmed(costs[static_cast<std::size_t>(to)]);
    const auto cost = parse_double(typed);
    if (!cost || !std::isfinite(*cost) || *cost < 0)
      throw ParseError(fmt::format("{}: the cost from state {} to state {} is '{}', must be a number of at least 0",
                                   where, model.state_name(from), model.state_name(to), typed));
    if (to == from && *cost != 0)
      throw ParseError(
          fmt::format("{}: the cost from state {} to itself is {}, must be 0", where, model.state_name(from), *cost));
    matrix.push_back(*cost);
  }
}

}  // namespace

mdp::GroundCost read_ground_cost(const mdp::TabularMdp& model, const std::string& typed) {
  if (typed == "index") return {.kind = mdp::GroundCost::Kind::kIndex};
  if (typed == "discrete") return {.kind = mdp::GroundCost::Kind::kDiscrete};
  std::error_code ignored;
  std::ifstream file(typed);
  if (!file || !std::filesystem::is_regular_file(typed, ignored))
    throw InvalidOption(fmt::format(
        "solve: option --ground-cost is '{}', must be index, discrete or a CSV file of costs between states{}", typed,
        did_you_mean(typed, std::vector<std::string>{"index", "discrete"})));
  mdp::GroundCost cost{.kind = mdp::GroundCost::Kind::kMatrix};
  std::string line;
  int from = 0;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#') continue;
    const std::string where = fmt::format("{}:{}", typed, number);
    if (from >= model.num_states())
      throw ParseError(fmt::format("{}: there are more lines than the {} of the model", where,
                                   counted(model.num_states(), "state")));
    add_line(model, from++, text, where, cost.matrix);
  }
  if (from != model.num_states())
    throw ParseError(
        fmt::format("{}: has {}, must have {}, one for each state", typed, counted(from, "line"), model.num_states()));
  return cost;
}

}  // namespace bellwether::cli
