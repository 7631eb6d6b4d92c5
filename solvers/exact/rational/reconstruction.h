#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <gmpxx.h>

namespace bellwether::solvers::rational {

inline std::size_t bit_length(const mpz_class& x) { return sgn(x) == 0 ? 0 : mpz_sizeinbase(x.get_mpz_t(), 2); }

struct Fraction {
  mpz_class numerator, denominator;
};

/// The first convergent n / d of residue modulo `modulus` (Wang's rational reconstruction) with |n| < 2^numerator_bits
/// and d > 0; nothing when its size leaves fewer than `margin` bits of the modulus unexplained, so that a fraction
/// found by accident has odds near 2^-margin. Euclid's algorithm with Lehmer's single-word steps: quadratic in the
/// length of the modulus.
std::optional<Fraction> reconstruct(const mpz_class& residue, const mpz_class& modulus, std::size_t numerator_bits,
                                    std::size_t margin);

/// Evaluates sum_j digit_j p^j by pairwise combination, in the time of a few multiplications of the result's length.
class DigitEvaluator {
 public:
  DigitEvaluator(std::uint64_t prime, std::size_t max_digits);

  /// Digits digit[0], digit[stride], ..., `count` of them.
  mpz_class evaluate(const std::uint64_t* digit, std::size_t stride, std::size_t count) const;

  /// p^count.
  mpz_class power(std::size_t count) const;

 private:
  std::uint64_t prime_;
  std::vector<mpz_class> level_;  // p^(kChunk 2^i)
};

}  // namespace bellwether::solvers::rational
