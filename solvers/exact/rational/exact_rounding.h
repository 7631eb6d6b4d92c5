#pragma once

#include <vector>

#include "solvers/exact/rational/block_solve.h"

namespace bellwether::solvers::rational {

/// The doubles around a rational: the largest not above, the nearest (ties to even), the smallest not below.
struct RoundedNumber {
  double lower = 0, nearest = 0, upper = 0;
};

/// numerator / denominator, which need not be in lowest terms; denominator > 0.
RoundedNumber round_fraction(const mpz_class& numerator, const mpz_class& denominator);

/// A vector in doubles.
struct RoundedVector {
  std::vector<double> lower, nearest, upper;

  /// Bounds every |nearest - exact|: half the distance of the doubles around an entry, 0 where it is a double.
  double gap() const;
};

RoundedVector round_vector(const RationalVector& x);

}  // namespace bellwether::solvers::rational
