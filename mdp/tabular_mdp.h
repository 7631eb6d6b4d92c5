#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mdp/model_data.h"
#include "mdp/row_runs.h"

namespace bellwether::mdp {

/// A finite Markov decision process: immutable, valid from its constructor on, cheap to copy (copies share the arrays).
///
/// Choices are numbered 0 .. num_choices()-1 through the whole model, those of state s are
/// first_choice(s) .. first_choice(s+1)-1. A *choice index* is local to its state (0 is the state's first choice), an
/// *action identifier* is what the file calls it.
class TabularMdp {
 public:
  /// Checks the data (InvalidModel names the place) and divides rows that miss one by their sum (see `normalised`).
  explicit TabularMdp(ModelData data);

  int num_states() const { return num_states_; }
  std::int64_t num_choices() const { return num_choices_; }
  std::int64_t num_transitions() const { return num_transitions_; }

  std::int64_t first_choice(int s) const { return state_begin_[s]; }
  int num_choices(int s) const { return static_cast<int>(state_begin_[s + 1] - state_begin_[s]); }
  int state_of(std::int64_t choice) const;  ///< O(log S)

  std::span<const std::int32_t> successors(std::int64_t choice) const {
    return {successor_ + choice_begin_[choice], successor_ + choice_begin_[choice + 1]};
  }
  std::span<const double> probabilities(std::int64_t choice) const {
    return {probability_ + choice_begin_[choice], probability_ + choice_begin_[choice + 1]};
  }
  double reward(std::int64_t choice) const { return reward_[choice]; }

  // The arrays themselves, for kernels.
  std::span<const std::int64_t> state_begin() const { return data_->state_begin; }
  std::span<const std::int64_t> choice_begin() const { return data_->choice_begin; }
  std::span<const std::int32_t> successor() const { return data_->successor; }
  std::span<const double> probability() const { return data_->probability; }
  std::span<const double> reward() const { return data_->rewards.front().expected; }

  /// Where rows have the same length, for sweeps; found at the first call.
  std::span<const RowRun> row_runs() const { return runs_->get(data_->state_begin, data_->choice_begin); }

  int action(std::int64_t choice) const;                     ///< identifier of a choice
  std::optional<int> choice_index(int s, int action) const;  ///< local index of an action identifier
  std::string state_name(int s) const;                       ///< its name, or its number as text
  std::string action_name(int action) const;

  /// The initial distribution as a vector of S probabilities (state 0 when the model does not say).
  std::vector<double> initial() const;

  const Label* find_label(std::string_view name) const;  ///< null when there is none

  const ModelData& data() const { return *data_; }

  /// A model with the named reward structure in first place; InvalidModel when there is none.
  TabularMdp with_rewards(std::string_view name) const;
  /// A model with these expected rewards, one a choice, in place of all others.
  TabularMdp with_expected_rewards(std::vector<double> reward, std::string name = "reward") const;
  TabularMdp with_initial(std::vector<double> initial) const;

  /// Bytes of the arrays a planner reads (rows, offsets, expected rewards).
  std::int64_t bytes() const;

 private:
  struct Unchecked {};
  TabularMdp(ModelData data, Unchecked);

  std::shared_ptr<const ModelData> data_;
  std::shared_ptr<const RowRuns> runs_ = std::make_shared<RowRuns>();
  const std::int64_t* state_begin_ = nullptr;
  const std::int64_t* choice_begin_ = nullptr;
  const std::int32_t* successor_ = nullptr;
  const double* probability_ = nullptr;
  const double* reward_ = nullptr;
  int num_states_ = 0;
  std::int64_t num_choices_ = 0, num_transitions_ = 0;
};

}  // namespace bellwether::mdp
