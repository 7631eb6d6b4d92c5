#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bellwether::bandits {

/// Counts and means of K arms, with the inverse root of the count beside them: what every index is made of.
class ArmStatistics {
 public:
  explicit ArmStatistics(int arms)
      : count_(static_cast<std::size_t>(arms)),
        sum_(count_.size()),
        mean_(count_.size()),
        inverse_root_(count_.size()) {}

  int arms() const { return static_cast<int>(count_.size()); }
  std::int64_t total() const { return total_; }
  std::int64_t count(int arm) const { return count_[at(arm)]; }
  double mean(int arm) const { return mean_[at(arm)]; }
  /// 1 / sqrt(count): a bonus sqrt(x / count) is sqrt(x) times it.
  double inverse_root(int arm) const { return inverse_root_[at(arm)]; }

  void add(int arm, double reward) {
    const std::size_t a = at(arm);
    ++total_;
    ++count_[a];
    const auto n = static_cast<double>(count_[a]);
    sum_[a] += reward;
    mean_[a] = sum_[a] / n;
    inverse_root_[a] = 1 / std::sqrt(n);
  }

  /// The first arm that was never played; arms() when all were.
  int unplayed() {
    while (first_unplayed_ < arms() && count_[at(first_unplayed_)] > 0) ++first_unplayed_;
    return first_unplayed_;
  }

  /// The arm with the largest index(arm), the first of equals.
  template <class Index>
  int largest(const Index& index) const {
    int best = 0;
    double value = index(0);
    for (int a = 1; a < arms(); ++a) {
      const double x = index(a);
      if (x > value) {
        value = x;
        best = a;
      }
    }
    return best;
  }

 private:
  static std::size_t at(int arm) { return static_cast<std::size_t>(arm); }

  std::int64_t total_ = 0;
  int first_unplayed_ = 0;
  std::vector<std::int64_t> count_;
  std::vector<double> sum_, mean_, inverse_root_;
};

}  // namespace bellwether::bandits
