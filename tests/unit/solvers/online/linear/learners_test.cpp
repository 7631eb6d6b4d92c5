// What all learners of linear models share: optimism, repeatability, and that they learn.

#include "solvers/online/linear/learners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/instances/registry.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/linear/linear_agent.h"
#include "solvers/online/trial.h"
#include "tests/unit/solvers/online/optimism_watch.h"

namespace bellwether::online {
namespace {

double believed(const EpisodicAgent& agent, int stage, int state) {
  return dynamic_cast<const LinearAgent&>(agent).value(stage, state);
}

int violations(const EpisodicTask& task, const EpisodicLearner& learner, const std::string& constant,
               std::uint64_t seed) {
  return pessimistic_episodes(task, learner, constant, seed, 500, believed);
}

EpisodicTask task_of(std::string_view name, int horizon) {
  const auto instance = mdp::make_instance(name);
  return {instance.model, horizon, instance.linear};
}

TEST(LinearLearners, AreOptimisticAtEveryStageAndStateWithTheConstantsOfTheory) {
  const EpisodicTask river = task_of("riverswim", 20), linear = task_of("linear-mdp", 6),
                     mixture = task_of("linear-mixture", 6);
  for (const EpisodicLearner& learner : linear_learners()) {
    if (learner.name == "lsvi-phe" || learner.name == "lsvi-epsilon-greedy") continue;
    const bool mixes = learner.name.starts_with("ucrl");
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      EXPECT_EQ(violations(river, learner, "theory", seed), 0) << learner.name;
      EXPECT_EQ(violations(mixes ? mixture : linear, learner, "theory", seed), 0) << learner.name;
      EXPECT_GT(violations(mixes ? mixture : linear, learner, "0", seed), 100) << learner.name;
    }
  }
}

TEST(LinearLearners, GiveTheSameBitsForTheSameStream) {
  const Arena arena(mdp::make_instance("garnet", {{"states", "6"}, {"actions", "2"}}), Protocol::kEpisodic, 6);
  for (const EpisodicLearner& learner : linear_learners()) {
    const auto run = [&](std::uint64_t seed) { return play(arena, learner.name, {}, Stream(seed), {.length = 100}); };
    EXPECT_EQ(run(1), run(1)) << learner.name;
    EXPECT_NE(run(1), run(2)) << learner.name;
  }
}

TEST(LinearLearners, PlayTasksWhoseStagesDiffer) {
  const auto stage = [](double first, double second) {
    mdp::TabularMdpBuilder builder(1);
    builder.add_choice(0, first, {{0, 1.0}}).add_choice(0, second, {{0, 1.0}});
    return std::move(builder).build();
  };
  const EpisodicTask task({stage(0.2, 0.9), stage(0.9, 0.2), stage(0.2, 0.9), stage(0.9, 0.2)});
  for (const EpisodicLearner& learner : linear_learners()) {
    if (learner.name == "lsvi-epsilon-greedy") continue;  // dithers for ever
    const auto agent = learner.make(task, world_of(task, 2000),
                                    {{"constant", learner.name == "lsvi-ucb" ? "0.03" : "0.01"}}, Stream(1));
    const auto run = run_episodes(task, *agent, Stream(2), {.episodes = 2000, .checkpoints = {1000, 2000}});
    EXPECT_LT(run.rows[1].value_regret - run.rows[0].value_regret, 100) << learner.name << ", 1400 by one action";
  }
}

TEST(LinearLearners, LearnWithPracticalConstants) {
  const Arena linear(mdp::make_instance("linear-mdp"), Protocol::kEpisodic),
      mixture(mdp::make_instance("linear-mixture"), Protocol::kEpisodic);
  for (const EpisodicLearner& learner : linear_learners()) {
    if (learner.name == "lsvi-epsilon-greedy") continue;
    const Arena& arena = learner.name.starts_with("ucrl") ? mixture : linear;
    const Series run = play(arena, learner.name, {{"constant", "practical"}}, Stream(1),
                            {.length = 4000, .checkpoints = {2000, 4000}});
    EXPECT_LT(run.value(1, 0) - run.value(0, 0), 0.75 * run.value(0, 0)) << learner.name;
  }
}

}  // namespace
}  // namespace bellwether::online
