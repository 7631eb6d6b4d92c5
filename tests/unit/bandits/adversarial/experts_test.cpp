#include "bandits/adversarial/experts.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/adversarial/regularised_leader.h"
#include "bandits/arms/family.h"
#include "bandits/run.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Exp4, ConstantExpertsAreExp3ToTheLastBit) {
  const auto bandit = find_family("piecewise-arms")->make({}).bandit;
  const World world = bandit->world(4000);
  const auto experts = make_exp4(world, {}, Stream(5));
  const auto exp3 = make_exp3(world, {}, Stream(5));
  const TrialOptions options{.length = 4000};
  EXPECT_EQ(run_rounds(*bandit, *experts, Stream(6), options).rows,
            run_rounds(*bandit, *exp3, Stream(6), options).rows);
  EXPECT_TRUE(std::ranges::equal(experts->probabilities(), exp3->probabilities()));
}

TEST(Exp4, MixesTheAdviceByTrust) {
  const auto agent = make_exp4({.arms = 2, .rounds = 10}, {.advice = "0.75/0.25/0.25/0.75", .eta = 1}, Stream(1));
  const int arm = agent->choose({.number = 1, .arms = 2});
  EXPECT_THAT(agent->probabilities(), ElementsAre(0.5, 0.5));
  agent->learn({.round = 1, .arm = arm, .reward = 0});  // loss 1 estimated as 2: the experts lose 3/2 and 1/2
  agent->choose({.number = 2, .arms = 2});
  const double friend_of_arm = 1 / (1 + std::exp(1.0));  // trust in the expert that advised it more
  EXPECT_NEAR(agent->probabilities()[static_cast<std::size_t>(arm)], 0.75 * friend_of_arm + 0.25 * (1 - friend_of_arm),
              1e-15);
}

TEST(Exp4, ExpertsThatChangeOnceDoSoWhenTheyShould) {
  // 2 constant experts and 2 that change after round 5 of 10: all advise evenly before and after.
  const auto agent = make_exp4({.arms = 2, .rounds = 10}, {.experts = "one-change", .pieces = 2, .eta = 1}, Stream(1));
  for (std::int64_t t = 1; t <= 5; ++t)
    agent->learn({.round = t, .arm = agent->choose({.number = t, .arms = 2}), .reward = 1});
  EXPECT_THAT(agent->probabilities(), ElementsAre(0.5, 0.5));
  const int arm = agent->choose({.number = 6, .arms = 2});
  agent->learn({.round = 6, .arm = arm, .reward = 0});
  agent->choose({.number = 7, .arms = 2});
  // The two that advised the arm in round 6, one of them new to it, have lost 2 each.
  EXPECT_NEAR(agent->probabilities()[static_cast<std::size_t>(arm)], 1 / (1 + std::exp(2.0)), 1e-15);
}

TEST(Exp4, BestSequenceOfArmsBeatsTheBestArm) {
  const auto bandit = find_family("piecewise-arms")->make({{"means", "0.9/0.1/0.1/0.9"}, {"arms", "2"}}).bandit;
  double constant = 0, changing = 0;
  for (int seed = 0; seed < 20; ++seed) {
    const auto regret = [&](const Exp4Options& options) {
      const auto agent = make_exp4(bandit->world(4000), options, Stream(seed));
      return run_rounds(*bandit, *agent, Stream(seed), {.length = 4000}).last.pseudo_regret;
    };
    constant += regret({});
    changing += regret({.experts = "one-change"});
  }
  EXPECT_LT(changing, 0.5 * constant);
}

TEST(Exp4, RefusesAdviceThatIsNone) {
  const auto refuses = [](const std::string& advice, const std::string& words) {
    EXPECT_THAT([&] { make_exp4({.arms = 2, .rounds = 10}, {.advice = advice}, Stream(1)); },
                ThrowsMessage<InvalidOption>(HasSubstr(words)));
  };
  refuses("0.5/0.5/1", "has 3 numbers, must be a multiple of 2 arms");
  refuses("0.5/0.5/0.5/0.6", "the advice of expert 1 sums to 1.1");
  refuses("-1/2", "expert 0 advises arm 0 with probability -1");
}

}  // namespace
}  // namespace bellwether::bandits
