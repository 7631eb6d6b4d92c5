#include "core/number_reading.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stream.h"

namespace bellwether {
namespace {

std::string simplest(double x) { return simplest_fraction(x).get_str(); }

TEST(SimplestFraction, IsWhatWasTyped) {
  EXPECT_EQ(simplest(0.35), "7/20");
  EXPECT_EQ(simplest(1.0 / 3), "1/3");
  EXPECT_EQ(simplest(-2.0 / 3), "-2/3");
  EXPECT_EQ(simplest(0.1), "1/10");
  EXPECT_EQ(simplest(0.99), "99/100");
  EXPECT_EQ(simplest(22.0 / 7), "22/7");
  EXPECT_EQ(simplest(0), "0");
  EXPECT_EQ(simplest(1), "1");
  EXPECT_EQ(simplest(-17), "-17");
  EXPECT_EQ(simplest(0.625), "5/8");
}

// Independent route: try every denominator; the rounding itself says which fractions belong to the double.
TEST(SimplestFraction, HasTheSmallestDenominatorThatRoundsBack) {
  Stream draws(11);
  for (int trial = 0; trial < 2000; ++trial) {
    // Few bits below a power of two keep denominators small enough to try them all.
    const double x = std::ldexp(static_cast<double>(1 + draws.below(4000)), -static_cast<int>(draws.below(12))) /
                     static_cast<double>(1 + draws.below(400));
    const mpq_class found = simplest_fraction(x);
    const double denominator = found.get_den().get_d();
    ASSERT_EQ(found.get_num().get_d() / denominator, x) << "trial " << trial;
    for (double d = 1; d < denominator; ++d)
      ASSERT_NE(std::round(x * d) / d, x) << "trial " << trial << ": " << d << " would do, found " << found.get_str();
  }
}

TEST(SimplestFraction, EndsOfTheIntervalBelongToEvenDoubles) {
  // Between 2^53 and 2^54 doubles are 2 apart. 2^53 + 4 (even) owns the half-way points +3 and +5, of which the
  // smaller is taken; 2^53 + 2 (odd) owns neither +1 nor +3.
  EXPECT_EQ(simplest(0x1p53 + 4), "9007199254740995");
  EXPECT_EQ(simplest(0x1p53 + 2), "9007199254740994");
  // Below a power of two doubles are half as far apart: 2^53 - 1 belongs to another double.
  EXPECT_EQ(simplest(0x1p53), "9007199254740992");
}

TEST(SimplestFraction, CopesWithTheRangeOfDoubles) {
  for (double x : {std::numeric_limits<double>::min(), std::numeric_limits<double>::denorm_min(), 1e-310, 1e300,
                   std::numeric_limits<double>::max(), 0x1p-1022, 0x1.8p-1074}) {
    const mpq_class found = simplest_fraction(x);
    const mpq_class spacing = mpq_class(x) - mpq_class(std::nextafter(x, 0.0));
    EXPECT_LE(abs(found - mpq_class(x)), spacing / 2) << x;
    EXPECT_LE(found.get_den(), mpq_class(x).get_den()) << x;
  }
  const mpq_class tiny = simplest_fraction(1e-300);
  EXPECT_EQ(tiny.get_num(), 1);
  EXPECT_LT(tiny.get_den(), mpz_class("1" + std::string(300, '0')));
}

TEST(ShortDecimal, ReadsUpToFifteenDigits) {
  EXPECT_EQ(short_decimal(0.123456789012345)->get_str(), "24691357802469/200000000000000");
  EXPECT_EQ(short_decimal(-1.5e20)->get_str(), "-150000000000000000000");
  EXPECT_EQ(short_decimal(-0.25)->get_str(), "-1/4");
  EXPECT_FALSE(short_decimal(1.0 / 3));
  EXPECT_FALSE(short_decimal(-1.0 / 3));
}

TEST(ReadNumber, PrefersSimpleThenDecimalThenItself) {
  EXPECT_EQ(read_number(0.1).reading, Reading::kSimplest);
  EXPECT_EQ(read_number(1e9 / 3).value.get_str(), "1000000000/3");
  const ReadNumber decimal = read_number(0.1234567891);
  EXPECT_EQ(decimal.reading, Reading::kDecimal);
  EXPECT_EQ(decimal.value.get_str(), "1234567891/10000000000");
  const double pi = 3.14159265358979312;
  EXPECT_EQ(read_number(pi).reading, Reading::kDyadic);
  EXPECT_EQ(read_number(pi).value, mpq_class(pi));
  EXPECT_EQ(read_number(0).value, 0);
}

std::vector<std::string> texts(const ReadRow& row) {
  std::vector<std::string> result;
  for (const auto& numerator : row.numerator) {
    mpq_class entry(numerator, row.denominator);
    entry.canonicalize();
    result.push_back(entry.get_str());
  }
  return result;
}

TEST(ReadRow, SimpleRowsComeOutAsMeant) {
  using testing::ElementsAre;
  EXPECT_THAT(texts(read_row(std::vector<double>{1.0 / 3, 1.0 / 3, 1.0 / 3})), ElementsAre("1/3", "1/3", "1/3"));
  EXPECT_THAT(texts(read_row(std::vector<double>{2.0 / 3, 1.0 / 3})), ElementsAre("2/3", "1/3"));
  EXPECT_THAT(texts(read_row(std::vector<double>{0.35, 0.65})), ElementsAre("7/20", "13/20"));
  EXPECT_THAT(texts(read_row(std::vector<double>{0.8, 0.1, 0.1})), ElementsAre("4/5", "1/10", "1/10"));
  EXPECT_THAT(texts(read_row(std::vector<double>{1.0})), ElementsAre("1"));
}

TEST(ReadRow, LongDecimalsComeOutAsTyped) {
  // The simplest fractions of these have denominators near 10^8 that do not fit together.
  const ReadRow row = read_row(std::vector<double>{0.123456789, 0.234567891, 0.64197532});
  EXPECT_EQ(row.reading, Reading::kDecimal);
  EXPECT_THAT(texts(row), testing::ElementsAre("123456789/1000000000", "234567891/1000000000", "16049383/25000000"));
}

TEST(ReadRow, OtherRowsAreDividedByTheirSum) {
  const double a = 0.1234567890123456, b = 0.8765432109876541;  // sum misses one
  const ReadRow row = read_row(std::vector<double>{a, b});
  EXPECT_EQ(row.reading, Reading::kDyadic);
  EXPECT_EQ(mpq_class(row.numerator[0]) / row.numerator[1], mpq_class(a) / mpq_class(b));
}

TEST(ReadRow, EveryReadingSumsToExactlyOneAndStaysClose) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Stream draws(seed);
    std::vector<double> row(1 + draws.below(6));
    double sum = 0;
    for (double& p : row)
      sum += p =
          static_cast<double>(1 + draws.below(seed % 3 == 0 ? 9 : 1 << 30)) + (seed % 3 == 2 ? draws.uniform() : 0.0);
    for (double& p : row) p /= sum;
    const ReadRow read = read_row(row);
    mpz_class total = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      total += read.numerator[i];
      const mpq_class entry = mpq_class(read.numerator[i]) / read.denominator;
      EXPECT_LE(std::abs(mpq_class(entry - mpq_class(row[i])).get_d()), 1e-15 * row[i]) << "seed " << seed;
    }
    EXPECT_EQ(total, read.denominator) << "seed " << seed;
  }
}

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

}  // namespace
}  // namespace bellwether
