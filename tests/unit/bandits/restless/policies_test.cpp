#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/restless.h"
#include "bandits/indices/beta_gittins.h"
#include "bandits/indices/joint.h"
#include "bandits/trial.h"
#include "core/errors.h"
#include "core/statistics.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

NamedBandit make(const std::string& family, const std::vector<Setting>& settings) {
  return find_family(family)->make(settings);
}

std::vector<double> regrets(const Bandit& bandit, const std::string& learner, std::int64_t rounds, int runs,
                            const std::vector<Setting>& settings = {}) {
  std::vector<double> sample;
  for (int run = 0; run < runs; ++run)
    sample.push_back(play(bandit, learner, settings, Stream(81).child(static_cast<std::uint64_t>(run)),
                          {.length = rounds, .checkpoints = {rounds}})
                         .value(0, 0));
  return sample;
}

TEST(Whittle, EarnsWhatTheJointChainSaysOfItAndNearlyTheOptimum) {
  for (const auto& [family, settings] :
       {std::pair<std::string, std::vector<Setting>>{"machines", {{"arms", "3"}, {"active", "1"}, {"states", "5"}}},
        {"channels", {{"arms", "3"}, {"active", "1"}, {"ages", "3"}, {"vary", "0.1"}}}}) {
    std::vector<Setting> exact = settings;
    exact.emplace_back("comparator", "optimum");
    const NamedBandit named = make(family, exact);
    const auto& bandit = dynamic_cast<const RestlessBandit&>(*named.bandit);
    std::vector<std::vector<double>> indices;
    for (int i = 0; i < 3; ++i) indices.push_back(bandit.path(i).index);
    const double value = priority_value({.arms = bandit.arms(), .active = 1}, indices, 1e-9).middle();
    EXPECT_LE(value, bandit.comparator_value() + 1e-8) << family;
    EXPECT_GE(value, 0.98 * bandit.comparator_value()) << family;
    EXPECT_LE(bandit.comparator_value(), bandit.bound() + 1e-8) << family;
    const std::vector<double> run = regrets(bandit, "whittle", 4000, 40);
    const double expected = 4000 * (bandit.comparator_value() - value);
    EXPECT_NEAR(mean(run), expected, 4 * standard_error(run) + 10) << family;  // 10: the start is not the long run
    EXPECT_LE(mean(run), mean(regrets(bandit, "myopic", 4000, 10)) + 4 * standard_error(run)) << family;
  }
}

TEST(Whittle, RepairsMachinesWhichMyopicPoliciesNeverDo) {
  const NamedBandit named = make("machines", {{"arms", "12"}, {"active", "2"}, {"vary", "0.4"}});
  const std::vector<double> whittle = regrets(*named.bandit, "whittle", 2000, 20);
  const std::vector<double> myopic = regrets(*named.bandit, "myopic", 2000, 20);
  EXPECT_GT(mean(myopic) - mean(whittle), 4 * (standard_error(myopic) + standard_error(whittle)));
}

TEST(Whittle, RepairsNothingThatIsNew) {
  const NamedBandit named =
      make("machines", {{"arms", "4"}, {"active", "4"}, {"comparator", "optimum"}, {"states", "4"}});
  const auto& bandit = dynamic_cast<const RestlessBandit&>(*named.bandit);
  EXPECT_LT(bandit.path(0).index[0], 0);
  const auto agent = make_agent(bandit, "whittle", {}, 100, Stream(1));
  const auto game = bandit.start(100, Stream(1));
  EXPECT_THAT(agent->choose_items(game->next()), testing::IsEmpty());
  // With a repair crew for every machine nothing is left to share: index, relaxation and optimum agree.
  EXPECT_NEAR(bandit.comparator_value(), bandit.bound(), 1e-8);
  const std::vector<double> run = regrets(bandit, "whittle", 4000, 20);
  EXPECT_NEAR(mean(run), 0, 4 * standard_error(run) + 4);
}

