#include "solvers/online/optimistic/mvp.h"

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

TEST(Mvp, ValuesOfHandComputedCounts) {
  SmallWorld small;
  const auto agent = make_mvp(small.world, {.constant = "0.0005"}, Stream(1));
  SmallWorld::show(*agent);
  const auto& values = values_of(*agent);
  EXPECT_NEAR(values.q(1, 0), 0.2064869301421637, 1e-14);
  EXPECT_NEAR(values.q(1, 1), 0.7256884722579235, 1e-14);
  EXPECT_EQ(values.q(1, 2), 1);
  EXPECT_NEAR(values.q(0, 0), 1.1408241065918696, 1e-14);
  EXPECT_NEAR(values.q(0, 1), 1.451376944515847, 1e-14);
  EXPECT_EQ(values.q(0, 2), 2);
}

TEST(Mvp2024, ValuesOfHandComputedCounts) {
  SmallWorld small;
  for (const bool newest : {true, false}) {
    const auto agent = make_mvp_2024(small.world, {.constant = "0.0001", .data = newest ? "newest" : "all"}, Stream(1));
    SmallWorld::show(*agent);
    const auto& values = values_of(*agent);
    EXPECT_EQ(values.q(1, 0), 1) << "choice 0 was taken at the first stage only";
    EXPECT_NEAR(values.q(1, 1), 0.7416483863123382, 1e-14);
    EXPECT_NEAR(values.q(0, 0), newest ? 1.3209136119386744 : 1.2104827883326634, 1e-14);
    EXPECT_EQ(values.q(0, 1), 2);
  }
}

TEST(Mvp, RenewsItsStatisticsWhenVisitsDouble) {
  SmallWorld small;
  const auto agent = make_mvp(small.world, {.constant = "0.0005"}, Stream(1));
  std::vector<int> changes;
  double last = 2;
  for (int k = 1; k <= 40; ++k) {
    agent->learn(std::vector<Step>{{0, 0, 1, 0.3}, {1, 2, 1, 0.2}});
    agent->plan(k);
    const double now = values_of(*agent).q(0, 0);
    if (now != last) changes.push_back(k);
    last = now;
  }
  EXPECT_THAT(changes, testing::ElementsAre(1, 2, 4, 8, 16, 32));
}

TEST(Mvp, LearnsWithPracticalConstants) {
  const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
  for (const char* learner : {"mvp", "mvp-2024"}) {
    const Series run =
        play(arena, learner, {{"constant", "practical"}}, Stream(1), {.length = 3000, .checkpoints = {1500, 3000}});
    EXPECT_LT(run.value(1, 0) - run.value(0, 0), 0.3 * run.value(0, 0)) << learner;
  }
}

TEST(Mvp, NamesTheBadOption) {
  const SmallWorld small;
  EXPECT_THAT([&] { make_mvp(small.world, {.constant = "-1"}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("mvp: constant is \"-1\"")));
  EXPECT_THAT([&] { make_mvp_2024(small.world, {.data = "old"}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("one of newest and all")));
}

}  // namespace
}  // namespace bellwether::online
