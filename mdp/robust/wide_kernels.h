#pragma once

#include <cstddef>

namespace bellwether::mdp::robust {

// Passes over one row that use the widest registers of the machine, with the same bits on every machine: interleaved
// sums, added in one order.

/// Sums over p exp(-t y): the total, the total less the sum of p, and the first two moments of y.
struct TiltedSums {
  double mass, less_one, first, second;
};

/// For n a multiple of eight, p >= 0 and t y >= 0 (exponents beyond 700 count as 700).
TiltedSums tilted_sums(const double* p, const double* y, std::size_t n, double t);

/// What a threshold a makes of a row: the mass above it, the mass below it, sum of p min(z, a), and beside it the least
/// value of the row.
struct Cut {
  double above, below, clipped, lowest;
};

Cut cut_at(const double* p, const double* z, std::size_t n, double a);

/// The values of z next to a, infinite where there is none.
struct Neighbours {
  double above, below;
};

Neighbours neighbours_of(const double* z, std::size_t n, double a);

}  // namespace bellwether::mdp::robust
