// Planners of the average reward on models in which the best gain differs between states, against all deterministic
// policies tried one by one.
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <Eigen/LU>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "core/stream.h"
#include "mdp/evaluate/gain_and_bias.h"
#include "mdp/instances/registry.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/average/average_policy_iteration.h"
#include "solvers/exact/average/multichain_value_iteration.h"
#include "solvers/exact/average/relative_value_iteration.h"
#include "solvers/exact/lp/linear_programming.h"

namespace bellwether::solvers {
namespace {

using Matrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
using Vector = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

/// (1 - x) sum_t x^t P^t r.
Vector abel_mean(const mdp::TabularMdp& model, const std::vector<int>& choice, long double x) {
  const int n = model.num_states();
  Matrix system = Matrix::Identity(n, n);
  Vector reward(n);
  for (int s = 0; s < n; ++s) {
    const std::int64_t c = model.first_choice(s) + choice[static_cast<std::size_t>(s)];
    reward[s] = (1 - x) * model.reward(c);
    for (std::size_t i = 0; i < model.successors(c).size(); ++i)
      system(s, model.successors(c)[i]) -= x * static_cast<long double>(model.probabilities(c)[i]);
  }
  const auto factors = system.fullPivLu();
  Vector mean = factors.solve(reward);
  mean += factors.solve(Vector(reward - system * mean));
  return mean;
}

/// Gains of a policy as the limit of Abel means, extrapolated once: the error is of the size of (1 - x)^2, some 1e-12.
/// No classes, no code shared with the planners.
Vector abel_gain(const mdp::TabularMdp& model, const std::vector<int>& choice) {
  return 2 * abel_mean(model, choice, 1 - 5e-7L) - abel_mean(model, choice, 1 - 1e-6L);
}

/// Five states whose choices mostly stay near: several recurrent classes, transient states, periodic cycles.
mdp::TabularMdp multichain_model(std::uint64_t seed, double scale) {
  mdp::TabularMdpBuilder builder(5);
  Stream stream = Stream(seed).child("multichain");
  for (int s = 0; s < 5; ++s) {
    for (int a = 0; a < 2; ++a) {
      const double reward = scale * (stream.uniform() - 0.5);
      const auto kind = stream.below(3);
      const int near = (s + static_cast<int>(stream.below(2))) % 5, far = static_cast<int>(stream.below(5));
      if (kind == 0) {
        builder.add_choice(s, reward, {{s, 1.0}});
      } else if (kind == 1) {
        builder.add_choice(s, reward, {{near, 1.0}});
      } else {
        builder.add_choice(s, reward, {{near, 0.5}, {far, 0.5}});
      }
    }
  }
  return std::move(builder).build();
}

void for_each_policy(int states, const std::function<void(const std::vector<int>&)>& visit) {
  for (int code = 0; code < 1 << states; ++code) {
    std::vector<int> choice;
    for (int s = 0; s < states; ++s) choice.push_back(code >> s & 1);
    visit(choice);
  }
}

using Planner = Solution (*)(const Problem&, const SolveOptions&);

struct Case {
  const char* name;
  Planner solve;
};

const Case kCases[] = {
    {"policy-iteration",
     [](const Problem& p, const SolveOptions& run) { return average_policy_iteration(p, {}, run); }},
    {"multichain-value-iteration",
     [](const Problem& p, const SolveOptions& run) { return multichain_value_iteration(p, {}, run); }},
    {"linear-programming", [](const Problem& p, const SolveOptions& run) { return linear_programming(p, {}, run); }},
    {"linear-programming, dual",
     [](const Problem& p, const SolveOptions& run) { return linear_programming(p, {.form = "dual"}, run); }},
    {"auto", [](const Problem& p, const SolveOptions& run) { return average_auto(p, run); }},
};

TEST(Multichain, EveryPlannerEnclosesTheBestOfAllPolicies) {
  int several_gains = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const double scale = seed % 3 == 0 ? 1e-6 : seed % 3 == 1 ? 1.0 : 1e6;
    const Problem problem{.model = multichain_model(seed, scale),
                          .criterion = Criterion::kAverage,
                          .direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise};
    Vector best = Vector::Constant(5, -problem.sign() * 1e30L);
    for_each_policy(5, [&](const std::vector<int>& choice) {
      const Vector gain = abel_gain(problem.model, choice);
      best = problem.maximise() ? best.cwiseMax(gain).eval() : best.cwiseMin(gain).eval();
    });
    if (best.maxCoeff() - best.minCoeff() > 1e-9L * scale) ++several_gains;
    const long double error = 1e-10L * scale;  // of the long way round
    for (const Case& planner : kCases) {
      const Solution got = planner.solve(problem, {.tolerance = 1e-7 * scale});
      ASSERT_EQ(got.status, Status::kConverged) << planner.name << " seed " << seed << " " << got.note;
      ASSERT_EQ(got.note.find("solved badly"), std::string::npos)
          << planner.name << " seed " << seed << " " << got.note;
      std::vector<int> played(got.policy.choices().begin(), got.policy.choices().end());
      const Vector earned = abel_gain(problem.model, played);
      for (int s = 0; s < 5; ++s) {
        const auto what = [&] { return testing::Message() << planner.name << " seed " << seed << " state " << s; };
        ASSERT_LE(got.lower[s], best[s] + error) << what();
        ASSERT_GE(got.upper[s], best[s] - error) << what();
        ASSERT_LE(got.lower[s], earned[s] + error) << what();
        ASSERT_GE(got.upper[s], earned[s] - error) << what();
        ASSERT_LE(std::abs(got.value[s] - best[s]), got.gap + error) << what();
      }
    }
  }
  EXPECT_GT(several_gains, 10);  // the models are what they are meant to be
}

TEST(Multichain, ByHand) {
  // State 0 may stay for 1 a step or go to 1 or 2; 1 stays for 2; 2 stays for 5 but 0 gets there half the time only:
  // the best gain of 0 is (2 + 5) / 2.
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 1, {{0, 1.0}});
  builder.add_choice(0, -100, {{1, 0.5}, {2, 0.5}});
  builder.add_choice(1, 2, {{1, 1.0}});
  builder.add_choice(2, 5, {{2, 1.0}});
  Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kAverage};
  for (const Case& planner : kCases) {
    const Solution got = planner.solve(problem, {.tolerance = 1e-9});
    EXPECT_NEAR(got.value[0], 3.5, 1e-9) << planner.name;
    EXPECT_EQ(got.policy.choices()[0], 1) << planner.name;
    EXPECT_NEAR(got.value[1], 2, 1e-9);
    EXPECT_NEAR(got.value[2], 5, 1e-9);
  }
  problem.direction = Direction::kMinimise;
  for (const Case& planner : kCases) EXPECT_NEAR(planner.solve(problem, {}).value[0], 1, 1e-6) << planner.name;
  // Relative value iteration alone cannot answer, and says so.
  const Solution alone = relative_value_iteration(problem);
  EXPECT_EQ(alone.status, Status::kBudgetExhausted);
  EXPECT_LE(alone.lower[0], 1);
  EXPECT_GE(alone.upper[2], 5);
}

