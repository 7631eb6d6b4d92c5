#include "solvers/exact/rational/lifting.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/stream.h"
#include "solvers/exact/rational/reconstruction.h"

namespace bellwether::solvers::rational {
namespace {

constexpr std::size_t kPrimeBits = 61;       // every prime used has more bits than this
constexpr std::size_t kMargin = 64;          // bits of the modulus that a reconstruction must leave unexplained
constexpr std::size_t kMaxExtraFactor = 32;  // bits of a denominator factor that the combination may have missed
constexpr std::size_t kFirstProbe = 6;
constexpr double kProbeGrowth = 1.12;

std::uint64_t prime_below(std::uint64_t bound) {
  mpz_class candidate(bound);
  do --candidate;
  while (mpz_probab_prime_p(candidate.get_mpz_t(), 30) == 0);
  return candidate.get_ui();
}

double log2_of(const mpz_class& x) {
  signed long exponent = 0;
  const double mantissa = mpz_get_d_2exp(&exponent, x.get_mpz_t());
  return mantissa == 0 ? 0 : std::log2(std::abs(mantissa)) + static_cast<double>(exponent);
}

// Bounds in bits of what a solution can be: |det A| by Hadamard's inequality, the numerators by Cramer's rule, and the
// entries themselves by diagonal dominance where the rows have it.
struct SizeBounds {
  std::size_t determinant = 0, numerator = 0, magnitude = 0;
};

SizeBounds size_bounds(const IntegerSystem& system) {
  double determinant = 0;
  mpz_class rhs_sum = 0, largest = 0, squares, slack, ratio;
  bool dominated = true;
  for (int i = 0; i < system.size(); ++i) {
    squares = 0;
    slack = 0;
    for (auto k = system.row_begin[i]; k < system.row_begin[i + 1]; ++k) {
      squares += system.value[k] * system.value[k];
      slack += system.column[k] == i ? abs(system.value[k]) : mpz_class(-abs(system.value[k]));
    }
    determinant += 0.5 * log2_of(squares);
    rhs_sum += abs(system.rhs[i]);
    dominated = dominated && sgn(slack) > 0;
    if (!dominated) continue;
    ratio = abs(system.rhs[i]) / slack + 1;  // |x_j| <= max_i |b_i| / slack_i
    largest = std::max(largest, ratio);
  }
  const auto bits = static_cast<std::size_t>(std::ceil(determinant)) + 1;
  const std::size_t guess = bit_length(rhs_sum) + 16;
  return {bits, bits + bit_length(rhs_sum), dominated ? bit_length(largest) : guess};
}

class Lifting {
 public:
  Lifting(const IntegerSystem& system, const SizeBounds& bounds, PrimeField field, ModularLu lu)
      : system_(system),
        bounds_(bounds),
        field_(field),
        lu_(std::move(lu)),
        residual_(system.rhs),
        x_(system.rhs.size()) {}

  CommonFractions solve();
  std::size_t digits() const { return digits_; }

 private:
  void lift();
  mpz_class random_combination(const DigitEvaluator& evaluator, Stream draws) const;
  std::optional<CommonFractions> attempt(std::size_t numerator_bits, std::size_t magnitude, Stream draws) const;
  std::optional<CommonFractions> numerators(const mpz_class& denominator, std::size_t digits, std::size_t bits,
                                            const DigitEvaluator& evaluator) const;
  bool satisfies(const CommonFractions& x) const;

