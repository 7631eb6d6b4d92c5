#include "solvers/online/linear/lsvi.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Cholesky>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/linear.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/linear/radius.h"
#include "tests/unit/solvers/online/optimistic/naive_learner.h"
#include "tests/unit/solvers/online/optimistic/small_world.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const LinearAgent& linear(const EpisodicAgent& agent) { return dynamic_cast<const LinearAgent&>(agent); }

// With unit vectors Lambda_h is diagonal: P^ = counts / (N + lambda), bonus beta / sqrt(N + lambda).
TEST(LsviUcb, OnUnitVectorsIsTheTabularForm) {
  for (const bool known : {false, true}) {
    for (const double lambda : {1.0, 0.3}) {
      RandomWorld random(5, 4, !known, 7);
      const EpisodicWorld& world = random.world;
      const double C = static_cast<double>(world.num_choices());
      const double theory = lsvi_radius({.dimension = C, .horizon = 4, .episodes = 1000, .delta = 0.05}, lambda);
      const double beta = 5;  // rows never seen are worth H - h, as the naive learner takes them to be
      const auto agent =
          lsvi_ucb(world, {.constant = fmt::format("{}", beta / theory), .lambda = lambda, .known_rewards = known});
      NaiveLearner naive(world, true, false, [&](const NaiveLearner::Place& at) {
        const auto n = static_cast<double>(at.samples.size());
        const double r = known ? world.mean_reward[static_cast<std::size_t>(world.row(at.stage, at.choice))]
                               : n * at.samples.mean_reward() / (n + lambda);
        return r + n * at.samples.mean(at.v) / (n + lambda) + beta / std::sqrt(n + lambda);
      });
      for (int k = 0; k < 1300; ++k) {
        const auto steps = random.episode();
        agent->learn(steps);
        naive.learn(steps);
        if (k % 100 != 3) continue;
        agent->plan(k);
        naive.plan();
        for (int h = 0; h < 4; ++h)
          for (std::int64_t c = 0; c < world.num_choices(); ++c)
            ASSERT_NEAR(agent->q(h, c), naive.q[static_cast<std::size_t>(h)][static_cast<std::size_t>(c)], 1e-9);
      }
    }
  }
}

/// Everything that was seen, fitted anew by Cholesky.
class NaiveLsvi {
 public:
  NaiveLsvi(const EpisodicWorld& world, double beta) : world_(world), beta_(beta), seen_(4) {}

  void learn(std::span<const Step> steps) {
    for (std::size_t h = 0; h < steps.size(); ++h) seen_[h].push_back(steps[h]);
  }
  std::vector<std::vector<double>> plan() const {
    const auto phi = world_.features->matrix();
    std::vector<std::vector<double>> q(4);
    std::vector<double> v(static_cast<std::size_t>(world_.num_states()));
    for (int h = 3; h >= 0; --h) {
      Eigen::MatrixXd lambda = Eigen::MatrixXd::Identity(phi.cols(), phi.cols());
      Eigen::VectorXd b = Eigen::VectorXd::Zero(phi.cols());
      for (const Step& step : seen_[static_cast<std::size_t>(h)]) {
        const Eigen::VectorXd x = phi.row(step.choice);
        lambda += x * x.transpose();
        b += (step.reward + v[static_cast<std::size_t>(step.next)]) * x;
      }
      const Eigen::LLT<Eigen::MatrixXd> factor(lambda);
      const Eigen::VectorXd w = factor.solve(b);
      for (std::int64_t c = 0; c < world_.num_choices(); ++c) {
        const Eigen::VectorXd x = phi.row(c);
        q[static_cast<std::size_t>(h)].push_back(
            std::clamp(w.dot(x) + beta_ * std::sqrt(x.dot(factor.solve(x))), 0.0, 4.0 - h));
      }
      for (std::size_t s = 0; s < v.size(); ++s)
        v[s] = *std::max_element(q[static_cast<std::size_t>(h)].begin() + world_.state_begin[s],
                                 q[static_cast<std::size_t>(h)].begin() + world_.state_begin[s + 1]);
    }
    return q;
  }

 private:
  EpisodicWorld world_;
  double beta_;
  std::vector<std::vector<Step>> seen_;
};

// Rank-one changes, sums by choice and a refresh every thousand observations against a plain fit.
TEST(LsviUcb, FollowsAPlainFitOfEverythingSeen) {
  const auto instance = mdp::linear_mdp({.states = 8, .actions = 3, .dimension = 5, .horizon = 4});
  const EpisodicTask task(instance.model, 4, instance.linear);
  const EpisodicWorld world = world_of(task, 1500);
  const auto agent = lsvi_ucb(world, {.constant = "0.01"});
  NaiveLsvi naive(world, 0.01 * lsvi_radius({.dimension = 5, .horizon = 4, .episodes = 1500, .delta = 0.05}, 1));
  Stream stream(4);
  for (int k = 0; k < 1500; ++k) {
    std::vector<Step> steps;
    for (int h = 0; h < 4; ++h) {
      const auto c = static_cast<std::int32_t>(stream.below(24));
      steps.push_back({c / 3, c, static_cast<std::int32_t>(stream.below(8)), stream.uniform()});
    }
    agent->learn(steps);
    naive.learn(steps);
    if (k % 250 != 249 && k != 998 && k != 999) continue;
    agent->plan(k);
    const auto q = naive.plan();
    for (int h = 0; h < 4; ++h)
      for (std::int64_t c = 0; c < 24; ++c)
        ASSERT_NEAR(agent->q(h, c), q[static_cast<std::size_t>(h)][static_cast<std::size_t>(c)], 1e-8) << k;
  }
}

