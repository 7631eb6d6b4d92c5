#include "solvers/online/optimistic/count_bonus.h"

#include <cmath>

namespace bellwether::online {

CountBonusAgent::CountBonusAgent(const EpisodicWorld& world, const InductionOptions& options, const CountBonus& bonus)
    : InductionAgent(world, options),
      bonus_(bonus),
      counts_(num_rows()),
      rewards_(bonus.known_rewards ? 0 : static_cast<std::size_t>(num_rows())),
      rows_(static_cast<std::size_t>(num_rows())) {
  if (bonus_.epsilon == 0) return;
  for (int h = 0; h < world.horizon; ++h)
    for (int s = 0; s < world.num_states(); ++s) play_nearly(h, s, world.state_begin[static_cast<std::size_t>(s)]);
}

void CountBonusAgent::learn(std::span<const Step> steps) {
  for (int h = 0; h < static_cast<int>(steps.size()); ++h) {
    const Step& step = steps[static_cast<std::size_t>(h)];
    const std::int64_t i = row(h, step.choice);
    if (counts_.add(i, step.next)) induction().link(h, step.choice, step.next);
    induction().touch(h, step.choice);
    const auto n = static_cast<double>(counts_.visits(i));
    Row& r = rows_[static_cast<std::size_t>(i)];
    r.per_visit = 1 / n;
    if (bonus_.known_rewards) {
      r.fixed = world().mean_reward[static_cast<std::size_t>(world().row(h, step.choice))];
    } else {
      rewards_[static_cast<std::size_t>(i)].add(step.reward);
      r.fixed = rewards_[static_cast<std::size_t>(i)].mean();
    }
    r.fixed += bonus_.scale * (bonus_.decay == CountBonus::Decay::kRoot ? std::sqrt(r.per_visit) : 1 / (1 + n));
  }
}

bool CountBonusAgent::settle(int stage, int state, std::int64_t best) {
  if (bonus_.epsilon == 0) {
    policy().play(stage, state, best);
  } else if (policy().probability(stage, best) < 1 - bonus_.epsilon) {
    play_nearly(stage, state, best);
  }
  return false;
}

// The best choice, or with probability epsilon a uniform one.
void CountBonusAgent::play_nearly(int stage, int state, std::int64_t best) {
  const std::int64_t first = world().state_begin[static_cast<std::size_t>(state)];
  const std::int64_t last = world().state_begin[static_cast<std::size_t>(state) + 1];
  const double share = bonus_.epsilon / static_cast<double>(last - first);
  for (std::int64_t c = first; c < last; ++c)
    policy().play_with(stage, c, c == best ? 1 - bonus_.epsilon + share : share);
}

std::optional<double> CountBonusAgent::optimistic_value(int state) const {
  if (!bonus_.optimistic) return std::nullopt;
  return values().value(0, state);
}

}  // namespace bellwether::online
