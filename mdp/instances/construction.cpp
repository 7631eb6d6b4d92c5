#include "mdp/instances/construction.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::mdp {

void reject_option(std::string_view instance, std::string_view option, const std::string& value,
                   const std::string& rule) {
  throw InvalidOption(fmt::format("{}: option '{}' is {}, must be {}", instance, option, value, rule));
}

void require_size(std::string_view instance, std::string_view option, double states, double transitions) {
  constexpr double kMostTransitions = 2e9;
  if (states <= std::numeric_limits<std::int32_t>::max() && transitions <= kMostTransitions) return;
  throw InvalidOption(
      fmt::format("{}: option '{}' asks for {:.6g} states and {:.6g} transitions, at most {} and {:.0f}", instance,
                  option, states, transitions, std::numeric_limits<std::int32_t>::max(), kMostTransitions));
}

std::vector<Entry> merged(const std::vector<Entry>& row) {
  std::vector<Entry> out;
  for (const Entry& entry : row) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Entry& seen) {
      return seen.next == entry.next && seen.reward == entry.reward;
    });
    if (same == out.end()) {
      out.push_back(entry);
    } else {
      same->probability += entry.probability;
    }
  }
  return out;
}

RegularArrays::RegularArrays(std::int64_t states, std::int64_t actions, std::int64_t successors)
    : state_begin(static_cast<std::size_t>(states) + 1),
      choice_begin(static_cast<std::size_t>(states * actions) + 1),
      successor(static_cast<std::size_t>(states * actions * successors)),
      probability(successor.size()),
      reward(static_cast<std::size_t>(states * actions)) {
  for (std::size_t s = 0; s < state_begin.size(); ++s) state_begin[s] = static_cast<std::int64_t>(s) * actions;
  for (std::size_t c = 0; c < choice_begin.size(); ++c) choice_begin[c] = static_cast<std::int64_t>(c) * successors;
}

ModelData RegularArrays::take() && {
  ModelData data;
  data.state_begin = std::move(state_begin);
  data.choice_begin = std::move(choice_begin);
  data.successor = std::move(successor);
  data.probability = std::move(probability);
  data.rewards = {{.name = "reward", .expected = std::move(reward), .by_transition = {}}};
  return data;
}

OrderedRows::OrderedRows(std::int64_t choices, std::int64_t transitions) {
  choice_begin_.reserve(static_cast<std::size_t>(choices) + 1);
  reward_.reserve(static_cast<std::size_t>(choices));
  successor_.reserve(static_cast<std::size_t>(transitions));
  probability_.reserve(static_cast<std::size_t>(transitions));
}

void OrderedRows::add_choice(double reward, std::span<const Entry> row) {
  for (const Entry& entry : row) {
    if (entry.probability == 0) continue;
    successor_.push_back(entry.next);
    probability_.push_back(entry.probability);
  }
  choice_begin_.push_back(static_cast<std::int64_t>(successor_.size()));
  reward_.push_back(reward);
}

void OrderedRows::end_state() { state_begin_.push_back(static_cast<std::int64_t>(reward_.size())); }

ModelData OrderedRows::take() && {
  ModelData data;
  data.state_begin = std::move(state_begin_);
  data.choice_begin = std::move(choice_begin_);
  data.successor = std::move(successor_);
  data.probability = std::move(probability_);
  data.rewards = {{.name = "reward", .expected = std::move(reward_), .by_transition = {}}};
  return data;
}

std::vector<double> rewards_on_entering(const ModelData& data, int state) {
  std::vector<double> reward(data.successor.size(), 0.0);
  for (std::size_t s = 0; s + 1 < data.state_begin.size(); ++s) {
    if (static_cast<int>(s) == state) continue;
    const auto first = static_cast<std::size_t>(data.choice_begin[static_cast<std::size_t>(data.state_begin[s])]);
    const auto last = static_cast<std::size_t>(data.choice_begin[static_cast<std::size_t>(data.state_begin[s + 1])]);
    for (std::size_t i = first; i < last; ++i) reward[i] = data.successor[i] == state ? 1 : 0;
  }
  return reward;
}

std::vector<double> point_mass(int states, int state) {
  std::vector<double> distribution(static_cast<std::size_t>(states), 0.0);
  distribution[static_cast<std::size_t>(state)] = 1;
  return distribution;
}

std::vector<double> BirthDeathChain::stationary() const {
  // Detailed balance, scaled by the largest weight so far so that long chains do not overflow.
  std::vector<double> weight(up.size(), 1.0);
  for (std::size_t i = 1; i < up.size(); ++i) {
    weight[i] = weight[i - 1] * up[i - 1] / down[i];
    if (weight[i] > 1e200) {
      for (std::size_t j = 0; j <= i; ++j) weight[j] *= 1e-200;
    }
  }
  const double sum = std::accumulate(weight.begin(), weight.end(), 0.0);
  for (double& w : weight) w /= sum;
  return weight;
}

double BirthDeathChain::climbing_time() const {
  double total = 0, step = 0;
  for (std::size_t i = 0; i + 1 < up.size(); ++i) {
    step = (1 + down[i] * step) / up[i];
    total += step;
  }
  return total;
}

}  // namespace bellwether::mdp
