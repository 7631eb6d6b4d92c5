#include "solvers/online/linear/radius.h"

#include <cmath>

#include <gtest/gtest.h>

namespace bellwether::online {
namespace {

TEST(LsviRadius, SolvesItsEquation) {
  for (const double lambda : {1.0, 0.25}) {
    const double d = 5, H = 7, K = 900, delta = 0.1, e = d * H / K;
    const double beta = lsvi_radius({.dimension = d, .horizon = H, .episodes = K, .delta = delta}, lambda);
    const double cover = d * std::log(1 + 8 * H * std::sqrt(d * K / lambda) / e) +
                         d * d * std::log(1 + 8 * std::sqrt(d) * beta * beta / (lambda * e * e));
    const double noise = 4 * H * H * (d / 2 * std::log((K + lambda) / lambda) + cover + std::log(2 * H / delta));
    EXPECT_NEAR(beta, 4 * H * std::sqrt(d * lambda) + std::sqrt(noise + 8 * K * K * e * e / lambda), 1e-9 * beta);
  }
}

// The published order, c d H sqrt(ln(2 d T / delta)): the constant that the proof needs stays within [2, 15].
TEST(LsviRadius, IsOfThePublishedOrder) {
  for (const double d : {4.0, 40.0, 400.0}) {
    for (const double H : {2.0, 20.0}) {
      for (const double K : {1e3, 1e6}) {
        const double order = d * H * std::sqrt(std::log(2 * d * K * H / 0.05));
        const double c = lsvi_radius({.dimension = d, .horizon = H, .episodes = K}, 1) / order;
        EXPECT_GT(c, 2);
        EXPECT_LT(c, 15);
      }
    }
  }
}

TEST(VtrRadius, OfNumbersComputedByHand) {
  // H = 2, d = 3, K = 6, lambda = 4: 1 + 6 * 8 / 12 = 5; n = 1, delta = 2 / e: ln(2 e / 2) = 1; sqrt(4) 0.5 = 1.
  EXPECT_NEAR(vtr_radius({.dimension = 3, .horizon = 2, .episodes = 6, .delta = 2 / std::exp(1.0)}, 4, 0.5, 1),
              std::sqrt(3 * std::log(5.0) + 2) + 1, 1e-14);
}

TEST(PlusPlusRadii, OfNumbersComputedByHand) {
  // d = 4, H = 2, lambda = 1/4, K = 10, delta = 0.5: l = ln(1 + 4 * 10 * 2 / 0.125) = ln 641; H sqrt(d lambda) = 2.
  const auto radii = plus_plus_radii({.dimension = 4, .horizon = 2, .episodes = 10, .delta = 0.5}, 0.25);
  const double l = std::log(641.0);
  EXPECT_NEAR(radii.optimistic, 2 + 2 * l, 1e-13);
  EXPECT_NEAR(radii.pessimistic, 2 + 16 * l, 1e-13);
  EXPECT_NEAR(radii.square, 4 + 32 * l, 1e-13);
}

TEST(VtrPlusRadii, OfNumbersComputedByHand) {
  // d = 4, H = 2, B = 2 (lambda 1/4), n = 3, k = 5, delta = 0.3: l = ln(4 * 25 * 3 / 0.3) = ln 1000; ln(1 + 20).
  const auto radii = vtr_plus_radii({.dimension = 4, .horizon = 2, .episodes = 10, .delta = 0.3}, 2, 3, 5);
  const double l = std::log(1000.0), growth = std::log(21.0);
  EXPECT_NEAR(radii.value, 8 * std::sqrt(4 * growth * l) + 8 * l + 1, 1e-12);
  EXPECT_NEAR(radii.variance, 32 * std::sqrt(growth * l) + 8 * l + 1, 1e-12);
  EXPECT_NEAR(radii.square, 8 * std::sqrt(64 * std::log(1 + 5 * 16 / 1.0) * l) + 16 * l + 1, 1e-12);
}

}  // namespace
}  // namespace bellwether::online