TEST(LsviUcb, PlansWhenADeterminantHasDoubledAndNoMoreOftenThanThat) {
  const auto instance = mdp::linear_mdp({.states = 8, .actions = 3, .dimension = 5, .horizon = 4});
  const EpisodicTask task(instance.model, 4, instance.linear);
  const int K = 2000;
  const EpisodicWorld world = world_of(task, K);
  const auto lazy = lsvi_ucb(world, {.constant = "0.003", .growth = 2});
  const auto eager = lsvi_ucb(world, {.constant = "0.003"});
  const auto lazy_run = run_episodes(task, *lazy, Stream(1), {.episodes = K});
  const auto eager_run = run_episodes(task, *eager, Stream(1), {.episodes = K});
  const double most = 4 * 5 / std::log(2.0) * std::log(1 + K / 5.0);
  EXPECT_LT(static_cast<double>(lazy_run.last.policy_changes), most);
  EXPECT_GT(lazy_run.last.policy_changes, 2);
  EXPECT_LT(lazy_run.last.policy_changes, eager_run.last.policy_changes);
}

TEST(LsviPhe, DrawsFitsAroundTheLeastSquares) {
  const std::vector<std::int64_t> begin{0, 2};
  const std::vector<double> reward{0.5, 0.5};
  const EpisodicWorld world{.state_begin = begin, .largest_num_actions = 2, .episodes = 100, .mean_reward = reward};
  const double sigma = 0.002 * lsvi_radius({.dimension = 2, .horizon = 1, .episodes = 100, .delta = 0.05}, 4);
  const auto moments = [&](int samples, int observations) {
    const auto agent =
        make_lsvi_phe(world, {.constant = "0.002", .lambda = 4, .samples = samples, .known_rewards = true}, Stream(2));
    const std::vector<Step> steps{{0, 1, 0, 0.5}};
    for (int i = 0; i < observations; ++i) agent->learn(steps);
    double sum = 0, square = 0;
    constexpr int kPlans = 20'000;
    for (int k = 0; k < kPlans; ++k) {
      agent->plan(k);
      const double x = linear(*agent).q(0, 1) - 0.5;
      sum += x;
      square += x * x;
    }
    return std::pair(sum / kPlans, square / kPlans);
  };
  ASSERT_LT(sigma, 0.3) << "far from the caps";
  // N(0, sigma^2 / (lambda + n)), of one fit and of the largest of two: its mean is deviation / sqrt(pi).
  for (const int n : {0, 12}) {
    const double variance = sigma * sigma / (4 + n);
    EXPECT_NEAR(moments(1, n).second, variance, 0.04 * variance);
    EXPECT_NEAR(moments(1, n).first, 0, 0.04 * std::sqrt(variance));
    EXPECT_NEAR(moments(2, n).first, std::sqrt(variance / 3.141592653589793), 0.04 * std::sqrt(variance));
  }
}

TEST(LsviEpsilonGreedy, PlaysUniformlyNowAndThen) {
  const SmallWorld small;
  const auto agent = make_lsvi_epsilon_greedy(small.world, {.epsilon = 0.2}, Stream(1));
  SmallWorld::show(*agent);
  ASSERT_TRUE(agent->policy().randomised());
  // Stage 1, choice 1: one visit that paid .5, lambda = 1; choice 0 was never taken there.
  EXPECT_NEAR(linear(*agent).q(1, 1), 0.25, 1e-14);
  EXPECT_NEAR(agent->policy().probability(1, 1), 0.9, 1e-14);
  EXPECT_NEAR(agent->policy().probability(1, 0), 0.1, 1e-14);
  EXPECT_EQ(agent->policy().probability(1, 2), 1);
  EXPECT_FALSE(agent->optimistic_value(0).has_value());
}

TEST(Lsvi, NamesTheBadOption) {
  const SmallWorld small;
  EXPECT_THAT([&] { lsvi_ucb(small.world, {.growth = 0.5}); }, ThrowsMessage<InvalidOption>(HasSubstr("growth")));
  EXPECT_THAT([&] { make_lsvi_phe(small.world, {.samples = 0}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("samples")));
  EXPECT_THAT([&] { make_lsvi_epsilon_greedy(small.world, {.epsilon = 2}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("epsilon")));
  std::vector<std::int64_t> many(3002);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int64_t>(i);
  EXPECT_THAT([&] { lsvi_ucb({.state_begin = many, .horizon = 20}, {}); },
              ThrowsMessage<InvalidOption>(HasSubstr("gigabyte")));
}

}  // namespace
}  // namespace bellwether::online
