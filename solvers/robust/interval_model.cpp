#include "solvers/robust/interval_model.h"

#include <algorithm>
#include <cmath>

#include "core/rounding.h"
#include "mdp/robust/selection.h"
#include "mdp/robust/smooth_row.h"

namespace bellwether::solvers::robust {
namespace {

struct Scratch {
  std::vector<double> z;
};

Scratch& scratch() {
  static thread_local Scratch space;
  return space;
}

}  // namespace

IntervalModel::IntervalModel(const RobustProblem& problem, const total::Prepared& p)
    : nature_minimises_(problem.adversarial()), state_begin_(p.reduced.state_begin) {
  const mdp::TabularMdp& model = problem.model.nominal();
  const auto& intervals = problem.model.ambiguity().intervals;
  const bool earns = problem.criterion == Criterion::kTotal;
  const auto by_transition = problem.model.transition_reward();
  for (const std::int64_t c : p.reduced.source) {
    const std::int64_t choice = p.quotient.source_choice[static_cast<std::size_t>(c)];
    if (choice >= 0) {
      const auto successors = model.successors(choice);
      for (std::size_t i = 0; i < successors.size(); ++i) {
        const auto at = static_cast<std::size_t>(model.choice_begin()[choice]) + i;
        const auto q = static_cast<std::size_t>(p.quotient.state_of[static_cast<std::size_t>(successors[i])]);
        const double reward = by_transition.empty() ? model.reward(choice) : by_transition[at];
        lower_.push_back(intervals.lower[at]);
        upper_.push_back(intervals.upper[at]);
        reward_.push_back(earns ? p.sign * reward : 0);
        next_.push_back(p.fate[q] == total::Fate::kNumber ? p.reduced_state[q] : -1);
        constant_.push_back(p.fate[q] == total::Fate::kOne ? p.reduced.one_value : 0);
        largest_reward_ = std::max(largest_reward_, reward_.back());
        smallest_reward_ = std::min(smallest_reward_, reward_.back());
      }
    }
    row_begin_.push_back(static_cast<std::int64_t>(lower_.size()));
  }
}

IntervalModel::Value IntervalModel::evaluate(std::int64_t row, const std::vector<double>& v) const {
  const auto begin = static_cast<std::size_t>(row_begin_[static_cast<std::size_t>(row)]);
  const auto n = static_cast<std::size_t>(row_begin_[static_cast<std::size_t>(row) + 1]) - begin;
  if (n == 0) return {0, 0};  // the choice to stop
  const double sign = nature_minimises_ ? 1 : -1;
  auto& z = scratch().z;
  z.resize(n);
  double largest = 0;
  bool all_zero = true;
  for (std::size_t i = 0; i < n; ++i) {
    const auto k = begin + i;
    const double value = next_[k] >= 0 ? v[static_cast<std::size_t>(next_[k])] : constant_[k];
    z[i] = sign * (reward_[k] + value);
    largest = std::max(largest, std::abs(reward_[k]) + std::abs(value));
    all_zero = all_zero && reward_[k] == 0 && value == 0;
  }
  if (all_zero) return {0, 0};
  const std::span<const double> lower(lower_.data() + begin, n), upper(upper_.data() + begin, n);
  const double least = mdp::robust::worst_in_intervals(lower, upper, z);
  return {sign * least, mdp::robust::kernel_error(4 * n) * largest + total::kUnderflow};
}

double IntervalModel::row_below(std::int64_t row, const std::vector<double>& v) const {
  const Value x = evaluate(row, v);
  return x.error == 0 ? x.value : round_down(x.value - x.error);
}

double IntervalModel::row_above(std::int64_t row, const std::vector<double>& v) const {
  const Value x = evaluate(row, v);
  return x.error == 0 ? x.value : round_up(x.value + x.error);
}

double IntervalModel::steps_above(std::int64_t row, const std::vector<double>& t) const {
  const auto begin = static_cast<std::size_t>(row_begin_[static_cast<std::size_t>(row)]);
  const auto n = static_cast<std::size_t>(row_begin_[static_cast<std::size_t>(row) + 1]) - begin;
  if (n == 0) return 1;
  auto& z = scratch().z;
  z.resize(n);
  double largest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    z[i] = next_[begin + i] >= 0 ? -t[static_cast<std::size_t>(next_[begin + i])] : 0;
    largest = std::max(largest, -z[i]);
  }
  const std::span<const double> lower(lower_.data() + begin, n), upper(upper_.data() + begin, n);
  return round_up(1 - mdp::robust::worst_in_intervals(lower, upper, z) + mdp::robust::kernel_error(4 * n) * largest);
}

}  // namespace bellwether::solvers::robust
