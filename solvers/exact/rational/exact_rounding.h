#pragma once

#include <vector>

#include "solvers/exact/rational/block_solve.h"

namespace bellwether::solvers::rational {

/// A vector in doubles.
struct RoundedVector {
  std::vector<double> lower, nearest, upper;

  /// Bounds every |nearest - exact|: half the distance of the doubles around an entry, 0 where it is a double.
  double gap() const;
};

RoundedVector round_vector(const RationalVector& x);

}  // namespace bellwether::solvers::rational