TEST(Whittle, RefusesWhatHasNoIndexAndWhatIsNoChain) {
  int refused = 0;
  for (int seed = 0; seed < 40; ++seed) {
    const NamedBandit named = make("restless-arms", {{"arms", "10"}, {"seed", std::to_string(seed)}});
    const auto& bandit = dynamic_cast<const RestlessBandit&>(*named.bandit);
    int bad = -1;
    for (int i = 9; i >= 0; --i)
      if (bandit.path(i).verdict == Indexability::kNotIndexable) bad = i;
    if (bad < 0) {
      EXPECT_EQ(named.facts[1].value, 10);
      continue;
    }
    ++refused;
    EXPECT_THAT([&] { play(bandit, "whittle", {}, Stream(1), {.length = 10}); },
                ThrowsMessage<InvalidOption>(HasSubstr("arm " + std::to_string(bad) + " has none: ")));
    EXPECT_LT(named.facts[1].value, 10);
  }
  EXPECT_GE(refused, 1);
  const NamedBandit recovering = make("recovering-arms", {});
  for (const char* policy : {"whittle", "myopic"})
    EXPECT_THAT([&] { play(*recovering.bandit, policy, {}, Stream(1), {.length = 10}); },
                ThrowsMessage<InvalidOption>(HasSubstr("needs arms that are Markov chains")));
  EXPECT_THAT(
      [&] {
        play(*make("channels", {}).bandit, "myopic", {{"x", "1"}}, Stream(1), {});
      },
      testing::Throws<InvalidOption>());
}

TEST(Gittins, LosesNothingAgainstTheBestPolicyOnAverageAndOthersDo) {
  const NamedBandit named = make("prior-arms", {{"arms", "3"}, {"discount", "0.9"}});
  // What comes after 60 rounds counts 0.02 rounds.
  const auto run = [&](const char* learner, const std::vector<Setting>& settings) {
    return regrets(*named.bandit, learner, 60, 2000, settings);
  };
  const std::vector<double> gittins = run("gittins", {{"tolerance", "1e-3"}});
  EXPECT_NEAR(mean(gittins), 0, 3.5 * standard_error(gittins));
  EXPECT_LT(standard_error(gittins), 0.06);
  const std::vector<double> thompson = run("thompson", {});
  EXPECT_GT(mean(thompson), 5 * standard_error(thompson));
  const std::vector<double> wrong = run("gittins", {{"successes", "20"}, {"tolerance", "1e-3"}});
  EXPECT_GT(mean(wrong), 4 * standard_error(wrong));
}

TEST(Gittins, PlaysTheLargestIndexByHand) {
  // After a failure of arm 0 (Beta(1, 2)) a fresh arm is worth more; after two failures of both, in turn.
  const NamedBandit zeros = make("bernoulli-arms", {{"means", "0/0"}});
  const auto agent = make_agent(*zeros.bandit, "gittins", {}, 100, Stream(1));
  Round round{.arms = 2};
  for (int t = 0; t < 6; ++t) {
    round.number = t + 1;
    ASSERT_EQ(agent->choose(round), t % 2);
    agent->learn({.round = t + 1, .arm = t % 2, .reward = 0});
  }
  BetaGittins index(0.9, 1e-4);
  // Arm 0 wins until its index is below that of Beta(1, 4).
  double wins = 0, losses = 3;
  agent->learn({.round = 7, .arm = 0, .reward = 1});
  wins += 1;
  while (index.index(1 + wins, 1 + losses).low > index.index(1, 4).high) {
    ASSERT_EQ(agent->choose(round), 0);
    agent->learn({.round = 8, .arm = 0, .reward = 0});
    losses += 1;
  }
  EXPECT_EQ(agent->choose(round), 1);
}

TEST(Gittins, NeedsRewardsThatAreZeroOrOne) {
  EXPECT_THAT([] { play(*make("arms", {}).bandit, "gittins", {}, Stream(1), {.length = 10}); },
              ThrowsMessage<InvalidOption>(HasSubstr("needs rewards that are 0 or 1")));
}

}  // namespace
}  // namespace bellwether::bandits
