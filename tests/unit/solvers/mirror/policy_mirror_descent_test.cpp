#include "solvers/mirror/policy_mirror_descent.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/mirror/policy_gradient.h"
#include "solvers/mirror/policy_values.h"
#include "tests/support/reference.h"
#include "tests/unit/solvers/mirror/models.h"

namespace bellwether::test {
namespace {

using namespace solvers;
using testing::HasSubstr;
using testing::ThrowsMessage;

struct WatchedRun {
  std::vector<double> gap;     // |V* - V_k|
  std::vector<Table> weights;  // of each policy
  std::vector<Eigen::VectorXd> value;
  Solution solution;
};

template <class Options, class Method>
WatchedRun watched(const Problem& problem, Options options, Method method, double tolerance = 0) {
  WatchedRun run;
  const Eigen::VectorXd best = optimum_of(problem);
  options.watch = [&](const Iterate& at) {
    run.gap.push_back((best - at.value).lpNorm<Eigen::Infinity>());
    run.weights.emplace_back(at.weights.begin(), at.weights.end());
    run.value.push_back(at.value);
  };
  run.solution = method(problem, options, {.tolerance = tolerance});
  return run;
}

double largest_difference(const Table& a, const Table& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

// |V* - V_k| <= g^k (|V* - V_0| + c_0 g / (1 - g)), and the slope of the logarithm.
TEST(AdaptiveSteps, AreAsFastAsTheTheoremSays) {
  for (const char* geometry : {"kl", "euclidean", "tsallis"}) {
    for (std::int64_t seed = 1; seed <= 3; ++seed) {
      Problem problem = garnet_problem(seed);
      // Rewards on [0, 1] exactly, so that c_0 has the theorem's unit.
      const mirror::UnitProblem unit(problem);
      problem.model = unit.model();
      const WatchedRun run =
          watched(problem, PolicyMirrorDescentOptions{.geometry = geometry, .slack = 1, .iterations = 81},
                  policy_mirror_descent);
      for (std::size_t k = 0; k < run.gap.size(); ++k) {
        EXPECT_LE(run.gap[k], std::pow(0.9, k) * (run.gap[0] + 0.9 / 0.1) + 1e-12)
            << geometry << " " << seed << " " << k;
      }
      const std::size_t end = std::min<std::size_t>(60, run.gap.size() - 1);
      if (run.gap[end] > 1e-12) {
        EXPECT_LE(std::log(run.gap[end] / run.gap[10]) / static_cast<double>(end - 10), std::log(0.9) + 0.01);
      }
    }
  }
}

TEST(MirrorDescent, WithKullbackLeiblerIsTheNaturalGradient) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Problem problem = ragged_problem(seed);
    const WatchedRun a = watched(problem, PolicyMirrorDescentOptions{.step = "constant", .eta = 0.7, .iterations = 60},
                                 policy_mirror_descent);
    const WatchedRun b =
        watched(problem, NaturalPolicyGradientOptions{.eta = 0.7, .iterations = 60}, natural_policy_gradient);
    ASSERT_EQ(a.weights.size(), 60);
    for (std::size_t k = 0; k < 60; ++k) EXPECT_LT(largest_difference(a.weights[k], b.weights[k]), 1e-12) << k;
  }
}

TEST(MirrorDescent, EuclideanWithAnEndlessStepIsPolicyIteration) {
  for (std::int64_t seed = 1; seed <= 5; ++seed) {
    const Problem problem = garnet_problem(seed);
    const WatchedRun run = watched(
        problem, PolicyMirrorDescentOptions{.geometry = "euclidean", .step = "constant", .eta = 1e8, .iterations = 12},
        policy_mirror_descent);
    // Howard's policies from the uniform one.
    Table weights = mirror::uniform_weights(problem.model);
    for (std::size_t k = 0; k < run.weights.size(); ++k) {
      EXPECT_LT(largest_difference(weights, run.weights[k]), 1e-12) << "seed " << seed << " iteration " << k;
      mirror::PolicyValues values(problem.model, problem.discount, weights);
      const Table q = mirror::choice_values(problem.model, problem.discount, values.value());
      for (int s = 0; s < problem.model.num_states(); ++s) {
        const auto own = mirror::of_state(problem.model, q, s);
        const auto out = mirror::of_state(problem.model, weights, s);
        const auto best = std::max_element(own.begin(), own.end()) - own.begin();
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::ptrdiff_t>(i) == best ? 1 : 0;
      }
    }
  }
}

TEST(NaturalGradient, KeepsItsBoundAndNeverGetsWorse) {
  for (std::int64_t seed = 1; seed <= 3; ++seed) {
    Problem problem = garnet_problem(seed);
    problem.model = mirror::UnitProblem(problem).model();
    for (const double eta : {0.1, 1.0, 10.0}) {
      const WatchedRun run =
          watched(problem, NaturalPolicyGradientOptions{.eta = eta, .iterations = 101}, natural_policy_gradient);
      for (std::size_t k = 1; k < run.gap.size(); ++k) {
        const double bound = (std::log(4) / (0.1 * eta) + 1 / 0.01) / static_cast<double>(k);
        EXPECT_LE(run.gap[k], bound);
        if (eta == 1) {
          EXPECT_LE(run.gap[k], 0.05 * bound) << "as observed";
        }
        EXPECT_GE((run.value[k] - run.value[k - 1]).minCoeff(), -1e-12);
      }
    }
  }
}

// With a unique best choice a state, projection finds the corner in finitely many steps; multiplicative weights never.
TEST(MirrorDescent, ReachesTheCornerWhenEuclideanAndOnlyNearsItWithKullbackLeibler) {
  const Problem problem = garnet_problem(2);
  const WatchedRun exact = watched(
      problem, PolicyMirrorDescentOptions{.geometry = "euclidean", .step = "constant", .eta = 5, .iterations = 400},
      policy_mirror_descent);
  int ones = 0;
  for (const double w : exact.weights.back()) {
    EXPECT_TRUE(w == 0 || w == 1) << w;
    ones += w == 1 ? 1 : 0;
  }
  EXPECT_EQ(ones, 20);
  const WatchedRun soft = watched(problem, PolicyMirrorDescentOptions{.step = "constant", .eta = 5, .iterations = 100},
                                  policy_mirror_descent);
  for (const double w : soft.weights.back()) EXPECT_GT(w, 0);
}

/// States 0 .. n: from each but the last one may move on or stay, the last pays 1 for ever. `start` stays everywhere.
struct Chain {
  Problem problem;
  mdp::Policy stay;
};
Chain chain(int n) {
  mdp::TabularMdpBuilder builder(n + 1);
  for (int s = 0; s < n; ++s) {
    builder.add_choice(s, 0, {{s, 1.0}});
    builder.add_choice(s, 0, {{s + 1, 1.0}});
  }
  builder.add_choice(n, 1, {{n, 1.0}});
  return {{.model = std::move(builder).build(), .discount = 0.9},
          mdp::Policy::deterministic(std::vector<std::int32_t>(static_cast<std::size_t>(n) + 1, 0))};
}

// Policy iteration and mirror descent learn one state an iteration here: no method that looks one step ahead does
// better.
TEST(MirrorDescent, CannotBeatTheDiscountOnTheChain) {
  constexpr int kStates = 12;
  const Chain on = chain(kStates);
  for (const char* geometry : {"kl", "euclidean", "tsallis"}) {
    const WatchedRun run = watched(
        on.problem, PolicyMirrorDescentOptions{.geometry = geometry, .iterations = kStates + 2, .start = on.stay},
        policy_mirror_descent);
    for (std::size_t k = 0; k < kStates; ++k) {
      EXPECT_GE(run.gap[k], 0.5 * std::pow(0.9, k) * run.gap[0]) << geometry << " " << k;
      EXPECT_LE(run.gap[k], std::pow(0.9, k) * run.gap[0] * (1 + 1e-9) + 1e-5) << geometry << " " << k;
    }
    EXPECT_LT(run.gap[kStates], 1e-9);
  }
}

struct Setting {
  const char* geometry;
  const char* step;
};

class Certificates : public testing::TestWithParam<Setting> {};

TEST_P(Certificates, EncloseTruthAndPolicyAtEveryScaleAndInBothDirections) {
  for (const solvers::Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    for (const double scale : {1e-6, 1.0, 1e6}) {
      for (const double discount : {0.0, 0.5, 0.95, 0.9999}) {
        for (const double ties : {0.0, 0.5}) {
          const Problem problem{
              .model = random_model(Stream(7), {.states = 8, .reward_scale = scale, .tie_share = ties}),
              .direction = direction,
              .discount = discount};
          const Solution got = policy_mirror_descent(
              problem, {.geometry = GetParam().geometry, .step = GetParam().step, .eta = 10, .iterations = 300},
              {.tolerance = 1e-6 * scale});
          const auto truth = reference_values(problem), earned = reference_policy_values(problem, got.policy);
          for (int s = 0; s < 8; ++s) {
            const auto i = static_cast<std::size_t>(s);
            EXPECT_LE(got.lower[s], truth[i]);
            EXPECT_GE(got.upper[s], truth[i]);
            const long double fuzz = 1e-12L * (1 + std::abs(truth[i]));
            EXPECT_LE(got.lower[s], earned[i] + fuzz);
            EXPECT_GE(got.upper[s], earned[i] - fuzz);
          }
          if (std::string(GetParam().step) == "adaptive") {
            EXPECT_TRUE(got.status == Status::kConverged || (got.status == Status::kRoundingLimited && discount > 0.99))
                << to_string(got.status) << " " << discount << " " << scale << " " << got.gap;
          }
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Steps, Certificates,
                         testing::Values(Setting{"kl", "adaptive"}, Setting{"euclidean", "adaptive"},
                                         Setting{"tsallis", "adaptive"}, Setting{"kl", "geometric"},
                                         Setting{"euclidean", "constant"}),
                         [](const auto& made) { return std::string(made.param.geometry) + "_" + made.param.step; });

TEST(MirrorDescent, StopsAsItIsTold) {
  const Problem problem = garnet_problem(1);
  const Solution none = policy_mirror_descent(problem, {}, {.max_iterations = 0});
  EXPECT_EQ(none.status, Status::kBudgetExhausted);
  EXPECT_TRUE(std::isfinite(none.gap));
  const Solution few = policy_mirror_descent(problem, {.step = "constant", .eta = 0.1}, {.max_iterations = 3});
  EXPECT_EQ(few.status, Status::kBudgetExhausted);
  EXPECT_EQ(few.iterations, 3);
  EXPECT_EQ(few.trace.size(), 3);
  int asked = 0;
  const Solution stopped = policy_mirror_descent(problem, {.step = "constant", .eta = 0.1},
                                                 {.observer = [&](const TraceRow&) { return ++asked < 5; }});
  EXPECT_EQ(stopped.status, Status::kStoppedByCaller);
  EXPECT_EQ(stopped.iterations, 5);
  EXPECT_TRUE(std::isfinite(stopped.gap));
  EXPECT_EQ(policy_mirror_descent(problem, {}, {.tolerance = 0}).status, Status::kRoundingLimited);
}

TEST(MirrorDescent, NamesWhatIsWrong) {
  const Problem problem = garnet_problem(1);
  EXPECT_THAT([&] { policy_mirror_descent(problem, {.step = "long"}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'step' is long")));
  EXPECT_THAT([&] { policy_mirror_descent({.model = problem.model, .criterion = Criterion::kAverage}); },
              ThrowsMessage<InvalidOption>(HasSubstr("solves discounted problems")));
  EXPECT_THAT(
      [&] {
        softmax_policy_gradient(problem, {.logits = {1, 2}});
      },
      ThrowsMessage<InvalidModel>(HasSubstr("there are 2, the model has 80 choices")));
}

// Moving a reward or changing its unit changes no policy.
TEST(MirrorDescent, DoesNotDependOnTheUnitOfRewards) {
  const Problem problem = garnet_problem(3);
  Problem moved = problem;
  std::vector<double> reward(problem.model.reward().begin(), problem.model.reward().end());
  for (double& r : reward) r = -1000 - 64 * r;
  moved.model = problem.model.with_expected_rewards(reward);
  moved.direction = Direction::kMinimise;
  const PolicyMirrorDescentOptions options{.step = "constant", .eta = 0.5, .iterations = 30};
  const WatchedRun a = watched(problem, options, policy_mirror_descent),
                   b = watched(moved, options, policy_mirror_descent);
  for (std::size_t k = 0; k < 30; ++k) {
    EXPECT_LT(largest_difference(a.weights[k], b.weights[k]), 1e-9);
    EXPECT_NEAR(b.gap[k], 64 * a.gap[k], 1e-8);
  }
}

}  // namespace
}  // namespace bellwether::test
