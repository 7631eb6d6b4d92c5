#pragma once

#include <cstdint>
#include <vector>

#include "solvers/exact/total/preparation.h"
#include "solvers/robust/problem.h"

namespace bellwether::solvers::robust {

/// What is left of an interval problem once the graph has answered all it can: the rows of total::ReducedModel with
/// intervals in place of probabilities, in maximise form, self-loops kept (nature decides how long they last).
class IntervalModel {
 public:
  IntervalModel(const RobustProblem& problem, const total::Prepared& prepared);

  int num_states() const { return static_cast<int>(state_begin_.size()) - 1; }
  std::int64_t first_row(int s) const { return state_begin_[static_cast<std::size_t>(s)]; }
  std::int64_t num_transitions() const { return static_cast<std::int64_t>(lower_.size()); }

  /// A bound below, or above, on what the row is worth for values that v bounds from below, or above: nature's best
  /// q of sum q (reward + value), the rounding of it all included.
  double row_below(std::int64_t row, const std::vector<double>& v) const;
  double row_above(std::int64_t row, const std::vector<double>& v) const;

  /// 1 + the largest sum q t over the states of this model that nature can make of the row, rounded up.
  double steps_above(std::int64_t row, const std::vector<double>& t) const;

  double largest_reward() const { return largest_reward_; }  ///< in maximise form
  double smallest_reward() const { return smallest_reward_; }

 private:
  struct Value {
    double value, error;
  };
  Value evaluate(std::int64_t row, const std::vector<double>& v) const;

  bool nature_minimises_;
  std::vector<std::int64_t> state_begin_, row_begin_{0};
  std::vector<double> lower_, upper_, reward_, constant_;  ///< of each entry: bounds, reward, value when decided
  std::vector<std::int32_t> next_;                         ///< reduced state, -1 when decided
  double largest_reward_ = 0, smallest_reward_ = 0;
};

}  // namespace bellwether::solvers::robust
