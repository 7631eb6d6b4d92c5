#include "proofs_checks/bounds/bandits_structured.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace bellwether::bounds {
namespace {

// T = 1024, K = 2, sigma = .1: r_e = .1 sqrt(2 ln 40960 / 2^e) = .460871 / 2^(e / 2).
TEST(StructuredBounds, RepeatedExposuresByHand) {
  const std::vector<double> gaps = {0, .5};
  // 4 r_{e-1} >= .5 as long as 2^(e - 1) <= 13.6: epochs 1 to 4, four times 2 * 10 for burn-in and .5 (2 + 4 + 8 + 16).
  EXPECT_NEAR(repeated_exposure_regret(gaps, .1, 10, 1024), 1 + 4 * 20 + 15, 1e-12);
  EXPECT_NEAR(repeated_exposure_regret(gaps, .1, 0, 1024), 16, 1e-12);
  // Two arms that are both best are never told apart: ten epochs of burn-in.
  EXPECT_NEAR(repeated_exposure_regret(std::vector<double>{0, 0}, .1, 10, 1024), 1 + 10 * 20, 1e-12);
  EXPECT_EQ(repeated_exposure_regret(std::vector<double>{0}, .1, 10, 1024), 1);
}

// rho + tau (1 - rho) = .9 + .25 * .1 = .925
TEST(StructuredBounds, RelaxationByHand) {
  EXPECT_NEAR(relaxation_iterations(0.9, 0.25, 1e-8), 1 + 8 * std::log(10) / -std::log(0.925), 1e-9);
  EXPECT_NEAR(relaxation_iterations(0.1, 0, 1e-8), 9, 1e-12);
}

}  // namespace
}  // namespace bellwether::bounds
