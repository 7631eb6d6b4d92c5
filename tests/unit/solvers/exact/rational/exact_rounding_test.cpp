#include "solvers/exact/rational/exact_rounding.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/stream.h"

namespace bellwether::solvers::rational {
namespace {

TEST(RoundFraction, DoublesAreThemselves) {
  for (double x : {0.0, 1.0, -0.375, 0x1.fffffffffffffp1023, -0x1p-1074, 1e-310}) {
    const mpq_class q(x);
    const RoundedNumber r = round_fraction(3 * q.get_num(), 3 * q.get_den());
    EXPECT_EQ(r.lower, x);
    EXPECT_EQ(r.nearest, x);
    EXPECT_EQ(r.upper, x);
  }
}

TEST(RoundFraction, IsNearestAndOutward) {
  EXPECT_EQ(round_fraction(1, 3).nearest, 1.0 / 3);
  EXPECT_EQ(round_fraction(2, 3).nearest, 2.0 / 3);
  EXPECT_EQ(round_fraction(-60, 7).nearest, -60.0 / 7);
  Stream draws(2);
  for (int trial = 0; trial < 3000; ++trial) {
    // Integers up to 2^53 are doubles, so the hardware's division is the correctly rounded quotient.
    const double n = static_cast<double>(draws() >> 11) - 0x1p52, d = static_cast<double>((draws() >> 12) + 1);
    const RoundedNumber r = round_fraction(mpz_class(n), mpz_class(d));
    const mpq_class exact = mpq_class(n) / mpq_class(d);
    ASSERT_EQ(r.nearest, n / d);
    ASSERT_LE(mpq_class(r.lower), exact);
    ASSERT_GE(mpq_class(r.upper), exact);
    ASSERT_TRUE(r.upper == r.lower || r.upper == std::nextafter(r.lower, HUGE_VAL));
  }
}

TEST(RoundFraction, TiesGoToEven) {
  const mpz_class scale = mpz_class(1) << 53;
  EXPECT_EQ(round_fraction(scale + 1, scale).nearest, 1.0);          // between 1 and 1 + 2^-52
  EXPECT_EQ(round_fraction(scale + 3, scale).nearest, 1 + 0x1p-51);  // between 1 + 2^-52 and 1 + 2^-51
  EXPECT_EQ(round_fraction(-scale - 1, scale).nearest, -1.0);
  EXPECT_EQ(round_fraction(-scale - 3, scale).nearest, -1 - 0x1p-51);
}

TEST(RoundFraction, BeyondTheRange) {
  const mpz_class huge = mpz_class(1) << 2000;
  EXPECT_EQ(round_fraction(huge, 1).lower, std::numeric_limits<double>::max());
  EXPECT_EQ(round_fraction(huge, 1).upper, std::numeric_limits<double>::infinity());
  EXPECT_EQ(round_fraction(-huge, 1).lower, -std::numeric_limits<double>::infinity());
  const RoundedNumber tiny = round_fraction(-1, huge);
  EXPECT_EQ(tiny.lower, -std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(tiny.nearest, 0.0);
  EXPECT_EQ(tiny.upper, 0.0);
}

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
