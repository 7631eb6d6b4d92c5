#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gmpxx.h>

#include "solvers/exact/rational/modular_lu.h"
#include "solvers/exact/rational/work_limit.h"

namespace bellwether::solvers::rational {

/// A square sparse system with integer coefficients; every (row, column) pair at most once.
struct IntegerSystem {
  std::vector<std::int64_t> row_begin{0};
  std::vector<int> column;
  std::vector<mpz_class> value;
  std::vector<mpz_class> rhs;
  int last = -1;     ///< an unknown whose diagonal pivot may vanish unless it is eliminated last
  std::string name;  ///< for messages: "the 40 states of ..."

  int size() const { return static_cast<int>(rhs.size()); }
  Pattern pattern() const { return {row_begin, column}; }
};

/// numerator[i] / denominator, with one denominator for all entries.
struct CommonFractions {
  std::vector<mpz_class> numerator;
  mpz_class denominator = 1;
};

struct LiftingStats {
  int systems = 0;                   ///< strongly connected classes solved by lifting
  int largest = 0;                   ///< states of the largest
  std::int64_t digits = 0;           ///< p-adic digits lifted
  std::size_t denominator_bits = 0;  ///< the longest
};

/// Solves A x = b over the rationals by p-adic lifting (Dixon, Numerische Mathematik 40, 1982): one factorisation of A
/// modulo a 62-bit prime, one solve and one exact residual update a digit, one rational reconstruction for the common
/// denominator. What is returned satisfies A x = b in integers: that check, not the choice of prime, is the proof.
/// Nothing when A is singular modulo three primes. About n (bits of a row) / 31 digits at the cost of the factors'
/// entries each; refused by `limit` when that is too much.
std::optional<CommonFractions> solve_by_lifting(const IntegerSystem& system, WorkLimit& limit, LiftingStats& stats);

}  // namespace bellwether::solvers::rational
