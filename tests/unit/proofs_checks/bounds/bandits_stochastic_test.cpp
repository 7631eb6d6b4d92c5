#include "proofs_checks/bounds/bandits_stochastic.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace bellwether::bounds {
namespace {

const std::vector<double> kGaps = {0.5, 0, 0.25};

// Worked out by hand, so that a constant or an exponent that slips shows.
TEST(StochasticBanditBounds, AreTheTheoremsFormulas) {
  const double log = std::log(100);
  EXPECT_NEAR(ucb1_regret(kGaps, 100), 48 * log + 4.289868133696453 * 0.75, 1e-9);
  EXPECT_NEAR(ucb_delta_regret(kGaps, 100, 2), 16 * 4 * 6 * log + 2.25, 1e-9);
  EXPECT_NEAR(ucb_delta_worst_regret(kGaps, 100, 2), 16 * std::sqrt(300 * log) + 2.25, 1e-9);
  EXPECT_NEAR(moss_regret(kGaps, 100, 0.5), 19.5 * std::sqrt(300) + 0.75, 1e-9);
  // f = 1 + 100 * 4.605^2; in units of sigma = 2 gaps are 1/4 and 1/8, e = gap / (1 + (x / 5)^(1/3)).
  const double log_f = std::log(1 + 100 * log * log), x = 2 * (log_f + std::sqrt(3.14159265358979 * log_f) + 1);
  const auto one = [&](double gap, double e) { return 2 * gap * (1 + 5 / (e * e) + x / ((gap - e) * (gap - e))); };
  const double share = 1 / (1 + std::cbrt(x / 5));
  EXPECT_NEAR(ucb_regret(kGaps, 100, 2), one(0.25, 0.25 * share) + one(0.125, 0.125 * share), 1e-8);
  EXPECT_LT(ucb_regret(kGaps, 100, 2), one(0.25, 0.25 * share * 1.01) + one(0.125, 0.125 * share));
  EXPECT_LT(ucb_regret(kGaps, 100, 2), one(0.25, 0.25 * share / 1.01) + one(0.125, 0.125 * share));
  EXPECT_NEAR(normal_lower(5, 2000), std::sqrt(8000) / 27, 1e-12);
  EXPECT_NEAR(hardness_h1(kGaps), 16 + 16 + 4, 1e-12);  // the best arm counts with 1/4
  EXPECT_NEAR(lucb_rounds(kGaps, 0.1), 292 * 36 * std::log(360) + 16, 1e-9);
  EXPECT_NEAR(hardness_h2(kGaps), 32, 1e-12);  // 2 / (1/16) and 3 / (1/4)
  // l = 1/2 + 1/2 + 1/3; 3 exp(-97 / (4/3 * 32))
  EXPECT_NEAR(successive_rejects_error(kGaps, 100), 3 * std::exp(-97 * 3.0 / 128), 1e-12);
  EXPECT_NEAR(sequential_halving_error(std::vector<double>{0, 1, 1, 1}, 128), 6 * std::exp(-2.0), 1e-12);
  EXPECT_NEAR(identification_rounds(10, 0.1), 10 * 0.8 * std::log(9), 1e-12);
  EXPECT_NEAR(private_passing(0.5, 64, 0.25), std::exp(-2) + 6 * std::exp(-4) / 4, 1e-12);
  const auto q = [](double gap, double n) { return private_passing(gap, n, 1); };
  const std::vector<double> gaps = {0, 0.1, 0.2, 0.3, 0.4};
  EXPECT_NEAR(private_halving_error(gaps, std::vector<int>{5, 3, 2, 1}, std::vector<double>{10, 20, 40}, 1),
              3 * q(0.2, 10) + q(0.1, 20) + q(0.2, 20) + q(0.1, 40), 1e-12);
  // eps = 1, u = 4, C = 7/3 + sqrt(2): 3 ln T 4 C^2 4 / D + (1 + pi^2 / 3) D.
  const double c = 7.0 / 3 + std::sqrt(2), pi = std::acos(-1.0);
  double robust = 0;
  for (const double gap : kGaps)
    if (gap > 0) robust += 48 * c * c * std::log(100) / gap + (1 + pi * pi / 3) * gap;
  EXPECT_NEAR(robust_ucb_regret(kGaps, 100, 1, 4), robust, 1e-8 * robust);
  EXPECT_NEAR(robust_ucb_regret(std::vector<double>{1}, std::exp(1), 0.5, 4) - 1 - pi * pi / 3,
              3 * std::pow(2 * (c - 0.5), 3) * 16, 1e-8);
}

// c = 6, d = 1/2: c / d^2 = 24, so with two arms x = (n - 1) sqrt(e) / 48, at most 1 up to n = 30.
TEST(EpsilonGreedyBound, ByHand) {
  const std::vector<double> gaps = {0, 0.5};
  EXPECT_NEAR(epsilon_greedy_regret(gaps, 6, 0.5, 30), 15, 1e-12);
  const auto at = [&](std::int64_t n) {
    return epsilon_greedy_regret(gaps, 6, 0.5, n) - epsilon_greedy_regret(gaps, 6, 0.5, n - 1);
  };
  const double x = 999 * std::sqrt(std::exp(1.0)) / 48;  // 34.31
  EXPECT_NEAR(at(1000), 0.5 * (0.024 + 48 * std::log(x) * std::pow(x, -4.8) + 16 * std::exp(1.0) * std::pow(x, -3)),
              1e-9);
  EXPECT_NEAR(at(40), 0.5, 1e-12);  // the sum is above 1
}

TEST(ExploreThenCommit, HasTheKnownRegretAndItsMinimum) {
  EXPECT_NEAR(commit_regret(38, 1000, 0.5), 25.768, 5e-4);
  EXPECT_NEAR(commit_regret(10, 1000, 0.5), 69.570, 5e-4);
  EXPECT_NEAR(commit_regret(100, 1000, 0.5), 50.081, 5e-4);
  EXPECT_NEAR(commit_regret(241, 10'000, 0.3), 73.714, 5e-4);
  EXPECT_NEAR(commit_regret(156, 10'000, 0.3), 58.513, 5e-4);
  EXPECT_NEAR(commit_bound(10'000, 0.3), 85.85, 5e-3);
  const auto best = [](double rounds, double gap) {
    int least = 1;
    for (int m = 1; m < rounds / 2; ++m)
      if (commit_regret(m, rounds, gap) < commit_regret(least, rounds, gap)) least = m;
    return least;
  };
  EXPECT_EQ(best(1000, 0.5), 38);
  EXPECT_EQ(best(10'000, 0.3), 156);
}

}  // namespace
}  // namespace bellwether::bounds
