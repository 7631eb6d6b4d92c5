#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/solve.h"

namespace bellwether::solvers::rational {

struct RationalOptions {
  double max_work = 1e11;    ///< operations on 64-bit words, about a nanosecond each
  double max_bytes = 4e9;    ///< memory for exact numbers
  bool proper_only = false;  ///< total reward: compare only with policies that end the play surely
};

template <class Field>
void describe(RationalOptions& o, Field&& field) {
  field("max_work", o.max_work, above(0),
        "refuse exact jobs above this many word operations (about a nanosecond each)");
  field("max_bytes", o.max_bytes, above(0), "refuse exact jobs whose numbers take more memory");
  field("proper_only", o.proper_only, any_value(), "total reward: compare only with policies that end the play surely");
}

/// Rational numbers, kept as they are and written on demand (one may have thousands of digits).
class ExactValues {
 public:
  struct Data;
  ExactValues() = default;
  explicit ExactValues(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

  bool empty() const { return size() == 0; }
  int size() const;
  /// "-60/7" or "3": lowest terms, positive denominator.
  std::string text(int i) const;
  /// Digits of the longest numerator or denominator, about.
  std::size_t longest() const;

 private:
  std::shared_ptr<const Data> data_;
};

/// How the numbers of the model were read, and what it took.
struct RationalReport {
  std::array<std::int64_t, 3> rows_read{};  ///< rows read as simplest fractions, as decimals, as doubles over their sum
  std::array<std::int64_t, 3> rewards_read{};  ///< the same of rewards (as doubles unchanged)
  int policy_updates = 0;                      ///< exact policy-improvement steps that were needed
  int repaired_states = 0;                     ///< states whose choice differs from the policy given
  int tied_states = 0;  ///< states with several choices of exactly the same value; -1: they were not looked for
  std::int64_t exact_comparisons = 0;  ///< choices that double arithmetic could not decide
  int largest_class = 0;               ///< states of the largest strongly connected class that was solved
  std::int64_t digits = 0;             ///< 62-bit digits lifted
  std::size_t denominator_bits = 0;    ///< the longest denominator of a class

  /// Two sentences for the user.
  std::string text() const;
};

/// An exact optimum. With status kConverged everything is proven in integer arithmetic for the model as read;
/// kUnbounded and kNumericalTrouble come with a note and without values.
struct RationalResult {
  Status status = Status::kNotRun;
  std::string note;
  std::vector<double> value;         ///< correctly rounded; the gain for the average criterion
  std::vector<double> lower, upper;  ///< the doubles around the exact values, equal where these are doubles
  double gap =
      std::numeric_limits<double>::infinity();  ///< bounds |value - exact|: at most half a unit in the last place
  ExactValues exact;
  std::vector<std::int32_t>
      policy;                ///< an optimal choice of each state, local index; the given one where it is optimal
  std::vector<double> bias;  ///< average criterion
  ExactValues exact_bias;
  std::vector<std::vector<std::int32_t>> stages;  ///< finite horizon: optimal choices of each stage
  RationalReport report;
};

}  // namespace bellwether::solvers::rational
