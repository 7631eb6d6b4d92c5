#include "bandits/recovering/plan/exact.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::bandits {
namespace {

/// The vector of idle times as one number: digit i counts to the largest delay of arm i.
class IdleVectors {
 public:
  IdleVectors(std::span<const Recovery> recoveries, int pulls) : recoveries_(recoveries) {
    constexpr std::int64_t kMost = 1'000'000;
    constexpr std::size_t kMostArms = 16;
    if (recoveries.size() > kMostArms)
      throw InvalidOption(fmt::format("an exact plan is for at most {} arms, not {}", kMostArms, recoveries.size()));
    for (const Recovery& recovery : recoveries) {
      stride_.push_back(count_);
      count_ *= static_cast<std::int64_t>(recovery.size());
      if (count_ > kMost) throw InvalidOption(fmt::format("an exact plan has more than {} idle times", kMost));
    }
    for (unsigned set = 0; set < 1U << recoveries.size(); ++set)
      if (std::popcount(set) <= pulls) sets_.push_back(set);
  }

  std::int64_t count() const { return count_; }

  /// max over sets of what they earn at once plus v at the next vector.
  double backup(std::int64_t vector, const std::vector<double>& v) const {
    double best = -std::numeric_limits<double>::infinity();
    for (const unsigned set : sets_) {
      double earned = 0;
      std::int64_t next = 0;
      for (std::size_t i = 0; i < recoveries_.size(); ++i) {
        const auto size = static_cast<std::int64_t>(recoveries_[i].size());
        const std::int64_t idle = vector / stride_[i] % size;  // minus 1
        if ((set >> i & 1U) != 0)
          earned += recoveries_[i][static_cast<std::size_t>(idle)];
        else
          next += stride_[i] * std::min(idle + 1, size - 1);
      }
      best = std::max(best, earned + v[static_cast<std::size_t>(next)]);
    }
    return best;
  }

 private:
  std::span<const Recovery> recoveries_;
  std::vector<std::int64_t> stride_;
  std::vector<unsigned> sets_;
  std::int64_t count_ = 1;
};

}  // namespace

AverageBounds exact_average(std::span<const Recovery> recoveries, int pulls, double tolerance) {
  const IdleVectors vectors(recoveries, pulls);
  std::vector<double> v(static_cast<std::size_t>(vectors.count())), next(v.size());
  constexpr int kMostSweeps = 1'000'000;
  AverageBounds bounds;
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    bounds = {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (std::size_t s = 0; s < v.size(); ++s) {
      const double change = vectors.backup(static_cast<std::int64_t>(s), v) - v[s];
      bounds.low = std::min(bounds.low, change);
      bounds.high = std::max(bounds.high, change);
      next[s] = v[s] + change / 2;
    }
    if (bounds.high - bounds.low <= tolerance) break;
    const double origin = next.front();
    for (std::size_t s = 0; s < v.size(); ++s) v[s] = next[s] - origin;
  }
  return bounds;
}

}  // namespace bellwether::bandits
