#include "proofs_checks/bounds/bandits_stochastic.h"

#include <cmath>
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
