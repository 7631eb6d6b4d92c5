#include "proofs_checks/bounds/bandits_linear.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace bellwether::bounds {
namespace {

// Worked out by hand, so that a constant or an exponent that slips shows.
TEST(LinearBanditBounds, AreTheTheoremsFormulas) {
  const LinearSize size{
      .rounds = 100, .dimension = 2, .feature_bound = 2, .parameter_bound = 3, .sigma = 0.5, .lambda = 4, .delta = 0.1};
  // 2 ln(1 + 100 * 4 / (2 * 4)) = 2 ln 51
  EXPECT_NEAR(log_det_growth(size), 7.863651265448650, 1e-12);
  EXPECT_EQ(elliptical_potential(3), 6);
  // .5 sqrt(2 ln 10 + 5) + 2 * 3
  EXPECT_NEAR(ellipsoid_radius(size, 5), 0.5 * std::sqrt(9.605170185988091) + 6, 1e-12);
  EXPECT_NEAR(oful_regret(size), ellipsoid_radius(size, log_det_growth(size)) * std::sqrt(800 * log_det_growth(size)),
              1e-9);
  EXPECT_NEAR(determinant_switches(size, 1), 7.863651265448650 / 0.693147180559945, 1e-11);
  // exp(-2) / 8 * 4 * 10
  EXPECT_NEAR(hypercube_regret(100, 4), 0.676676416183064, 1e-12);
  // 2 ln(6 * 9 pi^2 / (6 * .5)) = 2 ln(18 pi^2)
  EXPECT_NEAR(process_beta(6, 3, 0.5), 2 * std::log(18 * 9.869604401089358), 1e-12);
  // sqrt(8 * 100 * 4 * 3 / ln 5)
  EXPECT_NEAR(process_regret(100, 4, 3, 0.5), std::sqrt(9600 / 1.6094379124341), 1e-9);
  // 534 * 2 * (1 / .5 + 1 / .25) ln 100 + (pi^2 / 3 + 1) * 2 * 5
  EXPECT_NEAR(comb_ucb_regret(100, 2, 5, std::vector<double>{0.5, 0.25}), 6408 * 4.605170185988091 + 42.8986813369645,
              1e-8);
  // 47 sqrt(2 * 5 * 100 * ln 100) + the same
  EXPECT_NEAR(comb_ucb_worst_regret(100, 2, 5), 47 * std::sqrt(4605.170185988091) + 42.8986813369645, 1e-9);
}

}  // namespace
}  // namespace bellwether::bounds
