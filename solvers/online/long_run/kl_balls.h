#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solvers/online/long_run/row_list.h"

namespace bellwether::online {

/// One set of laws q a row: those with KL(p, q) = sum p ln(p / q) at most `radius`, p an empirical law. Only seen
/// successors take room; a row without any allows every law.
///
/// The best law for values u (Filippi, Cappe and Garivier 2010, Algorithm 2) is q(s) ~ p(s) / (nu - u(s)) on the seen
/// states, with nu above all values such that f(nu) = sum p ln(nu - u) + ln sum p / (nu - u) is the radius; a state
/// that was never seen gets mass only if it is the best of all and f is smaller there.
class KlBalls {
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
  void prepare(std::span<const double> u);

  /// max q u over the set of this row; a few evaluations of f, each linear in the successors.
  double value(std::int64_t choice);

  /// The law that attains it: the mass of each seen successor, in the order they came, and what is left to the best
  /// state.
  struct Law {
    std::vector<double> mass;
    double best = 0;
  };
  Law law(std::int64_t choice);

 private:
  struct Entry {
    double probability;
    std::int32_t state;
  };
  /// Where the best law lies.
  struct Dual {
    double above = 0;      ///< nu - (best seen value)
    double seen = 1;       ///< mass of the successors that were seen
    double unseen = 0;     ///< the rest: of the best state, which was not
    bool certain = false;  ///< all mass on the best seen successors
  };
  Dual solve(std::span<const Entry> row, double radius, double gap);
  /// Fills mass_; what is left to the best state.
  double fill(std::span<const Entry> row, double radius);
  double best_seen(std::span<const Entry> row) const;

  RowList<Entry> rows_;
  std::vector<double> radius_;
  std::vector<double> depth_, mass_;  ///< of the successors of one row: best seen value - value; the best law
  const double* u_ = nullptr;
  double best_ = 0;
};

}  // namespace bellwether::online
