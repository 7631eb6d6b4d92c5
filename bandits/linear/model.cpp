#include "bandits/linear/model.h"

#include <cmath>

namespace bellwether::bandits {
namespace {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

ArmFeatures::ArmFeatures(const World& world) : matrix_(world.arms, world.dimension), same_(world.same_features) {}

bool ArmFeatures::look(const Round& round) {
  if (known_ && same_) return false;
  matrix_ = Eigen::Map<const Rows>(round.features.data(), matrix_.rows(), matrix_.cols());
  known_ = true;
  return true;
}

LinearModel::LinearModel(const World& world, Ridge start)
    : ridge_(std::move(start)),
      features_(world),
      means_(world.arms),
      norms_(world.arms),
      along_(world.arms),
      image_(world.arms, world.dimension),
      follows_(world.same_features) {}

void LinearModel::look(const Round& round) {
  if (features_.look(round) || stale_) compute();
}

void LinearModel::compute() {
  image_.noalias() = features_.matrix() * ridge_.root();
  norms_ = image_.rowwise().squaredNorm();
  means_.matrix().noalias() = features_.matrix() * ridge_.theta();
  stale_ = false;
}

void LinearModel::learn(std::span<const double> feature, double reward) {
  const Ridge::Update update = ridge_.add(feature, reward);
  if (!follows_ || update.refreshed) stale_ = true;
  if (stale_) return;
  along_.matrix().noalias() = features_.matrix() * ridge_.direction();
  means_ += update.shift * along_;
  norms_ = (norms_ - update.shrink * along_.square()).max(0);
}

void LinearModel::take(const Ridge& ridge) {
  ridge_ = ridge;
  stale_ = true;
}

Radius::Radius(const World& world, double lambda, double delta, bool by_determinant)
    : sigma_(world.sigma),
      twice_log_(2 * std::log(1 / delta)),
      bias_(std::sqrt(lambda) * world.parameter_bound),
      dimension_(world.dimension),
      pace_(world.feature_bound * world.feature_bound / (world.dimension * lambda)),
      by_determinant_(by_determinant) {}

double Radius::at(const Ridge& ridge) const {
  const double growth =
      by_determinant_ ? ridge.log_det_growth() : dimension_ * std::log1p(static_cast<double>(ridge.count()) * pace_);
  return sigma_ * std::sqrt(twice_log_ + growth) + bias_;
}

int first_largest(const Eigen::ArrayXd& values) {
  Eigen::Index best = 0;
  for (Eigen::Index a = 1; a < values.size(); ++a)
    if (values[a] > values[best]) best = a;
  return static_cast<int>(best);
}

}  // namespace bellwether::bandits
