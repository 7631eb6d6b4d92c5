#include "bandits/identification/track_and_stop.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/statistics.h"
#include "tests/unit/bandits/identification/support.h"

namespace bellwether::bandits {
namespace {

const std::vector<double> kFirst = {0.5, 0.45, 0.43, 0.4}, kSecond = {0.3, 0.21, 0.2, 0.19, 0.18};

TEST(Evidence, IsTheLikelihoodRatio) {
  const LawFamily law;
  for (const char* threshold : {"experiments", "proven"}) {
    Evidence evidence(3, law, {.delta = 0.1, .threshold = threshold});
    Stream stream(5);
    std::vector<double> count(3), sum(3);
    const std::vector<double> means = {0.4, 0.8, 0.55};
    while (!evidence.sure()) {
      const auto arm = static_cast<int>(stream.below(3));
      const auto a = static_cast<std::size_t>(arm);
      const double reward = stream.uniform() < means[a] ? 1 : 0;
      count[a] += 1;
      sum[a] += reward;
      evidence.add(arm, reward);
      if (*std::ranges::min_element(count) == 0) continue;
      const double t = count[0] + count[1] + count[2];
      std::size_t best = 0;
      for (const std::size_t b : {1u, 2u})
        if (sum[b] / count[b] > sum[best] / count[best]) best = b;
      double least = 1e300;
      for (const std::size_t b : {0u, 1u, 2u}) {
        if (b == best) continue;
        const double m = (sum[best] + sum[b]) / (count[best] + count[b]);
        least = std::min(least, count[best] * bernoulli_divergence(sum[best] / count[best], m) +
                                    count[b] * bernoulli_divergence(sum[b] / count[b], m));
      }
      const double limit = threshold[0] == 'p' ? std::log(2 * t * 2 / 0.1) : std::log((1 + std::log(t)) / 0.1);
      ASSERT_EQ(evidence.best(), static_cast<int>(best));
      ASSERT_EQ(evidence.sure(), least > limit) << t;
    }
    EXPECT_EQ(evidence.best(), 1);
  }
}

TEST(TrackAndStop, ExploresByForceAndThenTracks) {
  const auto agent =
      make_track_and_stop({.arms = 3, .noise = Noise::kBernoulli}, TrackAndStopOptions{{.delta = 1e-9}}, Stream(1));
  Counter counter(*agent, 3);
  Stream stream(9);
  const std::vector<double> means = {0.7, 0.4, 0.1};
  std::vector<double> count(3), sum(3);
  for (int t = 0; t < 600; ++t) {
    const int arm = counter.choose({});
    if (t >= 3) {
      const auto least = std::ranges::min_element(count) - count.begin();
      std::vector<double> m(3);
      for (std::size_t a = 0; a < 3; ++a) m[a] = sum[a] / count[a];
      if (count[static_cast<std::size_t>(least)] < std::sqrt(t) - 1.5) {
        ASSERT_EQ(arm, least) << t;
      } else {
        const Proportions best = optimal_proportions(m, {});
        double farthest = -1e300;
        for (std::size_t a = 0; a < 3; ++a) farthest = std::max(farthest, t * best.share[a] - count[a]);
        ASSERT_NEAR(t * best.share[static_cast<std::size_t>(arm)] - count[static_cast<std::size_t>(arm)], farthest,
                    1e-6)
            << t;
      }
    }
    const auto a = static_cast<std::size_t>(arm);
    const double reward = stream.uniform() < means[a] ? 1 : 0;
    count[a] += 1;
    sum[a] += reward;
    counter.learn({.round = t + 1, .arm = arm, .reward = reward});
  }
}

TEST(TrackAndStop, StopsSoonAndPlaysTheOptimalShares) {
  constexpr int kRuns = 300;
  const StationaryBandit bandit = coins(kFirst);
  const Proportions best = optimal_proportions(kFirst, {});
  std::vector<double> rounds(kRuns), wrong(kRuns), shares(static_cast<std::size_t>(kRuns) * 4);
  parallel_for(kRuns, 1 << 20, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const auto r = static_cast<std::size_t>(i);
      const Stream stream = Stream(31).child(i);
      const auto agent =
          make_track_and_stop(bandit.world(1'000'000), TrackAndStopOptions{{.delta = 0.1}}, stream.child("learner"));
      Counter counter(*agent, 4);
      const bandits::Run run = run_rounds(bandit, counter, stream, {.length = 1'000'000, .checkpoints = {1'000'000}});
      ASSERT_TRUE(run.finished);
      rounds[r] = static_cast<double>(run.last.rounds);
      wrong[r] = run.answer == 0 ? 0 : 1;
      for (std::size_t a = 0; a < 4; ++a) shares[4 * r + a] = static_cast<double>(counter.counts[a]) / rounds[r];
    }
  });
  const double lower = best.time * bernoulli_divergence(0.1, 0.9);
  EXPECT_NEAR(lower, 1740, 1);
  EXPECT_GT(mean(rounds), lower);
  EXPECT_LT(mean(rounds), 5000);
  EXPECT_NEAR(mean(rounds), 4213, 4 * std::hypot(standard_error(rounds), 152));
  EXPECT_LE(mean(wrong), 0.1);
  for (std::size_t a = 0; a < 4; ++a) EXPECT_NEAR(mean(SampleTable{shares, 4}.column(a)), best.share[a], 0.08) << a;
}

TEST(TrackAndStop, TakesAsManyRoundsAsIsKnownOnFiveArms) {
  const Sample got = identify(coins(kSecond), "track-and-stop", {{"delta", "0.1"}}, 1'000'000, 80);
  EXPECT_NEAR(mean(got.rounds), 1513, 4 * std::hypot(standard_error(got.rounds), 95));
  EXPECT_LE(mean(got.wrong), 0.1);
}

TEST(TopTwo, TakesAsManyRoundsAsIsKnown) {
  const auto look = [](const std::vector<double>& means, const char* challenger, int runs, double known, double error) {
    const Sample got =
        identify(coins(means), "top-two", {{"delta", "0.1"}, {"challenger", challenger}}, 1'000'000, runs);
    EXPECT_NEAR(mean(got.rounds), known, 4 * std::hypot(standard_error(got.rounds), error)) << challenger;
    EXPECT_LE(mean(got.wrong), 0.1) << challenger;
  };
  look(kFirst, "t3c", 150, 3817, 150);
  look(kSecond, "t3c", 150, 1354, 38);
  look(kSecond, "ttts", 60, 1354, 200);
}

TEST(TopTwo, PlaysTheLeaderHalfTheTimeAndTheNearestRivalElse) {
  const auto agent =
      make_top_two({.arms = 3, .noise = Noise::kBernoulli}, TopTwoOptions{{.delta = 1e-300}, "t3c"}, Stream(1));
  for (int i = 0; i < 3000; ++i)
    for (const int arm : {0, 1, 2})
      agent->learn({.round = 1, .arm = arm, .reward = i % 10 < (arm == 0 ? 8 : arm == 1 ? 5 : 2) ? 1.0 : 0.0});
  std::vector<double> share(3);
  for (int i = 0; i < 4000; ++i) share[static_cast<std::size_t>(agent->choose({}))] += 1.0 / 4000;
  EXPECT_NEAR(share[0], 0.5, 0.04);
  EXPECT_NEAR(share[1], 0.5, 0.04);
}

}  // namespace
}  // namespace bellwether::bandits
