#include "proofs_checks/bounds/mirror.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace bellwether::bounds {
namespace {

// Worked out by hand, so that a constant or an exponent that slips shows.
TEST(MirrorBounds, AreTheTheoremsFormulas) {
  // log(4) / (.1 * 2 * 10) + 1 / (.01 * 10)
  EXPECT_NEAR(natural_gradient_error(10, 2, 4, 0.9), 0.693147180559945 + 10, 1e-12);
  EXPECT_NEAR(adaptive_mirror_error(2, 3, 0.5, 0.5), 0.25 * (3 + 0.5), 1e-15);
  // 16 * 3 * 4 / (.25 * (1/64) * 10 * .2)
  EXPECT_NEAR(softmax_gradient_error(10, 3, 0.5, 2, 0.2, 0.5), 24576, 1e-8);
  EXPECT_NEAR(softmax_domination(6, 0.25, 9, 2), 0.25, 1e-15);
  // 64 * .5 * 3 * 2 * 4 / ((1/64) * .01)
  EXPECT_NEAR(projected_gradient_iterations(0.1, 3, 2, 2, 0.5), 4915200, 1e-5);
  EXPECT_NEAR(regularised_factor(10, 0.1, 0.9), 0.95, 1e-15);
  EXPECT_EQ(regularised_factor(std::numeric_limits<double>::infinity(), 0.1, 0.9), 0.9);
  // .9 * .95^2 * (1 + 2 * .1 * .5 * 4)
  EXPECT_NEAR(regularised_mirror_error(3, 1, 4, 10, 0.1, 0.9), 1.13715, 1e-12);
  EXPECT_NEAR(dynamic_gradient_error(100, 5, 4, 3), 7.2, 1e-12);
}

}  // namespace
}  // namespace bellwether::bounds
