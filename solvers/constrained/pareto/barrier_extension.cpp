#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/errors.h"
#include "solvers/constrained/pareto/extensions.h"
#include "solvers/constrained/pareto/gradient_steps.h"

namespace bellwether::solvers {
namespace {

using namespace constrained;

/// J_0 + (1/t) sum of log slack_i; -infinity outside.
double barrier_value(const ExtensionGame& on, const View& view, double sharpness) {
  double sum = on.objective(view);
  for (int i = 0; i < on.num_thresholds(); ++i) {
    const double slack = on.slack(view, i);
    if (!(slack > 0)) return -std::numeric_limits<double>::infinity();
    sum += std::log(slack) / sharpness;
  }
  return sum;
}

/// q of the reward whose expected total is the derivative.
Eigen::VectorXd barrier_gradient(const ExtensionGame& on, const View& view, double sharpness) {
  Eigen::VectorXd q = on.q(view, 0);
  for (int i = 0; i < on.num_thresholds(); ++i) q += on.q(view, i + 1) / (sharpness * on.slack(view, i));
  return q;
}

}  // namespace

BarrierRun extend_by_barrier(const MultiObjectiveProblem& problem, int l, const Objectives& at_least,
                             const mdp::Policy& start, const BarrierOptions& options) {
  bellwether::require_valid("barrier", options);
  const ExtensionGame on(problem, l, at_least, "barrier");
  View view;
  Point at = on.softened(start, view);
  if (!(on.smallest_slack(view) > 0))
    throw InvalidOption("barrier: the first policy does not exceed every threshold, which it must");
  BarrierRun run{.smallest_slack = on.smallest_slack(view)};
  double length = 1 / std::max(1e-300, barrier_gradient(on, view, options.sharpness).cwiseAbs().maxCoeff());
  for (; run.steps < options.steps; ++run.steps) {
    const double here = barrier_value(on, view, options.sharpness);
    const Eigen::VectorXd direction = barrier_gradient(on, view, options.sharpness);
    View there;
    bool moved = false;
    for (int halving = 0; halving < 60 && !moved; ++halving, length *= 0.5) {
      Point next = on.moved(at, direction, length);
      on.game().evaluate(next.policy, there);
      if (!(barrier_value(on, there, options.sharpness) > here)) continue;
      at = std::move(next);
      moved = true;
    }
    if (!moved) break;
    view = std::move(there);
    run.smallest_slack = std::min(run.smallest_slack, on.smallest_slack(view));
    length *= 4;  // the halving above took one already
  }
  run.point = on.point(at);
  return run;
}

}  // namespace bellwether::solvers