  const IntegerSystem& system_;
  SizeBounds bounds_;
  PrimeField field_;
  ModularLu lu_;
  std::vector<mpz_class> residual_;
  std::vector<std::uint64_t> x_, digit_;  // digit_[j n + i]: digit j of entry i
  std::size_t digits_ = 0;
};

// residual <- (residual - A x) / p with x = A^-1 residual mod p: stays below n max|A| + max|b| / p^j.
void Lifting::lift() {
  for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = mpz_fdiv_ui(residual_[i].get_mpz_t(), field_.prime());
  lu_.solve(x_);
  for (std::size_t i = 0; i < x_.size(); ++i) {
    mpz_ptr residual = residual_[i].get_mpz_t();
    for (auto k = system_.row_begin[i]; k < system_.row_begin[i + 1]; ++k)
      mpz_submul_ui(residual, system_.value[k].get_mpz_t(), x_[system_.column[k]]);
    mpz_divexact_ui(residual, residual, field_.prime());
  }
  digit_.insert(digit_.end(), x_.begin(), x_.end());
  ++digits_;
}

// sum_i c_i x_i with random c_i: its denominator is that of the whole vector up to small factors.
mpz_class Lifting::random_combination(const DigitEvaluator& evaluator, Stream draws) const {
  const std::size_t n = x_.size();
  std::vector<std::uint64_t> coefficient(n), low(digits_), high(digits_);
  for (auto& c : coefficient) c = draws() >> 32;
  for (std::size_t j = 0; j < digits_; ++j) {
    uint128 sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += uint128{coefficient[i]} * digit_[j * n + i];
    low[j] = static_cast<std::uint64_t>(sum);
    high[j] = static_cast<std::uint64_t>(sum >> 64);
  }
  return (evaluator.evaluate(high.data(), 1, digits_) << 64) + evaluator.evaluate(low.data(), 1, digits_);
}

// denominator x_i mod p^digits is the numerator, once there are digits enough to tell its sign.
std::optional<CommonFractions> Lifting::numerators(const mpz_class& denominator, std::size_t digits, std::size_t bits,
                                                   const DigitEvaluator& evaluator) const {
  const std::size_t n = x_.size();
  const mpz_class modulus = evaluator.power(digits), half = modulus / 2;
  CommonFractions result{std::vector<mpz_class>(n), denominator};
  mpz_class reduced = denominator % modulus;
  for (std::size_t i = 0; i < n; ++i) {
    mpz_class y = evaluator.evaluate(digit_.data() + i, n, digits);
    y *= reduced;
    mpz_mod(y.get_mpz_t(), y.get_mpz_t(), modulus.get_mpz_t());
    if (y > half) y -= modulus;
    if (bit_length(y) > bits) {  // a factor that the random combination lost
      auto rest = reconstruct(y, modulus, bits + kMaxExtraFactor, kMargin / 2);
      if (!rest) return std::nullopt;
      y = std::move(rest->numerator);
      for (std::size_t before = 0; before < i; ++before) result.numerator[before] *= rest->denominator;
      result.denominator *= rest->denominator;
      reduced = result.denominator % modulus;
    }
    result.numerator[i] = std::move(y);
  }
  return result;
}

bool Lifting::satisfies(const CommonFractions& x) const {
  mpz_class difference;
  for (std::size_t i = 0; i < x_.size(); ++i) {
    difference = system_.rhs[i] * x.denominator;
    for (auto k = system_.row_begin[i]; k < system_.row_begin[i + 1]; ++k)
      difference -= system_.value[k] * x.numerator[system_.column[k]];
    if (sgn(difference) != 0) return false;
  }
  return true;
}

std::optional<CommonFractions> Lifting::attempt(std::size_t numerator_bits, std::size_t magnitude, Stream draws) const {
  const DigitEvaluator evaluator(field_.prime(), digits_);
  const auto common =
      reconstruct(random_combination(evaluator, draws), evaluator.power(digits_), numerator_bits, kMargin);
  if (!common) return std::nullopt;
  const std::size_t bits = bit_length(common->denominator) + magnitude + 1;
  const std::size_t needed = (bits + 3 * kMaxExtraFactor + kMargin) / kPrimeBits + 2;
  auto result = numerators(common->denominator, std::min(needed, digits_), bits, evaluator);
  if (!result || !satisfies(*result)) return std::nullopt;
  return result;
}

CommonFractions Lifting::solve() {
  const std::size_t combination = 33 + bit_length(mpz_class(system_.size()));  // bits that the combination adds
  const std::size_t last_digit =
      (bounds_.determinant + bounds_.numerator + combination + 2 * kMargin + 4 * kMaxExtraFactor) / kPrimeBits + 2;
  auto probe = kFirstProbe;
  for (Stream draws(0);; draws = draws.child(digits_)) {
    probe = std::min(probe, last_digit);
    while (digits_ < probe) lift();
    const std::size_t bits = digits_ * kPrimeBits, magnitude = bounds_.magnitude + combination;
    // What the margin leaves is shared so that the numerator is longer by the magnitude of the entries.
    if (bits > magnitude + kMargin + 8)
      if (auto x = attempt((bits - kMargin + magnitude) / 2, bounds_.magnitude, draws)) return *std::move(x);
    if (digits_ == last_digit)
      if (auto x = attempt(bounds_.numerator + combination, bounds_.numerator, draws)) return *std::move(x);
    probe = std::max(probe + 2, static_cast<std::size_t>(static_cast<double>(probe) * kProbeGrowth));
  }
}

void charge_lifting(const IntegerSystem& system, const SizeBounds& bounds, const EliminationPlan& plan,
                    WorkLimit& limit) {
  const auto n = static_cast<double>(system.size()), core = static_cast<double>(plan.core_size());
  const auto entries = static_cast<double>(system.column.size()), sparse = static_cast<double>(plan.sparse_entries);
  const double words = static_cast<double>(bounds.determinant + bounds.numerator) / kPrimeBits + 4;
  const double factor = 1.5 * core * core * core / 3 + 10 * sparse * std::min(core + 16, 256.0);
  const double step = core * core + 4 * sparse + 15 * entries + 40 * n;
  const double rebuild = n * 8 * std::pow(words, 1.4) + 10 * words * words;
  limit.charge(factor + words * step + rebuild, 8 * (core * core + 3 * sparse) + 16 * n * words,
               fmt::format("{} ({} states in one class, numbers of about {} bits)", system.name, system.size(),
                           bounds.determinant));
}

}  // namespace

std::optional<CommonFractions> solve_by_lifting(const IntegerSystem& system, WorkLimit& limit, LiftingStats& stats) {
  const SizeBounds bounds = size_bounds(system);
  EliminationPlan plan = plan_elimination(system.pattern(), system.last);
  charge_lifting(system, bounds, plan, limit);
  std::vector<std::uint64_t> residue(system.value.size());
  std::uint64_t prime = std::uint64_t{1} << 62;
  for (int trial = 0; trial < 4; ++trial) {
    if (trial == 2) {  // the diagonal may be at fault: a dense block exchanges columns
      plan = plan_dense(system.size());
      charge_lifting(system, bounds, plan, limit);
    }
    prime = prime_below(prime);
    const PrimeField field(prime);
    for (std::size_t k = 0; k < residue.size(); ++k) residue[k] = mpz_fdiv_ui(system.value[k].get_mpz_t(), prime);
    auto lu = ModularLu::factor(system.pattern(), residue, plan, field);
    if (!lu) continue;
    Lifting lifting(system, bounds, field, *std::move(lu));
    CommonFractions result = lifting.solve();
    ++stats.systems;
    stats.largest = std::max(stats.largest, system.size());
    stats.digits += static_cast<std::int64_t>(lifting.digits());
    stats.denominator_bits = std::max(stats.denominator_bits, bit_length(result.denominator));
    return result;
  }
  return std::nullopt;
}

}  // namespace bellwether::solvers::rational
