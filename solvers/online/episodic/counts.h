#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace bellwether::online {

/// The mean and the variance (denominator n) of a distribution.
struct Spread {
  double mean, variance;
};

/// What a learner has seen of the transitions: for each row (a choice, or a stage and choice; EpisodicWorld::row) how
/// often it was taken and where it led. Only successors that were seen take room; they are kept in order of their
/// states, so sums over them do not depend on the order of the visits.
class TransitionCounts {
 public:
  struct Successor {
    std::int32_t state;
    std::int32_t count;
  };

  explicit TransitionCounts(std::int64_t rows) : row_(static_cast<std::size_t>(rows)) {}

  std::int64_t num_rows() const { return static_cast<std::int64_t>(row_.size()); }
  std::int64_t visits(std::int64_t row) const { return row_[static_cast<std::size_t>(row)].visits; }
  std::span<const Successor> successors(std::int64_t row) const {
    const Row& r = row_[static_cast<std::size_t>(row)];
    return {pool_.data() + r.begin, static_cast<std::size_t>(r.size)};
  }

  /// Whether `next` is new among the successors of this row.
  bool add(std::int64_t row, std::int32_t next, std::int32_t times = 1) {
    Row& r = row_[static_cast<std::size_t>(row)];
    r.visits += times;
    Successor* first = pool_.data() + r.begin;
    Successor* last = first + r.size;
    Successor* place = first;
    if (r.size <= kShort) {  // a walk has no jumps that go either way
      while (place != last && place->state < next) ++place;
    } else {
      place = std::lower_bound(first, last, next, [](const Successor& a, std::int32_t s) { return a.state < s; });
    }
    if (place != last && place->state == next) {
      place->count += times;
      return false;
    }
    insert(r, place - first, {next, times});
    return true;
  }

  void clear(std::int64_t row) {
    row_[static_cast<std::size_t>(row)].visits = 0;
    row_[static_cast<std::size_t>(row)].size = 0;
  }

  /// Makes this row the same as that of `other`.
  void copy(std::int64_t row, const TransitionCounts& other) {
    const auto from = other.successors(row);
    Row& r = row_[static_cast<std::size_t>(row)];
    r.size = 0;
    reserve(r, static_cast<std::int32_t>(from.size()));
    std::copy(from.begin(), from.end(), pool_.begin() + r.begin);
    r.size = static_cast<std::int32_t>(from.size());
    r.visits = other.visits(row);
  }

  /// sum of count(s') v(s'): divide by visits(row) for the empirical expectation.
  double sum(std::int64_t row, const double* v) const {
    double total = 0;
    for (const Successor& entry : successors(row)) total += entry.count * v[entry.state];
    return total;
  }

  /// Mean and variance of v(s') under the empirical distribution of a row that was visited. Both are computed from the
  /// differences to one of the values: a row whose successors are worth the same has variance exactly zero.
  Spread spread(std::int64_t row, const double* v) const {
    const Row& r = row_[static_cast<std::size_t>(row)];
    const Successor* entry = pool_.data() + r.begin;
    const Successor* const last = entry + r.size;
    const double base = v[entry->state];
    double sum = 0, square = 0;
    for (++entry; entry != last; ++entry) {
      const double d = v[entry->state] - base;
      sum += entry->count * d;
      square += entry->count * d * d;
    }
    const double per_visit = 1 / static_cast<double>(r.visits), shift = sum * per_visit;
    const double variance = square * per_visit - shift * shift;
    return {base + shift, variance > 0 ? variance : 0};
  }

 private:
  /// A row's successors lie in the pool, with room for more behind them; a row that outgrows its room moves to the end.
  struct Row {
    std::int64_t visits = 0;
    std::int64_t begin = 0;
    std::int32_t size = 0, room = 0;
  };
  static constexpr std::int32_t kShort = 16;

  void reserve(Row& r, std::int32_t room) {
    if (room <= r.room) return;
    const std::int32_t doubled = std::max({std::int32_t{4}, 2 * r.room, room});
    const auto end = static_cast<std::int64_t>(pool_.size());
    pool_.resize(pool_.size() + static_cast<std::size_t>(doubled));
    std::copy_n(pool_.begin() + r.begin, r.size, pool_.begin() + end);
    r.begin = end;
    r.room = doubled;
  }

  void insert(Row& r, std::int64_t at, Successor next) {
    reserve(r, r.size + 1);
    const auto place = pool_.begin() + r.begin + at, last = pool_.begin() + r.begin + r.size;
    std::copy_backward(place, last, last + 1);
    *place = next;
    ++r.size;
  }

  std::vector<Row> row_;
  std::vector<Successor> pool_;
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
