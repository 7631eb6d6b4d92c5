#include "mdp/tabular_mdp_builder.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/expected_reward.h"

namespace bellwether::mdp {

TabularMdpBuilder::TabularMdpBuilder(int num_states) : num_states_(num_states) {
  if (num_states < 1) throw InvalidModel(fmt::format("TabularMdpBuilder: {} states, at least 1 is needed", num_states));
}

void TabularMdpBuilder::begin_choice(int state) {
  if (state < 0 || state >= num_states_) {
    throw InvalidModel(fmt::format("TabularMdpBuilder: state {} is out of range, the model has {}", state,
                                   counted(num_states_, "state")));
  }
  state_.push_back(state);
}

void TabularMdpBuilder::append_row(std::span<const Entry> row, bool own_rewards) {
  const std::size_t first = probability_.size();
  for (const Entry& entry : row) {
    if (entry.probability == 0) continue;
    successor_.push_back(entry.next);
    probability_.push_back(entry.probability);
    by_transition_.push_back(entry.reward);
  }
  choice_begin_.push_back(static_cast<std::int64_t>(successor_.size()));
  const std::span<const double> rewards = std::span<const double>(by_transition_).subspan(first);
  if (own_rewards) {
    expected_.push_back(
        rewards.empty() ? 0.0 : expected_reward(std::span<const double>(probability_).subspan(first), rewards));
    varies_by_transition_ |= std::adjacent_find(rewards.begin(), rewards.end(), std::not_equal_to<>()) != rewards.end();
  } else {
    std::fill(by_transition_.begin() + static_cast<std::ptrdiff_t>(first), by_transition_.end(), expected_.back());
  }
  action_.push_back(0);
  law_.push_back(0);
  scale_.push_back(0);
  support_begin_.push_back(static_cast<std::int64_t>(support_values_.size()));
  for (CostColumn& column : costs_) column.values.push_back(0);
}

TabularMdpBuilder& TabularMdpBuilder::add_choice(int state, double reward, std::span<const Entry> row) {
  begin_choice(state);
  expected_.push_back(reward);
  append_row(row, false);
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::add_choice(int state, std::span<const Entry> row) {
  begin_choice(state);
  append_row(row, true);
  return *this;
}

void TabularMdpBuilder::require_choice(std::string_view what) const {
  if (state_.empty()) throw InvalidModel(fmt::format("TabularMdpBuilder: {} comes before any choice", what));
}

TabularMdpBuilder& TabularMdpBuilder::action(int identifier) {
  require_choice("action()");
  has_actions_ = true;
  action_.back() = identifier;
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::cost(std::string_view name, double value) {
  require_choice("cost()");
  auto column = std::find_if(costs_.begin(), costs_.end(), [&](const CostColumn& c) { return c.name == name; });
  if (column == costs_.end()) {
    costs_.push_back({std::string(name), std::vector<double>(state_.size(), 0.0)});
    column = costs_.end() - 1;
  }
  column->values.back() = value;
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::bernoulli_reward(double high) {
  require_choice("bernoulli_reward()");
  has_laws_ = true;
  law_.back() = static_cast<std::uint8_t>(RewardLaw::kBernoulli);
  scale_.back() = high;
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::gaussian_reward(double standard_deviation) {
  require_choice("gaussian_reward()");
  has_laws_ = true;
  law_.back() = static_cast<std::uint8_t>(RewardLaw::kGaussian);
  scale_.back() = standard_deviation;
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::finite_reward(std::span<const double> values, std::span<const double> weights) {
  require_choice("finite_reward()");
  if (values.size() != weights.size()) {
    throw InvalidModel(
        fmt::format("TabularMdpBuilder: a finite reward has {} values but {} weights", values.size(), weights.size()));
  }
  has_laws_ = true;
  law_.back() = static_cast<std::uint8_t>(RewardLaw::kFinite);
  const auto begin = static_cast<std::size_t>(support_begin_[support_begin_.size() - 2]);
  support_values_.resize(begin);  // the law of this choice, if it had one, gives way
  support_weights_.resize(begin);
  support_values_.insert(support_values_.end(), values.begin(), values.end());
  support_weights_.insert(support_weights_.end(), weights.begin(), weights.end());
  support_begin_.back() = static_cast<std::int64_t>(support_values_.size());
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::initial(std::vector<double> distribution) {
  named_.initial = std::move(distribution);
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::start_in(int state) {
  if (state < 0 || state >= num_states_) {
    throw InvalidModel(fmt::format("TabularMdpBuilder: initial state {} is out of range, the model has {}", state,
                                   counted(num_states_, "state")));
  }
  std::vector<double> distribution(static_cast<std::size_t>(num_states_), 0.0);
  distribution[static_cast<std::size_t>(state)] = 1;
  return initial(std::move(distribution));
}

TabularMdpBuilder& TabularMdpBuilder::state_names(std::vector<std::string> names) {
  named_.state_names = std::move(names);
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::action_names(std::vector<std::string> names) {
  named_.action_names = std::move(names);
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::label(std::string name, std::vector<std::int32_t> states) {
  std::sort(states.begin(), states.end());
  states.erase(std::unique(states.begin(), states.end()), states.end());
  named_.labels.push_back({std::move(name), std::move(states)});
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::discount(double recommended) {
  named_.discount = recommended;
  return *this;
}

TabularMdpBuilder& TabularMdpBuilder::reserve(std::int64_t choices, std::int64_t transitions) {
  const auto c = static_cast<std::size_t>(choices), n = static_cast<std::size_t>(transitions);
  state_.reserve(c);
  choice_begin_.reserve(c + 1);
  expected_.reserve(c);
  successor_.reserve(n);
  probability_.reserve(n);
  by_transition_.reserve(n);
  return *this;
}

namespace {

/// The values of each choice in a new order, `width` of them a choice given by offsets.
template <class T>
std::vector<T> permuted_rows(const std::vector<T>& values, const std::vector<std::int64_t>& begin,
                             const std::vector<std::int64_t>& order) {
  std::vector<T> out;
  out.reserve(values.size());
  for (const std::int64_t c : order) {
    const auto i = static_cast<std::size_t>(c);
    out.insert(out.end(), values.begin() + begin[i], values.begin() + begin[i + 1]);
  }
  return out;
}

template <class T>
std::vector<T> permuted(const std::vector<T>& values, const std::vector<std::int64_t>& order) {
  std::vector<T> out;
  out.reserve(values.size());
  for (const std::int64_t c : order) out.push_back(values[static_cast<std::size_t>(c)]);
  return out;
}

std::vector<std::int64_t> permuted_offsets(const std::vector<std::int64_t>& begin,
                                           const std::vector<std::int64_t>& order) {
  std::vector<std::int64_t> out{0};
  out.reserve(begin.size());
  for (const std::int64_t c : order) {
    const auto i = static_cast<std::size_t>(c);
    out.push_back(out.back() + begin[i + 1] - begin[i]);
  }
  return out;
}

}  // namespace

ModelData TabularMdpBuilder::in_state_order() const {
  std::vector<std::int64_t> order(state_.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return state_[static_cast<std::size_t>(a)] < state_[static_cast<std::size_t>(b)];
  });
  std::vector<std::int64_t> state_begin(static_cast<std::size_t>(num_states_) + 1, 0);
  for (const std::int32_t s : state_) ++state_begin[static_cast<std::size_t>(s) + 1];
  std::partial_sum(state_begin.begin(), state_begin.end(), state_begin.begin());

  ModelData data = named_;
  data.state_begin = std::move(state_begin);
  data.choice_begin = permuted_offsets(choice_begin_, order);
  data.successor = permuted_rows(successor_, choice_begin_, order);
  data.probability = permuted_rows(probability_, choice_begin_, order);
  Column reward{.name = "reward", .expected = permuted(expected_, order), .by_transition = {}};
  if (varies_by_transition_) reward.by_transition = permuted_rows(by_transition_, choice_begin_, order);
  data.rewards = {std::move(reward)};
  for (const CostColumn& column : costs_) {
    data.costs.push_back({.name = column.name, .expected = permuted(column.values, order), .by_transition = {}});
  }
  if (has_actions_) data.action = permuted(action_, order);
  if (has_laws_) {
    data.reward_laws.law = permuted(law_, order);
    data.reward_laws.scale = permuted(scale_, order);
    if (!support_values_.empty()) {
      data.reward_laws.support_begin = permuted_offsets(support_begin_, order);
      data.reward_laws.values = permuted_rows(support_values_, support_begin_, order);
      data.reward_laws.weights = permuted_rows(support_weights_, support_begin_, order);
    }
  }
  return data;
}

TabularMdp TabularMdpBuilder::build() && {
  ModelData data = in_state_order();
  *this = TabularMdpBuilder(num_states_);  // the parts are not needed while the model is checked
  return TabularMdp(std::move(data));
}

}  // namespace bellwether::mdp
