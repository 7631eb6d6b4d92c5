#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "solvers/online/long_run/row_list.h"

namespace bellwether::online {

/// One set of laws a row: those within L1 distance `radius` of an empirical law. Only seen successors take room; a row
/// without any allows every law.
///
/// The best law for values u (Jaksch, Ortner and Auer 2010, Figure 2) adds radius / 2 to the best state and takes it
/// from the worst. Told by what is lost against the best state, l(s) = max u - u(s): the worst radius / 2 of the
/// empirical mass loses nothing any more, the rest loses what it lost. States that were never seen have no mass to
/// take, so a row costs the number of its successors.
class L1Balls {
 public:
  void clear() {
    rows_.clear();
    radius_.clear();
  }
  void push(std::int32_t state, double probability) { rows_.push({probability, state}); }
  void end_row(double radius) {
    rows_.end_row();
    radius_.push_back(radius);
  }

  /// The values that count from now on; they must outlive their use.
  void prepare(std::span<const double> u) {
    u_ = u.data();
    best_ = *std::max_element(u.begin(), u.end());
  }

  /// max p u over the set of this row.
  double value(std::int64_t choice) {
    const std::span<Entry> row = rows_.row(choice);
    settle_order(row, [this](const Entry& e) { return std::pair(u_[e.state], e.state); });
    double spare = radius_[static_cast<std::size_t>(choice)] / 2, loss = 0;
    for (const Entry& e : row) {  // worst states first
      const double kept = e.probability - spare;
      if (kept > 0) {
        loss += kept * (best_ - u_[e.state]);
        spare = 0;
      } else {
        spare = -kept;
      }
    }
    return best_ - loss;
  }

 private:
  struct Entry {
    double probability;
    std::int32_t state;
  };

  RowList<Entry> rows_;
  std::vector<double> radius_;
  const double* u_ = nullptr;
  double best_ = 0;
};

}  // namespace bellwether::online
