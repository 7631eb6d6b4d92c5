#include "solvers/exact/rational/reconstruction.h"

#include <array>

namespace bellwether::solvers::rational {
namespace {

constexpr std::size_t kChunk = 32;  // digits combined by Horner's rule
constexpr std::size_t kWord = 62;   // leading bits that one Lehmer step looks at

struct Cofactors {
  std::int64_t a = 1, b = 0, c = 0, d = 1;
};

// Knuth, The Art of Computer Programming 2, Algorithm 4.5.2L: the quotients that the leading words already decide.
Cofactors leading_quotients(std::int64_t x, std::int64_t y) {
  Cofactors m;
  while (y + m.c != 0 && y + m.d != 0) {
    const std::int64_t quotient = (x + m.a) / (y + m.c);
    if (quotient != (x + m.b) / (y + m.d)) break;
    m = {m.c, m.d, m.a - quotient * m.c, m.b - quotient * m.d};
    const std::int64_t next = x - quotient * y;
    x = y;
    y = next;
  }
  return m;
}

class EuclidPair {
 public:
  EuclidPair(const mpz_class& first, const mpz_class& second) : first_(first), second_(second) {}

  mpz_class& first() { return first_; }
  mpz_class& second() { return second_; }

  void divide(const mpz_class& quotient) {  // (first, second) <- (second, first - quotient second)
    mpz_submul(first_.get_mpz_t(), quotient.get_mpz_t(), second_.get_mpz_t());
    swap(first_, second_);
  }

  void transform(const Cofactors& m) {
    combine(scratch_, m.a, m.b);
    combine(other_, m.c, m.d);
    swap(first_, scratch_);
    swap(second_, other_);
  }

 private:
  void combine(mpz_class& out, std::int64_t a, std::int64_t b) {
    mpz_mul_si(out.get_mpz_t(), first_.get_mpz_t(), a);
    if (b >= 0)
      mpz_addmul_ui(out.get_mpz_t(), second_.get_mpz_t(), static_cast<std::uint64_t>(b));
    else
      mpz_submul_ui(out.get_mpz_t(), second_.get_mpz_t(), static_cast<std::uint64_t>(-b));
  }

  mpz_class first_, second_, scratch_, other_;
};

}  // namespace

std::optional<Fraction> reconstruct(const mpz_class& residue, const mpz_class& modulus, std::size_t numerator_bits,
                                    std::size_t margin) {
  EuclidPair remainder(modulus, residue), cofactor(0, 1);
  mpz_mod(remainder.second().get_mpz_t(), residue.get_mpz_t(), modulus.get_mpz_t());
  mpz_class quotient, leading;
  for (std::size_t bits = bit_length(remainder.second()); bits > numerator_bits;
       bits = bit_length(remainder.second())) {
    Cofactors m;
    // A Lehmer step shortens the remainder by less than a word: far enough from the end it cannot overshoot.
    if (bits > numerator_bits + 64 && bits > 2 * kWord) {
      const std::size_t shift = bit_length(remainder.first()) - kWord;
      mpz_tdiv_q_2exp(leading.get_mpz_t(), remainder.first().get_mpz_t(), shift);
      const auto x = static_cast<std::int64_t>(leading.get_ui());
      mpz_tdiv_q_2exp(leading.get_mpz_t(), remainder.second().get_mpz_t(), shift);
      m = leading_quotients(x, static_cast<std::int64_t>(leading.get_ui()));
    }
    if (m.b != 0) {
      remainder.transform(m);
      cofactor.transform(m);
    } else {
      mpz_fdiv_q(quotient.get_mpz_t(), remainder.first().get_mpz_t(), remainder.second().get_mpz_t());
      remainder.divide(quotient);
      cofactor.divide(quotient);
    }
  }
  Fraction result{std::move(remainder.second()), std::move(cofactor.second())};
  if (sgn(result.denominator) < 0) {
    mpz_neg(result.numerator.get_mpz_t(), result.numerator.get_mpz_t());
    mpz_neg(result.denominator.get_mpz_t(), result.denominator.get_mpz_t());
  }
  const std::size_t used = bit_length(result.numerator) + bit_length(result.denominator);
  if (used + margin > bit_length(modulus)) return std::nullopt;
  return result;
}

DigitEvaluator::DigitEvaluator(std::uint64_t prime, std::size_t max_digits) : prime_(prime) {
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), prime, kChunk);
  for (std::size_t digits = kChunk; digits < max_digits; digits *= 2) {
    level_.push_back(power);
    power *= power;
  }
}

mpz_class DigitEvaluator::evaluate(const std::uint64_t* digit, std::size_t stride, std::size_t count) const {
  if (count <= kChunk) {
    mpz_class result = 0;
    for (std::size_t j = count; j-- > 0;) {
      mpz_mul_ui(result.get_mpz_t(), result.get_mpz_t(), prime_);
      mpz_add_ui(result.get_mpz_t(), result.get_mpz_t(), digit[j * stride]);
    }
    return result;
  }
  std::size_t level = 0, half = kChunk;
  while (2 * half < count) {
    half *= 2;
    ++level;
  }
  mpz_class result = evaluate(digit + half * stride, stride, count - half);
  result *= level_[level];
  result += evaluate(digit, stride, half);
  return result;
}

mpz_class DigitEvaluator::power(std::size_t count) const {
  mpz_class result;
  mpz_ui_pow_ui(result.get_mpz_t(), prime_, count);
  return result;
}

}  // namespace bellwether::solvers::rational
