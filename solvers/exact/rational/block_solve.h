#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gmpxx.h>

#include "solvers/exact/rational/lifting.h"

namespace bellwether::solvers::rational {

/// Rational entries that share denominators by class: entry i is numerator[i] / denominator[class_of[i]].
struct RationalVector {
  std::vector<mpz_class> numerator;
  std::vector<int> class_of;
  std::vector<mpz_class> denominator;

  int size() const { return static_cast<int>(numerator.size()); }
  const mpz_class& denominator_of(int i) const { return denominator[class_of[i]]; }
  mpq_class entry(int i) const;
};

/// A square sparse system with integer coefficients and rational right-hand side.
struct RationalSystem {
  std::vector<std::int64_t> row_begin{0};
  std::vector<int> column;
  std::vector<mpz_class> value;
  std::vector<mpq_class> rhs;
  std::vector<int> last;  ///< at most one unknown of each class; see IntegerSystem
  std::string name;

  int size() const { return static_cast<int>(rhs.size()); }
};

/// Solves A x = b exactly, one strongly connected class of A's graph after another, so that acyclic parts cost one
/// division an unknown and every class keeps its own denominator. Nothing when A is singular.
std::optional<RationalVector> solve_by_classes(const RationalSystem& system, WorkLimit& limit, LiftingStats& stats);

}  // namespace bellwether::solvers::rational
