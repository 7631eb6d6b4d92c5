// What all learners of the family share: optimism, repeatability, nothing to learn where there is nothing to choose.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/instances/registry.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/optimistic/learners.h"
#include "solvers/online/trial.h"
#include "tests/unit/solvers/online/optimism_watch.h"
#include "tests/unit/solvers/online/optimistic/small_world.h"

namespace bellwether::online {
namespace {

double believed(const EpisodicAgent& agent, int stage, int state) { return values_of(agent).value(stage, state); }

int violations(const EpisodicTask& task, const EpisodicLearner& learner, const std::string& constant,
               std::uint64_t seed) {
  return pessimistic_episodes(task, learner, constant, seed, 1500, believed);
}

TEST(Optimism, HoldsAtEveryStageAndStateWithTheConstantsOfTheory) {
  const EpisodicTask river(mdp::make_instance("riverswim").model, 20);
  const EpisodicTask garnet(mdp::make_instance("garnet", {{"states", "8"}, {"actions", "3"}}).model, 8);
  for (const EpisodicLearner& learner : optimistic_learners()) {
    if (learner.page == "exploration-baselines") continue;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      EXPECT_EQ(violations(river, learner, "theory", seed), 0) << learner.name << ", RiverSwim, seed " << seed;
      EXPECT_EQ(violations(garnet, learner, "theory", seed), 0) << learner.name << ", Garnet, seed " << seed;
    }
  }
}

// Theory is so careful that a bonus of the wrong size would hide behind it. At these constants the bonus binds, still
// suffices in all of these runs, and does not without it.
TEST(Optimism, HoldsWithRoomToSpareAndFailsWithoutABonus) {
  const EpisodicTask river(mdp::make_instance("riverswim").model, 20);
  for (const EpisodicLearner& learner : optimistic_learners()) {
    if (learner.page == "exploration-baselines") continue;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      EXPECT_EQ(violations(river, learner, "practical", seed), 0) << learner.name << ", seed " << seed;
      EXPECT_GT(violations(river, learner, "0", seed), 300) << learner.name << ", seed " << seed;
    }
  }
}

TEST(Learners, HaveNoRegretWhereThereIsOneActionOnly) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 0.3, {{1, 0.5}, {2, 0.5}}).add_choice(1, 0.1, {{0, 1.0}}).add_choice(2, 0.9, {{2, 1.0}});
  const EpisodicTask task(std::move(builder).build(), 5);
  for (const EpisodicLearner& learner : optimistic_learners()) {
    const auto agent = learner.make(task, world_of(task, 200), {}, Stream(1));
    const auto run = run_episodes(task, *agent, Stream(2), {.episodes = 200});
    EXPECT_EQ(run.last.value_regret, 0) << learner.name;
    EXPECT_EQ(run.last.gap_regret, 0) << learner.name;
    EXPECT_EQ(run.last.policy_changes, 0) << learner.name;
  }
}

TEST(Learners, GiveTheSameBitsForTheSameStream) {
  const Arena arena(mdp::make_instance("garnet"), Protocol::kEpisodic, 10);
  for (const EpisodicLearner& learner : optimistic_learners()) {
    std::vector<Setting> settings;
    for (const auto& option : learner.options())
      if (option.name == "constant") settings = {{"constant", "practical"}};
    const auto run = [&](std::uint64_t seed) {
      return play(arena, learner.name, settings, Stream(seed), {.length = 300});
    };
    EXPECT_EQ(run(1), run(1)) << learner.name;
    EXPECT_NE(run(1), run(2)) << learner.name;
  }
}

TEST(Learners, PlayTasksWhoseStagesDiffer) {
  // The action that pays alternates from stage to stage: whoever pools the stages cannot learn this.
  const auto stage = [](double first, double second) {
    mdp::TabularMdpBuilder builder(1);
    builder.add_choice(0, first, {{0, 1.0}}).add_choice(0, second, {{0, 1.0}});
    return std::move(builder).build();
  };
  const EpisodicTask task({stage(0.2, 0.9), stage(0.9, 0.2), stage(0.2, 0.9), stage(0.9, 0.2)});
  for (const EpisodicLearner& learner : optimistic_learners()) {
    if (learner.name == "greedy" || learner.name == "epsilon-greedy") continue;  // need not learn it
    const auto agent = learner.make(task, world_of(task, 2000), {{"constant", "0.001"}}, Stream(1));
    const auto run = run_episodes(task, *agent, Stream(2), {.episodes = 2000, .checkpoints = {1000, 2000}});
    EXPECT_EQ(run.rows[1].value_regret, run.rows[0].value_regret) << learner.name;
  }
}

}  // namespace
}  // namespace bellwether::online
