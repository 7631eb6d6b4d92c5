#pragma once

#include <cstddef>
#include <cstdint>

namespace bellwether::solvers::rational {

__extension__ using uint128 = unsigned __int128;

/// Arithmetic modulo an odd prime below 2^62, with Montgomery's reduction (Mathematics of Computation 44, 1985).
/// A residue a is *scaled* when stored as a 2^64 mod p: the product of a scaled and a plain residue is then plain
/// after one reduction, and no division is ever made.
class PrimeField {
 public:
  explicit PrimeField(std::uint64_t prime) : prime_(prime) {
    std::uint64_t inverse = prime;  // Newton: correct bits double, from 3 to 96
    for (int i = 0; i < 5; ++i) inverse *= 2 - prime * inverse;
    minus_inverse_ = ~inverse + 1;
    const auto radix = static_cast<std::uint64_t>((uint128{1} << 64) % prime);
    radix_squared_ = static_cast<std::uint64_t>(uint128{radix} * radix % prime);
    one_ = radix;
  }

  std::uint64_t prime() const { return prime_; }
  std::uint64_t scaled_one() const { return one_; }

  /// t 2^-64 mod p, for t < p 2^64.
  std::uint64_t reduce(uint128 t) const {
    const std::uint64_t quotient = static_cast<std::uint64_t>(t) * minus_inverse_;
    const auto reduced = static_cast<std::uint64_t>((t + uint128{quotient} * prime_) >> 64);
    return reduced >= prime_ ? reduced - prime_ : reduced;
  }

  std::uint64_t multiply(std::uint64_t a, std::uint64_t b) const { return reduce(uint128{a} * b); }
  std::uint64_t scale(std::uint64_t a) const { return multiply(a, radix_squared_); }
  std::uint64_t negate(std::uint64_t a) const { return a == 0 ? 0 : prime_ - a; }
  std::uint64_t subtract(std::uint64_t a, std::uint64_t b) const { return a >= b ? a - b : a + (prime_ - b); }

  /// The scaled inverse of a scaled residue other than zero: a^(p - 2).
  std::uint64_t inverse(std::uint64_t a) const {
    std::uint64_t power = one_, square = a;
    for (std::uint64_t exponent = prime_ - 2; exponent > 0; exponent >>= 1) {
      if (exponent & 1) power = multiply(power, square);
      square = multiply(square, square);
    }
    return power;
  }

  /// sum + a b, kept below p 2^64 so that `reduce` applies.
  uint128 add_product(uint128 sum, std::uint64_t a, std::uint64_t b) const { return fold(sum + uint128{a} * b); }

  /// sum_i a[i] b[i] 2^-64 mod p: plain when one of the two is scaled.
  std::uint64_t dot(const std::uint64_t* a, const std::uint64_t* b, std::size_t size) const {
    uint128 sum = 0;
    std::size_t i = 0;
    // Eight products stay below 8 p^2 < 2 p 2^64, so that two folds per eight restore sum < p 2^64.
    for (; i + 8 <= size; i += 8) {
      for (std::size_t j = i; j < i + 8; ++j) sum += uint128{a[j]} * b[j];
      sum = fold(fold(sum));
    }
    for (; i < size; ++i) sum = add_product(sum, a[i], b[i]);
    return reduce(sum);
  }

 private:
  uint128 fold(uint128 t) const {
    const uint128 bound = uint128{prime_} << 64;
    return t >= bound ? t - bound : t;
  }

  std::uint64_t prime_, minus_inverse_, radix_squared_, one_;
};

}  // namespace bellwether::solvers::rational
