#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/number_column.h"
#include "apps/cli/policy_json.h"
#include "apps/cli/solution_output.h"
#include "apps/cli/terminal.h"
#include "core/text.h"
#include "mdp/io/names.h"

namespace bellwether::cli {
namespace {

constexpr int kShownStates = 20;
constexpr double kHiddenShare = 1e-9;  // of a choice that is hardly ever played: files and JSON keep it

std::string ending(const Answer& answer) {
  const std::string_view known = stopped_unproven(answer) ? " before anything was proven" : "; the bounds hold";
  const std::string limit = answer.addition ? answer.addition->limit() : std::string();
  switch (answer.solution.status) {
    case Status::kConverged:
      return "converged";
    case Status::kRoundingLimited:
      return "as exact as double arithmetic can prove";
    case Status::kBudgetExhausted:
      return fmt::format("{}{}", limit.empty() ? "stopped at the iteration limit" : "limited by " + limit, known);
    case Status::kStoppedByCaller:
      return fmt::format("stopped by you{}", known);
    case Status::kInfeasible:
      return "infeasible: no policy meets the requirement";
    case Status::kUnbounded:
      return "unbounded: the optimum is infinite";
    case Status::kNumericalTrouble:
      return "numerical trouble";
    case Status::kNotRun:
      return "not run";
  }
  return "";
}

std::string policy_cell(const mdp::TabularMdp& model, const mdp::Policy& policy, int s) {
  if (policy.is_deterministic()) return model.action_name(played_action(model, policy, s));
  std::string cell;
  for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
    const double p = policy.probability(model, s, c);
    if (p < kHiddenShare) continue;
    if (p > 1 - kHiddenShare) return model.action_name(model.action(c));
    cell += fmt::format("{}{}: {:.4g}", cell.empty() ? "" : ", ", model.action_name(model.action(c)), p);
  }
  return cell;
}

std::span<const double> first_of(const Eigen::VectorXd& values, int count) {
  return {values.data(), static_cast<std::size_t>(count)};
}

/// Where the value of each of the first states provably lies: its own bounds, or else the gap around it.
std::vector<Bounds> proven_bounds(const solvers::Solution& solution, int count) {
  const bool own = solution.lower.size() == solution.value.size() && solution.upper.size() == solution.value.size();
  std::vector<Bounds> bounds;
  for (Eigen::Index s = 0; s < count; ++s) {
    bounds.push_back(own ? Bounds{solution.lower[s], solution.upper[s]}
                         : Bounds{solution.value[s] - solution.gap, solution.value[s] + solution.gap});
  }
  return bounds;
}

/// Where the expected value over the initial distribution lies.
Bounds initial_bounds(const Answer& answer) {
  const std::vector<double> initial = answer.question->problem.model.initial();
  const std::vector<Bounds> bounds = proven_bounds(answer.solution, static_cast<int>(initial.size()));
  Bounds sum{0, 0};
  for (std::size_t s = 0; s < initial.size(); ++s) {
    if (!(initial[s] > 0)) continue;
    sum.lower += initial[s] * bounds[s].lower;
    sum.upper += initial[s] * bounds[s].upper;
  }
  return sum;
}

std::string state_table(const Answer& answer, bool all_states) {
  const solvers::Solution& solution = answer.solution;
  const mdp::TabularMdp& model = answer.question->problem.model;
  if (solution.value.size() == 0) return {};
  const bool average = answer.question->problem.criterion == solvers::Criterion::kAverage;
  const bool with_bias = average && solution.bias.size() > 0;
  const mdp::Policy* policy = solution.stages.empty() ? &solution.policy : &solution.stages.front();
  std::vector<std::string> headings{"state", average ? "gain" : "value"};
  std::vector<bool> right{model.data().state_names.empty(), true};
  if (with_bias) {
    headings.emplace_back("bias");
    right.push_back(true);
  }
  if (!policy->empty()) {
    headings.emplace_back(solution.stages.empty() ? "action" : "action in the first stage");
    right.push_back(model.data().action_names.empty() && policy->is_deterministic());
  }
  Table table(headings, right);
  const int shown = all_states ? model.num_states() : std::min(model.num_states(), kShownStates);
  const std::vector<std::string> values =
      aligned_numbers(first_of(solution.value, shown), proven_bounds(solution, shown));
  std::vector<std::string> biases;
  if (with_bias) {
    // The gap speaks of the gain; what the bias misses is not proven, so it gets fewer digits.
    const auto bias = first_of(solution.bias, shown);
    const double largest = solution.bias.lpNorm<Eigen::Infinity>();
    biases = aligned_numbers(bias, std::max(solution.gap, 1e-6 * largest));
  }
  for (int s = 0; s < shown; ++s) {
    const auto row = static_cast<std::size_t>(s);
    std::vector<std::string> cells{model.state_name(s), std::isnan(solution.value[s]) ? "-" : values[row]};
    if (with_bias) cells.push_back(biases[row]);
    if (!policy->empty()) cells.push_back(policy_cell(model, *policy, s));
    table.add(std::move(cells));
  }
  std::string text = '\n' + table.text(2);
  if (shown < model.num_states()) {
    const int more = model.num_states() - shown;
    const std::string_view it = more == 1 ? "it" : "them";
    text += fmt::format("  ... {}: --all lists {}, --json and --output FILE keep {}\n", grouped(more, "more state"), it,
                        it);
  }
  return text;
}

/// Whether nothing is earned or paid anywhere: some formats hold a model without any reward.
bool earns_nothing(const solvers::Problem& problem) {
  const auto nothing = [](const mdp::TabularMdp& model) {
    return std::ranges::all_of(model.reward(), [](double r) { return r == 0; });
  };
  return problem.criterion != solvers::Criterion::kReach && nothing(problem.model) &&
         std::ranges::all_of(problem.stages, nothing);
}

std::string proof_line(const solvers::Solution& solution) {
  constexpr std::string_view by_graph = "the infinite values, by the graph of the model and the signs of its gains";
  const auto infinite = solution.value.array().isInf().count();
  if (!std::isfinite(solution.gap)) {
    const bool decided = solution.status == Status::kInfeasible || solution.status == Status::kUnbounded;
    return decided && infinite > 0 ? fmt::format("{}; of the others nothing", by_graph) : std::string(kNothingProven);
  }
  double width = solution.lower.size() > 0 ? 0 : 2 * solution.gap;
  for (Eigen::Index s = 0; s < solution.lower.size(); ++s)
    if (solution.lower[s] != solution.upper[s]) width = std::max(width, solution.upper[s] - solution.lower[s]);
  if (infinite == solution.value.size()) return std::string(by_graph);
  const std::string_view every = infinite > 0 ? "every finite" : "every";
  if (solution.gap == 0 && width == 0)
    return fmt::format("{} value is the optimum exactly; the policy loses nothing", every);
  return fmt::format("{} value within {} of the optimum; the policy loses at most {}", every, scientific(solution.gap),
                     scientific(width));
}

/// The command again with this option, in the place of other values of it; settings are those of one algorithm.
std::string with_option(std::string typed, const std::string& option) {
  const bool setting = option.starts_with("--set ");
  std::vector<std::string> olds = {' ' + option.substr(0, option.find(setting ? '=' : ' ') + 1)};
  if (option.starts_with("--algorithm ")) olds.emplace_back(" --set ");
  for (const std::string& old : olds)
    for (std::size_t at = typed.find(old); at != std::string::npos; at = typed.find(old))
      typed.erase(at, typed.find(' ', at + old.size()) - at);
  return typed + ' ' + option;
}

std::string next_command(const Answer& answer) {
  if (const auto remedy = answer.addition ? answer.addition->remedy() : std::vector<std::string>(); !remedy.empty()) {
    std::string typed = answer.typed;
    for (const std::string& option : remedy) typed = with_option(std::move(typed), option);
    return fmt::format("{} solve{}", program_name(), typed);
  }
  const solvers::Problem& problem = answer.question->problem;
  constexpr int kQuicklyProven = 1000;  // states
  const Status status = answer.solution.status;
  const bool answered = status == Status::kConverged || status == Status::kRoundingLimited ||
                        status == Status::kBudgetExhausted || status == Status::kStoppedByCaller;
  const bool provable = answered && !answer.addition && answer.solution.value.allFinite() &&
                        problem.criterion == solvers::Criterion::kDiscounted &&
                        problem.model.num_states() <= kQuicklyProven &&
                        answer.typed.find("--certify") == std::string::npos;
  return provable ? fmt::format("{} solve{} --certify rational", program_name(), answer.typed) : std::string();
}

}  // namespace

