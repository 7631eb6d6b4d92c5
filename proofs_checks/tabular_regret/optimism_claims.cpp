// Optimism, and what it buys: regret under the theorem's explicit bound.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "proofs_checks/shares.h"
#include "proofs_checks/tabular_regret/claims.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "proofs_checks/tabular_regret/theorems.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

using online::EpisodicTask;

// --- Optimism --------------------------------------------------------------------------------------------------------

/// Runs in which some episode's optimistic value of some state was below V*_0.
Measurement broken_optimism(const Effort& effort, const OptimismTheorem& theorem,
                            const std::vector<Setting>& settings) {
  std::vector<Tally> tasks;
  std::int64_t informative = 0, episodes = 0;
  const auto look = [&](const NamedTask& on, std::int64_t seeds) {
    Tally& tally = tasks.emplace_back(Tally{.on = on.name, .runs = seeds});
    for (std::int64_t seed = 0; seed < seeds; ++seed) {
      const Stream stream = effort.run(seed);
      const auto world = online::world_of(on.task, on.episodes);
      Witness witness(on.task, world, agent_of(on.task, theorem.learner, settings, on.episodes, stream));
      play(on.task, witness, on.episodes, stream);
      if (witness.violations() > 0) ++tally.broken;
      informative += witness.informative();
      episodes += witness.episodes();
    }
  };
  const std::int64_t seeds = effort.pick(20, 200);
  for (const NamedTask& on : homogeneous_tasks(effort)) look(on, seeds);
  look(tiny_task(theorem.telling_episodes), std::max<std::int64_t>(4, seeds * 30'000 / theorem.telling_episodes));
  Measurement m = never_anywhere(tasks, kDelta);
  m.detail =
      fmt::format("runs on {} that were not optimistic throughout; beliefs said more than H in {:.0f} % of episodes",
                  m.detail, 100 * static_cast<double>(informative) / static_cast<double>(episodes));
  return m;
}

Claim optimism_claim(const OptimismTheorem& theorem) {
  const std::string learner(theorem.learner);
  return {
      .id = learner + "-optimism",
      .family = "tabular-regret",
      .statement =
          fmt::format("{} believes V_0 >= V*_0 in every state and episode, with probability 1 - delta", learner),
      .page = page_path(online::find_episodic(learner).page),
      .theorem = std::string(theorem.theorem),
      .kind = Kind::kNever,
      .measure = [theorem](const Effort& effort) { return broken_optimism(effort, theorem, with_constant("theory")); },
      .controls = {{"no-bonus", "the same learner with its bonus set to zero",
                    [theorem](const Effort& effort) { return broken_optimism(effort, theorem, with_constant("0")); }}}};
}

// --- Regret under the bound ------------------------------------------------------------------------------------------

/// Episodes after which K H is a quarter more than the bound on this task.
std::int64_t telling_episodes(const EpisodicTask& task, const RegretTheorem& theorem) {
  std::int64_t episodes = 1000;
  while (1.25 * theorem.bound(size_of(task, episodes)) > bounds::trivial_regret(size_of(task, episodes)))
    episodes += episodes / 10;
  return episodes;
}

using Player = online::EpisodicRun (*)(const EpisodicTask&, std::string_view, std::int64_t, const Stream&);

online::EpisodicRun by_theory(const EpisodicTask& task, std::string_view learner, std::int64_t episodes,
                              const Stream& stream) {
  return play(task, learner, with_constant("theory"), episodes, stream);
}

online::EpisodicRun never_learning(const EpisodicTask& task, std::string_view, std::int64_t episodes,
                                   const Stream& stream) {
  Stubborn agent(online::world_of(task, episodes));
  return play(task, agent, episodes, stream);
}

/// Runs whose regret exceeds the bound at some checkpoint.
Measurement above_bound(const Effort& effort, const RegretTheorem& theorem, Player player) {
  std::vector<Shares> tasks;
  const auto look = [&](const NamedTask& on, std::int64_t runs) {
    Shares& shares = tasks.emplace_back(Shares{.on = on.name});
    for (std::int64_t seed = 0; seed < runs; ++seed) {
      const online::EpisodicRun run = player(on.task, theorem.learner, on.episodes, effort.run(seed));
      // The logarithm of the bound is that of the length the learner was told, and so is its bonus.
      shares.of_bound.push_back(run.last.value_regret / theorem.bound(size_of(on.task, on.episodes)));
    }
  };
  // The smallest model there is: the bound drops below the regret of always choosing wrongly soonest.
  const EpisodicTask small = all_or_nothing(1);
  look({"all or nothing", small, telling_episodes(small, theorem)}, effort.pick(8, 20));
  for (const NamedTask& on : homogeneous_tasks(effort)) look(on, effort.pick(5, 50));
  return never_above(tasks, kDelta);
}

Claim regret_claim(const RegretTheorem& theorem) {
  const std::string learner(theorem.learner);
  return {.id = learner + "-regret",
          .family = "tabular-regret",
          .statement = fmt::format("Regret(K) of {} <= {} with probability 1 - delta", learner, theorem.formula),
          .page = page_path(online::find_episodic(learner).page),
          .theorem = std::string(theorem.theorem),
          .kind = Kind::kNever,
          .measure = [theorem](const Effort& effort) { return above_bound(effort, theorem, by_theory); },
          .controls = {{"never-learns", "plays the first choice for ever, where K H has passed the bound",
                        [theorem](const Effort& effort) { return above_bound(effort, theorem, never_learning); }}}};
}

}  // namespace

std::vector<Claim> optimism_claims() {
  std::vector<Claim> table;
  for (const OptimismTheorem& theorem : optimism_theorems()) table.push_back(optimism_claim(theorem));
  for (const RegretTheorem& theorem : regret_theorems()) table.push_back(regret_claim(theorem));
  return table;
}

}  // namespace bellwether::claims
