#include "solvers/latent/frame.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/errors.h"
#include "core/rounding.h"

namespace bellwether::solvers::latent {
namespace {

const LatentProblem& checked(const LatentProblem& problem) {
  require_valid(problem);
  return problem;
}

/// Sums of discount^t over the steps from each stage on, rounded up.
std::vector<double> steps_of(const LatentProblem& problem) {
  if (problem.criterion != Criterion::kFinite) return {round_up(1 / (1 - problem.discount)) * (1 + 4 * kUnitRoundoff)};
  const auto horizon = static_cast<std::size_t>(problem.horizon);
  std::vector<double> steps(horizon + 1, 0.0);
  for (std::size_t h = horizon; h-- > 0;) steps[h] = 1 + problem.discount * steps[h + 1];
  for (double& sum : steps) sum *= 1 + rounding_error(2 * problem.horizon);
  return steps;
}

/// The sums of rewards, a few of them together, must be numbers.
double within_range(double largest) {
  if (!std::isfinite(16 * largest))
    throw InvalidModel("hidden states: the values exceed the range of double arithmetic: scale the rewards down");
  return largest;
}

}  // namespace

Frame::Frame(const LatentProblem& problem, const Observer& observer)
    : problem_(checked(problem)),
      model_(problem.model, problem.sign()),
      steps_(steps_of(problem)),
      backup_error_(1.01 * rounding_error(2 * model_.roundings() + 16) *
                        within_range(model_.largest_reward() * (steps(0) + 1)) +
                    kUnderflowSlack),
      relaxations_(relax(problem_, model_, backup_error_, observer)) {}

double Frame::least(int stage) const {
  const double low = std::min(0.0, model_.lowest_reward());
  if (model_.lowest_reward() <= 0) return low * steps(stage);
  return finite() ? 0.0 : model_.lowest_reward() * (1 - 1e-12) / (1 - problem_.discount);
}

double Frame::most(int stage) const {
  if (model_.highest_reward() >= 0) return model_.highest_reward() * steps(stage);
  return finite() ? 0.0 : model_.highest_reward() * (1 - 1e-12) / (1 - problem_.discount);
}

void Frame::finish(LatentSolution& solution, double lower, double upper) const {
  solution.known = relaxations_.known, solution.qmdp = relaxations_.qmdp, solution.informed = relaxations_.informed;
  upper = std::max(lower, std::min(upper, solution.informed));
  solution.lower = lower, solution.upper = upper;
  if (problem_.direction == Direction::kMinimise) {
    solution.lower = -upper, solution.upper = -lower;
    for (double* bound : {&solution.known, &solution.qmdp, &solution.informed}) *bound = -*bound;
    for (ControllerNode& node : solution.policy.nodes)
      for (double& a : node.alpha) a = -a;
  }
  solution.value = solution.lower + (solution.upper - solution.lower) / 2;
  solution.gap = round_up(solution.upper - solution.lower);
}

}  // namespace bellwether::solvers::latent
