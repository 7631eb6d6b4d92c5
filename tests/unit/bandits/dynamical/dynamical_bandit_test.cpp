#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <Eigen/LU>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/dynamical.h"
#include "bandits/arms/family.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"
#include "core/sampling.h"
#include "core/statistics.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Eigen::MatrixXd normal_matrix(Stream& stream, int rows, int columns) {
  Eigen::MatrixXd matrix(rows, columns);
  for (double& x : matrix.reshaped()) x = sample_normal(stream);
  return matrix;
}

/// Four states, actions of dimension three, A without symmetry and of this spectral radius.
DynamicalSystem random_system(Stream& stream, double rho) {
  DynamicalSystem system;
  system.a = normal_matrix(stream, 4, 4);
  system.a *= rho / spectral_radius(system.a);
  system.b = normal_matrix(stream, 4, 3);
  system.omega = normal_matrix(stream, 4, 1);
  system.theta = normal_matrix(stream, 3, 1);
  system.sigma = .1;
  return system;
}

const DynamicalBandit& dynamical(const NamedBandit& named) {
  return dynamic_cast<const DynamicalBandit&>(*named.bandit);
}

TEST(DynamicalSystem, ConstantActionsEarnTheMarkovParameterInTheLongRun) {
  for (int trial = 0; trial < 10; ++trial) {
    Stream stream = Stream(5).child(trial);
    const DynamicalSystem system = random_system(stream, .7);
    const Eigen::MatrixXd actions = normal_matrix(stream, 10, 3);
    const DynamicalBandit bandit(system, actions);
    for (int arm = 0; arm < 10; ++arm) {
      const auto game = bandit.start(1, Stream(6).child(trial).child(arm));
      double mean = 0;
      std::vector<double> batches;
      for (int batch = -1; batch < 20; ++batch) {
        double sum = 0;
        for (int t = 0; t < 400; ++t) {
          game->next();
          const Outcome outcome = game->play(arm);
          sum += outcome.reward, mean = outcome.mean;
        }
        if (batch >= 0) batches.push_back(sum / 400);
      }
      const double expected = actions.row(arm) * bandit.parameter();
      EXPECT_NEAR(mean, expected, 1e-9);
      EXPECT_NEAR(bellwether::mean(batches), expected, 5 * standard_error(batches));
    }
  }
}

TEST(DynamicalSystem, TheMarkovParameterSumsThePowersOfATransposed) {
  Stream stream(7);
  const DynamicalSystem system = random_system(stream, .8);
  Eigen::VectorXd sum = system.theta, state = system.omega;
  for (int t = 0; t < 400; ++t) {
    sum += system.b.transpose() * state;
    state = system.a.transpose() * state;
  }
  EXPECT_LT((markov_parameter(system) - sum).norm(), 1e-10);
  // The other orientation is another number: A has no symmetry.
  DynamicalSystem turned = system;
  turned.a.transposeInPlace();
  EXPECT_GT((markov_parameter(turned) - sum).norm(), .1);
}

TEST(DynamicalSystem, NoSequenceOfActionsBeatsTheBestConstantOneInTheLongRun) {
  constexpr int kRounds = 30;
  for (int trial = 0; trial < 20; ++trial) {
    Stream stream = Stream(8).child(trial);
    const DynamicalSystem system = random_system(stream, .6);
    const Eigen::MatrixXd actions = normal_matrix(stream, 40, 3);
    const DynamicalBandit bandit(system, actions);
    // Outputs are linear in the actions, so that the linear programme over sequences is one choice a round: an action
    // with r rounds to come is worth <theta + sum over k < r of B^T (A^T)^k omega, u>.
    Eigen::VectorXd worth = system.theta, power = system.omega;
    double optimum = 0, missing = 0;
    for (int r = 0; r < kRounds; ++r) {
      optimum += (actions * worth).maxCoeff();
      missing += (actions * (worth - bandit.parameter())).cwiseAbs().maxCoeff();
      worth += system.b.transpose() * power;
      power = system.a.transpose() * power;
    }
    EXPECT_LE(optimum / kRounds, bandit.best_value() + missing / kRounds + 1e-12);
    // The constant is one: it does not grow with the number of rounds.
    EXPECT_LT((actions * (worth - bandit.parameter())).cwiseAbs().maxCoeff(), 1e-4);
  }
}

