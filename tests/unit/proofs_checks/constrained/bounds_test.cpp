#include <cmath>

#include <gtest/gtest.h>

#include "proofs_checks/bounds/constrained.h"

namespace bellwether::bounds {
namespace {

TEST(ConstrainedBounds, ByHand) {
  EXPECT_DOUBLE_EQ(npg_primal_dual_gap(100, .5), 7 / .25 / 10);
  EXPECT_DOUBLE_EQ(npg_primal_dual_excess(400, 0, .5), (4 + 2) / 20.0);
  EXPECT_DOUBLE_EQ(crpo_gap(100, 3, .5), std::sqrt(2 * std::log(3)) / .25 / 10);
  // Steps 2 / (3 sqrt k): 1 and 1 + 1/2 are the sums of 1/k, 1 and 1 + 1/sqrt 2 those of 1/sqrt k.
  EXPECT_DOUBLE_EQ(dual_ascent_gap(1, 4, 2, 3), 3 * (8 + 2) / 2.0);
  EXPECT_DOUBLE_EQ(dual_ascent_gap(2, 4, 2, 3), 3 * (8 + 3) / (2 + std::sqrt(2)));
  EXPECT_DOUBLE_EQ(dual_ascent_excess(1, 1.5, 2, 3), 3 * (1.5 + 2.5) / 2);
  EXPECT_DOUBLE_EQ(dual_ascent_excess(2, 1, 2, 3), 3 * (1 + std::sqrt(7)) / (2 + std::sqrt(2)));
  EXPECT_DOUBLE_EQ(largest_multipliers(3, .5), 6);
  EXPECT_EQ(positive_occupancies(6, 2), 8);
  EXPECT_DOUBLE_EQ(barrier_gap(2, 20), .1);
}

TEST(ConstrainedBounds, RegularisedBanditSolvesItsEquation) {
  const double p = regularised_bandit(.05);
  EXPECT_NEAR(p, .5495, 1e-4);
  EXPECT_NEAR((p - .5) / .05, .9901, 1e-4);
  for (const double tau : {.01, .05, .3}) {
    const double root = regularised_bandit(tau);
    EXPECT_NEAR(tau * std::log(root / (1 - root)), 1 - (root - .5) / tau, 1e-9);
  }
}

}  // namespace
}  // namespace bellwether::bounds
