#include "solvers/constrained/first_order/flow_polytope.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers::constrained {

FlowPolytope::FlowPolytope(const Game& game, std::string_view method) {
  constexpr int kMostStates = 400;
  constexpr std::int64_t kMostChoices = 4000;
  const mdp::TabularMdp& model = game.model();
  if (model.num_states() > kMostStates || model.num_choices() > kMostChoices) {
    throw InvalidOption(
        fmt::format("{}: the model has {} states and {} choices, at most {} and {} are possible; choose reload", method,
                    model.num_states(), model.num_choices(), kMostStates, kMostChoices));
  }
  flow_ = Eigen::MatrixXd::Zero(model.num_states(), model.num_choices());
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      flow_(s, c) += 1;
      for (std::size_t k = 0; k < model.successors(c).size(); ++k)
        flow_(model.successors(c)[k], c) -= game.discount() * model.probabilities(c)[k];
    }
  }
  right_ = (1 - game.discount()) * game.initial();
  price_ = Eigen::VectorXd::Zero(model.num_states());
}

double FlowPolytope::distance(const Eigen::VectorXd& x) const {
  return std::max((flow_ * x - right_).lpNorm<Eigen::Infinity>(), -std::min(0.0, x.minCoeff()));
}

namespace {

/// x = max(0, z + A' price): the projection has this form (the multipliers of x >= 0 are what was cut off).
struct Euclidean {
  const Eigen::VectorXd& z;
  Eigen::VectorXd point(const Eigen::VectorXd& lift) const { return (z + lift).cwiseMax(0.0); }
  Eigen::VectorXd slope(const Eigen::VectorXd& x) const { return (x.array() > 0).cast<double>(); }
  double potential(const Eigen::VectorXd& x) const { return 0.5 * x.squaredNorm(); }
};

/// x = z exp(A' price)
struct Entropic {
  const Eigen::VectorXd& log_z;
  Eigen::VectorXd point(const Eigen::VectorXd& lift) const { return (log_z + lift).array().min(300.0).exp(); }
  Eigen::VectorXd slope(const Eigen::VectorXd& x) const { return x; }
  double potential(const Eigen::VectorXd& x) const { return x.sum(); }
};

}  // namespace

/// Newton's method on the dual: minimise potential(x(price)) - right . price, whose gradient is A x - right. Convex
/// and, along the steps, halved until it falls enough (Armijo).
template <class Link>
Eigen::VectorXd FlowPolytope::project(const Link& link) {
  constexpr int kSteps = 200;
  constexpr double kClosed = 1e-14, kRidge = 1e-13;
  Eigen::VectorXd x = link.point(flow_.transpose() * price_);
  double value = link.potential(x) - right_.dot(price_);
  for (int step = 0; step < kSteps; ++step) {
    const Eigen::VectorXd gradient = flow_ * x - right_;
    if (gradient.lpNorm<Eigen::Infinity>() <= kClosed) break;
    Eigen::MatrixXd curvature = flow_ * link.slope(x).asDiagonal() * flow_.transpose();
    curvature.diagonal().array() += kRidge * std::max(1e-3, curvature.diagonal().maxCoeff());
    const Eigen::VectorXd direction = -curvature.ldlt().solve(gradient);
    const double descent = gradient.dot(direction);
    double length = 1;
    bool moved = false;
    for (int halving = 0; halving < 60; ++halving, length *= 0.5) {
      const Eigen::VectorXd price = price_ + length * direction;
      const Eigen::VectorXd at = link.point(flow_.transpose() * price);
      const double there = link.potential(at) - right_.dot(price);
      // Close to the end the values agree to all digits: then the gradient decides.
      const bool falls = there <= value + 1e-4 * length * descent;
      const bool closer = std::abs(there - value) <= 1e-13 * std::max(1.0, std::abs(value)) &&
                          (flow_ * at - right_).lpNorm<Eigen::Infinity>() < gradient.lpNorm<Eigen::Infinity>();
      if (!falls && !closer) continue;
      price_ = price;
      x = at;
      value = there;
      moved = true;
      break;
    }
    if (!moved) break;
  }
  return x;
}

Eigen::VectorXd FlowPolytope::nearest(const Eigen::VectorXd& z) { return project(Euclidean{z}); }

Eigen::VectorXd FlowPolytope::nearest_in_entropy(const Eigen::VectorXd& log_z) {
  project(Entropic{log_z});
  return log_z + flow_.transpose() * price_;
}

}  // namespace bellwether::solvers::constrained
