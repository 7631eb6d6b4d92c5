#include "mdp/linear/linear_check.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <Eigen/LU>
#include <Eigen/QR>
#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

using Eigen::MatrixXd, Eigen::VectorXd;

MatrixXd transitions(const TabularMdp& model) {
  MatrixXd p = MatrixXd::Zero(model.num_choices(), model.num_states());
  for (std::int64_t c = 0; c < model.num_choices(); ++c)
    for (std::size_t k = 0; k < model.successors(c).size(); ++k)
      p(c, model.successors(c)[k]) += model.probabilities(c)[k];
  return p;
}

/// Least squares on the features of all choices.
class Fit {
 public:
  explicit Fit(const FeatureMap& features) : phi_(features.matrix()) {
    factor_.setThreshold(1e-10);
    factor_.compute(phi_);
  }

  int rank() const { return static_cast<int>(factor_.rank()); }
  MatrixXd weights(const MatrixXd& targets) const { return factor_.solve(targets); }
  MatrixXd residual(const MatrixXd& targets) const { return targets - phi_ * weights(targets); }

 private:
  MatrixXd phi_;
  Eigen::CompleteOrthogonalDecomposition<MatrixXd> factor_;
};

/// A policy that is drawn: one choice for each state.
std::vector<std::int64_t> drawn_choices(const TabularMdp& model, Stream draws) {
  std::vector<std::int64_t> out;
  for (int s = 0; s < model.num_states(); ++s)
    out.push_back(model.first_choice(s) +
                  static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(model.num_choices(s)))));
  return out;
}

VectorXd reward_of(const TabularMdp& model) {
  return Eigen::Map<const VectorXd>(model.reward().data(), model.num_choices());
}

/// Calls look(Q_h) for Q^pi of every stage, last to first, with a policy of its own for each.
template <class Look>
void staged_values(std::span<const TabularMdp> stages, const std::vector<MatrixXd>& p, int horizon, const Stream& draws,
                   Look&& look) {
  VectorXd v = VectorXd::Zero(stages.front().num_states());
  for (int h = horizon - 1; h >= 0; --h) {
    const auto at = stages.size() == 1 ? 0 : static_cast<std::size_t>(h);
    const VectorXd q = reward_of(stages[at]) + p[at] * v;
    look(q);
    v = q(drawn_choices(stages[at], draws.child(static_cast<std::uint64_t>(h))));
  }
}

/// Q^pi = r + discount P V, (I - discount P_pi) V = r_pi: backups would be too many at discounts near 1.
VectorXd discounted_values(const TabularMdp& model, const MatrixXd& p, double discount, const Stream& draws) {
  const std::vector<std::int64_t> policy = drawn_choices(model, draws);
  const VectorXd r = reward_of(model);
  MatrixXd system = -discount * p(policy, Eigen::all);
  system.diagonal().array() += 1;
  return r + discount * (p * system.partialPivLu().solve(r(policy)));
}

/// Residual of Q^pi of one random policy, of all stages or of the long run, relative to the largest |Q^pi|.
double value_error(const Fit& fit, std::span<const TabularMdp> stages, const std::vector<MatrixXd>& p,
                   const ValueHorizon& values, const Stream& draws) {
  double off = 0, largest = 0;
  const auto look = [&](const VectorXd& q) {
    off = std::max(off, fit.residual(q).cwiseAbs().maxCoeff());
    largest = std::max(largest, q.cwiseAbs().maxCoeff());
  };
  if (values.horizon > 0) {
    staged_values(stages, p, values.horizon, draws, look);
  } else {
    look(discounted_values(stages.front(), p.front(), values.discount, draws));
  }
  return largest > 0 ? off / largest : 0;
}

}  // namespace

LinearMdpCheck check_linear_mdp(const FeatureMap& features, std::span<const TabularMdp> stages,
                                const ValueHorizon& values, const Stream& stream) {
  constexpr int kPolicies = 5;
  if (features.num_choices() != stages.front().num_choices())
    throw InvalidModel(
        fmt::format("features of {} choices, the model has {}", features.num_choices(), stages.front().num_choices()));
  const Fit fit(features);
  LinearMdpCheck check{.dimension = features.dimension(), .rank = fit.rank(), .feature_norm = features.largest_norm()};
  std::vector<MatrixXd> p;
  for (const TabularMdp& stage : stages) {
    p.push_back(transitions(stage));
    const VectorXd reward = reward_of(stage);
    const auto worst = [](double& so_far, double x) { so_far = std::max(so_far, x); };
    worst(check.reward_norm, fit.weights(reward).norm());
    worst(check.measure_norm, fit.weights(p.back()).cwiseAbs().rowwise().sum().norm());
    worst(check.reward_error, fit.residual(reward).cwiseAbs().maxCoeff());
    worst(check.transition_error, fit.residual(p.back()).cwiseAbs().rowwise().sum().maxCoeff());
  }
  for (std::uint64_t i = 0; i < kPolicies; ++i)
    check.value_error = std::max(check.value_error, value_error(fit, stages, p, values, stream.child(i)));
  return check;
}

MixtureCheck check_mixture(const LinearStructure& linear, std::span<const TabularMdp> stages) {
  require_fit(linear, stages.front().num_choices());
  const MixtureBasis& basis = *linear.mixture;
  const auto& theta = linear.mixture_theta;
  if (theta.size() != 1 && theta.size() != stages.size())
    throw InvalidModel(fmt::format("a mixture of {} stages has {} vectors theta", stages.size(), theta.size()));
  const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> rows(
      basis.features().data(), static_cast<Eigen::Index>(basis.successor().size()), basis.dimension());
  Eigen::CompleteOrthogonalDecomposition<MatrixXd> factor;
  factor.setThreshold(1e-10);
  factor.compute(rows);
  MixtureCheck check{
      .dimension = basis.dimension(), .rank = static_cast<int>(factor.rank()), .norm_bound = basis.norm_bound()};
  for (std::size_t h = 0; h < stages.size(); ++h) {
    const auto& own = theta[theta.size() == 1 ? 0 : h];
    const Eigen::Map<const VectorXd> parameter(own.data(), basis.dimension());
    check.theta_norm = std::max(check.theta_norm, parameter.norm());
    const VectorXd mixed = rows * parameter;
    MatrixXd off = transitions(stages[h]);
    for (std::int64_t c = 0; c < basis.num_choices(); ++c)
      for (std::int64_t k = basis.begin()[static_cast<std::size_t>(c)];
           k < basis.begin()[static_cast<std::size_t>(c) + 1]; ++k)
        off(c, basis.successor()[static_cast<std::size_t>(k)]) -= mixed[k];
    check.transition_error = std::max(check.transition_error, off.cwiseAbs().rowwise().sum().maxCoeff());
  }
  return check;
}

}  // namespace bellwether::mdp
