#include "mdp/horizon.h"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

using ::testing::ThrowsMessage;

/// Every state has `choices` self-loops with this reward.
TabularMdp loops(int states, int choices, double reward) {
  TabularMdpBuilder builder(states);
  for (int s = 0; s < states; ++s)
    for (int a = 0; a < choices; ++a) builder.add_choice(s, reward, {{s, 1.0}});
  return std::move(builder).build();
}

TEST(FiniteHorizonMdp, PlaysOneModelInAllStages) {
  const TabularMdp model = loops(3, 2, 5);
  const FiniteHorizonMdp problem(model, 4);
  EXPECT_EQ(problem.horizon(), 4);
  EXPECT_EQ(problem.num_states(), 3);
  EXPECT_TRUE(problem.is_stationary());
  for (int h = 0; h < 4; ++h) EXPECT_EQ(&problem.stage(h), &problem.stage(0)) << "stage " << h;
  EXPECT_EQ(problem.stage(3).successor().data(), model.successor().data());  // shared, not copied
}

TEST(FiniteHorizonMdp, PlaysEachModelInItsStage) {
  const FiniteHorizonMdp problem({loops(2, 1, 10), loops(2, 3, 11), loops(2, 2, 12)});
  EXPECT_EQ(problem.horizon(), 3);
  EXPECT_EQ(problem.num_states(), 2);
  EXPECT_FALSE(problem.is_stationary());
  EXPECT_EQ(problem.stage(0).reward(0), 10);
  EXPECT_EQ(problem.stage(1).reward(0), 11);
  EXPECT_EQ(problem.stage(2).reward(0), 12);
  EXPECT_EQ(problem.stage(0).num_choices(1), 1);  // action sets differ by stage
  EXPECT_EQ(problem.stage(1).num_choices(1), 3);
  EXPECT_EQ(problem.stage(2).num_choices(1), 2);
}

TEST(FiniteHorizonMdp, OneStageIsStationary) {
  const FiniteHorizonMdp problem(std::vector<TabularMdp>{loops(2, 1, 7)});
  EXPECT_EQ(problem.horizon(), 1);
  EXPECT_TRUE(problem.is_stationary());
  EXPECT_EQ(problem.stage(0).reward(1), 7);
}

TEST(FiniteHorizonMdp, RefusesAHorizonBelowOne) {
  EXPECT_EQ(FiniteHorizonMdp(loops(1, 1, 0), 1).horizon(), 1);
  EXPECT_THAT([] { FiniteHorizonMdp(loops(1, 1, 0), 0); },
              ThrowsMessage<InvalidModel>("FiniteHorizonMdp: horizon 0, must be at least 1"));
  EXPECT_THAT([] { FiniteHorizonMdp(loops(1, 1, 0), -3); },
              ThrowsMessage<InvalidModel>("FiniteHorizonMdp: horizon -3, must be at least 1"));
}

TEST(FiniteHorizonMdp, RefusesStagesThatDoNotFit) {
  EXPECT_THAT([] { FiniteHorizonMdp(std::vector<TabularMdp>{}); },
              ThrowsMessage<InvalidModel>("FiniteHorizonMdp: has no stages"));
  EXPECT_THAT(
      [] {
        FiniteHorizonMdp({loops(4, 1, 0), loops(4, 2, 0), loops(5, 1, 0)});
      },
      ThrowsMessage<InvalidModel>("FiniteHorizonMdp: stage 2 has 5 states, stage 0 has 4"));
  EXPECT_THAT(
      [] {
        FiniteHorizonMdp({loops(4, 1, 0), loops(3, 1, 0), loops(4, 1, 0)});
      },
      ThrowsMessage<InvalidModel>("FiniteHorizonMdp: stage 1 has 3 states, stage 0 has 4"));
}

}  // namespace
}  // namespace bellwether::mdp
