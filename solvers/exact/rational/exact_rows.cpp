#include "solvers/exact/rational/exact_rows.h"

#include <algorithm>
#include <utility>

#include "mdp/expected_reward.h"

namespace bellwether::solvers::rational {
namespace {

// sum_k p_k r_k over the transitions of a choice; counts how the numbers were read by the least simple one.
mpq_class mean_reward(const ExactRows& rows, std::int64_t choice, Reading& reading) {
  mpq_class sum = 0;
  for (auto k = rows.view.choice_begin[choice]; k < rows.view.choice_begin[choice + 1]; ++k) {
    ReadNumber entry = read_number(rows.view.transition_reward[k]);
    reading = std::max(reading, entry.reading);
    sum += rows.numerator[k] * entry.value;
  }
  return sum / rows.denominator[choice];
}

/// Whether the expected reward of a choice is no statement of its own but the rounded mean of its transitions.
bool is_mean_of_transitions(const ModelView& view, std::int64_t choice) {
  if (view.transition_reward.empty()) return false;
  const auto begin = static_cast<std::size_t>(view.choice_begin[choice]);
  const auto length = static_cast<std::size_t>(view.choice_begin[choice + 1]) - begin;
  return view.reward[choice] ==
         mdp::expected_reward(view.probability.subspan(begin, length), view.transition_reward.subspan(begin, length));
}

}  // namespace

ExactRows read_rows(const ModelView& view, int sign) {
  ExactRows rows;
  rows.view = view;
  rows.numerator.reserve(view.probability.size());
  rows.denominator.reserve(view.reward.size());
  rows.reward.reserve(view.reward.size());
  for (std::int64_t choice = 0; choice < view.num_choices(); ++choice) {
    const auto begin = view.choice_begin[choice], end = view.choice_begin[choice + 1];
    ReadRow row = read_row(view.probability.subspan(begin, end - begin));
    mpq_class quotient;
    quotient.get_den() = row.denominator;
    for (auto& entry : row.numerator) {
      quotient.get_num() = entry;
      rows.approximate.push_back(quotient.get_d());
      rows.numerator.push_back(std::move(entry));
    }
    rows.denominator.push_back(std::move(row.denominator));
    ++rows.rows_read[static_cast<std::size_t>(row.reading)];
    if (sign == 0) {
      rows.reward.emplace_back(0);
      continue;
    }
    ReadNumber reward;
    if (is_mean_of_transitions(view, choice))
      reward.value = mean_reward(rows, choice, reward.reading);
    else
      reward = read_number(view.reward[choice]);
    ++rows.rewards_read[static_cast<std::size_t>(reward.reading)];
    rows.reward.emplace_back(sign * reward.value);
  }
  return rows;
}

}  // namespace bellwether::solvers::rational
