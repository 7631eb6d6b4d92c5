#include "solvers/online/reward_range.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::online {
namespace {

/// Calls visit(reward) for what choice c of the model can give.
template <class Visit>
void each_reward(const mdp::TabularMdp& model, std::int64_t c, const Visit& visit) {
  const auto choice = static_cast<std::size_t>(c);
  const mdp::ModelData& data = model.data();
  const mdp::Column& column = data.rewards.front();
  visit(column.expected[choice]);
  if (!column.by_transition.empty()) {
    for (std::int64_t t = data.choice_begin[choice]; t < data.choice_begin[choice + 1]; ++t)
      visit(column.by_transition[static_cast<std::size_t>(t)]);
  }
  const mdp::RewardDistributions& laws = data.reward_laws;
  if (laws.empty()) return;
  const auto law = static_cast<mdp::RewardLaw>(laws.law[choice]);
  if (law == mdp::RewardLaw::kBernoulli) {
    visit(0.0);
    visit(laws.scale[choice]);
  } else if (law == mdp::RewardLaw::kFinite) {
    for (std::int64_t i = laws.support_begin[choice]; i < laws.support_begin[choice + 1]; ++i)
      visit(laws.values[static_cast<std::size_t>(i)]);
  }
}

}  // namespace

RewardRange RewardRange::join(const RewardRange& a, const RewardRange& b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

RewardRange reward_range(const mdp::TabularMdp& model) {
  RewardRange range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (std::int64_t c = 0; c < model.num_choices(); ++c)
    each_reward(model, c, [&](double r) { range = RewardRange::join(range, {r, r}); });
  require_finite(range);
  return range;
}

mdp::TabularMdp with_unit_rewards(const mdp::TabularMdp& model) {
  const RewardRange range = reward_range(model);
  std::vector<double> rewards(model.reward().begin(), model.reward().end());
  for (double& r : rewards) r = (r - range.shift()) * range.factor();
  return model.with_expected_rewards(std::move(rewards));
}

void require_finite(const RewardRange& range) {
  if (!std::isfinite(range.high - range.low))
    throw InvalidModel(
        fmt::format("rewards lie between {:g} and {:g}, too far apart for learners", range.low, range.high));
}

}  // namespace bellwether::online