bool stopped_unproven(const Answer& answer) {
  const Status status = answer.solution.status;
  const bool stopped = status == Status::kStoppedByCaller || status == Status::kBudgetExhausted;
  if (!stopped || std::isfinite(answer.solution.gap)) return false;
  return !answer.addition || answer.addition->proof() == kNothingProven;
}

double initial_value(const Answer& answer) {
  const std::vector<double> initial = answer.question->problem.model.initial();
  double sum = 0, infinite = 0;  // apart: an infinite value is known where the others are not
  for (std::size_t s = 0; s < initial.size(); ++s) {
    if (!(initial[s] > 0)) continue;
    const double value = answer.solution.value[static_cast<Eigen::Index>(s)];
    (std::isinf(value) ? infinite : sum) += initial[s] * value;
  }
  return infinite == 0 ? sum : infinite;
}

std::string answer_text(const Answer& answer, bool all_states) {
  const solvers::Solution& solution = answer.solution;
  const mdp::TabularMdp& model = answer.question->problem.model;
  const int width = std::min(terminal_width(), 110);
  const auto line = [&](std::string_view name, const std::string& text) {
    return fmt::format("  {:<11}{}\n", name, wrapped(text, 13, width));
  };
  const int contexts = answer.question->hidden ? answer.question->hidden->contexts : 0;
  const std::string each = contexts > 0 ? counted(contexts, "hidden context") + ", each of " : "";
  std::string out = fmt::format("{}: {}{}\n\n", answer.file, each, size_text(model));
  out += line("problem", answer.question->summary);
  if (earns_nothing(answer.question->problem)) out += line("rewards", "every one is 0: does the file have any?");
  // What was proven of an infeasible problem says all that its note says, with the numbers.
  const bool infeasible = solution.status == Status::kInfeasible && answer.addition != nullptr;
  const bool with_note = !solution.note.empty() && !infeasible;
  out += line("algorithm", solution.algorithm + (with_note ? ": " + solution.note : ""));
  out += line("status",
              fmt::format("{}, {}, {} (loading took {})", ending(answer), grouped(solution.iterations, "iteration"),
                          duration(answer.solve_seconds), duration(answer.load_seconds)));
  if (solution.value.size() > 0 && !std::isnan(initial_value(answer))) {
    out += line("value", fmt::format("{} {}", meaningful(initial_value(answer), initial_bounds(answer)),
                                     infeasible ? "under the policy of the least violation, which is no solution"
                                                : "expected from the initial distribution"));
  }
  if (answer.addition) {
    if (const auto headline = answer.addition->headline()) out += line(headline->first, headline->second);
    out += line("proven", answer.addition->proof());
    for (const auto& [name, text] : answer.addition->lines()) out += line(name, text);
  } else if (solution.value.size() > 0) {
    out += line("proven", proof_line(solution));
  }
  if (answer.exact) {
    out += line("exact", answer.exact->value.empty() ? "a fraction a state (--json has them)"
                         : answer.exact->value.size() <= 60
                             ? answer.exact->value
                             : fmt::format("a fraction of {} digits (--json has it)", answer.exact->value.size()));
    out += line("proof", answer.exact->statement);
  }
  if (answer.addition) out += answer.addition->table();
  out += state_table(answer, all_states);
  if (const std::string next = next_command(answer); !next.empty()) out += fmt::format("\nnext: {}\n", next);
  return mdp::printable(out);  // labels and file names stand in it too
}

}  // namespace bellwether::cli
