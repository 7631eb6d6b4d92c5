#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "solvers/exact/rational/block_solve.h"
#include "solvers/exact/rational/exact_rounding.h"
#include "solvers/exact/rational/exact_rows.h"
#include "solvers/exact/rational/reconstruction.h"

namespace bellwether::solvers::rational {

/// What is known of a state's value before anything is solved.
enum class Boundary : std::uint8_t { kFree, kZero, kTarget };

/// A stationary process to be maximised: V(s) = max_c r(c) + discount sum_k p_k V(successor k) at free states, 0 at
/// zero states, `target_value` at the target.
struct ExactProcess {
  const ExactRows& rows;
  mpq_class discount = 1;
  std::vector<Boundary> boundary;
  int target_value = 0;
  std::string name;  ///< for messages

  int num_states() const { return rows.view.num_states(); }
  std::int64_t first_choice(int s) const { return rows.view.state_begin[s]; }
};

/// Collects the rows scale (x_s - discount sum_k p_k x_k) = scale r of chosen choices, in integers.
class SystemBuilder {
 public:
  explicit SystemBuilder(const ExactProcess& process);

  /// Adds a row. `unknown[s]` is the place of x_s in the system, or -1 where x_s is known to be 0; `extra` >= 0 adds
  /// scale x_extra (a gain); without `reward` the right-hand side holds the target alone.
  void add(std::span<const int> unknown, int s, std::int64_t choice, int extra, bool reward);
  RationalSystem finish(std::vector<int> last);

 private:
  const ExactProcess& process_;
  RationalSystem system_;
};

/// The value of a policy (model-wide choice of each state) that leaves the free states surely, or is discounted.
RationalVector evaluate(const ExactProcess& process, std::span<const std::int64_t> policy, WorkLimit& limit,
                        LiftingStats& stats);

/// Exact comparison of choices. A double enclosure with its rounding error decides nearly all of them; what it cannot
/// decide is compared in integers.
class ChoiceComparison {
 public:
  /// Compares r(c) - gain(s) + discount sum p x; without `reward`, r is taken as zero; `gain` may be null.
  ChoiceComparison(const ExactProcess& process, const RationalVector& x, const RationalVector* gain, bool reward);

  struct Outcome {
    std::int64_t best = 0;            ///< the incumbent unless another is strictly better; then the first of the best
    std::vector<std::int64_t> tight;  ///< all choices that are exactly as good as the best, ascending
  };

  /// `incumbent` is a choice whose backup is x_s exactly.
  Outcome best(int s, std::int64_t incumbent, std::span<const char> allowed = {}) const;

  /// The backup of a choice as a fraction, not in lowest terms.
  Fraction exact(int s, std::int64_t choice) const;

  /// Without an incumbent: the first best choice and its exact backup in lowest terms.
  std::int64_t first_best(int s, mpq_class& value) const;

  std::int64_t exact_comparisons() const { return exact_comparisons_; }

 private:
  struct Enclosure {
    double value = 0, error = 0;
    bool below(const Enclosure& other) const { return value + error < other.value - other.error; }
  };
  Enclosure enclosure(int s, std::int64_t choice) const;

  const ExactProcess& process_;
  const RationalVector& x_;
  const RationalVector* gain_;
  bool reward_;
  std::vector<double> approximate_, approximate_gain_;
  double discount_;
  mutable std::int64_t exact_comparisons_ = 0;
};

}  // namespace bellwether::solvers::rational
