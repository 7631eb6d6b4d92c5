#include "solvers/mirror/policy_gradient.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "solvers/mirror/gradients.h"
#include "tests/support/reference.h"
#include "tests/unit/solvers/mirror/models.h"

namespace bellwether::test {
namespace {

using namespace solvers;
using namespace solvers::mirror;

Problem bandit_problem(const std::vector<double>& rewards) { return {.model = bandit(rewards), .discount = 0}; }

struct BanditRun {
  std::vector<double> gap;
  double least = 1;  // c: the smallest probability of the best choice
};

BanditRun softmax_on(const std::vector<double>& rewards, SoftmaxPolicyGradientOptions options) {
  BanditRun run;
  const double best = *std::max_element(rewards.begin(), rewards.end());
  const auto which = static_cast<std::size_t>(std::max_element(rewards.begin(), rewards.end()) - rewards.begin());
  options.watch = [&](const Iterate& at) {
    run.gap.push_back(best - at.value[0]);
    run.least = std::min(run.least, at.weights[which]);
  };
  softmax_policy_gradient(bandit_problem(rewards), options, {.tolerance = 0});
  return run;
}

TEST(SoftmaxGradient, FallsLikeOneOverTOnABandit) {
  const BanditRun run = softmax_on({1, 0.8, 0}, {.iterations = 20'001});
  std::vector<double> t, gap;
  for (std::size_t k = 2000; k <= 20'000; k += 100) {
    t.push_back(static_cast<double>(k));
    gap.push_back(run.gap[k]);
  }
  EXPECT_NEAR(log_log_slope(t, gap), -1, 0.2);
  for (std::size_t k = 1; k < run.gap.size(); ++k)
    ASSERT_LE(run.gap[k], 16 / (run.least * run.least * static_cast<double>(k)));
}

TEST(SoftmaxGradient, StaysOnThePlateauOfABadStart) {
  const BanditRun good = softmax_on({1, 0.8, 0}, {.iterations = 3'000}),
                  bad = softmax_on({1, 0.8, 0}, {.iterations = 3'000, .logits = {0, 8, 0}});
  EXPECT_LT(good.gap.back(), 0.03);
  EXPECT_GT(bad.gap.back(), 0.19);
  // Entropy and the natural gradient leave it.
  const BanditRun entropy = softmax_on(
      {1, 0.8, 0}, {.regulariser = "entropy", .weight = 0.2, .eta = 2, .iterations = 3'000, .logits = {0, 8, 0}});
  EXPECT_LT(entropy.gap.back(), 0.1);
  const Solution natural =
      natural_policy_gradient(bandit_problem({1, 0.8, 0}), {.iterations = 200, .logits = {0, 8, 0}});
  EXPECT_LT(1 - natural.value[0], 1e-5);
}

// c >= 1 / A from the uniform policy: its probability of the best arm never falls below what it began with.
TEST(SoftmaxGradient, NeverUnlearnsTheBestArmFromTheUniformStart) {
  Stream stream(8);
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<double> reward(2 + stream.below(6));
    for (double& r : reward) r = stream.uniform();
    const auto best = std::max_element(reward.begin(), reward.end()) - reward.begin();
    const mdp::TabularMdp model = bandit(reward);
    Table logits(reward.size(), 0.0);
    normalise_logits(logits);
    for (int k = 0; k < 60; ++k) {
      const double c = std::exp(logits[static_cast<std::size_t>(best)]);
      ASSERT_GE(c, (1 - 1e-12) / static_cast<double>(reward.size())) << "trial " << trial << " step " << k;
      double mean = 0;
      for (std::size_t i = 0; i < reward.size(); ++i) mean += std::exp(logits[i]) * reward[i];
      Table next = logits;
      for (std::size_t i = 0; i < reward.size(); ++i) next[i] += 0.4 * std::exp(logits[i]) * (reward[i] - mean);
      normalise_logits(next);
      logits = next;
    }
  }
}

// With entropy the distance to the regularised optimum falls geometrically.
TEST(SoftmaxGradient, ConvergesLinearlyWithEntropy) {
  const std::vector<double> reward = {1, 0.8, 0.6};
  constexpr double kTau = 0.2, kRange = 0.4;
  double best = 0;
  for (const double r : reward) best += std::exp(r / kTau);
  best = kTau * std::log(best);
  std::vector<double> distance;
  const Watch watch = [&](const Iterate& at) { distance.push_back(best - at.value[0] - kTau * entropy(at.weights)); };
  softmax_policy_gradient(
      bandit_problem(reward),
      {.regulariser = "entropy", .weight = kTau / kRange, .eta = 2, .iterations = 301, .watch = watch});
  const double early = std::log(distance[20] / distance[40]), late = std::log(distance[40] / distance[60]);
  EXPECT_GT(early, 2);
  EXPECT_NEAR(late, early, 0.1 * early);
}

TEST(Gradients, ASmallerThanTheoremsStepNeverLosesValue) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    Problem problem = ragged_problem(seed, 0.6);
    problem.model = UnitProblem(problem).model();
    const std::vector<double> mu = start_distribution(problem.model, "uniform");
    double last = -1e300;
    const Watch watch = [&](const Iterate& at) {
      double mean = 0;
      for (int s = 0; s < problem.model.num_states(); ++s) mean += mu[static_cast<std::size_t>(s)] * at.unit[s];
      EXPECT_GE(mean, last - 1e-12) << "iteration " << at.iteration;
      last = mean;
    };
    softmax_policy_gradient(problem, {.iterations = 100, .watch = watch});
    last = -1e300;
    projected_policy_gradient(problem, {.iterations = 100, .watch = watch});
    EXPECT_GT(last, 0);
  }
}

TEST(Gradients, StepByOneOverTheSmoothness) {
  EXPECT_DOUBLE_EQ(softmax_smoothness(0.5), 64);
  EXPECT_DOUBLE_EQ(barrier_smoothness(0.5, 3, 6), 65);
  EXPECT_DOUBLE_EQ(entropy_smoothness(0.5, 0.5, 4), 8 * (8 + 0.5 * (4 + 8 * std::log(4.0))));
  EXPECT_DOUBLE_EQ(direct_smoothness(0.5, 4), 32);
  const Problem problem = ragged_problem(1, 0.5);  // ten states, four choices at most
  double step = 0;
  const Watch watch = [&](const Iterate& at) { step = at.step; };
  softmax_policy_gradient(problem, {.iterations = 2, .watch = watch});
  EXPECT_DOUBLE_EQ(step, 1.0 / 64);
  softmax_policy_gradient(problem, {.regulariser = "log-barrier", .weight = 5, .iterations = 2, .watch = watch});
  EXPECT_DOUBLE_EQ(step, 1.0 / 65);
  softmax_policy_gradient(problem, {.regulariser = "entropy", .weight = 0.5, .iterations = 2, .watch = watch});
  EXPECT_DOUBLE_EQ(step, 1 / entropy_smoothness(0.5, 0.5, 4));
  projected_policy_gradient(problem, {.iterations = 2, .watch = watch});
  EXPECT_DOUBLE_EQ(step, 1.0 / 32);
}

TEST(LogBarrier, HoldsEveryProbabilityAwayFromZero) {
  const BanditRun plain = softmax_on({1, 0, 0}, {.eta = 1, .iterations = 4000});
  double least = 1;
  softmax_policy_gradient(
      bandit_problem({1, 0, 0}),
      {.regulariser = "log-barrier", .weight = 0.1, .eta = 1, .iterations = 4000, .watch = [&](const Iterate& at) {
         least = std::min(least, at.weights[1]);
       }});
  EXPECT_LT(plain.gap.back(), 1e-3);
  // At the optimum pi (r - V) + lambda (1/3 - pi) = 0 for the bad arms: pi = lambda / 3 / (V + lambda).
  EXPECT_NEAR(least, 0.1 / 3 / (1 - 2 * least + 0.1), 1e-6);
}

// 1/(1-g) ||d*/mu|| max <p - pi, grad> bounds the gap; ||grad|| >= min pi(a*|s) / (sqrt S ||d*/d_mu||) gap.
TEST(Gradients, DominateTheGap) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Problem problem = ragged_problem(seed, 0.8);
    const mdp::TabularMdp& model = problem.model;
    Stream stream(seed);
    const std::vector<double> mu = random_start(model.num_states(), stream);
    const Solution best = policy_iteration(problem, {}, {.tolerance = 1e-12});
    PolicyValues optimal(model, problem.discount, weights_of(model, best.policy));
    const std::vector<double> visits_of_best = optimal.visits(mu);
    const Table logits = random_logits(model, stream, 3);
    PolicyValues own(model, problem.discount, probabilities(logits));
    const std::vector<double> visits = own.visits(mu);
    const Eigen::VectorXd v = own.value();
    double gap = 0, mismatch = 0, least = 1, square = 0, reach = 0;
    const Table soft = softmax_gradient(model, problem.discount, logits, mu);
    const Table direct = direct_gradient(model, problem.discount, probabilities(logits), mu);
    for (int s = 0; s < model.num_states(); ++s) {
      const auto i = static_cast<std::size_t>(s);
      gap += mu[i] * (best.value[s] - v[s]);
      mismatch = std::max(mismatch, visits_of_best[i] / visits[i]);
      const std::int64_t c = model.first_choice(s) + best.policy.choices()[i];
      least = std::min(least, std::exp(logits[static_cast<std::size_t>(c)]));
      const auto g = of_state(model, direct, s);
      double mean = 0;
      for (std::int64_t a = model.first_choice(s); a < model.first_choice(s + 1); ++a)
        mean += std::exp(logits[static_cast<std::size_t>(a)]) * direct[static_cast<std::size_t>(a)];
      reach += *std::max_element(g.begin(), g.end()) - mean;
    }
    for (const double g : soft) square += g * g;
    EXPECT_GE(std::sqrt(square), least / (std::sqrt(model.num_states()) * mismatch) * gap * (1 - 1e-9));
    EXPECT_LE(gap, mismatch * reach * (1 + 1e-9));
  }
}

TEST(PolicyGradients, ProveWhatTheyReturn) {
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    Problem problem = ragged_problem(11, 0.9);
    problem.direction = direction;
    const auto truth = reference_values(problem);
    for (const Solution& got :
         {softmax_policy_gradient(problem, {.iterations = 50}), projected_policy_gradient(problem, {.iterations = 50}),
          natural_policy_gradient(problem, {.iterations = 50}),
          softmax_policy_gradient(problem, {.regulariser = "entropy", .weight = 0.1, .iterations = 50})}) {
      EXPECT_EQ(got.status, Status::kBudgetExhausted) << got.algorithm;
      const auto earned = reference_policy_values(problem, got.policy);
      for (int s = 0; s < problem.model.num_states(); ++s) {
        const auto i = static_cast<std::size_t>(s);
        EXPECT_LE(got.lower[s], truth[i]) << got.algorithm;
        EXPECT_GE(got.upper[s], truth[i]) << got.algorithm;
        EXPECT_LE(got.lower[s], earned[i] + 1e-12L) << got.algorithm;
        EXPECT_GE(got.upper[s], earned[i] - 1e-12L) << got.algorithm;
      }
    }
  }
}

}  // namespace
}  // namespace bellwether::test
