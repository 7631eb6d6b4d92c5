#include "solvers/online/optimistic/exploration_baselines.h"

#include "core/learner.h"
#include "solvers/online/optimistic/count_bonus.h"

namespace bellwether::online {

std::unique_ptr<EpisodicAgent> make_greedy(const EpisodicWorld& world, const GreedyOptions& options,
                                           const Stream& /*stream*/) {
  require_valid("greedy", options);
  return std::make_unique<CountBonusAgent>(world,
                                           InductionOptions{.per_stage = !world.same_at_every_stage,
                                                            .incremental = options.incremental,
                                                            .trust_unseen = options.unseen == "most"},
                                           CountBonus{.known_rewards = false, .optimistic = false});
}

std::unique_ptr<EpisodicAgent> make_epsilon_greedy(const EpisodicWorld& world, const EpsilonGreedyOptions& options,
                                                   const Stream& /*stream*/) {
  require_valid("epsilon-greedy", options);
  return std::make_unique<CountBonusAgent>(
      world,
      InductionOptions{.per_stage = !world.same_at_every_stage,
                       .incremental = options.incremental,
                       .trust_unseen = options.unseen == "most"},
      CountBonus{.known_rewards = false, .epsilon = options.epsilon, .optimistic = false});
}

std::unique_ptr<EpisodicAgent> make_beb(const EpisodicWorld& world, const BebOptions& options,
                                        const Stream& /*stream*/) {
  require_valid("beb", options);
  const double constant = Constant("beb", options.constant, kBebPractical).factor();
  return std::make_unique<CountBonusAgent>(
      world,
      InductionOptions{
          .per_stage = !world.same_at_every_stage, .monotone = options.monotone, .incremental = options.incremental},
      CountBonus{.scale = constant * 2 * world.horizon * world.horizon, .decay = CountBonus::Decay::kOnePlus});
}

}  // namespace bellwether::online
