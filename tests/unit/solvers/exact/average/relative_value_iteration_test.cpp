#include "solvers/exact/average/relative_value_iteration.h"

#include <cmath>
#include <vector>

#include <Eigen/LU>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "mdp/instances/registry.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"

namespace bellwether::solvers {
namespace {

/// Gain of a deterministic policy from its stationary distribution; every choice of these models mixes with state 0.
long double stationary_gain(const mdp::TabularMdp& model, const std::vector<int>& choice) {
  using Matrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<long double, Eigen::Dynamic, 1>;
  const int n = model.num_states();
  Matrix system = Matrix::Zero(n, n);
  for (int s = 0; s < n; ++s) {
    const std::int64_t c = model.first_choice(s) + choice[static_cast<std::size_t>(s)];
    system(s, s) += 1;
    for (std::size_t i = 0; i < model.successors(c).size(); ++i)
      system(model.successors(c)[i], s) -= model.probabilities(c)[i];
  }
  system.row(n - 1).setOnes();
  Vector right = Vector::Zero(n);
  right[n - 1] = 1;
  const Vector stationary = system.partialPivLu().solve(right);
  long double gain = 0;
  for (int s = 0; s < n; ++s)
    gain += stationary[s] * model.reward(model.first_choice(s) + choice[static_cast<std::size_t>(s)]);
  return gain;
}

mdp::TabularMdp mixing_model(std::uint64_t seed, double scale) {
  mdp::TabularMdpBuilder builder(5);
  Stream stream(seed);
  for (int s = 0; s < 5; ++s) {
    for (int a = 0; a < 2; ++a) {
      builder.add_choice(
          s, scale * stream.uniform(),
          {{static_cast<int>(stream.below(5)), 0.5}, {static_cast<int>(stream.below(5)), 0.25}, {0, 0.25}});
    }
  }
  return std::move(builder).build();
}

TEST(RelativeValueIteration, EnclosesTheBestOfAllPolicies) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
        const Problem problem{
            .model = mixing_model(seed, scale), .criterion = Criterion::kAverage, .direction = direction};
        const Solution got = relative_value_iteration(problem, {}, {.tolerance = 1e-9 * scale});
        ASSERT_EQ(got.status, Status::kConverged);
        long double best = -problem.sign() * 1e30L;
        for (int code = 0; code < 32; ++code) {
          std::vector<int> choice;
          for (int s = 0; s < 5; ++s) choice.push_back(code >> s & 1);
          const long double gain = stationary_gain(problem.model, choice);
          best = problem.maximise() ? std::max(best, gain) : std::min(best, gain);
        }
        ASSERT_LE(got.lower[0], best) << seed;
        ASSERT_GE(got.upper[0], best) << seed;
        std::vector<int> played;
        for (const std::int32_t k : got.policy.choices()) played.push_back(k);
        const long double earned = stationary_gain(problem.model, played);
        ASSERT_LE(got.lower[0], earned) << seed;
        ASSERT_GE(got.upper[0], earned) << seed;
      }
    }
  }
}

TEST(RelativeValueIteration, FindsTheGainOfRiverSwim) {
  const Problem problem{.model = mdp::make_instance("riverswim").model, .criterion = Criterion::kAverage};
  const Solution got = relative_value_iteration(problem, {}, {.tolerance = 1e-8});
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_NEAR(got.value[0], 0.4286224, 1e-6);
  EXPECT_NEAR(got.bias.maxCoeff() - got.bias.minCoeff(), 6.31032, 1e-4);
}

TEST(RelativeValueIteration, IsNotFooledByPeriodicity) {
  // 0 -> 1 -> 2 -> 0 with rewards 3, 0, 0: gain 1, while plain value iteration goes round for ever.
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 3.0, {{1, 1.0}}).add_choice(1, 0.0, {{2, 1.0}}).add_choice(2, 0.0, {{0, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .criterion = Criterion::kAverage};
  EXPECT_NEAR(relative_value_iteration(problem).value[0], 1, 1e-6);
  const Solution undamped = relative_value_iteration(problem, {.step = 1});
  EXPECT_EQ(undamped.status, Status::kBudgetExhausted);
  EXPECT_LE(undamped.lower[0], 1);
  EXPECT_GE(undamped.upper[0], 1);
}

TEST(RelativeValueIteration, SaysWhenGainsDiffer) {
  // Two states that cannot leave themselves, with rewards 1 and 2: the bounds are true and stay apart.
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{0, 1.0}}).add_choice(1, 2.0, {{1, 1.0}});
  const Solution got =
      relative_value_iteration({.model = std::move(builder).build(), .criterion = Criterion::kAverage});
  EXPECT_EQ(got.status, Status::kBudgetExhausted);
  EXPECT_LE(got.lower[0], 1);
  EXPECT_GE(got.upper[1], 2);
  EXPECT_NE(got.note.find("differs between states"), std::string::npos);
}

TEST(RelativeValueIteration, GivesTheSameBitsForEveryThreadCount) {
  const Problem problem{.model = test::random_model(Stream(3), {.states = 20000}), .criterion = Criterion::kAverage};
  const auto solve = [&](int threads) {
    const ThreadCount guard(threads);
    return relative_value_iteration(problem, {}, {.max_iterations = 20});
  };
  const Solution one = solve(1), two = solve(2);
  EXPECT_EQ(one.bias, two.bias);
  EXPECT_EQ(one.lower, two.lower);
}

}  // namespace
}  // namespace bellwether::solvers
