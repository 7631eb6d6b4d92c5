#include "solvers/exact/finite/backward_induction.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/support/reference.h"

namespace bellwether::solvers {
namespace {

Problem puterman(int horizon) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 5.0, {{0, 0.5}, {1, 0.5}});
  builder.add_choice(0, 10.0, {{1, 1.0}});
  builder.add_choice(1, -1.0, {{1, 1.0}});
  return {.model = std::move(builder).build(), .criterion = Criterion::kFinite, .horizon = horizon};
}

TEST(BackwardInduction, IsRightByHand) {
  // V_1 = (10, -1); V_2(0) = max(5 + (10 - 1)/2, 10 - 1) = 9.5; V_3(0) = max(5 + (9.5 - 2)/2, 10 - 2) = 8.75.
  EXPECT_EQ(backward_induction(puterman(1)).value[0], 10);
  EXPECT_EQ(backward_induction(puterman(2)).value[0], 9.5);
  const Solution three = backward_induction(puterman(3));
  EXPECT_EQ(three.value[0], 8.75);
  EXPECT_EQ(three.value[1], -3);
  ASSERT_EQ(three.stages.size(), 3U);
  EXPECT_EQ(three.stages[0].choices()[0], 0);
  EXPECT_EQ(three.stages[2].choices()[0], 1);
  EXPECT_EQ(three.status, Status::kConverged);
}

/// Value of one sequence of choices a stage and state, computed forwards: the expected reward along the distribution.
double played_value(const Problem& problem, const std::vector<std::vector<int>>& plan, int start) {
  std::vector<double> at(static_cast<std::size_t>(problem.model.num_states()), 0.0);
  at[static_cast<std::size_t>(start)] = 1;
  double total = 0, weight = 1;
  for (int h = 0; h < problem.horizon; ++h) {
    const mdp::TabularMdp& model = problem.stages.empty() ? problem.model : problem.stages[static_cast<std::size_t>(h)];
    std::vector<double> then(at.size(), 0.0);
    for (int s = 0; s < model.num_states(); ++s) {
      const std::int64_t c = model.first_choice(s) + plan[static_cast<std::size_t>(h)][static_cast<std::size_t>(s)];
      total += weight * at[static_cast<std::size_t>(s)] * model.reward(c);
      for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
        then[static_cast<std::size_t>(model.successors(c)[i])] +=
            at[static_cast<std::size_t>(s)] * model.probabilities(c)[i];
      }
    }
    at = then;
    weight *= problem.discount;
  }
  return total;
}

TEST(BackwardInduction, BeatsEveryDeterministicMarkovPolicy) {
  // Three states, two actions, three stages that differ: 2^9 plans, all of them tried.
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    std::vector<mdp::TabularMdp> stages;
    for (std::uint64_t h = 0; h < 3; ++h) {
      mdp::TabularMdpBuilder builder(3);
      Stream stream = Stream(seed).child(h);
      for (int s = 0; s < 3; ++s) {
        for (int a = 0; a < 2; ++a) {
          const double p = stream.uniform();
          builder.add_choice(s, stream.uniform(),
                             {{static_cast<int>(stream.below(3)), p}, {static_cast<int>(stream.below(3)), 1 - p}});
        }
      }
      stages.push_back(std::move(builder).build());
    }
    for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
      const Problem problem{.model = stages[0],
                            .criterion = Criterion::kFinite,
                            .direction = direction,
                            .discount = 0.9,
                            .horizon = 3,
                            .stages = stages};
      const Solution got = backward_induction(problem);
      for (int start = 0; start < 3; ++start) {
        double best = -problem.sign() * 1e9;
        for (int code = 0; code < 512; ++code) {
          std::vector<std::vector<int>> plan(3, std::vector<int>(3));
          for (int k = 0; k < 9; ++k)
            plan[static_cast<std::size_t>(k / 3)][static_cast<std::size_t>(k % 3)] = code >> k & 1;
          const double value = played_value(problem, plan, start);
          best = problem.maximise() ? std::max(best, value) : std::min(best, value);
        }
        EXPECT_NEAR(got.value[start], best, 1e-14) << "seed " << seed << " start " << start;
      }
    }
  }
}

TEST(BackwardInduction, BoundsContainTheTruth) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const Problem problem{.model = test::random_model(Stream(seed), {.reward_scale = scale}),
                            .criterion = Criterion::kFinite,
                            .horizon = 200};
      const Solution got = backward_induction(problem, {}, {.tolerance = 1e-9 * scale});
      const auto truth = test::reference_finite_values(problem);
      EXPECT_EQ(got.status, Status::kConverged);
      for (int s = 0; s < problem.model.num_states(); ++s) {
        ASSERT_LE(got.lower[s], truth[static_cast<std::size_t>(s)]);
        ASSERT_GE(got.upper[s], truth[static_cast<std::size_t>(s)]);
        ASSERT_LE(std::abs(got.value[s] - truth[static_cast<std::size_t>(s)]), got.gap);
      }
    }
  }
}

TEST(BackwardInduction, GivesTheSameBitsForEveryThreadCount) {
  const Problem problem{
      .model = test::random_model(Stream(1), {.states = 20000}), .criterion = Criterion::kFinite, .horizon = 5};
  const auto solve = [&](int threads) {
    const ThreadCount guard(threads);
    return backward_induction(problem);
  };
  const Solution one = solve(1), two = solve(2);
  EXPECT_EQ(one.value, two.value);
  EXPECT_EQ(one.gap, two.gap);
  EXPECT_EQ(one.stages, two.stages);
}

TEST(BackwardInduction, StopsWithoutAnAnswerWhenTold) {
  const Solution got =
      backward_induction(puterman(5), {}, {.observer = [](const TraceRow& row) { return row.iteration < 2; }});
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_EQ(got.value.size(), 0);
  EXPECT_FALSE(std::isfinite(got.gap));
}

TEST(BackwardInduction, SaysWhenValuesOverflow) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.5e308, {{0, 1.0}});
  const Solution got =
      backward_induction({.model = std::move(builder).build(), .criterion = Criterion::kFinite, .horizon = 3});
  EXPECT_EQ(got.status, Status::kNumericalTrouble);
  EXPECT_FALSE(std::isfinite(got.gap));
  EXPECT_EQ(got.lower.size(), 0);
}

TEST(BackwardInduction, RefusesOtherProblems) {
  Problem problem = puterman(3);
  problem.criterion = Criterion::kDiscounted;
  problem.discount = 0.9;
  EXPECT_THROW(backward_induction(problem), InvalidOption);
  EXPECT_THROW(backward_induction(puterman(0)), InvalidOption);
}

}  // namespace
}  // namespace bellwether::solvers
