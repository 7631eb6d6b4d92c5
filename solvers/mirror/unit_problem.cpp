#include "solvers/mirror/unit_problem.h"

#include <algorithm>
#include <limits>

namespace bellwether::solvers::mirror {

UnitProblem::UnitProblem(const Problem& problem)
    : discount_(problem.discount), sign_(problem.sign()), horizon_(problem.horizon) {
  if (problem.stages.empty()) {
    stages_ = {problem.model};
  } else {
    stages_ = problem.stages;
  }
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const mdp::TabularMdp& model : stages_) {
    for (const double r : model.reward()) {
      low = std::min(low, sign_ * r);
      high = std::max(high, sign_ * r);
    }
  }
  // Halves, because the range of finite numbers may be infinite.
  const double half_range = high / 2 - low / 2;
  low_ = low;
  if (half_range > 0) scale_ = std::min(2 * half_range, std::numeric_limits<double>::max());
  for (mdp::TabularMdp& model : stages_) {
    std::vector<double> reward(model.reward().begin(), model.reward().end());
    for (double& r : reward) r = half_range > 0 ? std::clamp((sign_ * r / 2 - low / 2) / half_range, 0.0, 1.0) : 0;
    model = model.with_expected_rewards(std::move(reward));
  }
}

Eigen::VectorXd UnitProblem::problem_values(const Eigen::VectorXd& v) const {
  return sign_ * (scale_ * v.array() + low_ / (1 - discount_));
}

double longest_return(double discount, int steps) {
  double sum = 0;
  for (int i = 0; i < steps; ++i) sum = 1 + discount * sum;
  return sum;
}

}  // namespace bellwether::solvers::mirror
