#include "solvers/online/optimistic/euler.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/episodic/value.h"
#include "tests/unit/solvers/online/optimistic/small_world.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Euler, ValuesOfHandComputedCounts) {
  SmallWorld small;
  const auto agent = make_euler(small.world, {.constant = "0.002"}, Stream(1));
  SmallWorld::show(*agent);
  const auto& values = values_of(*agent);
  EXPECT_NEAR(values.q(1, 0), 0.19811227166183756, 1e-14);
  EXPECT_EQ(values.q(1, 1), 1) << "one visit: n - 1 is zero";
  EXPECT_NEAR(values.q(1, 2), 0.9681054680567165, 1e-14);
  EXPECT_NEAR(values.q(0, 0), 1.1768526789495977, 1e-14);
  EXPECT_EQ(values.q(0, 1), 2);
  EXPECT_NEAR(values.q(0, 2), 1.9503550420432458, 1e-14);
  EXPECT_EQ(agent->pessimistic_value(0), 0);
  EXPECT_NEAR(*agent->pessimistic_value(1), 1.3807814700821128, 1e-14);
  EXPECT_EQ(agent->certificate(1), *agent->optimistic_value(1) - *agent->pessimistic_value(1));
}

/// Counts the episodes in which its own bounds do not enclose what its policy is worth; at every state.
class Watched final : public EpisodicAgent {
 public:
  Watched(const EpisodicTask& task, const EpisodicWorld& world, EpisodicAgent& inner)
      : EpisodicAgent(world), task_(task), inner_(inner) {}

  void plan(std::int64_t episode) override {
    inner_.plan(episode);
    for (int h = 0; h < task_.horizon(); ++h)
      for (int s = 0; s < task_.num_states(); ++s) policy().play(h, s, inner_.policy().choice(h, s));
    PolicyValue value(task_);
    value.update(policy(), task_.horizon() - 1);
    for (int s = 0; s < task_.num_states(); ++s) {
      const double low = *inner_.pessimistic_value(s);
      if (low > value.initial_value(s) + 1e-9) ++above;
      if (low > 0.5) ++informative;
      if (*inner_.optimistic_value(s) < value.initial_value(s) - 1e-9) ++below;
    }
  }
  void learn(std::span<const Step> steps) override { inner_.learn(steps); }

  int above = 0, below = 0, informative = 0;

 private:
  const EpisodicTask& task_;
  EpisodicAgent& inner_;
};

TEST(Euler, ItsBoundsEncloseWhatItsPolicyIsWorth) {
  const EpisodicTask task(mdp::make_instance("riverswim").model, 20);
  for (const char* constant : {"theory", "0.1"}) {
    const EpisodicWorld world = world_of(task, 4000);
    const auto agent = make_euler(world, {.constant = constant}, Stream(1));
    Watched watched(task, world, *agent);
    run_episodes(task, watched, Stream(2), {.episodes = 4000});
    EXPECT_EQ(watched.above, 0) << constant;
    EXPECT_EQ(watched.below, 0) << constant;
    if (constant != std::string("theory")) {
      EXPECT_GT(watched.informative, 1000);
    }
  }
}

TEST(Euler, LearnsWithThePracticalConstant) {
  const EpisodicTask task(mdp::make_instance("riverswim").model, 20);
  const auto agent = make_euler(world_of(task, 3000), {.constant = "practical"}, Stream(1));
  const auto run = run_episodes(task, *agent, Stream(3), {.episodes = 3000, .checkpoints = {1500, 3000}});
  EXPECT_LT(run.rows[1].value_regret - run.rows[0].value_regret, 0.1 * run.rows[0].value_regret);
}

TEST(Euler, NamesTheBadOption) {
  const SmallWorld small;
  EXPECT_THAT([&] { make_euler(small.world, {.delta = 1}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("delta")));
}

}  // namespace
}  // namespace bellwether::online
