#include "solvers/robust/robust_backward_induction.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "core/rounding.h"
#include "solvers/robust/run.h"

namespace bellwether::solvers {
namespace {

using namespace robust;

/// One stage: the values become those of the stage before; the largest half width of the bounds.
template <class Enclose>
double back_up(Operator& op, Eigen::VectorXd& value, const Enclose& enclose) {
  const Eigen::VectorXd next = value;
  op.prepare(view(next));
  return parallel_reduce(
      value.size(), 20 * op.work(), 0.0,
      [&](std::int64_t begin, std::int64_t end) {
        double error = 0;
        for (std::int64_t s = begin; s < end && op.wanted(s); ++s) {
          const mdp::Bounds b = enclose(static_cast<int>(s), view(next));
          value[s] = b.low + (b.high - b.low) / 2;
          error = std::max({error, round_up(b.high - value[s]), round_up(value[s] - b.low)});
        }
        return error;
      },
      [](double a, double b) { return std::max(a, b); });
}

void certify_values(RobustSolution& solution, double error, double tolerance) {
  if (!solution.value.allFinite() || !std::isfinite(error)) {
    solution.status = Status::kNumericalTrouble;
    solution.note = "the values exceed the range of double arithmetic: scale the rewards down";
    return;
  }
  solution.lower = solution.upper = solution.value;
  double gap = 0;
  for (Eigen::Index s = 0; s < solution.value.size(); ++s) {
    solution.lower[s] = round_down(solution.value[s] - error);
    solution.upper[s] = round_up(solution.value[s] + error);
    gap = std::max({gap, solution.upper[s] - solution.value[s], solution.value[s] - solution.lower[s]});
  }
  solution.gap = round_up(gap);
  solution.residual = 0;
  solution.status = solution.gap <= tolerance ? Status::kConverged : Status::kRoundingLimited;
}

RobustSolution recursion(const RobustProblem& problem, const mdp::StagePolicy* given, std::string_view name,
                         const RobustBackwardInductionOptions& options, const SolveOptions& run) {
  bellwether::require_valid(name, options);
  checked(name, problem, run, Criterion::kFinite);
  RobustSolution solution;
  solution.algorithm = name;
  Operator op(problem);
  const int states = problem.model.num_states();
  solution.value = Eigen::VectorXd::Zero(states);
  solution.stages.resize(static_cast<std::size_t>(problem.horizon));
  const bool wants_rows = options.worst_case != "none";
  if (wants_rows) solution.worst_case_stages.resize(static_cast<std::size_t>(problem.horizon));
  TraceRecorder trace;
  TraceRow row;
  if (run.observer) op.ask([&] { return run.observer(row); });
  const auto stopped_early = [&] {
    RobustSolution stopped;
    stopped.status = Status::kStoppedByCaller;
    stopped.algorithm = name;
    stopped.note = "stopped before the first stage was reached, so there is no answer yet";
    stopped.iterations = solution.iterations;
    stopped.transitions_read = solution.transitions_read;
    stopped.trace = trace.take();
    return stopped;
  };
  double error = 0;
  for (int h = problem.horizon - 1; h >= 0; --h) {
    Decision decision;
    if (given != nullptr)
      decision = Decision::of((*given)[static_cast<std::size_t>(h)]);
    else if (problem.model.state_wise())
      decision.weight.resize(static_cast<std::size_t>(problem.model.nominal().num_choices()));
    else
      decision.choice.resize(static_cast<std::size_t>(states));
    const Eigen::VectorXd next = solution.value;
    const double own =
        given != nullptr
            ? back_up(op, solution.value,
                      [&](int s, std::span<const double> v) { return op.enclose_policy(s, v, decision); })
            : back_up(op, solution.value, [&](int s, std::span<const double> v) { return op.enclose(s, v, decision); });
    if (op.broken_off()) return stopped_early();
    // T is non-expanding with the discount: |V_h - truth| <= own + discount * error of the stage behind.
    error = round_up(own + round_up(round_up(problem.discount) * error) * (1 + 0x1p-49));
    solution.stages[static_cast<std::size_t>(h)] = decision.policy();
    if (wants_rows) {
      solution.worst_case_stages[static_cast<std::size_t>(h)] =
          op.respond(decision, view(next), options.worst_case == "all");
      if (op.broken_off()) return stopped_early();
    }
    solution.transitions_read += op.work();
    row = {.iteration = ++solution.iterations, .work = solution.transitions_read};
    trace.record(row);
    if (h > 0 && run.observer && !run.observer(row)) return stopped_early();
  }
  certify_values(solution, error, run.tolerance);
  solution.trace = trace.take();
  return solution;
}

}  // namespace

RobustSolution robust_backward_induction(const RobustProblem& problem, const RobustBackwardInductionOptions& options,
                                         const SolveOptions& run) {
  return recursion(problem, nullptr, "robust-backward-induction", options, run);
}

RobustSolution evaluate_robust_finite(const RobustProblem& problem, const mdp::StagePolicy& policy,
                                      const RobustBackwardInductionOptions& options, const SolveOptions& run) {
  if (static_cast<int>(policy.size()) != problem.horizon) {
    throw InvalidModel(
        fmt::format("robust-evaluation: there are {} policies for {} stages", policy.size(), problem.horizon));
  }
  for (const mdp::Policy& stage : policy) stage.require_fits(problem.model.nominal());
  return recursion(problem, &policy, "robust-evaluation", options, run);
}

}  // namespace bellwether::solvers
