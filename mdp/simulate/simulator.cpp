#include "mdp/simulate/simulator.h"

#include <utility>

#include "core/parallel.h"
#include "core/sampling.h"

namespace bellwether::mdp {

Simulator::Simulator(TabularMdp model)
    : model_(std::move(model)),
      start_(model_.initial()),
      cell_(static_cast<std::size_t>(model_.num_transitions())),
      alias_(static_cast<std::size_t>(model_.num_transitions())),
      choice_begin_(model_.choice_begin().data()),
      reward_(model_.reward().data()),
      plain_(model_.data().reward_laws.empty() && model_.data().rewards.front().by_transition.empty()) {
  parallel_for(model_.num_choices(), 8 * model_.num_transitions(), [&](std::int64_t first, std::int64_t last) {
    std::vector<AliasCell> row;
    for (std::int64_t c = first; c < last; ++c) {
      const std::span<const std::int32_t> successors = model_.successors(c);
      row.resize(successors.size());
      build_alias(model_.probabilities(c), row);
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::size_t place = static_cast<std::size_t>(choice_begin_[c]) + i;
        alias_[place] = row[i].alias;
        cell_[place] = {row[i].threshold, successors[i], successors[static_cast<std::size_t>(row[i].alias)]};
      }
    }
  });
}

Step Simulator::with_reward(std::int64_t choice, const Drawn& drawn, Stream& stream) const {
  const std::int64_t taken = transition(choice, drawn);
  return {drawn.next, draw_reward(choice, taken, stream), taken};
}

double Simulator::draw_reward(std::int64_t choice, std::int64_t transition, Stream& stream) const {
  const Column& column = model_.data().rewards.front();
  const double mean =
      column.by_transition.empty() ? reward_[choice] : column.by_transition[static_cast<std::size_t>(transition)];
  const RewardDistributions& laws = model_.data().reward_laws;
  if (laws.empty()) return mean;
  const double scale = laws.scale[static_cast<std::size_t>(choice)];
  switch (static_cast<RewardLaw>(laws.law[static_cast<std::size_t>(choice)])) {
    case RewardLaw::kDeterministic:
      return mean;
    case RewardLaw::kBernoulli:  // of the choice, as the law is checked
      return sample_bernoulli(stream, reward_[choice] / scale) ? scale : 0.0;
    case RewardLaw::kGaussian:
      return mean + scale * sample_normal(stream);
    case RewardLaw::kFinite:
      return draw_finite(choice, stream);
  }
  return mean;
}

// Supports are short: a walk along the weights costs less than a table for each choice.
double Simulator::draw_finite(std::int64_t choice, Stream& stream) const {
  const RewardDistributions& laws = model_.data().reward_laws;
  const auto first = static_cast<std::size_t>(laws.support_begin[static_cast<std::size_t>(choice)]);
  const auto last = static_cast<std::size_t>(laws.support_begin[static_cast<std::size_t>(choice) + 1]);
  double total = 0;
  for (std::size_t i = first; i < last; ++i) total += laws.weights[i];
  double rest = stream.uniform() * total;
  std::size_t possible = first;  // the last value of positive weight, for what rounding leaves over
  for (std::size_t i = first; i < last; ++i) {
    if (laws.weights[i] == 0) continue;
    possible = i;
    if (rest < laws.weights[i]) break;
    rest -= laws.weights[i];
  }
  return laws.values[possible];
}

}  // namespace bellwether::mdp
