#include "mdp/tabular_mdp.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"

namespace bellwether::mdp {
namespace {

ModelData checked(ModelData data) {
  require_valid(data);
  return normalised(std::move(data));
}

}  // namespace

TabularMdp::TabularMdp(ModelData data) : TabularMdp(checked(std::move(data)), Unchecked{}) {}

TabularMdp::TabularMdp(ModelData data, Unchecked) : data_(std::make_shared<const ModelData>(std::move(data))) {
  state_begin_ = data_->state_begin.data();
  choice_begin_ = data_->choice_begin.data();
  successor_ = data_->successor.data();
  probability_ = data_->probability.data();
  reward_ = data_->rewards.front().expected.data();
  num_states_ = static_cast<int>(data_->state_begin.size()) - 1;
  num_choices_ = static_cast<std::int64_t>(data_->choice_begin.size()) - 1;
  num_transitions_ = static_cast<std::int64_t>(data_->successor.size());
}

int TabularMdp::state_of(std::int64_t choice) const {
  return static_cast<int>(std::upper_bound(state_begin_, state_begin_ + num_states_ + 1, choice) - state_begin_ - 1);
}

int TabularMdp::action(std::int64_t choice) const {
  if (data_->action.empty()) return static_cast<int>(choice - state_begin_[state_of(choice)]);
  return data_->action[static_cast<std::size_t>(choice)];
}

std::optional<int> TabularMdp::choice_index(int s, int action) const {
  const int count = num_choices(s);
  if (data_->action.empty()) return action >= 0 && action < count ? std::optional(action) : std::nullopt;
  const std::int32_t* first = data_->action.data() + state_begin_[s];
  const std::int32_t* found = std::find(first, first + count, action);
  return found == first + count ? std::nullopt : std::optional(static_cast<int>(found - first));
}

std::string TabularMdp::state_name(int s) const {
  return data_->state_names.empty() ? std::to_string(s) : data_->state_names[static_cast<std::size_t>(s)];
}

std::string TabularMdp::action_name(int action) const {
  const auto i = static_cast<std::size_t>(action);
  return i < data_->action_names.size() ? data_->action_names[i] : std::to_string(action);
}

std::vector<double> TabularMdp::initial() const {
  if (!data_->initial.empty()) return {data_->initial.begin(), data_->initial.end()};
  std::vector<double> initial(static_cast<std::size_t>(num_states_), 0.0);
  initial[0] = 1;
  return initial;
}

const Label* TabularMdp::find_label(std::string_view name) const {
  const auto found =
      std::find_if(data_->labels.begin(), data_->labels.end(), [&](const Label& label) { return label.name == name; });
  return found == data_->labels.end() ? nullptr : &*found;
}

TabularMdp TabularMdp::with_rewards(std::string_view name) const {
  ModelData data = *data_;
  const auto found =
      std::find_if(data.rewards.begin(), data.rewards.end(), [&](const Column& column) { return column.name == name; });
  if (found == data.rewards.end()) {
    std::vector<std::string> names;
    for (const Column& column : data.rewards) names.push_back("'" + column.name + "'");
    throw InvalidModel(
        fmt::format("TabularMdp: no reward structure is named '{}'; there is {}", name, join_names(names)));
  }
  if (found != data.rewards.begin()) data.reward_laws = {};  // the laws are those of the former first column
  std::rotate(data.rewards.begin(), found, found + 1);
  return {std::move(data), Unchecked{}};
}

TabularMdp TabularMdp::with_expected_rewards(std::vector<double> reward, std::string name) const {
  ModelData data = *data_;
  data.rewards = {Column{.name = std::move(name), .expected = std::move(reward), .by_transition = {}}};
  data.reward_laws = {};
  return TabularMdp(std::move(data));
}

TabularMdp TabularMdp::with_initial(std::vector<double> initial) const {
  ModelData data = *data_;
  data.initial = std::move(initial);
  return TabularMdp(std::move(data));
}

std::int64_t TabularMdp::bytes() const {
  return (num_states_ + 1) * std::int64_t{8} + (num_choices_ + 1) * 8 + num_transitions_ * 12 + num_choices_ * 8;
}

}  // namespace bellwether::mdp
