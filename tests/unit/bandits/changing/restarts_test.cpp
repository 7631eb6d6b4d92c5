#include "bandits/changing/restarts.h"

#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace bellwether::bandits {
namespace {

TEST(Rexp3, BeginsAnewAfterTheTheoremsNumberOfRounds) {
  const World world{.arms = 3, .rounds = 1000};
  const auto batch = static_cast<std::int64_t>(std::ceil(std::cbrt(3 * std::log(3)) * std::pow(1000.0 / 4, 2.0 / 3)));
  const auto agent = make_rexp3(world, {.variation = 4}, Stream(1));
  for (std::int64_t t = 1; t <= 1000; ++t) {
    const int arm = agent->choose({.number = t, .arms = 3});
    const bool even = agent->probabilities()[0] == agent->probabilities()[1] &&
                      agent->probabilities()[1] == agent->probabilities()[2];
    EXPECT_EQ(even, t % batch == 1) << t;
    agent->learn({.round = t, .arm = arm, .reward = 1});
  }
}

/// Plays arm 0 = good, others bad; from round `change` on arm 1 is good. How often the good one was chosen in the last
/// hundred rounds.
double good_share(Agent& agent, std::int64_t rounds, std::int64_t change) {
  int good = 0;
  for (std::int64_t t = 1; t <= rounds; ++t) {
    const int best = t < change ? 0 : 1, arm = agent.choose({.number = t, .arms = 2});
    agent.learn({.round = t, .arm = arm, .reward = arm == best ? 1.0 : 0.0});
    good += t > rounds - 100 && arm == best;
  }
  return good / 100.0;
}

TEST(Master, LearnsAndKeepsToOneBlockWithoutChange) {
  const auto agent = make_master({.arms = 2, .rounds = 100'000}, {.constant = "practical"}, Stream(1));
  EXPECT_GT(good_share(*agent, 16'000, 1'000'000), 0.7);
}

/// rho(t) 6 (log2 T + 1) ln(T / delta): tests are failed by 3 and by 9 times this.
double threshold(double rounds) {
  return (std::sqrt(2 / rounds) + 2 / rounds) * 6 * (std::log2(16'000.0) + 1) * std::log(16'000 / 0.05);
}

/// The first round in which a learner with this factor on its thresholds chooses otherwise than one that fails no test,
/// both drawing the same; 0: none. All arms bring 1, but nothing from round `first` to round `last`.
std::int64_t first_difference(double factor, const Stream& stream, std::int64_t first, std::int64_t last) {
  const World world{.arms = 2, .rounds = 16'000};
  const auto seeing = make_master(world, {.constant = fmt::format("{:.17g}", factor)}, stream);
  const auto blind = make_master(world, {.constant = "1000"}, stream);
  for (std::int64_t t = 1; t <= world.rounds; ++t) {
    const int arm = seeing->choose({.number = t, .arms = 2}), other = blind->choose({.number = t, .arms = 2});
    if (arm != other) return t;
    const double reward = t < first || t > last ? 1 : 0;
    seeing->learn({.round = t, .arm = arm, .reward = reward});
    blind->learn({.round = t, .arm = arm, .reward = reward});
  }
  return 0;
}

TEST(Master, BeginsAnewWhenABlockFallsShortOfWhatWasHopedFor) {
  // Rewards of 1 keep every index at 1. The block that began in round 1024 hears of nothing but 0 from round 1500 on:
  // it falls short by 1 a round, and the test asks for two and a half.
  const double rounds = 1502 - 1024 + 1, factor = 2.5 / rounds / (3 * threshold(rounds));
  for (int seed = 0; seed < 5; ++seed) {
    EXPECT_GE(first_difference(factor, Stream(seed), 1500, 16'000), 1503);
    EXPECT_LE(first_difference(factor, Stream(seed), 1500, 16'000), 1503 + 12);
  }
}

TEST(Master, BeginsAnewWhenACopyEarnsMoreThanTheLeastThatWasHopedFor) {
  // The block that begins in round 8192 sees a hundred rewards of 0 first: they are too few for the second test, but
  // bring the least index down to about 0.36. Copies of 2^11 rounds and more are long enough for the first test.
  const double factor = 2 / (6 * (std::log2(16'000.0) + 1) * std::log(16'000 / 0.05));
  int found = 0;  // not where chance began no such copy
  for (int seed = 0; seed < 10; ++seed) {
    const std::int64_t round = first_difference(factor, Stream(seed), 8192, 8291);
    if (round == 0) continue;
    ++found;
    EXPECT_GE(round, 8192 + 2048);
    EXPECT_LE(round % 2048, 12) << round;
  }
  EXPECT_GE(found, 6);
}

TEST(Master, ABlockHopesAfresh) {
  // The same hundred rewards in the block of 1024 rounds: no copy of it is long enough, and later blocks see 1 alone.
  const double factor = 2 / (6 * (std::log2(16'000.0) + 1) * std::log(16'000 / 0.05));
  for (int seed = 0; seed < 5; ++seed) EXPECT_EQ(first_difference(factor, Stream(seed), 1024, 1123), 0);
}

}  // namespace
}  // namespace bellwether::bandits
