#include "bandits/contextual/policies.h"

#include <numeric>

#include "core/sampling.h"

namespace bellwether::bandits {

PolicyClass::PolicyClass(const World& world, int directions, const Stream& stream) : size_(world.arms) {
  if (world.dimension == 0 || world.same_features) return;
  size_ = directions;
  dimension_ = static_cast<std::size_t>(world.dimension);
  directions_.resize(static_cast<std::size_t>(directions) * dimension_);
  Stream drawing = stream.child("policies");
  for (double& entry : directions_) entry = sample_normal(drawing);  // only the direction matters
}

int PolicyClass::arm_of(int policy, const Round& round) const {
  if (dimension_ == 0) return policy;
  const auto direction = std::span(directions_).subspan(static_cast<std::size_t>(policy) * dimension_, dimension_);
  int best = 0;
  double most = 0;
  for (int a = 0; a < round.arms; ++a) {
    const auto feature = round.feature(a);
    const double score = std::inner_product(feature.begin(), feature.end(), direction.begin(), 0.0);
    if (a == 0 || score > most) {
      most = score;
      best = a;
    }
  }
  return best;
}

void PolicyClass::arms_of(const Round& round, std::span<int> out) const {
  for (int i = 0; i < size_; ++i) out[static_cast<std::size_t>(i)] = arm_of(i, round);
}

}  // namespace bellwether::bandits
