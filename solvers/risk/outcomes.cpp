#include "solvers/risk/outcomes.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers {
namespace {

using mdp::RewardLaw;
using mdp::TabularMdp;

RewardLaw law_of(const TabularMdp& model, std::int64_t choice) {
  const auto& law = model.data().reward_laws.law;
  return law.empty() ? RewardLaw::kDeterministic : static_cast<RewardLaw>(law[static_cast<std::size_t>(choice)]);
}

}  // namespace

void require_range(double largest_return) {
  if (!std::isfinite(8 * largest_return)) throw InvalidModel(fmt::format("risk: {}", kOutOfRange));
}

OutcomeTable::OutcomeTable(const TabularMdp& model, double sign) : begin_{0} {
  const mdp::RewardDistributions& laws = model.data().reward_laws;
  const auto& by_transition = model.data().rewards.front().by_transition;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const auto first = static_cast<std::size_t>(model.choice_begin()[static_cast<std::size_t>(c)]);
    const auto successors = model.successors(c);
    const auto probabilities = model.probabilities(c);
    const auto choice = static_cast<std::size_t>(c);
    has_products_ = has_products_ || law_of(model, c) != RewardLaw::kDeterministic;
    for (std::size_t i = 0; i < successors.size(); ++i) {
      const double mean = by_transition.empty() ? model.reward(c) : by_transition[first + i];
      const auto add = [&](double reward, double probability) {
        if (probability > 0) outcome_.push_back({successors[i], sign * reward, probability});
      };
      switch (law_of(model, c)) {
        case RewardLaw::kDeterministic:
          add(mean, probabilities[i]);
          break;
        case RewardLaw::kBernoulli: {
          const double scale = laws.scale[choice], success = model.reward(c) / scale;
          add(scale, probabilities[i] * success);
          add(0, probabilities[i] * (1 - success));
          break;
        }
        case RewardLaw::kFinite:
          for (std::int64_t k = laws.support_begin[choice]; k < laws.support_begin[choice + 1]; ++k) {
            const auto at = static_cast<std::size_t>(k);
            add(laws.values[at], probabilities[i] * laws.weights[at]);
          }
          break;
        case RewardLaw::kGaussian:
          throw InvalidModel(
              fmt::format("risk: the reward of state {}, action {} is Gaussian; planning for risk needs finitely many "
                          "rewards a choice",
                          model.state_name(model.state_of(c)), model.action_name(model.action(c))));
      }
    }
    begin_.push_back(static_cast<std::int64_t>(outcome_.size()));
    most_ = std::max(most_, static_cast<std::size_t>(begin_.back() - begin_[choice]));
  }
  double low = outcome_.front().reward, high = low;
  for (const Outcome& outcome : outcome_) {
    low = std::min(low, outcome.reward);
    high = std::max(high, outcome.reward);
    largest_ = std::max(largest_, std::abs(outcome.reward));
    least_ = std::min(least_, outcome.probability);
  }
  range_ = high - low;
}

}  // namespace bellwether::solvers