TEST(DynamicalFamilies, ThePapersSystemIsTheOneItDescribes) {
  const NamedBandit named = find_family("dynamical-system")->make();
  const DynamicalBandit& bandit = dynamical(named);
  EXPECT_EQ(bandit.actions(), 72);
  EXPECT_NEAR(bandit.parameter()[0], .5625, 1e-12);
  EXPECT_NEAR(bandit.parameter()[1], .5, 1e-12);
  EXPECT_NEAR(bandit.parameter()[2], .1 + .1 * .1 / .9, 1e-12);
  EXPECT_NEAR(bandit.best_value(), .8125, 1e-12);
  EXPECT_EQ(bandit.action(bandit.best()), Eigen::Vector3d(1, .5, 0));
  EXPECT_NEAR(bandit.bounds().rho, .2, 1e-12);
  EXPECT_NEAR(bandit.bounds().phi, 1, 1e-12);
  EXPECT_NEAR(bandit.bounds().action, std::sqrt(1.25), 1e-12);
  EXPECT_NEAR(bandit.bounds().omega, std::sqrt(1.01), 1e-12);
  EXPECT_NEAR(bandit.bounds().theta, std::sqrt(.26), 1e-12);
  EXPECT_NEAR(bandit.bounds().b, .45, 1e-12);
  EXPECT_NEAR(bandit.bounds().state(.2), std::sqrt(1.25) * .45 / .8, 1e-12);
}

TEST(DynamicalBandit, OutputsLagBehindActionsByOneRound) {
  DynamicalSystem system;
  system.a = Eigen::MatrixXd::Constant(1, 1, .5);
  system.b = Eigen::MatrixXd::Constant(1, 1, 1);
  system.omega = Eigen::VectorXd::Constant(1, 2);
  system.theta = Eigen::VectorXd::Constant(1, 3);
  const DynamicalBandit bandit(system, Eigen::MatrixXd{{0}, {1}});
  const auto game = bandit.start(4, Stream(1));
  const auto mean = [&](int arm) {
    game->next();
    return game->play(arm).mean;
  };
  EXPECT_DOUBLE_EQ(mean(1), 3);
  EXPECT_DOUBLE_EQ(mean(0), 2);
  EXPECT_DOUBLE_EQ(mean(1), 4);
  game->next();
  const Outcome last = game->play(0);
  EXPECT_DOUBLE_EQ(last.mean, 2 * 1.25);
  EXPECT_DOUBLE_EQ(last.regret, 3 + 2 * 1 / .5 - 2.5);
}

// Actions lie in [0, 1]^3: a larger budget lets through no more of them.
TEST(DynamicalBandit, BudgetsThatNothingSpends) {
  const auto actions = [](const std::string& budget) {
    return find_family("dynamical-system")->make({{"step", "0.5"}, {"budget", budget}}).bandit->world(10).arms;
  };
  EXPECT_EQ(actions("2.5"), 26);
  for (const char* budget : {"3", "1.5e9", "1e10", "1e300"}) EXPECT_EQ(actions(budget), 27) << budget;
}

TEST(DynamicalBandit, TransientGainAndRefusals) {
  const auto make = [](const std::vector<Setting>& settings) {
    const NamedBandit named = find_family("dynamical-system")->make(settings);
    return dynamical(named).bounds().phi;
  };
  // |A^t| / rho^t of a triangular A: largest at t = 1 here, |[[1, 2], [0, .2]]| by hand.
  const double phi = make({{"a", "0.5/1/0/0.1"}, {"b", "1/0"}, {"omega", "1/1"}, {"theta", "1"}, {"budget", "1"}});
  EXPECT_GT(phi, 2);
  EXPECT_LT(phi, 3);
  EXPECT_THAT(
      [&] {
        make({{"a", "1/0/0/0/0.5/0/0/0/0.1"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("spectral radius of A is 1")));
  EXPECT_THAT([&] { make({{"a", "1/0"}}); }, ThrowsMessage<InvalidOption>(HasSubstr("has 2 numbers, must be 3 by 3")));
  EXPECT_THAT([&] { make({{"step", "0.4"}}); }, ThrowsMessage<InvalidOption>(HasSubstr("multiples of the step")));
}

}  // namespace
}  // namespace bellwether::bandits
