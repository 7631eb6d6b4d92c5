#include "solvers/online/linear/lsvi_plus_plus.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Cholesky>
#include <gtest/gtest.h>

#include "mdp/instances/linear.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/linear/radius.h"

namespace bellwether::online {
namespace {

constexpr int kH = 3;
constexpr double kScale = 0.01;

/// Everything that was seen with its weight, fitted anew by Cholesky; plans when the determinant of a stage has
/// doubled.
class Naive {
 public:
  explicit Naive(const EpisodicWorld& world)
      : world_(world),
        radii_(plus_plus_radii({.dimension = 3, .horizon = kH, .episodes = 600, .delta = 0.05}, 1.0 / (kH * kH))),
        seen_(kH),
        planned_det_(kH, 3 * std::log(1.0 / (kH * kH))),
        q(kH, std::vector<double>(12, kH)),
        low(kH, std::vector<double>(12, 0.0)),
        v(kH + 1, std::vector<double>(6)),
        lower(v) {}

  void plan() {
    bool due = plans == 0;
    for (std::size_t h = 0; h < kH; ++h) {
      const double det = 2 * fit(h, v[h + 1]).first.matrixLLT().diagonal().array().log().sum();
      if (det <= planned_det_[h] + std::log(2.0)) continue;
      due = true;
      planned_det_[h] = det;
    }
    if (!due) return;
    ++plans;
    for (std::size_t h = kH; h-- > 0;) plan_stage(h);
  }
  void learn(std::span<const Step> steps) {
    for (std::size_t h = 0; h < kH; ++h) seen_[h].push_back({steps[h], weight(h, steps[h].choice)});
  }

 private:
  struct Seen {
    Step step;
    double weight;
  };
  Eigen::VectorXd phi(std::int64_t c) const { return world_.features->matrix().row(c); }
  std::pair<Eigen::LLT<Eigen::MatrixXd>, Eigen::VectorXd> fit(std::size_t h, const std::vector<double>& next) const {
    Eigen::MatrixXd sigma = Eigen::MatrixXd::Identity(3, 3) / (kH * kH);
    Eigen::VectorXd b = Eigen::VectorXd::Zero(3);
    for (const Seen& seen : seen_[h]) {
      sigma += seen.weight * phi(seen.step.choice) * phi(seen.step.choice).transpose();
      b += seen.weight * next[static_cast<std::size_t>(seen.step.next)] * phi(seen.step.choice);
    }
    const Eigen::LLT<Eigen::MatrixXd> factor(sigma);
    return {factor, factor.solve(b)};
  }
  void plan_stage(std::size_t h) {
    const auto [factor, w] = fit(h, v[h + 1]);
    const Eigen::VectorXd u = fit(h, lower[h + 1]).second;
    const double most = kH - static_cast<double>(h);
    for (std::size_t c = 0; c < 12; ++c) {
      const Eigen::VectorXd x = phi(static_cast<std::int64_t>(c));
      const double norm = std::sqrt(x.dot(factor.solve(x))), r = world_.mean_reward[c];
      q[h][c] = std::min(q[h][c], r + w.dot(x) + kScale * radii_.optimistic * norm);
      low[h][c] = std::max(low[h][c], r + u.dot(x) - kScale * radii_.pessimistic * norm);
    }
    for (std::size_t s = 0; s < 6; ++s) {
      v[h][s] = std::clamp(std::max(q[h][2 * s], q[h][2 * s + 1]), 0.0, most);
      lower[h][s] = std::min(most, std::max(low[h][2 * s], low[h][2 * s + 1]));
    }
  }
  double weight(std::size_t h, std::int64_t choice) {
    std::vector<double> squares = v[h + 1];
    for (double& x : squares) x *= x;
    const Eigen::VectorXd x = phi(choice);
    const auto [factor, w] = fit(h, v[h + 1]);
    const double sb2 = plus_plus_variance({.mean = w.dot(x),
                                           .square = fit(h, squares).second.dot(x),
                                           .low = fit(h, lower[h + 1]).second.dot(x),
                                           .norm = std::sqrt(x.dot(factor.solve(x))),
                                           .horizon = kH,
                                           .dimension = 3,
                                           .correction = std::pow(kScale, 4),
                                           .pessimistic_radius = kScale * radii_.pessimistic,
                                           .square_radius = kScale * radii_.square});
    smallest_weight = std::min(smallest_weight, 1 / sb2);
    return 1 / sb2;
  }

