#include "solvers/exact/finite/backward_induction.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/errors.h"
#include "core/parallel.h"
#include "core/rounding.h"
#include "mdp/operators.h"
#include "solvers/exact/discounted/rounding_bounds.h"

namespace bellwether::solvers {
namespace {

/// One backup of all states: values, choices, and the largest error of a computed choice value.
struct Stage {
  const Problem& problem;
  const mdp::TabularMdp& model;
  const Eigen::VectorXd& next;
  Eigen::VectorXd& value;
  std::vector<std::int32_t>& choice;

  double back_up() {
    const double largest_next = next.cwiseAbs().maxCoeff();
    return parallel_reduce(
        model.num_states(), model.num_transitions(), 0.0,
        [&](std::int64_t begin, std::int64_t end) {
          double error = 0;
          for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s)
            error = std::max(error, back_up_state(s, largest_next));
          return error;
        },
        [](double a, double b) { return std::max(a, b); });
  }

 private:
  double back_up_state(int s, double largest_next) {
    const mdp::Expectation expectation;
    const std::span<const double> v(next.data(), static_cast<std::size_t>(next.size()));
    double best = 0, error = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double q = model.reward(c) + problem.discount * expectation(model.successors(c), model.probabilities(c), v);
      const double magnitude = std::abs(model.reward(c)) + problem.discount * largest_next;
      const auto length = static_cast<std::int64_t>(model.successors(c).size());
      error = std::max(error, discounted::row_error(length) * magnitude + discounted::kUnderflow);
      const bool first = c == model.first_choice(s);
      if (first || (problem.maximise() ? q > best : q < best)) {
        best = q;
        choice[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(c - model.first_choice(s));
      }
    }
    value[s] = best;
    return round_up(error);
  }
};

/// The answer: the values with an interval of half-width `error` around each.
void certify_values(Solution& solution, double error) {
  solution.lower.resize(solution.value.size());
  solution.upper.resize(solution.value.size());
  double gap = 0;
  if (!solution.value.allFinite() || !std::isfinite(error)) {
    solution.lower.resize(0);
    solution.upper.resize(0);
    solution.status = Status::kNumericalTrouble;
    solution.note = "the values exceed the range of double arithmetic: scale the rewards down";
    return;
  }
  for (Eigen::Index s = 0; s < solution.value.size(); ++s) {
    solution.lower[s] = round_down(solution.value[s] - error);
    solution.upper[s] = round_up(solution.value[s] + error);
    gap = std::max({gap, solution.upper[s] - solution.value[s], solution.value[s] - solution.lower[s]});
  }
  solution.gap = std::isfinite(gap) ? round_up(gap) : std::numeric_limits<double>::infinity();
}

}  // namespace

Solution backward_induction(const Problem& problem, const BackwardInductionOptions& /*options*/,
                            const SolveOptions& run) {
  require_valid(problem);
  if (problem.criterion != Criterion::kFinite)
    throw InvalidOption("backward-induction: solves finite-horizon problems only");
  Solution solution{.algorithm = "backward-induction"};
  const int states = problem.model.num_states();
  Eigen::VectorXd value = Eigen::VectorXd::Zero(states), next = value;
  std::vector<std::int32_t> choice(static_cast<std::size_t>(states));
  solution.stages.resize(static_cast<std::size_t>(problem.horizon));
  TraceRecorder trace;
  double error = 0;
  for (int h = problem.horizon - 1; h >= 0; --h) {
    const mdp::TabularMdp& model = problem.stages.empty() ? problem.model : problem.stages[static_cast<std::size_t>(h)];
    value.swap(next);
    const double own = Stage{problem, model, next, value, choice}.back_up();
    error = round_up(own + round_up(round_up(problem.discount) * error) * (1 + 0x1p-49));
    solution.stages[static_cast<std::size_t>(h)] = mdp::Policy::deterministic(choice);
    solution.transitions_read += model.num_transitions();
    const TraceRow row{.iteration = ++solution.iterations, .work = solution.transitions_read};
    trace.record(row);
    if (h > 0 && run.observer && !run.observer(row)) {
      // Half a recursion says nothing about the first stage.
      return {.status = Status::kStoppedByCaller,
              .algorithm = "backward-induction",
              .note = "stopped before the first stage was reached, so there is no answer yet",
              .iterations = solution.iterations,
              .transitions_read = solution.transitions_read,
              .trace = trace.take()};
    }
  }
  solution.value = std::move(value);
  certify_values(solution, error);
  solution.residual = 0;
  if (solution.status != Status::kNumericalTrouble)
    solution.status = solution.gap <= run.tolerance ? Status::kConverged : Status::kRoundingLimited;
  solution.trace = trace.take();
  return solution;
}

}  // namespace bellwether::solvers
