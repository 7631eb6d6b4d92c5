#include "solvers/exact/rational/reconstruction.h"

#include <vector>

#include <gtest/gtest.h>

#include "core/stream.h"
#include "solvers/exact/rational/prime_field.h"

namespace bellwether::solvers::rational {
namespace {

constexpr std::uint64_t kPrime = 4611686018427387847;  // 2^62 - 57

mpz_class random_bits(std::size_t bits, Stream& draws) {
  mpz_class x = 0;
  for (std::size_t have = 0; have < bits; have += 64) x = (x << 64) + mpz_class(draws());
  return x >> (bits % 64 == 0 ? 0 : 64 - bits % 64);
}

TEST(PrimeField, AgreesWithDivision) {
  const PrimeField field(kPrime);
  Stream draws(5);
  for (int trial = 0; trial < 1000; ++trial) {
    const std::uint64_t a = draws.below(kPrime), b = draws.below(kPrime - 1) + 1;
    const auto product = static_cast<std::uint64_t>(uint128{a} * b % kPrime);
    EXPECT_EQ(field.multiply(field.scale(a), b), product);
    EXPECT_EQ(field.multiply(field.multiply(field.scale(product), field.inverse(field.scale(b))), 1), a);
    EXPECT_EQ(field.subtract(a, b), (a + (kPrime - b)) % kPrime);
  }
}

TEST(PrimeField, LongDotProductsOfLargeResiduesDoNotOverflow) {
  const PrimeField field(kPrime);
  for (std::size_t size : {0, 1, 7, 8, 9, 64, 1001}) {
    const std::vector<std::uint64_t> scaled(size, field.scale(kPrime - 1)), largest(size, kPrime - 1);
    const std::vector<std::uint64_t> top(size, kPrime - 1);
    // (-1)(-1) summed `size` times, and the same with the largest stored numbers.
    EXPECT_EQ(field.dot(scaled.data(), largest.data(), size), size % kPrime);
    EXPECT_EQ(field.multiply(field.dot(top.data(), largest.data(), size), field.scale(field.scaled_one())),
              field.multiply(field.scale(size), 1));
  }
}

TEST(Reconstruct, FindsFractionsOfAllLengths) {
  Stream draws(3);
  for (std::size_t bits : {1, 5, 40, 61, 62, 63, 64, 65, 130, 1000, 5000}) {
    for (int trial = 0; trial < 20; ++trial) {
      mpz_class n = random_bits(bits, draws), d = random_bits(1 + bits / 2, draws) + 1, inverse, modulus;
      if (trial % 2 == 1) n = -n;
      const mpz_class common = gcd(n, d);
      n /= common;
      d /= common;
      mpz_ui_pow_ui(modulus.get_mpz_t(), kPrime, (bits + bits / 2 + 80) / 61 + 2);
      ASSERT_NE(mpz_invert(inverse.get_mpz_t(), d.get_mpz_t(), modulus.get_mpz_t()), 0);
      const auto found = reconstruct(n * inverse, modulus, bits + 1, 64);
      ASSERT_TRUE(found) << bits;
      EXPECT_EQ(found->numerator, n) << bits;
      EXPECT_EQ(found->denominator, d) << bits;
    }
  }
}

TEST(Reconstruct, RefusesWhatIsNotAShortFraction) {
  Stream draws(4);
  mpz_class modulus;
  mpz_ui_pow_ui(modulus.get_mpz_t(), kPrime, 20);
  for (int trial = 0; trial < 50; ++trial)
    EXPECT_FALSE(reconstruct(random_bits(1230, draws) % modulus, modulus, 600, 64)) << trial;
}

// The convergent before has a numerator of more than 300 bits, so this denominator has at most modulus - 300.
TEST(Reconstruct, StopsAtTheFirstConvergentBelowTheBound) {
  Stream draws(8);
  mpz_class modulus;
  mpz_ui_pow_ui(modulus.get_mpz_t(), kPrime, 20);
  int found = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const mpz_class residue = random_bits(1230, draws) % modulus;
    const auto fraction = reconstruct(residue, modulus, 300, 0);
    if (!fraction) continue;
    ++found;
    EXPECT_LE(bit_length(fraction->numerator), 300u);
    EXPECT_LE(bit_length(fraction->denominator), bit_length(modulus) - 300 + 1);
    EXPECT_EQ((fraction->numerator - residue * fraction->denominator) % modulus, 0);
  }
  EXPECT_GT(found, 20);
}

TEST(DigitEvaluator, AgreesWithHorner) {
  Stream draws(6);
  for (std::size_t count : {1, 2, 31, 32, 33, 64, 65, 100, 129, 500}) {
    std::vector<std::uint64_t> digit(3 * count);
    for (auto& d : digit) d = draws.below(kPrime);
    mpz_class expected = 0;
    for (std::size_t j = count; j-- > 0;) expected = expected * kPrime + digit[3 * j];
    EXPECT_EQ(DigitEvaluator(kPrime, count).evaluate(digit.data(), 3, count), expected) << count;
    EXPECT_EQ(DigitEvaluator(kPrime, 500).evaluate(digit.data(), 3, count), expected) << count;
  }
}

}  // namespace
}  // namespace bellwether::solvers::rational
