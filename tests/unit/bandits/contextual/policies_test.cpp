// Explore first, epoch-greedy, ILOVETOCONBANDITS.
#include "bandits/contextual/policies.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/contextual/greedy.h"
#include "bandits/contextual/iltcb.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(PolicyClass, OneAnArmWhereFeaturesStay) {
  const PolicyClass constant({.arms = 4}, 50, Stream(1));
  EXPECT_EQ(constant.size(), 4);
  EXPECT_EQ(constant.arm_of(2, {.number = 1, .arms = 4}), 2);
  const PolicyClass linear({.arms = 4, .dimension = 3, .same_features = false}, 50, Stream(1));
  EXPECT_EQ(linear.size(), 50);
}

TEST(ExploreFirst, IsUniformForItsRoundsAndThenStaysWithTheBest) {
  const auto bandit = find_family("bernoulli-arms")->make({{"means", "0.2/0.9/0.3"}}).bandit;
  // T^(2/3) (K ln N)^(1/3) with T = 1000, K = N = 3.
  const auto rounds = static_cast<int>(std::ceil(100 * std::cbrt(3 * std::log(3))));
  const auto agent = make_explore_first(bandit->world(1000), {}, Stream(2));
  const auto game = bandit->start(1000, Stream(3));
  std::vector<int> seen(3);
  for (int t = 1; t <= 1000; ++t) {
    const int arm = agent->choose(game->next());
    if (t <= rounds)
      ++seen[static_cast<std::size_t>(arm)];
    else
      ASSERT_EQ(arm, 1) << t;
    agent->learn({.round = t, .arm = arm, .reward = game->play(arm).reward});
  }
  for (const int count : seen) EXPECT_NEAR(count, rounds / 3.0, 25);
}

TEST(EpochGreedy, ExploresAsOftenAsItsSchedulesSay) {
  const auto bandit = find_family("bernoulli-arms")->make({{"means", "0.1/0.9"}}).bandit;
  const double cost = 2 * std::log(2);
  for (const char* schedule : {"epochs", "epsilon"}) {
    const Series run = play(*bandit, "epoch-greedy", {{"schedule", schedule}}, Stream(2),
                            {.length = 100'000, .checkpoints = {100'000}});
    // Half of the uniform rounds are lost: the n-th epoch has 1 + max(1, floor(sqrt(n / cost))) rounds; or the sum of
    // (cost / t)^(1/3).
    double explored = 0, rounds = 0;
    if (std::string(schedule) == "epochs")
      while (rounds < 100'000) rounds += 1 + std::max(1.0, std::floor(std::sqrt(++explored / cost)));
    else
      for (int t = 1; t <= 100'000; ++t) explored += std::min(1.0, std::cbrt(cost / t));
    EXPECT_NEAR(run.value(0, 0), 0.8 * explored / 2, 0.1 * explored);
  }
}

TEST(EpochGreedy, LearnsToFollowContexts) {
  const auto bandit =
      find_family("contextual-arms")->make({{"dimension", "3"}, {"arms", "4"}, {"sigma", "0.3"}}).bandit;
  const auto regret = [&](const char* learner) {
    return play(*bandit, learner, {}, Stream(4), {.length = 20'000, .checkpoints = {20'000}}).value(0, 0);
  };
  const double uniform =
      play(*bandit, "explore-first", {{"rounds", "20000"}}, Stream(4), {.length = 20'000, .checkpoints = {20'000}})
          .value(0, 0);
  EXPECT_LT(regret("epoch-greedy"), 0.5 * uniform);
  EXPECT_LT(regret("explore-first"), 0.5 * uniform);
}

TEST(SpreadWeights, HoldsBothConditions) {
  Stream stream(6);
  for (int trial = 0; trial < 30; ++trial) {
    const int policies = 30, actions = 4, contexts = 200;
    std::vector<int> arms(static_cast<std::size_t>(policies * contexts));
    for (int& arm : arms) arm = static_cast<int>(stream.below(actions));
    std::vector<double> slack(policies), weights(policies);
    const double mu = std::pow(10.0, -1 - 2 * stream.uniform());
    for (double& b : slack) b = stream.uniform() / (100 * mu);
    const PolicyTable table{.arms = arms, .policies = policies, .actions = actions};
    const int steps = spread_weights(table, slack, mu, weights);
    const LowVariance at = low_variance(table, weights, slack, mu);
    EXPECT_LE(at.regret, 1e-9);
    EXPECT_LE(at.variance, 1e-9);
    EXPECT_LE(std::accumulate(weights.begin(), weights.end(), 0.0), 1 + 1e-12);
    EXPECT_LE(steps, 4 * std::log(1 / (actions * mu)) / mu);
    EXPECT_GT(low_variance(table, std::vector<double>(policies), slack, 1e-4).variance, 0);  // no weights: too rare
  }
}

