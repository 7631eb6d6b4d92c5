// D-LinUCB, and linear arms whose parameter changes.
#include "bandits/linear/discounted.h"

#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/LU>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/drifting_linear.h"
#include "bandits/arms/family.h"
#include "bandits/linear/oful.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Plays both agents on the choices of the first; returns the largest difference of their indices.
double index_difference(const Bandit& bandit, Agent& one, Agent& other, int rounds) {
  const auto game = bandit.start(rounds, Stream(4));
  double worst = 0;
  for (int t = 1; t <= rounds; ++t) {
    const Round& round = game->next();
    const int arm = one.choose(round);
    other.choose(round);
    for (int a = 0; a < round.arms; ++a)
      worst = std::max(worst, std::abs(*one.optimistic_mean(a) - *other.optimistic_mean(a)));
    const Feedback seen{.round = t, .arm = arm, .reward = game->play(arm).reward, .feature = round.feature(arm)};
    one.learn(seen);
    other.learn(seen);
  }
  return worst;
}

TEST(DLinUcb, IsOfulWhenNothingIsForgotten) {
  const auto bandit = find_family("linear-arms")->make({{"dimension", "4"}}).bandit;
  const World world = bandit->world(300);
  DLinUcb all(world, {.discount = 1, .lambda = 0.5, .delta = 0.01});
  Oful oful(world, {.radius = "a-priori", .lambda = 0.5, .delta = 0.01});
  EXPECT_LT(index_difference(*bandit, all, oful, 300), 1e-9);
}

// Everything anew from the whole history, for sums of weights in place of recursions.
TEST(DLinUcb, WeighsByAgeInBothMatrices) {
  const double g = 0.9, lambda = 0.7;
  const auto bandit = find_family("linear-arms")->make({{"dimension", "3"}, {"sigma", "0.5"}}).bandit;
  const World world = bandit->world(60);
  DLinUcb agent(world, {.discount = g, .lambda = lambda, .delta = 0.05});
  const auto game = bandit->start(60, Stream(5));
  std::vector<std::pair<Eigen::Vector3d, double>> seen;
  for (int t = 1; t <= 60; ++t) {
    const Round& round = game->next();
    agent.choose(round);
    Eigen::Matrix3d v = lambda * Eigen::Matrix3d::Identity(), tilde = v;
    Eigen::Vector3d target = Eigen::Vector3d::Zero();
    for (std::size_t s = 0; s < seen.size(); ++s) {
      const double weight = std::pow(g, static_cast<double>(seen.size() - 1 - s));
      v += weight * seen[s].first * seen[s].first.transpose();
      tilde += weight * weight * seen[s].first * seen[s].first.transpose();
      target += weight * seen[s].second * seen[s].first;
    }
    const Eigen::Matrix3d inverse = v.inverse();
    const double radius =
        std::sqrt(lambda) * world.parameter_bound +
        0.5 * std::sqrt(2 * std::log(1 / 0.05) +
                        3 * std::log(1 + (1 - std::pow(g, 2.0 * (t - 1))) * std::pow(world.feature_bound, 2) /
                                             (3 * lambda * (1 - g * g))));
    for (int a = 0; a < round.arms; ++a) {
      const Eigen::Map<const Eigen::Vector3d> x(round.feature(a).data());
      const double index = x.dot(inverse * target) + radius * std::sqrt(x.dot(inverse * tilde * inverse * x));
      ASSERT_NEAR(*agent.optimistic_mean(a), index, 1e-9) << t << " " << a;
    }
    const int arm = t * 7 % round.arms;
    const double reward = game->play(arm).reward;
    agent.learn({.round = t, .arm = arm, .reward = reward, .feature = round.feature(arm)});
    seen.emplace_back(Eigen::Map<const Eigen::Vector3d>(round.feature(arm).data()), reward);
  }
}

TEST(DLinUcb, TakesItsDiscountFromTheVariation) {
  const World world = find_family("drifting-linear-arms")->make().bandit->world(4000);
  EXPECT_NEAR(DLinUcb(world, {.variation = 3}).discount(), 1 - std::pow(3.0 / 8000, 2.0 / 3), 1e-12);
  EXPECT_EQ(DLinUcb(world, {.variation = 1e9}).discount(), 0);
  EXPECT_EQ(DLinUcb(world, {.discount = 0.9, .variation = 3}).discount(), 0.9);
}

