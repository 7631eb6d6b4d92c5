#include "bandits/identification/confidence.h"

#include <cmath>
#include <functional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/information/divergence.h"
#include "core/statistics.h"
#include "tests/unit/bandits/identification/support.h"

namespace bellwether::bandits {
namespace {

/// Half a width around a mean at a stage.
using Bound = std::function<double(double mean, double count, double stage)>;

/// Follows LUCB on random coins with its own books.
void follow(Agent& agent, const Bound& upper, const Bound& lower, double epsilon) {
  const std::vector<double> means = {0.9, 0.3, 0.5};
  Stream stream(3);
  std::vector<double> count(3), sum(3);
  const auto pull = [&](int expected) {
    const int arm = agent.choose({});
    ASSERT_EQ(arm, expected);
    const double reward = stream.uniform() < means[static_cast<std::size_t>(arm)] ? 1 : 0;
    count[static_cast<std::size_t>(arm)] += 1;
    sum[static_cast<std::size_t>(arm)] += reward;
    agent.learn({.round = 1, .arm = arm, .reward = reward});
  };
  for (const int arm : {0, 1, 2}) pull(arm);
  for (int stage = 1; stage < 2000; ++stage) {
    const auto m = [&](int a) { return sum[static_cast<std::size_t>(a)] / count[static_cast<std::size_t>(a)]; };
    const auto n = [&](int a) { return count[static_cast<std::size_t>(a)]; };
    int leader = 0;
    for (const int a : {1, 2})
      if (m(a) > m(leader)) leader = a;
    int rival = -1;
    for (const int a : {0, 1, 2})
      if (a != leader && (rival < 0 || upper(m(a), n(a), stage) > upper(m(rival), n(rival), stage))) rival = a;
    const bool done = lower(m(leader), n(leader), stage) >= upper(m(rival), n(rival), stage) - epsilon;
    ASSERT_EQ(agent.finished(), done) << stage;
    if (done) {
      EXPECT_EQ(agent.answer(), 0);
      EXPECT_GT(stage, 20);
      return;
    }
    pull(leader);
    pull(rival);
  }
  ADD_FAILURE() << "never ends";
}

TEST(Lucb, PlaysAndStopsByItsFormula) {
  const Bound width = [](double, double n, double t) {
    return std::sqrt(std::log(1.25 * 3 * std::pow(t, 4) / 0.1) / (2 * n));
  };
  for (const double epsilon : {0.0, 0.2}) {
    const auto agent = make_lucb({.arms = 3}, {.delta = 0.1, .epsilon = epsilon}, Stream(1));
    follow(
        *agent, [&](double m, double n, double t) { return m + width(m, n, t); },
        [&](double m, double n, double t) { return m - width(m, n, t); }, epsilon);
  }
}

TEST(KlLucb, PlaysAndStopsByItsFormula) {
  const auto level = [](double t) {
    const double x = std::log(405.5 * 3 * std::pow(t, 1.1) / 0.1);
    return x + std::log(x);
  };
  const auto agent = make_kl_lucb({.arms = 3}, {.delta = 0.1}, Stream(1));
  follow(
      *agent, [&](double m, double n, double t) { return bernoulli_upper(m, level(t) / n); },
      [&](double m, double n, double t) { return bernoulli_lower(m, level(t) / n); }, 0);
  const auto bold = [](double t) { return std::log((1 + std::log(t)) / 0.1); };
  const auto other = make_kl_lucb({.arms = 3}, {.delta = 0.1, .threshold = "experiments"}, Stream(1));
  follow(
      *other, [&](double m, double n, double t) { return bernoulli_upper(m, bold(t) / n); },
      [&](double m, double n, double t) { return bernoulli_lower(m, bold(t) / n); }, 0);
}

// The table of Garivier and Kaufmann 2016: 3000 runs, delta = 0.1, their threshold.
TEST(KlLucb, TakesAsManyRoundsAsIsKnown) {
  const std::vector<Setting> settings = {{"delta", "0.1"}, {"threshold", "experiments"}};
  const auto look = [&](const char* learner, const std::vector<double>& means, double known) {
    const Sample got = identify(coins(means), learner, settings, 1'000'000, 150);
    EXPECT_NEAR(mean(got.rounds), known, 4 * standard_error(got.rounds)) << learner;
    EXPECT_LE(mean(got.wrong), 0.1) << learner;
  };
  look("kl-lucb", {0.5, 0.45, 0.43, 0.4}, 8437);
  look("kl-lucb", {0.3, 0.21, 0.2, 0.19, 0.18}, 2716);
  look("kl-racing", {0.5, 0.45, 0.43, 0.4}, 9590);
  look("kl-racing", {0.3, 0.21, 0.2, 0.19, 0.18}, 3334);
}

TEST(KlRacing, NamesTheBestAndStopsSoonerWithinEpsilon) {
  const Sample exact = identify(coins({0.6, 0.5, 0.2}), "kl-racing", {}, 1'000'000, 40);
  const Sample close = identify(coins({0.6, 0.5, 0.2}), "kl-racing", {{"epsilon", "0.2"}}, 1'000'000, 40);
  EXPECT_EQ(mean(exact.wrong), 0);
  EXPECT_LT(mean(close.rounds), 0.5 * mean(exact.rounds));
}

TEST(Confidence, OneArmNeedsNoRounds) {
  for (const char* learner : {"lucb", "kl-lucb", "kl-racing", "track-and-stop", "top-two", "dp-bai"}) {
    const Series series = play(coins({0.4}), learner, {}, Stream(1), {.length = 100});
    EXPECT_EQ(series.at[0], 1) << learner;
    EXPECT_EQ(series.value(0, 0), 1) << learner;
    EXPECT_EQ(series.value(0, 1), 0) << learner;
  }
}

}  // namespace
}  // namespace bellwether::bandits