TEST(Multichain, LeavesAComponentThroughTheRightState) {
  // 0 and 1 form a cycle worth 1; only 1 can leave, for 10 a step in 2.
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 1, {{1, 1.0}});
  builder.add_choice(1, 1, {{0, 1.0}});
  builder.add_choice(1, 0, {{2, 1.0}});
  builder.add_choice(2, 10, {{2, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kAverage};
  for (const Case& planner : kCases) {
    const Solution got = planner.solve(problem, {});
    EXPECT_NEAR(got.value[0], 10, 1e-6) << planner.name;
    EXPECT_EQ(got.policy.choices()[1], 1) << planner.name;
  }
}

TEST(Multichain, BiasSolvesTheEvaluationEquations) {
  for (const char* name : {"riverswim", "queue-admission", "machine-replacement"}) {
    const Problem problem{.model = mdp::make_instance(name).model, .criterion = Criterion::kAverage};
    const Solution got = average_policy_iteration(problem);
    ASSERT_EQ(got.status, Status::kConverged) << name;
    const double size = 1 + got.bias.cwiseAbs().maxCoeff();
    for (int s = 0; s < problem.model.num_states(); ++s) {
      const std::int64_t c = problem.model.first_choice(s) + got.policy.choices()[static_cast<std::size_t>(s)];
      double next = problem.model.reward(c);
      for (std::size_t k = 0; k < problem.model.successors(c).size(); ++k)
        next += problem.model.probabilities(c)[k] * got.bias[problem.model.successors(c)[k]];
      EXPECT_NEAR(got.bias[s] + got.value[s], next, 1e-10 * size) << name << " state " << s;
    }
  }
}

// Out of 0: 3 takes 100 on the way into 2, which earns nothing, so it has by far the largest bias but less gain;
// straight into 1, which earns 1 a step, pays most at once; 4, 5 and 6 take 5 on the way into 1, and 7 takes 3. The
// mean of the gains of 4, 5 and 6 rounds to less than 1.
TEST(Multichain, PolicyIterationTakesTheBestBiasThatCostsNoGain) {
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    const double sign = direction == Direction::kMaximise ? 1 : -1;
    mdp::TabularMdpBuilder builder(8);
    builder.add_choice(0, 0, {{3, 1.0}}).add_choice(0, 2 * sign, {{1, 1.0}});
    builder.add_choice(0, sign, {{4, 0.7}, {5, 0.2}, {6, 0.1}}).add_choice(0, sign, {{7, 1.0}});
    builder.add_choice(1, sign, {{1, 1.0}}).add_choice(2, 0, {{2, 1.0}});
    builder.add_choice(3, 100 * sign, {{2, 1.0}}).add_choice(7, 3 * sign, {{1, 1.0}});
    for (const int s : {4, 5, 6}) builder.add_choice(s, 5 * sign, {{1, 1.0}});
    const Problem problem{
        .model = std::move(builder).build(), .criterion = Criterion::kAverage, .direction = direction};
    const Solution got = average_policy_iteration(problem);
    EXPECT_EQ(got.iterations, 2);  // straight into 1, then through 4, 5 and 6
    EXPECT_NEAR(got.value[0], sign, 1e-9);
  }
}

