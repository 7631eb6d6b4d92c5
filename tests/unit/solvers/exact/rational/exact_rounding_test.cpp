#include "solvers/exact/rational/exact_rounding.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/stream.h"

namespace bellwether::solvers::rational {
namespace {

TEST(RoundedVector, GapIsHalfTheDistance) {
  RationalVector x;
  x.numerator = {1, 1};
  x.denominator = {3, 2};
  x.class_of = {0, 1};
  const RoundedVector rounded = round_vector(x);
  EXPECT_EQ(rounded.gap(), 0x1p-55);  // 1/3 lies in [2^-2, 2^-1), where doubles are 2^-54 apart
  x.class_of = {1, 1};
  EXPECT_EQ(round_vector(x).gap(), 0);
}

}  // namespace
}  // namespace bellwether::solvers::rational
