#include "proofs_checks/bounds/linear_regret.h"

#include <cmath>

#include <gtest/gtest.h>

namespace bellwether::bounds {
namespace {

// d = 3, H = 2, K = 12, lambda = 4, delta = 2 / e^2: ln(1 + 12 / 12) = ln 2, ln(1 + 24 * 4 / 12) = ln 9, T = 24.
TEST(LinearRegret, FormulasOfNumbersComputedByHand) {
  const LinearSize size{.dimension = 3, .horizon = 2, .episodes = 12, .delta = 2 / std::exp(2.0)};
  const double martingale = 2 * std::sqrt(2 * 24 * 2.0);
  EXPECT_NEAR(elliptical_potential(3, 24, 2, 4), 6 * std::log(9.0), 1e-13);
  EXPECT_NEAR(determinant_doublings(3, 12, 1, 4), 3, 1e-13);
  EXPECT_NEAR(lsvi_ucb_regret(size, 5, 4), 20 * std::sqrt(12 * 6 * std::log(2.0)) + martingale, 1e-11);
  EXPECT_NEAR(ucrl_vtr_regret(size, 5, 4),
              2 * 3 * std::log(9.0) / std::log(2.0) + 20 * std::sqrt(3 * 24 * std::log(9.0)) + martingale, 1e-11);
  EXPECT_NEAR(linear_mdp_shape(size), 3 * std::sqrt(96.0), 1e-12);
  EXPECT_NEAR(ucrl_vtr_plus_shape(size), std::sqrt((36.0 + 24) * 24), 1e-12);
}

TEST(LinearRegret, HardMixturesKeepTheirProbabilities) {
  const LinearSize least{.dimension = 5, .horizon = 6, .episodes = 48};
  EXPECT_TRUE(hard_mixture_applies(least));
  EXPECT_NEAR(4 * hard_mixture_advantage(least), 1.0 / 24, 1e-15) << "a quarter of 1 / H";
  EXPECT_FALSE(hard_mixture_applies({.dimension = 5, .horizon = 6, .episodes = 47}));
  EXPECT_FALSE(hard_mixture_applies({.dimension = 3, .horizon = 6, .episodes = 480}));
  EXPECT_NEAR(hard_mixture_regret(least), 3 * 4 * std::sqrt(288.0) / 77, 1e-13);
}

// R = rho e: A1 = ln(1 + 10 * 4 / (2 * 5)) = ln 5, A2 = ln(32 * 2 * 100 / .5) = ln 12800.
TEST(WeightedBernstein, ByHand) {
  const Noise noise{.deviation = 0.5, .range = 0.1 * std::exp(1.0), .weighted_range = 0.1};
  EXPECT_NEAR(weighted_bernstein(noise, 2, 10, 2, 5, 0.5),
              6 * std::sqrt(2 * std::log(5) * std::log(12800)) + 3 * std::log(12800), 1e-9);
}

}  // namespace
}  // namespace bellwether::bounds
