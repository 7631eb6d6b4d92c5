#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace bellwether::solvers::rational {

/// The arrays of a tabular model: choices grouped by state, transitions grouped by choice.
struct ModelView {
  std::span<const std::int64_t> state_begin;   ///< S + 1
  std::span<const std::int64_t> choice_begin;  ///< C + 1
  std::span<const std::int32_t> successor;     ///< N
  std::span<const double> probability;         ///< N
  std::span<const double> reward;              ///< C expected rewards
  /// N rewards of transitions, or empty. Where an expected reward is their mean, rounded, the exact mean counts;
  /// elsewhere the expected reward itself.
  std::span<const double> transition_reward = {};

  std::span<const std::string> state_names = {};  ///< S names for messages, or none

  std::string state_name(int s) const {
    return state_names.empty() ? std::to_string(s) : state_names[static_cast<std::size_t>(s)];
  }
  int num_states() const { return static_cast<int>(state_begin.size()) - 1; }
  std::int64_t num_choices() const { return static_cast<std::int64_t>(choice_begin.size()) - 1; }
};

}  // namespace bellwether::solvers::rational
