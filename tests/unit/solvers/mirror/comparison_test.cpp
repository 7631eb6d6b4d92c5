#include "solvers/mirror/comparison.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/solvers/mirror/models.h"

namespace bellwether::test {
namespace {

using solvers::OptimiserCurve;

TEST(CompareOptimisers, ShowsEightCurvesUnderTheirBounds) {
  const auto curves = solvers::compare_optimisers(garnet_problem(1), 80);
  ASSERT_EQ(curves.size(), 8);
  for (const OptimiserCurve& curve : curves) {
    ASSERT_EQ(curve.gap.size(), 81) << curve.name;
    EXPECT_EQ(curve.gap[0], curves[0].gap[0]) << curve.name;
    if (curve.bound.empty()) continue;
    ASSERT_EQ(curve.bound.size(), 81) << curve.name;
    for (std::size_t k = 0; k <= 80; ++k) EXPECT_LE(curve.gap[k], curve.bound[k] + 1e-12) << curve.name << " " << k;
  }
  EXPECT_LT(curves[0].gap[20], 1e-12);  // policy iteration
  for (const int adaptive : {1, 2, 3}) EXPECT_LT(curves[static_cast<std::size_t>(adaptive)].gap[80], 1e-2);
  EXPECT_GT(curves[6].gap[80], curves[5].gap[80]);  // the theorem's step is short
}

TEST(CompareOnBandit, ShowsThePlateau) {
  const auto curves = solvers::compare_on_bandit({1, 0.8, 0.1}, {0, 8, 0}, 2000);
  ASSERT_EQ(curves.size(), 5);
  for (const OptimiserCurve& curve : curves) {
    ASSERT_EQ(curve.gap.size(), 2001) << curve.name;
    for (std::size_t k = 0; k < curve.bound.size(); ++k) EXPECT_LE(curve.gap[k], curve.bound[k]) << curve.name;
  }
  EXPECT_LT(curves[0].gap.back(), 0.03);
  EXPECT_GT(curves[1].gap.back(), 0.19);
  EXPECT_LT(curves[4].gap.back(), 1e-6);
}

}  // namespace
}  // namespace bellwether::test
