#pragma once

#include <cstdint>
#include <limits>

#include "mdp/operators.h"
#include "solvers/problem.h"

namespace bellwether::solvers::discounted {

/// An interval known to contain a number.
struct Enclosure {
  double low = 0, high = 0;
};

/// factor * x for any factor in `factor` (non-negative) and the ends of `x`, rounded outwards.
Enclosure outward_product(const Enclosure& factor, const Enclosure& x);
/// The ends added, rounded outwards.
Enclosure outward_sum(const Enclosure& a, const Enclosure& b);

/// x / (1 - x) for every x within `rate`, rounded outwards; rate.high < 1.
Enclosure geometric_tail(const Enclosure& rate);

/// discount / (1 - discount) for the number that was rounded to `discount` (it is within half an ulp), 0 <= discount
/// < 1.
Enclosure discount_tail(double discount);

/// The number that was rounded to x; 0 is taken for 0.
Enclosure reading(double x);

/// reward / (1 - discount), the value of earning a reward for ever; exactly 0 for 0. `tail` is discount_tail(discount).
Enclosure value_of_staying(double reward, const Enclosure& tail);

/// |computed - true| of one row's q = r + discount * sum p v, as a share of magnitude = |r| + discount * sum p |v|. It
/// covers the rounding of a row of `length` terms in any order (length + 2 roundings), r and the discount standing for
/// numbers within half an ulp of them (2), probabilities standing for p / sum(p) with |sum(p) - 1| <= 2^-50 (8), and
/// the rounding of the magnitude itself. Add kUnderflow for products too small to have a relative error.
double row_error(std::int64_t length);
inline constexpr double kUnderflow = std::numeric_limits<double>::min();

/// Bounds for whole sweeps that cost nothing: the longest row and the largest reward instead of each row's own.
class SweepError {
 public:
  explicit SweepError(const Problem& problem);

  /// |computed Tv - Tv| in every state, for |v| <= largest.
  double slack(double largest) const;
  /// What rounding adds to a bound taken from a sweep between vectors of at most this size.
  double floor(double largest) const;
  /// discount / (1 - discount), discount read as `reading`.
  const Enclosure& tail() const { return tail_; }

 private:
  double share_ = 0, largest_reward_ = 0;
  Enclosure tail_;
};

/// What a loop knows about its distance from the optimum: gap() is a proven bound for the vector the loop would return.
struct RunningBound {
  double width = 0;  ///< half the width of the enclosing interval, as in exact arithmetic
  double floor = 0;  ///< what rounding may add
  double gap() const { return width + floor; }
};

/// MacQueen's bounds for out = Tv from `change` = out - v:
/// Tv + tail * min(change) <= V* <= Tv + tail * max(change), tail = discount / (1 - discount).
RunningBound macqueen_bound(const SweepError& error, const mdp::Change& change);

/// The like for a sweep G that uses new values at once (Gauss-Seidel, over-relaxation). G is monotone with fixed point
/// V*, and G(v + k) <= Gv + discount * k only for k >= 0, so the interval must contain zero.
RunningBound in_place_bound(const SweepError& error, const mdp::Change& change);

}  // namespace bellwether::solvers::discounted
