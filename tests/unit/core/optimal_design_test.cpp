#include "core/optimal_design.h"

#include <cmath>
#include <numbers>

#include <Eigen/LU>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sampling.h"
#include "core/stream.h"

namespace bellwether {
namespace {

Eigen::MatrixXd drawn(int count, int dimension, std::uint64_t seed) {
  Stream stream(seed);
  Eigen::MatrixXd points(count, dimension);
  for (double& entry : points.reshaped()) entry = sample_normal(stream);
  return points;
}

double largest_leverage(const Eigen::MatrixXd& points, const std::vector<double>& weights) {
  const Eigen::Map<const Eigen::VectorXd> w(weights.data(), static_cast<Eigen::Index>(weights.size()));
  const Eigen::MatrixXd inverse = (points.transpose() * w.asDiagonal() * points).inverse();
  return (points * inverse).cwiseProduct(points).rowwise().sum().maxCoeff();
}

TEST(OptimalDesign, OrthonormalPointsAreWeightedAlike) {
  for (const int d : {1, 2, 7}) {
    const Design design = optimal_design(Eigen::MatrixXd::Identity(d, d));
    for (const double weight : design.weights) EXPECT_DOUBLE_EQ(weight, 1.0 / d);
    EXPECT_NEAR(design.largest_leverage, d, 1e-12);
    EXPECT_EQ(design.steps, 0);
  }
}

TEST(OptimalDesign, PointsOnACircle) {
  Eigen::MatrixXd points(20, 2);
  for (int i = 0; i < 20; ++i) {
    const double angle = 2 * std::numbers::pi * i / 20;
    points.row(i) << std::cos(angle), std::sin(angle);
  }
  const Design design = optimal_design(points);
  EXPECT_NEAR(design.largest_leverage, 2, 1e-6);
}

TEST(OptimalDesign, ReachesTheDimensionOnRandomPoints) {
  for (const int d : {2, 5, 10, 20}) {
    const Eigen::MatrixXd points = drawn(200, d, static_cast<std::uint64_t>(d));
    const Design design = optimal_design(points, {.tolerance = 1e-9});
    ASSERT_TRUE(design.converged) << d;
    EXPECT_NEAR(largest_leverage(points, design.weights), d, 2e-9 * d);
    EXPECT_LE(design.support(), d * (d + 1) / 2);
    double sum = 0;
    for (const double weight : design.weights) sum += weight;
    EXPECT_NEAR(sum, 1, 1e-12);
    EXPECT_LT(design.steps, 20'000) << d;
  }
}

TEST(OptimalDesign, StopsAtTwiceTheDimensionSoon) {
  const Eigen::MatrixXd points = drawn(500, 10, 3);
  const Design design = optimal_design(points, {.tolerance = 1});
  EXPECT_LE(design.largest_leverage, 20);
  EXPECT_NEAR(design.largest_leverage, largest_leverage(points, design.weights), 1e-9);
  EXPECT_LT(design.steps, 60);
}

// (1, 0), (0, 1), (s, s): by symmetry a weight p each on the first two; log det(V) = log(p (2 - 3 p) ...) by hand for
// s = 1: det = p^2 + 2 p (1 - 2 p), largest at p = 1/3.
TEST(OptimalDesign, ThreePointsByHand) {
  const Eigen::MatrixXd points{{1, 0}, {0, 1}, {1, 1}};
  const Design design = optimal_design(points, {.tolerance = 1e-12});
  for (const double weight : design.weights) EXPECT_NEAR(weight, 1.0 / 3, 1e-6);
}

TEST(OptimalDesign, DropsPointsInsideTheOthers) {
  const Eigen::MatrixXd points{{1, 0}, {0, 1}, {0.3, 0.3}, {0.1, 0}};
  const Design design = optimal_design(points);
  EXPECT_THAT(design.weights, testing::Pointwise(testing::DoubleNear(1e-9), {0.5, 0.5, 0.0, 0.0}));
}

TEST(OptimalDesign, LivesInTheSpanOfThePoints) {
  Eigen::MatrixXd points = Eigen::MatrixXd::Zero(30, 6);
  points.leftCols(3) = drawn(30, 3, 9);
  const Eigen::MatrixXd turned = points * drawn(6, 6, 10);
  const Design flat = optimal_design(points), lifted = optimal_design(turned);
  EXPECT_EQ(lifted.rank, 3);
  EXPECT_NEAR(lifted.largest_leverage, 3, 1e-5);
  EXPECT_NEAR(flat.largest_leverage, 3, 1e-5);
  EXPECT_EQ(span_basis(turned).cols(), 3);
  EXPECT_EQ(optimal_design(Eigen::MatrixXd::Zero(4, 2)).rank, 0);
  const Design line = optimal_design(Eigen::MatrixXd{{1, 1}, {-3, -3}, {2, 2}});
  EXPECT_THAT(line.weights, testing::ElementsAre(0, 1, 0));
}

}  // namespace
}  // namespace bellwether
