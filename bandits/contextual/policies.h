#pragma once

#include <span>
#include <vector>

#include "bandits/bandit.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// A finite class of policies. Where features change from round to round: policy i takes the arm with the largest
/// <w_i, feature>, w_i drawn on the unit sphere. Where they do not, or there are none: one policy an arm.
class PolicyClass {
 public:
  PolicyClass(const World& world, int directions, const Stream& stream);

  int size() const { return size_; }
  int arm_of(int policy, const Round& round) const;
  /// Of all policies.
  void arms_of(const Round& round, std::span<int> out) const;

 private:
  int size_;
  std::size_t dimension_ = 0;  // 0: constant policies
  std::vector<double> directions_;
};

}  // namespace bellwether::bandits