TEST(Iltcb, KeepsItsConditionsAndLearns) {
  const auto bandit = find_family("contextual-arms")
                          ->make({{"dimension", "3"}, {"arms", "4"}, {"logistic", "true"}, {"length", "6"}})
                          .bandit;
  Iltcb agent(bandit->world(8000), {.constant = "practical"}, Stream(1));
  const auto run = run_rounds(*bandit, agent, Stream(2), {.length = 8000, .checkpoints = {4000, 8000}});
  Iltcb stopped(bandit->world(8000), {.contexts = 4096}, Stream(1));
  run_rounds(*bandit, stopped, Stream(2), {.length = 4096});  // where an epoch begins
  const LowVariance at = low_variance(stopped.table(), stopped.weights(), stopped.slack(), stopped.mu());
  EXPECT_LE(at.regret, 1e-9);
  EXPECT_LE(at.variance, 1e-9);
  EXPECT_EQ(stopped.table().contexts(), 4096u);
  EXPECT_LT(run.rows[1].pseudo_regret - run.rows[0].pseudo_regret, 0.9 * run.rows[0].pseudo_regret);
  const double sum = std::accumulate(agent.probabilities().begin(), agent.probabilities().end(), 0.0);
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_GE(std::ranges::min(agent.probabilities()), agent.mu() - 1e-15);
}

TEST(Iltcb, PlansByEstimatedRegretsAndFavoursTheBest) {
  // Features stay, so the policies are the arms.
  const auto bandit = find_family("bernoulli-arms")->make({{"means", "0.2/0.9/0.3"}}).bandit;
  const World world = bandit->world(4000);
  Iltcb agent(world, {.constant = "practical", .delta = 0.1}, Stream(4));
  const auto game = bandit->start(4000, Stream(5));
  std::vector<double> earned(3);
  int plans = 0;
  for (int t = 1; t <= 2100; ++t) {
    const int arm = agent.choose(game->next());
    if (t > 1 && ((t - 1) & (t - 2)) == 0) {  // what the weights lack to one goes to the arm that looked best
      const double rest = 1 - std::accumulate(agent.weights().begin(), agent.weights().end(), 0.0);
      const auto best = static_cast<std::size_t>(std::ranges::max_element(earned) - earned.begin());
      for (std::size_t a = 0; a < 3; ++a) {
        const double share = agent.weights()[a] + (a == best ? rest : 0);
        EXPECT_NEAR(agent.probabilities()[a], agent.mu() + (1 - 3 * agent.mu()) * share, 1e-12) << t;
      }
    }
    const double reward = game->play(arm).reward;
    earned[static_cast<std::size_t>(arm)] += reward / agent.probabilities()[static_cast<std::size_t>(arm)];
    agent.learn({.round = t, .arm = arm, .reward = reward});
    if ((t & (t - 1)) != 0) continue;
    ++plans;  // psi = 100 * 0.01
    const double mu = std::min(0.5 / 3, std::sqrt(std::log(16.0 * t * t * 3 / 0.1) / (3 * t)));
    EXPECT_NEAR(agent.mu(), mu, 1e-15) << t;
    const double most = std::ranges::max(earned);
    for (std::size_t a = 0; a < 3; ++a) EXPECT_NEAR(agent.slack()[a], (most - earned[a]) / t / mu, 1e-9) << t;
  }
  EXPECT_EQ(plans, 12);
  EXPECT_EQ(std::ranges::max_element(agent.probabilities()) - agent.probabilities().begin(), 1);
}

TEST(Iltcb, RemembersTheLatestContexts) {
  const auto bandit =
      find_family("contextual-arms")->make({{"dimension", "3"}, {"arms", "4"}, {"logistic", "true"}}).bandit;
  const World world = bandit->world(40);
  Iltcb agent(world, {.policies = 5, .contexts = 8}, Stream(1));
  const PolicyClass policies(world, 5, Stream(1));
  const auto game = bandit->start(40, Stream(2));
  std::vector<std::vector<int>> seen;
  for (int t = 1; t <= 30; ++t) {
    const Round& round = game->next();
    policies.arms_of(round, seen.emplace_back(5));
    const int arm = agent.choose(round);
    agent.learn({.round = t, .arm = arm, .reward = game->play(arm).reward});
    std::vector<std::vector<int>> latest(seen.end() - std::min<std::ptrdiff_t>(t, 8), seen.end()), held;
    const PolicyTable table = agent.table();
    ASSERT_EQ(table.contexts(), latest.size());
    for (std::size_t i = 0; i < table.contexts(); ++i) {
      const auto row = table.arms.subspan(5 * i, 5);
      held.emplace_back(row.begin(), row.end());
    }
    std::ranges::sort(latest);
    std::ranges::sort(held);
    EXPECT_EQ(held, latest) << t;
  }
}

TEST(Iltcb, NeedsRewardsInTheUnitInterval) {
  const auto bandit = find_family("contextual-arms")->make().bandit;
  EXPECT_THAT([&] { play(*bandit, "ilovetoconbandits", {}, Stream(1), {}); },
              ThrowsMessage<InvalidOption>(HasSubstr("needs rewards in [0, 1]")));
}

}  // namespace
}  // namespace bellwether::bandits
