// Which columns are wanted large or small at once, as typed.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/fields.h"
#include "apps/cli/planner.h"
#include "core/errors.h"
#include "core/text.h"

namespace bellwether::cli {

using solvers::Criterion;

std::vector<Objective> read_objectives(const Arguments& arguments, const solvers::Problem& problem) {
  const auto typed = arguments.text("objectives");
  if (!typed) {
    for (const char* option : {"plot", "reference"})
      if (arguments.has(option))
        throw InvalidOption(fmt::format("solve: --{} goes with --objectives NAME,NAME", option));
    return {};
  }
  if (problem.criterion == Criterion::kTotal || problem.criterion == Criterion::kReach)
    throw InvalidOption(
        "solve: --objectives goes with --discount G, --horizon H or --criterion average, not with a total until a "
        "goal");
  std::vector<std::string> names;
  for (const mdp::Column& column : problem.model.data().rewards) names.push_back(column.name);
  const std::size_t rewards = names.size();
  for (const mdp::Column& column : problem.model.data().costs) names.push_back(column.name);
  std::vector<Objective> objectives;
  for (const std::string& name : split(*typed, ',')) {
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) refuse_name("solve", "objectives", name, "column", names);
    if (std::ranges::find(objectives, name, &Objective::name) != objectives.end())
      throw InvalidOption(fmt::format("solve: option --objectives has '{}' twice", name));
    const bool is_cost = static_cast<std::size_t>(at - names.begin()) >= rewards;
    objectives.push_back({.name = name, .sign = is_cost ? -1 : problem.sign()});
  }
  if (objectives.size() < 2)
    throw InvalidOption(fmt::format("solve: option --objectives is '{}', must name two columns at least", *typed));
  if (arguments.has("plot") && objectives.size() != 2)
    throw InvalidOption(fmt::format("solve: --plot draws two objectives, and there are {}", objectives.size()));
  return objectives;
}

std::vector<double> read_reference(const Arguments& arguments, const std::vector<Objective>& objectives) {
  const auto typed = arguments.text("reference");
  if (!typed) return {};
  std::vector<double> reference;
  for (const std::string& part : split(*typed, ',')) {
    const auto x = parse_double(part);
    if (!x || !std::isfinite(*x))
      throw InvalidOption(fmt::format("solve: option --reference: '{}' is no number", part));
    reference.push_back(*x);
  }
  if (reference.size() != objectives.size())
    throw InvalidOption(fmt::format("solve: option --reference has {}, one is needed for each of {}",
                                    counted(static_cast<std::int64_t>(reference.size()), "number"),
                                    counted(static_cast<std::int64_t>(objectives.size()), "objective")));
  return reference;
}

std::string words_of(const std::vector<Objective>& objectives) {
  std::string words;
  for (const Objective& objective : objectives)
    words +=
        fmt::format("{}{} {}", words.empty() ? "" : " and ", objective.name, objective.sign > 0 ? "large" : "small");
  return words;
}

}  // namespace bellwether::cli
