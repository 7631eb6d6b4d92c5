#include "mdp/evaluate/policy_chain.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "core/text.h"

namespace bellwether::mdp {

std::span<const double> column_values(const TabularMdp& model, std::string_view name) {
  if (name.empty()) return model.reward();
  std::vector<std::string> known;
  for (const auto* columns : {&model.data().rewards, &model.data().costs}) {
    for (const Column& column : *columns) {
      if (column.name == name) return column.expected;
      known.push_back("'" + column.name + "'");
    }
  }
  throw InvalidModel(
      fmt::format("TabularMdp: no reward or cost column is named '{}'; there is {}", name, join_names(known)));
}

PolicyChain::PolicyChain(TabularMdp model, const Policy& policy) : model_(std::move(model)), node_weight_{1.0} {
  policy.require_fits(model_);
  chain_.row_begin.push_back(0);
  for (int s = 0; s < model_.num_states(); ++s) add_state(policy, s, nullptr, 0);
  row_ = {};
}

PolicyChain::PolicyChain(TabularMdp model, const FiniteMemoryPolicy& policy) : model_(std::move(model)) {
  policy.require_fits(model_);
  const std::int64_t pairs = std::int64_t{policy.num_nodes()} * model_.num_states();
  if (pairs > std::numeric_limits<std::int32_t>::max()) {
    throw InvalidModel(fmt::format("FiniteMemoryPolicy: {} nodes with {} states make {} pairs, at most {} are possible",
                                   policy.num_nodes(), model_.num_states(), pairs,
                                   std::numeric_limits<std::int32_t>::max()));
  }
  chain_.row_begin.push_back(0);
  double total = 0;
  for (int node = 0; node < policy.num_nodes(); ++node) total += policy.initial_probability(node);
  for (int node = 0; node < policy.num_nodes(); ++node) {
    node_weight_.push_back(policy.initial_probability(node) / total);
    for (int s = 0; s < model_.num_states(); ++s)
      add_state(policy.policy[static_cast<std::size_t>(node)], s, &policy, node);
  }
  row_ = {};
}

void PolicyChain::add_state(const Policy& policy, int s, const FiniteMemoryPolicy* memory, int node) {
  const std::int64_t first = model_.first_choice(s), last = model_.first_choice(s + 1);
  double total = 0;
  for (std::int64_t c = first; c < last; ++c) total += policy.probability(model_, s, c);
  double reward = 0;
  for (std::int64_t c = first; c < last; ++c) {
    const double weight = policy.probability(model_, s, c) / total;
    if (weight == 0) continue;
    played_.push_back(c);
    weight_.push_back(weight);
    reward += weight * model_.reward(c);
    const auto next = model_.successors(c);
    const auto probability = model_.probabilities(c);
    for (std::size_t i = 0; i < next.size(); ++i) {
      const std::int64_t transition = model_.choice_begin()[static_cast<std::size_t>(c)] + static_cast<std::int64_t>(i);
      const std::int32_t to =
          memory == nullptr ? next[i] : memory->next_node(node, transition, next[i]) * model_.num_states() + next[i];
      row_.push_back({to, step_probability(model_, s, c, weight, probability[i])});
    }
  }
  play_begin_.push_back(static_cast<std::int64_t>(played_.size()));
  chain_.reward.push_back(reward);
  const std::int64_t merged = append_row(row_, chain_);
  // Dividing by the sum of the weights, the product with them, and what merging added; a row of the model stands for
  // p / sum(p), whose sum is within 8 u of one.
  share_.push_back(rounding_error((last - first) + merged + 12));
}

Evaluation PolicyChain::step_values(std::string_view column) const {
  const std::span<const double> reward = column_values(model_, column);
  Evaluation result{Eigen::VectorXd::Zero(num_states()), Eigen::VectorXd::Zero(num_states())};
  for (int s = 0; s < num_states(); ++s) {
    const auto i = static_cast<std::size_t>(s);
    double sum = 0, magnitude = 0;
    bool nothing = true;
    for (auto k = static_cast<std::size_t>(play_begin_[i]); k < static_cast<std::size_t>(play_begin_[i + 1]); ++k) {
      const double earned = reward[static_cast<std::size_t>(played_[k])], term = weight_[k] * earned;
      sum += term;
      magnitude += std::abs(term);
      nothing = nothing && earned == 0;
    }
    const std::int64_t played = play_begin_[i + 1] - play_begin_[i];
    const int of_model = s % model_.num_states();
    result.value[s] = sum;
    // The weights (their sum, the division), a product and a sum each, and five units for what a reward stands for (see
    // expected_reward).
    result.error[s] = rounding_error(model_.num_choices(of_model) + played + 10) * magnitude +
                      (nothing ? 0 : std::numeric_limits<double>::denorm_min() * static_cast<double>(4 * played));
  }
  return result;
}

std::vector<double> PolicyChain::initial() const {
  const std::vector<double> states = model_.initial();
  const double total = std::accumulate(states.begin(), states.end(), 0.0);
  std::vector<double> result;
  result.reserve(static_cast<std::size_t>(num_states()));
  for (const double node : node_weight_)
    for (const double p : states) result.push_back(node * (p / total));
  return result;
}

std::vector<double> PolicyChain::choice_mass(const Eigen::VectorXd& state_mass) const {
  std::vector<double> mass(static_cast<std::size_t>(model_.num_choices()), 0.0);
  for (int s = 0; s < num_states(); ++s) {
    const auto i = static_cast<std::size_t>(s);
    for (auto k = static_cast<std::size_t>(play_begin_[i]); k < static_cast<std::size_t>(play_begin_[i + 1]); ++k)
      mass[static_cast<std::size_t>(played_[k])] += weight_[k] * state_mass[s];
  }
  return mass;
}

LeakyChain PolicyChain::leaky(std::span<const std::int32_t> number, double discount) const {
  std::vector<std::int32_t> states;
  for (int s = 0; s < num_states(); ++s)
    if (number[static_cast<std::size_t>(s)] >= 0) states.push_back(s);
  return leaky_part(states, number, discount);
}

LeakyChain PolicyChain::leaky_part(std::span<const std::int32_t> states, std::span<const std::int32_t> number,
                                   double discount) const {
  LeakyChain result;
  // The discount stands for a number within half an ulp of it, which 1 - discount feels all the more.
  const double lost = 1 - discount;
  const double lost_share = lost == 0 ? 0 : (kUnitRoundoff * (discount / lost) + 2 * kUnitRoundoff) * (1 + 1e-12);
  for (const std::int32_t s : states) {
    const auto i = static_cast<std::size_t>(s);
    double outside = 0;
    std::int64_t leaving = 0;
    for (auto k = static_cast<std::size_t>(chain_.row_begin[i]); k < static_cast<std::size_t>(chain_.row_begin[i + 1]);
         ++k) {
      const std::int32_t to = chain_.successor[k];
      if (to == s) continue;
      const double weight = discount * chain_.probability[k];
      if (number[static_cast<std::size_t>(to)] < 0) {
        outside += weight;
        ++leaving;
      } else if (weight > 0) {
        result.add_move(number[static_cast<std::size_t>(to)], weight);
      }
    }
    const double share = share_[i] + rounding_error(3);  // the discount's reading and product
    const double outside_share = share + rounding_error(leaving + 1);
    result.end_row(lost + outside, share, std::max(lost_share, outside_share) + rounding_error(2));
  }
  return result;
}

}  // namespace bellwether::mdp
