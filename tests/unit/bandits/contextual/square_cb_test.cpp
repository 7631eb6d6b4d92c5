#include "bandits/contextual/square_cb.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/linear.h"
#include "bandits/run.h"
#include "core/ridge.h"

namespace bellwether::bandits {
namespace {

TEST(InverseGapWeights, ByHand) {
  std::vector<double> weights(3);
  inverse_gap_weights(std::vector<double>{0.5, 1, 0.75}, 8, weights);
  EXPECT_DOUBLE_EQ(weights[0], 1.0 / 7);
  EXPECT_DOUBLE_EQ(weights[2], 1.0 / 5);
  EXPECT_DOUBLE_EQ(weights[1], 1 - 1.0 / 7 - 1.0 / 5);
}

// Foster and Rakhlin's lemma: sum of p(a) (f(a*) - f(a) - (gamma / 4) (y(a) - f(a))^2) <= 2 (K - 1) / gamma.
TEST(InverseGapWeights, LowRegretOrHighInformation) {
  Stream stream(5);
  for (int i = 0; i < 100'000; ++i) {
    const std::size_t arms = 2 + stream.below(8);
    const double gamma = std::exp(8 * stream.uniform() - 1);
    std::vector<double> predictions(arms), truth(arms), weights(arms);
    for (double& x : predictions) x = stream.uniform();
    for (double& x : truth) x = stream.uniform();
    inverse_gap_weights(predictions, gamma, weights);
    const double best = std::ranges::max(truth);
    double sum = 0;
    for (std::size_t a = 0; a < arms; ++a) {
      const double miss = predictions[a] - truth[a];
      sum += weights[a] * (best - truth[a] - gamma / 4 * miss * miss);
    }
    ASSERT_LE(sum, 2.0 * static_cast<double>(arms - 1) / gamma + 1e-12);
  }
}

// The forecaster of Vovk, Azoury and Warmuth: the point it predicts at joins V first.
TEST(SquareCb, PredictsByTheForwardRule) {
  const auto bandit = find_family("contextual-arms")->make({{"dimension", "3"}, {"arms", "4"}}).bandit;
  SquareCb agent(bandit->world(100), {}, Stream(1));
  const auto game = bandit->start(100, Stream(2));
  Eigen::MatrixXd v = Eigen::MatrixXd::Identity(3, 3);
  Eigen::VectorXd b = Eigen::VectorXd::Zero(3);
  for (int t = 1; t <= 50; ++t) {
    const Round& round = game->next();
    const int arm = agent.choose(round);
    for (int a = 0; a < 4; ++a) {
      const Eigen::Map<const Eigen::VectorXd> x(round.feature(a).data(), 3);
      const Ridge with(v + x * x.transpose(), b);
      ASSERT_NEAR(agent.predictions()[static_cast<std::size_t>(a)], with.theta().dot(x), 1e-10);
    }
    const double reward = game->play(arm).reward;
    const Eigen::Map<const Eigen::VectorXd> x(round.feature(arm).data(), 3);
    v += x * x.transpose();
    b += reward * x;
    agent.learn({.round = t, .arm = arm, .reward = reward, .feature = round.feature(arm)});
  }
}

TEST(SquareCb, DrawsWhatItSays) {
  const auto bandit = find_family("bernoulli-arms")->make({{"means", "0.9/0.1/0.5"}}).bandit;
  SquareCb agent(bandit->world(1000), {.gamma = 10}, Stream(1));
  for (int arm = 0; arm < 3; ++arm)
    for (int i = 0; i < 4; ++i) agent.learn({.round = 1, .arm = arm, .reward = arm == 1 ? 1.0 : 0.25});
  const Round round{.number = 1, .arms = 3};
  std::vector<double> share(3);
  constexpr int kDraws = 40'000;
  for (int i = 0; i < kDraws; ++i) share[static_cast<std::size_t>(agent.choose(round))] += 1.0 / kDraws;
  for (std::size_t a = 0; a < 3; ++a) EXPECT_NEAR(share[a], agent.probabilities()[a], 0.01);
  EXPECT_NEAR(agent.probabilities()[0], 1 / (3 + 7.5), 1e-12);
}

TEST(SquareCb, GammaOfTheTheorem) {
  const auto coins = find_family("bernoulli-arms")->make({{"means", "0.9/0.1/0.5"}}).bandit;
  const SquareCb tabular(coins->world(1000), {.delta = 0.1}, Stream(1));
  EXPECT_NEAR(tabular.gamma(), std::sqrt(3000 / (3 * (1 + std::log(1000)) + std::log(20))), 1e-12);
  EXPECT_NEAR(SquareCb(coins->world(1000), {.constant = "0.5", .delta = 0.1}, Stream(1)).gamma(), 2 * tabular.gamma(),
              1e-9);
}

// Regret by the weights it draws with is at most (gamma / 4) times the expected square loss plus 2 (K - 1) / gamma a
// round, whatever the predictions.
TEST(SquareCb, RegretUnderItsOwnSquareLoss) {
  const auto bandit = find_family("contextual-arms")->make({{"sigma", "0.5"}}).bandit;
  const auto truth = std::static_pointer_cast<const ContextualBandit>(bandit)->rewards();
  for (int seed = 0; seed < 3; ++seed) {
    SquareCb agent(bandit->world(2000), {}, Stream(1));
    const auto game = bandit->start(2000, Stream(static_cast<std::uint64_t>(seed)));
    double regret = 0, loss = 0;
    for (int t = 1; t <= 2000; ++t) {
      const Round& round = game->next();
      const int arm = agent.choose(round);
      double best = -1;
      for (int a = 0; a < round.arms; ++a) best = std::max(best, truth.mean(round.feature(a)));
      for (int a = 0; a < round.arms; ++a) {
        const double mean = truth.mean(round.feature(a)), p = agent.probabilities()[static_cast<std::size_t>(a)];
        const double miss = agent.predictions()[static_cast<std::size_t>(a)] - mean;
        regret += p * (best - mean);
        loss += p * miss * miss;
      }
      agent.learn({.round = t, .arm = arm, .reward = game->play(arm).reward, .feature = round.feature(arm)});
    }
    EXPECT_LE(regret, agent.gamma() / 4 * loss + 2 * 19 * 2000 / agent.gamma());
    EXPECT_LT(regret, 2000);
  }
}

}  // namespace
}  // namespace bellwether::bandits
