#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace bellwether::online {

/// What a learner has seen of the transitions: for each row (a choice, or a stage and choice; EpisodicWorld::row) how
/// often it was taken and where it led. Only successors that were seen take room; they are kept in order of their
/// states, so sums over them do not depend on the order of the visits.
class TransitionCounts {
 public:
  struct Successor {
    std::int32_t state;
    std::int32_t count;
  };

  explicit TransitionCounts(std::int64_t rows)
      : visits_(static_cast<std::size_t>(rows), 0), seen_(static_cast<std::size_t>(rows)) {}

  std::int64_t num_rows() const { return static_cast<std::int64_t>(visits_.size()); }
  std::int64_t visits(std::int64_t row) const { return visits_[static_cast<std::size_t>(row)]; }
  std::span<const Successor> successors(std::int64_t row) const { return seen_[static_cast<std::size_t>(row)]; }

  void add(std::int64_t row, std::int32_t next) {
    ++visits_[static_cast<std::size_t>(row)];
    auto& seen = seen_[static_cast<std::size_t>(row)];
    const auto place = std::lower_bound(seen.begin(), seen.end(), next,
                                        [](const Successor& entry, std::int32_t s) { return entry.state < s; });
    if (place != seen.end() && place->state == next) {
      ++place->count;
    } else {
      seen.insert(place, {next, 1});
    }
  }

  void clear(std::int64_t row) {
    visits_[static_cast<std::size_t>(row)] = 0;
    seen_[static_cast<std::size_t>(row)].clear();
  }

  /// sum of count(s') v(s'): divide by visits(row) for the empirical expectation.
  double sum(std::int64_t row, const double* v) const {
    double total = 0;
    for (const Successor& entry : successors(row)) total += entry.count * v[entry.state];
    return total;
  }

 private:
  std::vector<std::int64_t> visits_;
  std::vector<std::vector<Successor>> seen_;
};

/// Number, sum and sum of squares of some draws: means and variances of rewards.
struct Moments {
  std::int64_t count = 0;
  double sum = 0, square = 0;

  void add(double x) {
    ++count;
    sum += x;
    square += x * x;
  }
  double mean() const { return count > 0 ? sum / static_cast<double>(count) : 0; }
  /// With denominator n, never negative.
  double variance() const {
    const double m = mean();
    return count > 0 ? std::max(0.0, square / static_cast<double>(count) - m * m) : 0;
  }
};

}  // namespace bellwether::online
