#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bandits/information/divergence.h"

namespace bellwether::bandits {

/// Counts, successes and failures of arms with rewards in [0, 1], kept so that N kl(m, q) costs two multiplications an
/// arm once ln q and ln(1 - q) are known:
///   N kl(m, q) = N (m ln m + (1 - m) ln(1 - m)) - S ln q - F ln(1 - q).
class BernoulliEvidence {
 public:
  /// Every arm starts with so many failures that were not seen.
  explicit BernoulliEvidence(int arms, double failures = 0)
      : count_(static_cast<std::size_t>(arms), failures),
        successes_(count_.size()),
        entropy_(count_.size()),
        mean_(count_.size()),
        pulls_(count_.size()) {}

  int arms() const { return static_cast<int>(count_.size()); }
  double count(int arm) const { return count_[at(arm)]; }
  double mean(int arm) const { return mean_[at(arm)]; }
  double successes(int arm) const { return successes_[at(arm)]; }
  std::int64_t pulls(int arm) const { return pulls_[at(arm)]; }
  std::int64_t total() const { return total_; }

  void add(int arm, double reward) {
    const std::size_t a = at(arm);
    ++total_;
    ++pulls_[a];
    count_[a] += 1;
    successes_[a] += reward;
    mean_[a] = successes_[a] / count_[a];
    entropy_[a] = count_[a] * (x_log_x(mean_[a]) + x_log_x(1 - mean_[a]));
  }

  /// The first arm that was never played; arms() when all were.
  int unplayed() {
    while (first_unplayed_ < arms() && pulls_[at(first_unplayed_)] > 0) ++first_unplayed_;
    return first_unplayed_;
  }

  /// N kl(m, q), from ln q and ln(1 - q).
  double evidence(int arm, double log_q, double log_rest) const {
    const std::size_t a = at(arm);
    return entropy_[a] - successes_[a] * log_q - (count_[a] - successes_[a]) * log_rest;
  }

  /// The arm with the largest index(arm), the first of equals. All arms have indices of the form
  ///   largest q >= m with N kl(m, q) <= level
  /// or such that q exceeds the index unless N kl(m, q) <= level: one is computed, that of `guess`, and those that
  /// might be above it; for the others the evidence against the largest so far shows that they are not. Writes the
  /// largest index to `value`.
  template <class Index>
  int largest(double level, int guess, double& value, const Index& index) const {
    int best = guess;
    value = index(guess);
    double log_q = std::log(value), log_rest = std::log1p(-value);
    for (int a = 0; a < arms(); ++a) {
      if (value >= 1 && a > best) break;  // none is above
      if (a == guess || !may_exceed(a, value, log_q, log_rest, level)) continue;
      const double x = index(a);
      if (x > value || (x == value && a < best)) {
        best = a;
        value = x;
        log_q = std::log(value);
        log_rest = std::log1p(-value);
      }
    }
    return best;
  }

 private:
  static std::size_t at(int arm) { return static_cast<std::size_t>(arm); }

  bool may_exceed(int arm, double q, double log_q, double log_rest, double level) const {
    // Rounding: the evidence is a difference of numbers up to N ln N. What lies within it is computed in full.
    const double slack = 1e-9 + 1e-12 * count(arm);
    return q >= 1 || mean(arm) >= q || evidence(arm, log_q, log_rest) <= level + slack;
  }

  std::int64_t total_ = 0;
  int first_unplayed_ = 0;
  std::vector<double> count_, successes_, entropy_, mean_;
  std::vector<std::int64_t> pulls_;
};

}  // namespace bellwether::bandits
