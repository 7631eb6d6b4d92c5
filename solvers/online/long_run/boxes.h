#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solvers/online/long_run/row_list.h"

namespace bellwether::online {

/// One set of laws a row: each probability between bounds of its own. Only seen successors take room; all others of a
/// row have the bounds 0 and `unseen`.
///
/// The best law for values u gives every state its lower bound and fills up to the upper bounds, best states first.
/// Runs of states that were not seen are filled at once by sums over the sorted values: a row costs the number of its
/// successors, whatever the number of states.
class Boxes {
 public:
  void clear() {
    rows_.clear();
    unseen_.clear();
  }
  void push(std::int32_t state, double low, double high) { rows_.push({low, high, state}); }
  /// The set must not be empty: low bounds sum to 1 at most, high bounds of all states to 1 at least.
  void end_row(double unseen) {
    rows_.end_row();
    unseen_.push_back(unseen);
  }

  /// The values that count from now on. O(S) when their order hardly changed, O(S log S) else.
  void prepare(std::span<const double> u);

  /// max p u over the set of this row.
  double value(std::int64_t choice);

 private:
  struct Entry {
    double low, high;
    std::int32_t state;
  };
  double loss_of_unseen(std::size_t from, double mass, double each) const;

  RowList<Entry> rows_;
  std::vector<double> unseen_;
  std::vector<std::int32_t> order_, rank_;  ///< states, best first; where each state stands
  std::vector<double> loss_;                ///< by rank: max u - u
  std::vector<double> loss_before_;         ///< sum of the losses of better ranks
  double best_ = 0;
};

}  // namespace bellwether::online