TEST(Multichain, LargerModelsGoComponentByComponent) {
  // Two rings of 400 states joined by one way; the second is better.
  const int n = 400;
  mdp::TabularMdpBuilder builder(2 * n);
  for (int s = 0; s < 2 * n; ++s) {
    const int ring = s / n, next = ring * n + (s + 1) % n;
    builder.add_choice(s, ring == 0 ? 1 : 2 + (s % 2), {{next, 0.9}, {s, 0.1}});
    if (s == 0) builder.add_choice(0, -5, {{n, 1.0}});
  }
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kAverage};
  const Solution got = average_auto(problem, {.tolerance = 1e-6});
  EXPECT_EQ(got.algorithm, "multichain-value-iteration");
  ASSERT_EQ(got.status, Status::kConverged) << got.note;
  EXPECT_NEAR(got.value[0], 2.5, 1e-6);
  EXPECT_NEAR(got.value[n - 1], 2.5, 1e-6);
  EXPECT_THAT(got.note, testing::HasSubstr("2 maximal end components"));
  const Solution two = [&] {
    const ThreadCount guard(2);
    return average_auto(problem, {.tolerance = 1e-6});
  }();
  EXPECT_EQ(got.value, two.value);
  const Solution stopped =
      average_auto(problem, {.tolerance = 1e-9, .observer = [](const TraceRow& row) { return row.iteration < 5; }});
  EXPECT_EQ(stopped.status, Status::kStoppedByCaller);
  EXPECT_LE(stopped.lower[0], 2.5);
  EXPECT_GE(stopped.upper[0], 2.5);
}

TEST(Multichain, RefusesOtherQuestions) {
  const Problem problem{.model = mdp::make_instance("riverswim").model, .discount = 0.9};
  EXPECT_THROW(average_policy_iteration(problem), InvalidOption);
  EXPECT_THROW(multichain_value_iteration(problem), InvalidOption);
}

}  // namespace
}  // namespace bellwether::solvers
