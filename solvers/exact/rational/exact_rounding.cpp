#include "solvers/exact/rational/exact_rounding.h"

#include <algorithm>
#include <limits>

#include "core/number_reading.h"

namespace bellwether::solvers::rational {
double RoundedVector::gap() const {
  double gap = 0;
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    if (lower[i] == upper[i]) continue;
    const double half = upper[i] / 2 - lower[i] / 2;
    gap = std::max(gap, half > 0 ? half : std::numeric_limits<double>::denorm_min());
  }
  return gap;
}

RoundedVector round_vector(const RationalVector& x) {
  RoundedVector result;
  for (int i = 0; i < x.size(); ++i) {
    const RoundedNumber rounded = round_fraction(x.numerator[i], x.denominator_of(i));
    result.lower.push_back(rounded.lower);
    result.nearest.push_back(rounded.nearest);
    result.upper.push_back(rounded.upper);
  }
  return result;
}

}  // namespace bellwether::solvers::rational
