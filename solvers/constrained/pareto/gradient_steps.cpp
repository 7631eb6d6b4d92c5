#include "solvers/constrained/pareto/gradient_steps.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bellwether::solvers::constrained {

ExtensionGame::ExtensionGame(const MultiObjectiveProblem& problem, int l, const Objectives& at_least,
                             std::string_view method)
    : problem_(problem),
      extension_(epsilon_constraint(problem, l, at_least)),
      lagrangian_(extension_),
      game_(lagrangian_, method) {}

double ExtensionGame::smallest_slack(const View& view) const {
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < num_thresholds(); ++i) least = std::min(least, slack(view, i));
  return least;
}

Eigen::VectorXd ExtensionGame::q(const View& view, int objective) const {
  return objective == 0 ? Eigen::VectorXd(view.q.col(0) * game_.reward_unit())
                        : Eigen::VectorXd(view.q.col(objective) * -game_.cost_unit(objective - 1));
}

Point ExtensionGame::softened(const mdp::Policy& start, View& view) const {
  Point at{.policy = std::vector<double>(game_.num_choices()), .log_policy = std::vector<double>(game_.num_choices())};
  const std::vector<double> uniform = game_.uniform_policy();
  for (double softness = 0.25; softness > 1e-12; softness /= 4) {
    for (int s = 0; s < game_.model().num_states(); ++s)
      for (std::int64_t c = game_.model().first_choice(s); c < game_.model().first_choice(s + 1); ++c) {
        const auto i = static_cast<std::size_t>(c);
        at.policy[i] = (1 - softness) * start.probability(game_.model(), s, c) + softness * uniform[i];
        at.log_policy[i] = std::log(at.policy[i]);
      }
    game_.evaluate(at.policy, view, true);
    if (smallest_slack(view) > 0) break;
  }
  return at;
}

Point ExtensionGame::moved(const Point& from, const Eigen::VectorXd& q, double length) const {
  Point at = from;
  for (std::size_t c = 0; c < at.log_policy.size(); ++c) at.log_policy[c] += length * q[static_cast<Eigen::Index>(c)];
  normalise_logarithms(game_, at);
  return at;
}

FrontPoint ExtensionGame::point(const Point& at) const {
  std::vector<double> policy = at.policy;
  for (double& p : policy)
    if (p < 1e-200) p = 0;
  FrontPoint point{.policy = {.stationary = mdp::Policy::randomised(std::move(policy))}, .value = {}};
  point.value = VectorPlanner(problem_.question, problem_.objectives).evaluate(point.policy);
  return point;
}

}  // namespace bellwether::solvers::constrained