TEST(DLinUcb, FollowsJumpsAndTurnsThatOfulDoesNot) {
  for (const char* moves : {"jumps", "turns"}) {
    const auto bandit = find_family("drifting-linear-arms")->make({{"moves", moves}}).bandit;
    double forgetful = 0, stubborn = 0;
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const auto regret = [&](const char* learner, const std::vector<Setting>& settings) {
        return play(*bandit, learner, settings, Stream(7).child(seed), {.length = 4000, .checkpoints = {4000}})
            .value(0, 0);
      };
      forgetful += regret("d-lin-ucb", {{"variation", "4"}});
      stubborn += regret("oful", {});
    }
    EXPECT_LT(forgetful, 0.6 * stubborn) << moves;
  }
}

TEST(DLinUcb, RefusesArmsWithoutFeatures) {
  const World plain{.arms = 2, .rounds = 10};
  EXPECT_THAT([&] { make_d_lin_ucb(plain, {}, Stream(1)); }, ThrowsMessage<InvalidOption>(HasSubstr("features")));
}

TEST(DriftingLinear, JumpsAfterEqualPartsOfTheRun) {
  const ThetaPath path{.stops = {1, 0, 0, 2, 3, 4}, .dimension = 2};
  std::vector<double> theta(2);
  for (const auto& [t, x] : std::vector<std::pair<int, double>>{{1, 1}, {3, 1}, {4, 0}, {6, 0}, {7, 3}, {9, 3}}) {
    path.at(t, 9, theta);
    EXPECT_EQ(theta[0], x) << t;
  }
  EXPECT_NEAR(path.variation(), std::sqrt(5) + std::sqrt(13), 1e-12);
}

TEST(DriftingLinear, TurnsCounterclockwiseFromItsStart) {
  const ThetaPath path{.stops = {2, 0, 5}, .dimension = 3, .turns = 0.5};
  std::vector<double> theta(3);
  path.at(1, 100, theta);
  EXPECT_THAT(theta, testing::ElementsAre(2, 0, 5));
  path.at(51, 100, theta);
  EXPECT_THAT(theta, testing::Pointwise(testing::DoubleNear(1e-12), {0.0, 2.0, 5.0}));
  EXPECT_NEAR(path.variation(), 2 * std::numbers::pi, 1e-12);
}

TEST(DriftingLinear, RegretIsAgainstTheBestArmOfTheRound) {
  const DriftingLinearBandit bandit({.stops = {1, 0, 0, 1}, .dimension = 2}, {1, 0, 0, 3}, 0.1);
  const auto game = bandit.start(4, Stream(1));
  for (const double expected : {0.0, 0.0, 3.0, 3.0}) {
    game->next();
    const Outcome outcome = game->play(0);
    EXPECT_DOUBLE_EQ(outcome.regret, expected);
    EXPECT_NEAR(outcome.reward, outcome.mean, 1);
    EXPECT_NE(outcome.reward, outcome.mean);
  }
  EXPECT_EQ(bandit.world(4).feature_bound, 3);
  EXPECT_EQ(bandit.world(4).parameter_bound, 1);
}

TEST(DriftingLinear, SaysWhatDoesNotFit) {
  const auto make = [](ThetaPath path, double sigma) {
    return [=] { return DriftingLinearBandit(path, {1, 0}, sigma); };
  };
  EXPECT_THAT(make({.stops = {1, 0, 1}, .dimension = 2}, 1), ThrowsMessage<InvalidOption>(HasSubstr("dimension 2")));
  EXPECT_THAT(make({.stops = {1, 0, 0, 1}, .dimension = 2, .turns = 1}, 1),
              ThrowsMessage<InvalidOption>(HasSubstr("one row")));
  EXPECT_THAT(make({.stops = {1, 0}, .dimension = 2}, 0), ThrowsMessage<InvalidOption>(HasSubstr("sigma is 0")));
  EXPECT_THAT(
      [] {
        find_family("drifting-linear-arms")->make({{"moves", "turns"}, {"turns", "0"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("'turns' is 0")));
}

}  // namespace
}  // namespace bellwether::bandits
