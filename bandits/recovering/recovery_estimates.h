#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "bandits/recovering/plan/envelope.h"

namespace bellwether::bandits {

/// What has been seen of arms that recover: counts and sums by arm and by how long it was idle, and upper bounds of
/// R_i(d) that hold for all of them at once.
class RecoveryEstimates {
 public:
  /// With factor 1 a bound fails with probability at most (arms delays rounds)^-4.
  RecoveryEstimates(int arms, int delays, std::int64_t rounds, double factor)
      : delays_(delays),
        width_(factor * std::sqrt(2 * std::log(static_cast<double>(arms) * delays * static_cast<double>(rounds)))),
        last_(static_cast<std::size_t>(arms), 1 - static_cast<std::int64_t>(delays)),
        count_(last_.size() * static_cast<std::size_t>(delays)),
        sum_(count_.size()),
        upper_(last_.size(), Recovery(static_cast<std::size_t>(delays), 1.0)) {}

  int arms() const { return static_cast<int>(last_.size()); }
  /// Rounds since the last pull as counted in this round, at most the largest delay.
  int idle(int arm, std::int64_t round) const {
    return static_cast<int>(std::min<std::int64_t>(round - last_[static_cast<std::size_t>(arm)], delays_));
  }

  void add(int arm, std::int64_t round, double reward) {
    const std::size_t at = place(arm, idle(arm, round));
    count_[at] += 1;
    sum_[at] += reward;
    last_[static_cast<std::size_t>(arm)] = round;
    renew(arm);
  }

  /// min{1, mean + sqrt(2 ln(N D T) / n)}, 1 where n = 0, and no more than at longer delays: R does not fall.
  std::span<const Recovery> upper() const { return upper_; }
  double upper(int arm, int delay) const {
    return upper_[static_cast<std::size_t>(arm)][static_cast<std::size_t>(delay - 1)];
  }

 private:
  std::size_t place(int arm, int delay) const {
    return static_cast<std::size_t>(arm) * static_cast<std::size_t>(delays_) + static_cast<std::size_t>(delay - 1);
  }
  void renew(int arm) {
    double least = 1;
    for (int d = delays_; d >= 1; --d) {
      const std::size_t at = place(arm, d);
      if (count_[at] > 0) least = std::min(least, sum_[at] / count_[at] + width_ / std::sqrt(count_[at]));
      upper_[static_cast<std::size_t>(arm)][static_cast<std::size_t>(d - 1)] = least;
    }
  }

  int delays_;
  double width_;
  std::vector<std::int64_t> last_;
  std::vector<double> count_, sum_;
  std::vector<Recovery> upper_;
};

}  // namespace bellwether::bandits
