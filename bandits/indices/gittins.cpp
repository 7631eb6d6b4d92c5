#include "bandits/indices/gittins.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {
namespace {

/// The chain watched on the states that are left, which come first. With the states taken out played through at once,
/// `moves` says where a play from a state leads next, `reward` what it brings and `time` how long it takes, discounted.
class WatchedChain {
 public:
  WatchedChain(const ArmChain& arm, double discount)
      : n_(static_cast<std::size_t>(arm.states)),
        end_(1 - discount),
        base_(*std::ranges::min_element(arm.rewards[kPlay])),
        moves_(arm.transitions[kPlay]),
        reward_(arm.rewards[kPlay]),
        time_(n_, 1.0),
        name_(n_) {
    std::iota(name_.begin(), name_.end(), std::size_t{0});
    for (double& p : moves_) p *= discount;
    for (double& r : reward_) r -= base_;
  }

  /// Takes out the state of the largest rate among the first `left`; {its name, its index}.
  std::pair<std::size_t, double> take_out(std::size_t left) {
    std::size_t best = 0;
    for (std::size_t s = 1; s < left; ++s)
      if (reward_[s] * time_[best] > reward_[best] * time_[s]) best = s;
    move_last(best, left);
    const std::size_t z = left - 1;
    // 1 - moves(z, z) without a subtraction: what leads elsewhere, and the end of discounted time.
    double leaves = end_ * time_[z];
    for (std::size_t y = 0; y < z; ++y) leaves += moves_[z * n_ + y];
    for (std::size_t x = 0; x < z; ++x) {
      const double visits = moves_[x * n_ + z] / leaves;
      if (visits == 0) continue;
      reward_[x] += visits * reward_[z];
      time_[x] += visits * time_[z];
      for (std::size_t y = 0; y < z; ++y) moves_[x * n_ + y] += visits * moves_[z * n_ + y];
    }
    return {name_[z], base_ + reward_[z] / time_[z]};
  }

 private:
  void move_last(std::size_t s, std::size_t left) {
    const std::size_t z = left - 1;
    if (s == z) return;
    std::swap(name_[s], name_[z]);
    std::swap(reward_[s], reward_[z]);
    std::swap(time_[s], time_[z]);
    for (std::size_t y = 0; y < left; ++y) std::swap(moves_[s * n_ + y], moves_[z * n_ + y]);
    for (std::size_t x = 0; x < left; ++x) std::swap(moves_[x * n_ + s], moves_[x * n_ + z]);
  }

  std::size_t n_;
  double end_, base_;
  std::vector<double> moves_, reward_, time_;
  std::vector<std::size_t> name_;
};

}  // namespace

std::vector<double> gittins_indices(const ArmChain& arm, double discount) {
  require_valid("gittins_indices", arm);
  if (!(discount >= 0 && discount < 1))
    throw InvalidOption(fmt::format("gittins_indices: 'discount' is {}, must be at least 0 and below 1", discount));
  std::vector<double> index(static_cast<std::size_t>(arm.states));
  WatchedChain chain(arm, discount);
  for (std::size_t left = index.size(); left > 0; --left) {
    const auto [state, value] = chain.take_out(left);
    index[state] = value;
  }
  return index;
}

}  // namespace bellwether::bandits
