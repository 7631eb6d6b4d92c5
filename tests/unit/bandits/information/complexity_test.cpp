#include "bandits/information/complexity.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::bandits {
namespace {

using Means = std::vector<double>;

TEST(LaiRobbins, IsTheKnownConstant) {
  const LawFamily coins;
  EXPECT_NEAR(lai_robbins_constant(Means{0.9, 0.8}, coins), 2.2521, 5e-5);
  EXPECT_NEAR(lai_robbins_constant(Means{0.1, 0.05, 0.05, 0.05, 0.02, 0.02, 0.02, 0.01, 0.01, 0.01}, coins), 17.4452,
              5e-5);
  EXPECT_NEAR(lai_robbins_constant(Means{0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4}, coins), 44.6971, 5e-5);
  EXPECT_EQ(lai_robbins_constant(Means{0.5, 0.5}, coins), 0);
  EXPECT_EQ(lai_robbins_constant(Means{0, 1}, coins), 0) << "one failure tells";
  // Normal laws: sum of 2 sigma^2 / gap.
  EXPECT_DOUBLE_EQ(lai_robbins_constant(Means{1, 0.5, 0}, LawFamily::gaussian(2)), 2 * 4 / 0.5 + 2 * 4 / 1.0);
}

TEST(Complexity, H1AndH2ByHand) {
  const Means means = {0.3, 0.5, 0.1, 0.25};  // gaps 0, 0.2, 0.25, 0.4
  EXPECT_THAT(gaps(means), testing::ElementsAre(0.2, 0, 0.4, 0.25));
  EXPECT_NEAR(complexity_h1(means), 25 + 25 + 16 + 6.25, 1e-9);
  EXPECT_NEAR(complexity_h2(means), 2 / 0.04, 1e-9);
  EXPECT_NEAR(complexity_h2(Means{0.5, 0.1, 0.1, 0.1}), 4 / 0.16, 1e-9);
  EXPECT_EQ(complexity_h1(Means{0.5, 0.5}), std::numeric_limits<double>::infinity());
  EXPECT_EQ(complexity_h1(Means{0.5}), 0);
  EXPECT_EQ(complexity_h2(Means{0.5}), 0);
}

}  // namespace
}  // namespace bellwether::bandits
