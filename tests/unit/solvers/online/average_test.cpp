#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/average/run.h"
#include "solvers/online/registry.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Epochs of at most seven steps, or until some choice was taken three times; checks what it is shown.
class ShortEpochs final : public AverageAgent {
 public:
  explicit ShortEpochs(const AverageWorld& world) : AverageAgent(world) {
    epoch().longest = 7;
    for (auto& most : epoch().most) most = 3;
  }
  void plan(std::int64_t step, int state) override {
    EXPECT_EQ(step, shown) << "all steps of an epoch are shown before the next plan";
    EXPECT_TRUE(shown == 0 || state == last) << "the model stays where it is";
    lengths.push_back(0);
    taken.assign(epoch().most.size(), 0);
  }
  void learn(std::span<const AverageStep> steps) override {
    for (const AverageStep& step : steps) {
      EXPECT_TRUE(shown == 0 || step.state == last);
      last = step.next;
      ++shown;
      ++lengths.back();
      EXPECT_LE(++taken[static_cast<std::size_t>(step.choice)], 3);
    }
  }
  std::int64_t shown = 0;
  std::int32_t last = -1;
  std::vector<std::int64_t> lengths, taken;
};

TEST(AverageTask, KnowsThePublishedFactsOfRiverSwim) {
  const AverageTask task(mdp::make_instance("riverswim").model);
  EXPECT_NEAR(task.gain(), 0.4286224, 5e-8);
  EXPECT_NEAR(task.bias_span(), 6.31032, 5e-6);
  for (std::int64_t c = 0; c < task.num_choices(); ++c) EXPECT_GE(task.gap(c), 0);
}

TEST(AverageTask, RefusesAModelThatFallsIntoParts) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{0, 1.0}}).add_choice(0, 0.0, {{1, 1.0}}).add_choice(1, 1.0, {{1, 1.0}});
  const mdp::TabularMdp model = std::move(builder).build();
  EXPECT_THAT([&] { AverageTask{model}; }, ThrowsMessage<InvalidModel>(HasSubstr(
                                               "falls into 2 strongly connected parts; from state 1 the play never "
                                               "comes back to state 0")));
}

TEST(AverageTask, SaysWhichStatesAreNeverMet) {
  mdp::TabularMdpBuilder builder(6);
  builder.add_choice(0, 0.0, {{1, 1.0}}).add_choice(1, 0.0, {{0, 1.0}});
  for (int s = 2; s < 6; ++s) builder.add_choice(s, 0.0, {{1, 1.0}});
  const mdp::TabularMdp model = std::move(builder).build();
  EXPECT_THAT([&] { AverageTask{model}; },
              ThrowsMessage<InvalidModel>(HasSubstr("5 strongly connected parts; states 2, 3, 4 and 1 more cannot be "
                                                    "reached from state 0, and without what cannot be reached it would "
                                                    "be one part")));
}

TEST(RunAverage, TheOptimalPolicyPaysNoGaps) {
  for (const char* name : {"riverswim", "six-arms", "garnet"}) {
    const AverageTask task(mdp::make_instance(name).model);
    const auto agent = find_average("optimal").make(task, world_of(task, 50'000), {}, Stream(1));
    const auto rows = run_average(task, *agent, Stream(2), {.steps = 50'000});
    EXPECT_NEAR(rows.back().gap_regret, 0, 1e-6) << name;
    EXPECT_EQ(rows.back().epochs, 1) << name;
  }
}

TEST(RunAverage, BothRegretsDifferByTheBiasOfTheEndsAndNoise) {
  const AverageTask task(mdp::make_instance("riverswim").model);
  const auto agent = find_average("uniform").make(task, world_of(task, 200'000), {}, Stream(1));
  const auto rows = run_average(task, *agent, Stream(3), {.steps = 200'000});
  const AverageRow& last = rows.back();
  EXPECT_GT(last.gap_regret, 0.2 * 200'000);
  // A martingale with steps of at most the bias span, and the bias itself.
  EXPECT_NEAR(last.reward_regret, last.gap_regret, task.bias_span() * (1 + 5 * std::sqrt(200'000.0)));
}

TEST(RunAverage, EndsEpochsWhereTheLearnerAsked) {
  const AverageTask task(mdp::make_instance("riverswim").model);
  ShortEpochs agent(world_of(task, 1000));
  const auto rows = run_average(task, agent, Stream(4), {.steps = 1000, .checkpoints = {1, 10, 333, 1000}});
  EXPECT_EQ(agent.shown, 1000);
  for (std::size_t i = 0; i + 1 < agent.lengths.size(); ++i) {
    EXPECT_GE(agent.lengths[i], 3);
    EXPECT_LE(agent.lengths[i], 7);
  }
  EXPECT_EQ(rows.back().epochs, static_cast<std::int64_t>(agent.lengths.size()));

  // Where checkpoints lie changes nothing.
  ShortEpochs again(world_of(task, 1000));
  EXPECT_EQ(run_average(task, again, Stream(4), {.steps = 1000, .checkpoints = {1000}}).back(), rows.back());
}

}  // namespace
}  // namespace bellwether::online
