#include "solvers/exact/average/multichain_value_iteration.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/graph/end_components.h"
#include "solvers/exact/average/average_policy_iteration.h"
#include "solvers/exact/average/component_gains.h"

namespace bellwether::solvers {
namespace {

constexpr int kSmall = 300;                   // policy iteration up to here
constexpr int kEvaluateBiasUpTo = 2000;       // states
constexpr std::int64_t kSecondTry = 200'000;  // sweeps of value iteration where policy iteration falls short

/// Relative value iteration in every component; the first status that is not kConverged ends it.
struct Components {
  average::ComponentGains gains;
  Eigen::VectorXd bias;
  Status status = Status::kConverged;
  std::int64_t iterations = 0, read = 0;
};

Components solve_components(const Problem& problem, const mdp::EndComponents& components,
                            const RelativeValueIterationOptions& options, const SolveOptions& run) {
  Components out;
  const int states = problem.model.num_states();
  out.gains.choice.assign(static_cast<std::size_t>(states), -1);
  out.bias = Eigen::VectorXd::Zero(states);
  for (int k = 0; k < components.count(); ++k) {
    const average::Part part = average::part_of(problem.model, components, k);
    SolveOptions own{.tolerance = run.tolerance / 4, .max_iterations = run.max_iterations - out.iterations};
    if (run.observer) {
      own.observer = [&](const TraceRow& row) {
        return run.observer(
            {.iteration = out.iterations + row.iteration, .residual = row.residual, .work = out.read + row.work});
      };
    }
    const Problem inside{.model = part.model, .criterion = Criterion::kAverage, .direction = problem.direction};
    const Solution solved = relative_value_iteration(inside, options, own);
    out.iterations += solved.iterations;
    out.read += solved.transitions_read;
    if (solved.status != Status::kConverged && out.status == Status::kConverged) out.status = solved.status;
    out.gains.lower.push_back(solved.lower[0]);
    out.gains.upper.push_back(solved.upper[0]);
    const auto members = components.members_of(k);
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::int64_t chosen = part.model.first_choice(static_cast<int>(i)) + solved.policy.choices()[i];
      out.gains.choice[static_cast<std::size_t>(members[i])] = part.choices[static_cast<std::size_t>(chosen)];
      out.bias[members[i]] = solved.bias[static_cast<Eigen::Index>(i)];
    }
  }
  return out;
}

}  // namespace

Solution multichain_value_iteration(const Problem& problem, const MultichainValueIterationOptions& options,
                                    const SolveOptions& run) {
  require_valid(problem);
  bellwether::require_valid("multichain-value-iteration", options);
  if (problem.criterion != Criterion::kAverage)
    throw InvalidOption("multichain-value-iteration: solves average-reward problems only");
  const mdp::ReverseTransitions reverse(problem.model);
  const mdp::EndComponents components = mdp::maximal_end_components(problem.model, reverse);
  const Components solved = solve_components(problem, components, options, run);
  const SolveOptions rest{.tolerance = run.tolerance / 4, .observer = run.observer};
  Solution solution = average::solution_of(
      problem, average::choose_components(problem, reverse, components, solved.gains, rest), solved.bias, run);
  solution.bias = problem.model.num_states() <= kEvaluateBiasUpTo && !solution.policy.empty()
                      ? average::bias_of(problem.model, solution.policy)
                      : Eigen::VectorXd();
  solution.algorithm = "multichain-value-iteration";
  solution.iterations = solved.iterations;
  solution.transitions_read += solved.read;
  if (solution.status != Status::kConverged && solved.status != Status::kConverged) solution.status = solved.status;
  solution.note = fmt::format("{} maximal end component{}.", components.count(), components.count() == 1 ? "" : "s");
  return solution;
}

Solution average_auto(const Problem& problem, const SolveOptions& run) {
  require_valid(problem);
  const int states = problem.model.num_states();
  if (states <= kSmall) {
    Solution solution = average_policy_iteration(problem, {}, run);
    if (solution.status == Status::kConverged || solution.status == Status::kStoppedByCaller)
      return explained(std::move(solution), "chosen by auto: the model is small");
    SolveOptions some = run;
    some.max_iterations = std::min(run.max_iterations, kSecondTry);
    Solution second = multichain_value_iteration(problem, {}, some);
    if (second.gap < solution.gap)
      return explained(std::move(second), "chosen by auto: policy iteration met its limits of rounding");
    return explained(std::move(solution), "chosen by auto: the model is small");
  }
  const mdp::EndComponents components =
      mdp::maximal_end_components(problem.model, mdp::ReverseTransitions(problem.model));
  if (components.count() == 1 && components.members_of(0).size() == static_cast<std::size_t>(states)) {
    return explained(relative_value_iteration(problem, {}, run),
                     "chosen by auto: every state can be reached from every other, so they share one gain");
  }
  return explained(multichain_value_iteration(problem, {}, run), "chosen by auto: states may have different gains");
}

}  // namespace bellwether::solvers
