#include "solvers/online/optimistic/exploration_baselines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "solvers/online/trial.h"
#include "tests/unit/solvers/online/optimistic/small_world.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Beb, ValuesOfHandComputedCounts) {
  SmallWorld small;
  const auto agent = make_beb(small.world, {.constant = "0.1"}, Stream(1));
  SmallWorld::show(*agent);
  const auto& values = values_of(*agent);
  EXPECT_NEAR(values.q(1, 0), 0.26, 1e-15);
  EXPECT_NEAR(values.q(1, 1), 0.7, 1e-15);
  EXPECT_EQ(values.q(1, 2), 1);
  EXPECT_NEAR(values.q(0, 0), 1.185, 1e-15);
  EXPECT_NEAR(values.q(0, 1), 1.4, 1e-15);
}

TEST(Greedy, PlansInTheEmpiricalModel) {
  SmallWorld small;
  const auto agent = make_greedy(small.world, {}, Stream(1));
  for (int h = 0; h < 2; ++h)
    for (int c = 0; c < 3; ++c) EXPECT_EQ(values_of(*agent).q(h, c), 0) << "choices never taken are worth nothing";
  SmallWorld::show(*agent);
  const auto& values = values_of(*agent);
  EXPECT_NEAR(values.q(1, 0), 0.15, 1e-15);  // mean of the rewards seen, not the known one
  EXPECT_NEAR(values.q(1, 1), 0.5, 1e-15);
  EXPECT_NEAR(values.q(1, 2), 0.9, 1e-15);
  EXPECT_NEAR(values.q(0, 0), 0.15 + 0.25 * 0.5 + 0.75 * 0.9, 1e-15);
  EXPECT_EQ(agent->optimistic_value(0), std::nullopt) << "nobody says that this is an upper bound";
  const auto hopeful = make_greedy(small.world, {.unseen = "most"}, Stream(1));
  EXPECT_EQ(values_of(*hopeful).q(0, 2), 2);
}

TEST(EpsilonGreedy, PlaysUniformNowAndThen) {
  SmallWorld small;
  const auto agent = make_epsilon_greedy(small.world, {.epsilon = 0.2}, Stream(1));
  EXPECT_NEAR(agent->policy().probability(0, 0), 0.9, 1e-15) << "the first of equals before anything is known";
  SmallWorld::show(*agent);
  EXPECT_NEAR(agent->policy().probability(1, 0), 0.1, 1e-15);
  EXPECT_NEAR(agent->policy().probability(1, 1), 0.9, 1e-15);
  EXPECT_NEAR(agent->policy().probability(0, 1), 0.9, 1e-15);
  EXPECT_EQ(agent->policy().probability(0, 2), 1) << "the only choice";
  const auto uniform = make_epsilon_greedy(small.world, {.epsilon = 1}, Stream(1));
  SmallWorld::show(*uniform);
  for (int h = 0; h < 2; ++h)
    for (int c = 0; c < 2; ++c) EXPECT_EQ(uniform->policy().probability(h, c), 0.5);
}

TEST(EpsilonGreedy, WithoutEpsilonIsGreedy) {
  const Arena arena(mdp::make_instance("garnet"), Protocol::kEpisodic, 10);
  const auto run = [&](const char* learner, const std::vector<Setting>& settings) {
    return play(arena, learner, settings, Stream(1), {.length = 300});
  };
  EXPECT_EQ(run("epsilon-greedy", {{"epsilon", "0"}}), run("greedy", {}));
  EXPECT_NE(run("epsilon-greedy", {{"epsilon", "0.1"}}), run("greedy", {}));
}

TEST(EpsilonGreedy, FindsWhatGreedyNeverSees) {
  // Both begin with the first action. Greedy sees that it pays and never tries another.
  const Arena arena(mdp::make_instance("garnet", {{"states", "5"}}), Protocol::kEpisodic, 10);
  const TrialOptions options{.length = 2000, .checkpoints = {2000}};
  EXPECT_LT(play(arena, "epsilon-greedy", {}, Stream(1), options).value(0, 0),
            0.7 * play(arena, "greedy", {}, Stream(1), options).value(0, 0));
}

TEST(Beb, LearnsWithThePracticalConstant) {
  const Arena arena(mdp::make_instance("deep-sea"), Protocol::kEpisodic);
  const Series run =
      play(arena, "beb", {{"constant", "practical"}}, Stream(1), {.length = 2000, .checkpoints = {1000, 2000}});
  EXPECT_LT(run.value(1, 0) - run.value(0, 0), 0.1 * run.value(0, 0));
}

TEST(Baselines, NameTheBadOption) {
  const SmallWorld small;
  EXPECT_THAT([&] { make_epsilon_greedy(small.world, {.epsilon = 1.5}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("'epsilon' is 1.5")));
  EXPECT_THAT([&] { make_greedy(small.world, {.unseen = "some"}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("one of nothing and most")));
  EXPECT_THAT([&] { make_beb(small.world, {.constant = "x"}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("beb: constant is \"x\"")));
}

}  // namespace
}  // namespace bellwether::online