  EpisodicWorld world_;
  PlusPlusRadii radii_;
  std::vector<std::vector<Seen>> seen_;
  std::vector<double> planned_det_;

 public:
  std::vector<std::vector<double>> q, low, v, lower;
  int plans = 0;
  double smallest_weight = 1;
};

TEST(LsviPlusPlus, FollowsAPlainWeightedFit) {
  const auto instance = mdp::linear_mdp({.states = 6, .actions = 2, .dimension = 3, .horizon = kH});
  const EpisodicTask task(instance.model, kH, instance.linear);
  const EpisodicWorld world = world_of(task, 600);
  const auto agent = make_lsvi_plus_plus(world, {.constant = "0.01"}, Stream(1));
  const auto& linear = dynamic_cast<const LinearAgent&>(*agent);
  Naive naive(world);
  Stream stream(6);
  for (int k = 0; k < 600; ++k) {
    agent->plan(k);
    naive.plan();
    for (int s = 0; s < 6; ++s) {
      for (int h = 0; h < kH; ++h)
        ASSERT_NEAR(linear.value(h, s), naive.v[static_cast<std::size_t>(h)][static_cast<std::size_t>(s)], 1e-8) << k;
      ASSERT_NEAR(*agent->pessimistic_value(s), naive.lower[0][static_cast<std::size_t>(s)], 1e-8) << k;
    }
    std::vector<Step> steps;
    for (int h = 0; h < kH; ++h) {
      const auto c = static_cast<std::int32_t>(stream.below(12));
      steps.push_back({c / 2, c, static_cast<std::int32_t>(stream.below(6)), 0});
    }
    agent->learn(steps);
    naive.learn(steps);
  }
  EXPECT_GT(naive.plans, 5);
  EXPECT_LT(naive.plans, 60);
  EXPECT_GT(naive.lower[0][0], 0.1) << "lower values say something";
  EXPECT_LT(naive.v[0][0], 2.9) << "and so do upper ones";
  EXPECT_LT(naive.smallest_weight, 0.2);
}

TEST(LsviPlusPlus, VarianceOfNumbersComputedByHand) {
  // d = 2, H = 2; [V] = 3 - 1; E = min{.5 * 2, 4} + min{2 * 2 * .25 * 2, 4} = 3;
  // D = min{4 * 8 * .01 * 4 (1 - .5 + 2 * .25 * 2), 8 * .01 * 8} = min{1.92, .64}; H = 2; floor 4 * .08^2 * 16 * 2.
  VarianceTerms terms{.mean = 1,
                      .square = 3,
                      .low = 0.5,
                      .norm = 2,
                      .horizon = 2,
                      .dimension = 2,
                      .correction = 0.01,
                      .pessimistic_radius = 0.25,
                      .square_radius = 0.5};
  EXPECT_NEAR(plus_plus_variance(terms), 2 + 3 + 0.64 + 2, 1e-14);
  terms.norm = 0.125;
  // E = .0625 + .125; D = min{1.28 (.5 + .0625), .64} = .64.
  EXPECT_NEAR(plus_plus_variance(terms), 2 + 0.1875 + 0.64 + 2, 1e-14);
  terms.correction = 1;
  EXPECT_NEAR(plus_plus_variance(terms), 4 * 64 * 16 * 0.125, 1e-11);
  // sigma^2 would be 2 - 4 + D: never below H.
  VarianceTerms odd{.mean = 2, .square = 2, .low = 3, .horizon = 2, .dimension = 2, .correction = 0.01};
  EXPECT_EQ(plus_plus_variance(odd), 2);
}

}  // namespace
}  // namespace bellwether::online
