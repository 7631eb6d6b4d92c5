#pragma once

#include <span>
#include <vector>

namespace bellwether::bandits {

/// Vectors among many that span the others with coefficients of size at most 1.
struct SpanningSet {
  int dimension = 0;            ///< of the span of all vectors, the size of `chosen`
  std::vector<int> chosen;      ///< ascending
  std::vector<double> weights;  ///< vector i is the sum over j of weights[i dimension + j] times vector chosen[j]
  double log_volume = 0;        ///< ln |det| of the chosen ones in an orthonormal basis of the span
  bool exact = false;           ///< no other set has a larger volume
};

/// The set with the largest volume where at most `most_sets` sets come into question; else a set that no exchange of
/// one vector enlarges by more than 1e-9, which suffices for the coefficients. `vectors` row by row, not all zero.
SpanningSet max_determinant(std::span<const double> vectors, int dimension, double most_sets = 2e5);

}  // namespace bellwether::bandits
