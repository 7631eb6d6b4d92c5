#include "bandits/arms/process.h"

#include <cmath>
#include <vector>

#include <Eigen/LU>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/kernel.h"
#include "bandits/linear/gaussian_process.h"
#include "bandits/run.h"

namespace bellwether::bandits {
namespace {

Eigen::MatrixXd prior(int points) {
  Eigen::MatrixXd covariance(points, points);
  for (int i = 0; i < points; ++i)
    for (int j = 0; j < points; ++j) {
      const double x = i / 20.0, y = j / 20.0;
      covariance(i, j) = radial_kernel({&x, 1}, {&y, 1}, 0.2);
    }
  return covariance;
}

// Textbook: mean K_*^T (K + s^2 I)^-1 y over all observations, one row each.
TEST(GaussianProcess, FollowsTheTextbook) {
  const Eigen::MatrixXd k = prior(15);
  GaussianProcess process(k, 0.04);
  std::vector<int> seen;
  std::vector<double> values;
  for (int t = 0; t < 60; ++t) {
    seen.push_back((t * 7) % 15 / 2);
    values.push_back(std::sin(t));
    process.add(seen.back(), values.back());
  }
  const auto n = static_cast<Eigen::Index>(seen.size());
  Eigen::MatrixXd among(n, n), across(n, 15);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j)
      among(i, j) = k(seen[static_cast<std::size_t>(i)], seen[static_cast<std::size_t>(j)]) + (i == j ? 0.04 : 0);
    for (Eigen::Index j = 0; j < 15; ++j) across(i, j) = k(seen[static_cast<std::size_t>(i)], j);
  }
  const Eigen::MatrixXd inverse = among.inverse();
  const Eigen::VectorXd mean = across.transpose() * inverse * Eigen::Map<Eigen::VectorXd>(values.data(), n);
  const Eigen::MatrixXd covariance = k - across.transpose() * inverse * across;
  EXPECT_LT((process.mean() - mean).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_LT((process.covariance() - covariance).cwiseAbs().maxCoeff(), 1e-9);
  process.refresh();
  EXPECT_LT((process.mean() - mean).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_LT((process.covariance() - covariance).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(GaussianProcess, StaysRightForThousandsOfObservations) {
  const Eigen::MatrixXd k = prior(20);
  GaussianProcess process(k, 0.01), fresh(k, 0.01);
  Stream stream(1);
  for (int t = 0; t < 2999; ++t) {
    const int point = static_cast<int>(stream.below(20));
    process.add(point, std::cos(point));
    fresh.add(point, std::cos(point));
  }
  fresh.refresh();
  EXPECT_LT((process.covariance() - fresh.covariance()).cwiseAbs().maxCoeff(), 1e-8);
  EXPECT_LT((process.mean() - fresh.mean()).cwiseAbs().maxCoeff(), 1e-6);
}

TEST(ProcessArms, DrawsFunctionsWithTheCovarianceOfTheKernel) {
  const std::vector<double> points = {0, 0.1, 0.5};
  double squares = 0, near = 0, far = 0;
  constexpr int kDraws = 20'000;
  Stream stream(2);
  for (int i = 0; i < kDraws; ++i) {
    const auto f = draw_function(points, 0.2, stream);
    squares += f[0] * f[0];
    near += f[0] * f[1];
    far += f[0] * f[2];
  }
  EXPECT_NEAR(squares / kDraws, 1, 0.04);
  EXPECT_NEAR(near / kDraws, std::exp(-0.125), 0.04);
  EXPECT_NEAR(far / kDraws, std::exp(-0.25 / 0.08), 0.04);
}

TEST(GpUcb, WidthByHand) {
  const auto bandit = find_family("process-arms")->make({{"arms", "10"}}).bandit;
  const auto agent = make_gp_ucb(bandit->world(100), {.delta = 0.1}, Stream(0));
  const auto game = bandit->start(100, Stream(0));
  agent->choose(game->next());
  const double pi = 3.14159265358979323846;
  EXPECT_NEAR(*agent->optimistic_mean(3), std::sqrt(2 * std::log(10 * pi * pi / 0.6)), 1e-12);
  game->next();
  agent->choose(game->next());
  EXPECT_NEAR(*agent->optimistic_mean(3), std::sqrt(2 * std::log(10 * 9 * pi * pi / 0.6)), 1e-12);
}

TEST(GpUcb, RegretARoundFalls) {
  double first = 0, last = 0;
  for (int seed = 0; seed < 5; ++seed) {
    const auto bandit = find_family("process-arms")->make({{"seed", std::to_string(seed)}}).bandit;
    const auto agent = make_gp_ucb(bandit->world(1000), {}, Stream(0));
    const auto run = run_rounds(*bandit, *agent, Stream(3), {.length = 1000, .checkpoints = {100, 900, 1000}});
    EXPECT_TRUE(run.optimistic);
    first += run.rows[0].pseudo_regret;
    last += run.rows[2].pseudo_regret - run.rows[1].pseudo_regret;
  }
  EXPECT_LT(last, 0.1 * first);
}

}  // namespace
}  // namespace bellwether::bandits
