#include "solvers/online/discounted/transition_estimate.h"

#include <algorithm>
#include <cmath>

#include "mdp/operators.h"

namespace bellwether::online {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

CountEstimate::CountEstimate(const EpochSize& z)
    : states_(index(z.states)),
      scale_(z.horizon * std::sqrt(2 * (z.states * std::log(2.0) + std::log(2 * static_cast<double>(z.choices) *
                                                                            z.epochs * z.horizon / z.delta)))),
      counts_(index(z.choices) * states_, 0.0),
      visits_(index(z.choices), 0.0) {}

void CountEstimate::observe(std::int64_t choice, std::int32_t next, std::span<const double> /*v*/) {
  ++visits_[index(choice)];
  ++counts_[index(choice) * states_ + index(next)];
}

double CountEstimate::mean(std::int64_t choice, std::span<const double> v) const {
  double sum = 0;
  for (std::size_t s = 0; s < states_; ++s) sum += counts_[index(choice) * states_ + s] * v[s];
  return sum / std::max(1.0, visits_[index(choice)]);
}

double CountEstimate::width(std::int64_t choice, std::span<const double> /*v*/) const {
  return scale_ / std::sqrt(std::max(1.0, visits_[index(choice)]));
}

MixtureEstimate::MixtureEstimate(const mdp::MixtureBasis& basis, const EpochSize& z, double theta_norm)
    : basis_(basis),
      divisor_(std::max(1.0, basis.norm_bound())),
      ridge_(basis.dimension(), z.horizon * z.horizon),
      phi_(index(basis.dimension())) {
  const double d = basis.dimension();
  // T H^2 / (d lambda) = T / d.
  radius_ = z.horizon *
            (std::sqrt(2 * std::log(1 / z.delta) + d * std::log1p(z.epochs * z.horizon / d)) + theta_norm * divisor_);
}

std::span<const double> MixtureEstimate::features(std::int64_t choice, std::span<const double> v) const {
  basis_.expected(choice, v, phi_);
  for (double& x : phi_) x /= divisor_;
  return phi_;
}

void MixtureEstimate::observe(std::int64_t choice, std::int32_t next, std::span<const double> v) {
  ridge_.add(features(choice, v), v[index(next)]);
}

double MixtureEstimate::mean(std::int64_t choice, std::span<const double> v) const {
  const auto phi = features(choice, v);
  return ridge_.theta().dot(Eigen::Map<const Eigen::VectorXd>(phi.data(), ridge_.dimension()));
}

double MixtureEstimate::width(std::int64_t choice, std::span<const double> v) const {
  return radius_ * std::sqrt(ridge_.squared_norm(features(choice, v)));
}

double MixtureEstimate::distance(std::span<const double> theta) const {
  const Eigen::VectorXd off =
      ridge_.theta() - divisor_ * Eigen::Map<const Eigen::VectorXd>(theta.data(), ridge_.dimension());
  return std::sqrt(off.dot(ridge_.precision() * off));
}

double KnownTransitions::mean(std::int64_t choice, std::span<const double> v) const {
  return mdp::Expectation()(model_.successors(choice), model_.probabilities(choice), v);
}

}  // namespace bellwether::online
