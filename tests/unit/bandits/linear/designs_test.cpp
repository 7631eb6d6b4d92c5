// Phased elimination and SupLinUCB.
#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/linear.h"
#include "bandits/linear/phased_elimination.h"
#include "bandits/linear/sup_lin_ucb.h"
#include "bandits/run.h"

namespace bellwether::bandits {
namespace {

// Two unit vectors, sigma = 1: the design is (1/2, 1/2), so phase 1 pulls each 8 ln(2 K / delta) / 2 * 2 times.
TEST(PhasedElimination, CountsPullsByHand) {
  const LinearBandit bandit({.theta = {1, 0}}, {1, 0, 0, 1});
  PhasedElimination agent(bandit.world(100'000), {.delta = 0.05});
  const auto game = bandit.start(100'000, Stream(3));
  std::vector<int> pulls(2);
  std::int64_t t = 0;
  do {
    const Round& round = game->next();
    const int arm = agent.choose(round);
    ++pulls[static_cast<std::size_t>(arm)];
    agent.learn({.round = ++t, .arm = arm, .reward = game->play(arm).reward, .feature = round.feature(arm)});
  } while (agent.phase() == 1 && agent.active().size() == 2);
  const int each = static_cast<int>(std::ceil(2 * 4 * std::log(2 * 2 / 0.05) * 2 * 0.5));
  EXPECT_EQ(pulls[0], each);
  EXPECT_EQ(pulls[1], each);
}

// A first phase of more pulls than can be counted: nothing is dropped for what little was seen.
TEST(PhasedElimination, PhasesWithoutEnd) {
  const LinearBandit bandit({.theta = {1, 0}}, {1, 0, 0, 1});
  for (const char* constant : {"1e10", "1e150", "1e300"}) {
    PhasedElimination agent(bandit.world(1000), {.constant = constant});
    const auto game = bandit.start(1000, Stream(3));
    for (std::int64_t t = 1; t <= 100; ++t) {
      const Round& round = game->next();
      const int arm = agent.choose(round);
      agent.learn({.round = t, .arm = arm, .reward = arm == 0 ? 9 : 0, .feature = round.feature(arm)});
      ASSERT_EQ(agent.active().size(), 2U) << constant << ", round " << t;
    }
    EXPECT_GE(agent.phase_pulls(), 1'000'000'000'000'000'000) << constant;
  }
}

// epsilon is 1/2 in phase 1: an arm goes when it lies more than 1 behind.
TEST(PhasedElimination, DropsWhatLiesMoreThanTwiceEpsilonBehind) {
  const LinearBandit bandit({.theta = {1, 0}}, {1, 0, 0, 1});
  for (const double behind : {0.9, 1.1}) {
    PhasedElimination agent(bandit.world(100'000), {});
    const auto game = bandit.start(100'000, Stream(3));
    std::int64_t t = 0;
    do {
      const Round& round = game->next();
      const int arm = agent.choose(round);
      agent.learn({.round = ++t, .arm = arm, .reward = arm == 0 ? behind : 0, .feature = round.feature(arm)});
    } while (agent.phase() == 1 && agent.active().size() == 2);
    EXPECT_EQ(agent.active().size(), behind > 1 ? 1U : 2U);
  }
}

TEST(PhasedElimination, SpendsWhatItsGuaranteeNeedsAndKeepsTheBest) {
  for (const char* family : {"circle-arms", "subset-arms", "linear-arms"}) {
    const auto bandit = find_family(family)->make().bandit;
    const int best = static_cast<int>(std::ranges::max_element(bandit->means()) - bandit->means().begin());
    PhasedElimination agent(bandit->world(200'000), {});
    const auto game = bandit->start(200'000, Stream(5));
    std::size_t largest = bandit->means().size();
    for (std::int64_t t = 1; t <= 200'000; ++t) {
      const Round& round = game->next();
      const int arm = agent.choose(round);
      if (agent.active().size() > 1) {
        ASSERT_GE(static_cast<double>(agent.phase_pulls()), agent.needed_pulls());
      }
      agent.learn({.round = t, .arm = arm, .reward = game->play(arm).reward, .feature = round.feature(arm)});
      ASSERT_LE(agent.active().size(), largest);
      largest = agent.active().size();
      ASSERT_THAT(agent.active(), testing::Contains(best));
    }
    EXPECT_LT(largest, bandit->means().size() / 2) << family;
  }
}

// The arms span a line of the plane: the estimate lives there.
TEST(PhasedElimination, ArmsThatSpanLess) {
  const LinearBandit bandit({.theta = {1, 1}, .sigma = 0.1}, {1, 1, 0.5, 0.5, -1, -1});
  PhasedElimination agent(bandit.world(5000), {});
  run_rounds(bandit, agent, Stream(5), {.length = 5000});
  EXPECT_THAT(agent.active(), testing::ElementsAre(0));
}

/// Plays against drawn features; the rewards of rounds that are kept by `level` are `noise` of their number.
std::vector<int> stored(int level, const std::function<double(int)>& noise) {
  const auto bandit =
      find_family("contextual-arms")->make({{"dimension", "3"}, {"arms", "5"}, {"sigma", "0.1"}}).bandit;
  SupLinUcb agent(bandit->world(400), {});
  const auto game = bandit->start(400, Stream(7));
  std::vector<int> arms;
  for (int t = 1; t <= 400; ++t) {
    const Round& round = game->next();
    const int arm = agent.choose(round);
    if (agent.level() == level) arms.push_back(t * 10 + arm);
    const double reward = agent.level() == level ? noise(t) : 0;
    agent.learn({.round = t, .arm = arm, .reward = reward, .feature = round.feature(arm)});
  }
  return arms;
}

// What a level keeps may depend on the rewards of lower levels, never on its own: the first level's data are the same
// whatever they brought.
TEST(SupLinUcb, WhatTheFirstLevelKeepsDoesNotLookAtItsRewards) {
  const auto plain = stored(1, [](int) { return 0.0; });
  EXPECT_GT(plain.size(), 10u);
  EXPECT_EQ(stored(1, [](int t) { return t % 2 == 0 ? 5.0 : -5.0; }), plain);
  EXPECT_EQ(stored(1, [](int t) { return std::sin(t); }), plain);
}

TEST(SupLinUcb, WidthsAndLevelsByHand) {
  const LinearBandit bandit({.theta = {1, 0}, .sigma = 0.5}, {1, 0, 0, 0.1});
  const World world = bandit.world(1000);
  SupLinUcb agent(world, {.delta = 0.1});
  EXPECT_EQ(agent.levels(), 10);
  const double alpha = 0.5 * std::sqrt(2 * std::log(2.0 * 1000 * 2 * 10 / 0.1)) + 1;
  EXPECT_NEAR(agent.width_factor(), alpha, 1e-12);
  const auto game = bandit.start(1000, Stream(1));
  EXPECT_EQ(agent.choose(game->next()), 0);  // widths alpha and alpha / 10: the widest, kept by level 1
  EXPECT_EQ(agent.level(), 1);
  // The wide arm's width falls below 1/2 after 4 alpha^2 - 1 pulls.
  int kept = 0;
  const auto& feature = game->next().feature(0);
  while (agent.level() == 1 && kept < 10'000) {
    agent.learn({.round = kept, .arm = 0, .reward = 1, .feature = feature});
    ++kept;
    agent.choose(game->next());
    if (agent.level() != 1) break;
  }
  EXPECT_EQ(kept, static_cast<int>(std::ceil(4 * alpha * alpha - 1)));
}

// Widths of .6 / sqrt(2) after a pull of each arm: level 1 is sure of both to 1/2 and keeps what is at most 1 behind.
TEST(SupLinUcb, DropsWhatLiesMoreThanTwiceThePrecisionBehind) {
  const LinearBandit bandit({.theta = {1, 0}}, {1, 0, 0, 1});
  const World world = bandit.world(1000);
  const double theory = SupLinUcb(world, {}).width_factor();
  for (const double behind : {0.9, 1.1}) {
    SupLinUcb agent(world, {.constant = std::to_string(0.6 / theory)});
    const auto game = bandit.start(1000, Stream(1));
    const Round& round = game->next();
    for (const int arm : {0, 1}) {
      ASSERT_EQ(agent.choose(round), arm);
      ASSERT_EQ(agent.level(), 1);
      agent.learn({.round = arm + 1, .arm = arm, .reward = 2 * behind * arm, .feature = round.feature(arm)});
    }
    // Level 2 knows nothing yet and takes the first of the arms that are left.
    EXPECT_EQ(agent.choose(round), behind > 1 ? 1 : 0);
    EXPECT_EQ(agent.level(), 2);
  }
}

// All widths below 1 / sqrt(T): the round is played for its reward and kept by no level.
TEST(SupLinUcb, KeepsNothingOfRoundsThatAreSure) {
  const LinearBandit bandit({.theta = {1, 0}, .sigma = 0.5}, {1, 0, 0, 0.1});
  SupLinUcb agent(bandit.world(4), {.constant = "0.001"});
  const auto game = bandit.start(4, Stream(1));
  agent.choose(game->next());
  EXPECT_EQ(agent.level(), 0);
}

TEST(SupLinUcb, LearnsWithSmallWidths) {
  const auto bandit =
      find_family("contextual-arms")->make({{"dimension", "3"}, {"arms", "5"}, {"sigma", "0.1"}}).bandit;
  SupLinUcb agent(bandit->world(4000), {.constant = "0.1"});
  const auto run = run_rounds(*bandit, agent, Stream(7), {.length = 4000, .checkpoints = {2000, 4000}});
  EXPECT_LT(run.rows[1].pseudo_regret - run.rows[0].pseudo_regret, 0.5 * run.rows[0].pseudo_regret);
}

}  // namespace
}  // namespace bellwether::bandits
