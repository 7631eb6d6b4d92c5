#include "core/ridge.h"

#include <cmath>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <gtest/gtest.h>

#include "core/sampling.h"
#include "core/stream.h"

namespace bellwether {
namespace {

std::vector<double> drawn(int dimension, Stream& stream) {
  std::vector<double> x(static_cast<std::size_t>(dimension));
  for (double& entry : x) entry = sample_normal(stream);
  return x;
}

Eigen::VectorXd vector(const std::vector<double>& x) {
  return Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size()));
}

/// V and b by plain sums.
struct Plain {
  Eigen::MatrixXd v;
  Eigen::VectorXd b;
  void add(const std::vector<double>& x, double y, double weight) {
    v += weight * vector(x) * vector(x).transpose();
    b += weight * y * vector(x);
  }
};

void expect_same(const Ridge& ridge, const Plain& plain, double log_det_start) {
  const Eigen::MatrixXd inverse = plain.v.inverse();
  EXPECT_LT((ridge.root() * ridge.root().transpose() - inverse).cwiseAbs().maxCoeff(), 1e-8);
  EXPECT_LT((ridge.theta() - inverse * plain.b).cwiseAbs().maxCoeff(), 1e-8);
  const Eigen::LLT<Eigen::MatrixXd> factor(plain.v);
  const double log_det = 2 * factor.matrixLLT().diagonal().array().log().sum();
  EXPECT_NEAR(ridge.log_det_growth(), log_det - log_det_start, 1e-8);
}

// 10^4 observations, 999 of them since the last refresh; long ones and nearly parallel ones among them.
TEST(Ridge, FollowsAFreshFactorisation) {
  constexpr int kDimension = 20;
  Stream stream(3);
  Ridge ridge(kDimension, 0.5);
  Plain plain{0.5 * Eigen::MatrixXd::Identity(kDimension, kDimension), Eigen::VectorXd::Zero(kDimension)};
  std::vector<double> x = drawn(kDimension, stream);
  for (int t = 0; t < 10'999; ++t) {
    if (t % 3 == 0) x = drawn(kDimension, stream);
    if (t % 100 == 1) x[0] *= 1000;
    const double y = sample_normal(stream), weight = 0.1 + stream.uniform();
    ridge.add(x, y, weight);
    plain.add(x, y, weight);
  }
  expect_same(ridge, plain, kDimension * std::log(0.5));
  EXPECT_LT((ridge.precision() - plain.v).cwiseAbs().maxCoeff() / plain.v.cwiseAbs().maxCoeff(), 1e-12);
}

TEST(Ridge, FollowsWithoutARefreshToo) {
  Stream stream(4);
  Ridge ridge(5, 1);
  Plain plain{Eigen::MatrixXd::Identity(5, 5), Eigen::VectorXd::Zero(5)};
  for (int t = 0; t < Ridge::kRefresh - 1; ++t) {
    const auto x = drawn(5, stream);
    EXPECT_FALSE(ridge.add(x, 1).refreshed);
    plain.add(x, 1, 1);
  }
  expect_same(ridge, plain, 0);
  EXPECT_TRUE(ridge.add(drawn(5, stream), 1).refreshed);
}

TEST(Ridge, SaysWhatAnObservationDoesToAnyArm) {
  Stream stream(5);
  Ridge ridge(4, 2);
  const auto arm = drawn(4, stream);
  for (int t = 0; t < 50; ++t) {
    const double norm = ridge.squared_norm(arm), mean = ridge.theta().dot(vector(arm));
    const auto x = drawn(4, stream);
    const double own = ridge.squared_norm(x);
    const Ridge::Update update = ridge.add(x, 3, 0.5);
    const double along = ridge.direction().dot(vector(arm));
    EXPECT_NEAR(update.squared_norm, own, 1e-14);
    EXPECT_NEAR(ridge.squared_norm(arm), norm - along * along * update.shrink, 1e-13);
    EXPECT_NEAR(ridge.theta().dot(vector(arm)), mean + along * update.shift, 1e-13);
  }
}

TEST(Ridge, StartsFromWhatWasGathered) {
  Stream stream(6);
  Ridge all(3, 1), first(3, 1);
  std::vector<std::vector<double>> points;
  Plain plain{Eigen::MatrixXd::Identity(3, 3), Eigen::VectorXd::Zero(3)};
  for (int t = 0; t < 20; ++t) {
    points.push_back(drawn(3, stream));
    all.add(points.back(), t);
    if (t < 10) plain.add(points.back(), t, 1);
  }
  Ridge second(plain.v, plain.b);
  EXPECT_EQ(second.log_det_growth(), 0);
  for (int t = 10; t < 20; ++t) second.add(points[static_cast<std::size_t>(t)], t);
  EXPECT_LT((second.theta() - all.theta()).norm(), 1e-12);
  EXPECT_LT((second.solve(all.theta()) - all.solve(all.theta())).norm(), 1e-12);
}

TEST(Ridge, DisplacementsHaveTheCovarianceOfTheInverse) {
  Stream stream(7);
  Ridge ridge(3, 1);
  for (int t = 0; t < 30; ++t) ridge.add(drawn(3, stream), 1);
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(3, 3);
  Eigen::VectorXd noise(3), out(3);
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    for (double& entry : noise) entry = sample_normal(stream);
    ridge.displace(noise, 2, out);
    out -= ridge.theta();
    sum += out * out.transpose();
  }
  const Eigen::MatrixXd inverse = ridge.precision().inverse();
  EXPECT_LT((sum / kDraws - 4 * inverse).norm(), 0.02 * (4 * inverse).norm());
}

TEST(LazySwitch, WaitsForTheDeterminantToGrow) {
  LazySwitch doubling(2);
  EXPECT_FALSE(doubling.due(std::log(2)));
  EXPECT_TRUE(doubling.due(std::log(2.1)));
  EXPECT_FALSE(doubling.due(std::log(4.1)));
  EXPECT_TRUE(doubling.due(std::log(4.3)));
}

// Switches at doubling: at most (d / ln 2) ln(1 + T L^2 / (d lambda)) of them.
TEST(LazySwitch, SwitchesSeldom) {
  Stream stream(8);
  Ridge ridge(6, 1);
  LazySwitch doubling(2);
  int switches = 0;
  for (int t = 0; t < 20'000; ++t) {
    auto x = drawn(6, stream);
    const double norm = vector(x).norm();
    for (double& entry : x) entry /= norm;
    ridge.add(x, 0);
    if (doubling.due(ridge.log_det_growth())) ++switches;
  }
  EXPECT_LE(switches, 6 / std::log(2) * std::log(1 + 20'000.0 / 6));
  EXPECT_GE(switches, 30);
}

}  // namespace
}  // namespace bellwether
