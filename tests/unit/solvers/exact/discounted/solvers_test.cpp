// What every discounted solver owes: an interval that contains the truth, at any scale, discount and direction.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/unit/solvers/exact/discounted/all_solvers.h"
#include "tests/unit/solvers/exact/discounted/random_models.h"
#include "tests/unit/solvers/exact/discounted/truth.h"

namespace bellwether::test {
namespace {

using namespace solvers;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Problem problem_of(mdp::TabularMdp model, double discount, Direction direction = Direction::kMaximise) {
  return {.model = std::move(model), .direction = direction, .discount = discount};
}

/// The interval holds V* and the value of the returned policy, and the gap is honest.
void expect_enclosed(const Problem& problem, const Solution& got, const LongVector& truth, const std::string& what) {
  ASSERT_EQ(got.lower.size(), truth.size()) << what;
  const auto choices = got.policy.choices();
  const LongVector played = policy_values(problem, {choices.begin(), choices.end()});
  for (Eigen::Index s = 0; s < truth.size(); ++s) {
    ASSERT_LE(static_cast<long double>(got.lower[s]), truth[s]) << what << " state " << s;
    ASSERT_GE(static_cast<long double>(got.upper[s]), truth[s]) << what << " state " << s;
    ASSERT_LE(static_cast<long double>(got.lower[s]), played[s]) << what << " state " << s;
    ASSERT_GE(static_cast<long double>(got.upper[s]), played[s]) << what << " state " << s;
    ASSERT_LE(std::abs(static_cast<long double>(got.value[s]) - truth[s]), static_cast<long double>(got.gap))
        << what << " state " << s;
  }
}

mdp::TabularMdp puterman() {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 5.0, {{0, 0.5}, {1, 0.5}});
  builder.add_choice(0, 10.0, {{1, 1.0}});
  builder.add_choice(1, -1.0, {{1, 1.0}});
  return std::move(builder).build();
}

class EverySolver : public ::testing::TestWithParam<SolverCase> {
 protected:
  Solution solve(const Problem& problem, const SolveOptions& options = {}) const {
    return GetParam().solve(problem, options);
  }
};

TEST_P(EverySolver, SolvesPutermansTwoStates) {
  // Puterman, example 6.2.1: at 0.95 staying is best, V = (-60/7, -20); at 0.5 leaving is, V(0) = 10 + V(1) / 2.
  const Solution got = solve(problem_of(puterman(), 0.95), {.tolerance = 1e-9});
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_EQ(got.algorithm, GetParam().registered);
  EXPECT_NEAR(got.value[0], -60.0 / 7, 1e-9);
  EXPECT_NEAR(got.value[1], -20, 1e-9);
  EXPECT_LE(got.gap, 1e-9);
  EXPECT_EQ(got.policy.choices()[0], 0);
  const Solution least = solve(problem_of(puterman(), 0.95, Direction::kMinimise), {.tolerance = 1e-9});
  EXPECT_NEAR(least.value[0], -9, 1e-9);  // 10 + 0.95 * (-20)
  EXPECT_EQ(least.policy.choices()[0], 1);
  const Solution leave = solve(problem_of(puterman(), 0.5), {.tolerance = 1e-9});
  EXPECT_NEAR(leave.value[0], 9, 1e-9);
  EXPECT_NEAR(leave.value[1], -2, 1e-9);
  EXPECT_EQ(leave.policy.choices()[0], 1);
  const Solution now = solve(problem_of(puterman(), 0), {.tolerance = 1e-9});
  EXPECT_NEAR(now.value[0], 10, 1e-14);
  EXPECT_NEAR(now.value[1], -1, 1e-14);
}

TEST_P(EverySolver, CertificateContainsTheTruth) {
  for (const Shape shape : {Shape::kGarnet, Shape::kCorridor, Shape::kRing}) {
    for (const double discount : {0.3, 0.9, 0.99, 0.9999}) {
      for (const double scale : {1e-6, 1.0, 1e6}) {
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
          const Direction direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise;
          const Problem problem =
              problem_of(random_model({.shape = shape, .states = 12, .scale = scale}, seed), discount, direction);
          const LongVector truth = optimal_values(problem);
          const std::string what = "shape " + std::to_string(static_cast<int>(shape)) + " discount " +
                                   std::to_string(discount) + " scale " + std::to_string(scale) + " seed " +
                                   std::to_string(seed);
          const double tolerance = 1e-6 * scale;
          const Solution got = solve(problem, {.tolerance = tolerance});
          ASSERT_EQ(got.status, Status::kConverged) << what << " gap " << got.gap << " " << got.note;
          ASSERT_LE(got.gap, tolerance) << what;
          expect_enclosed(problem, got, truth, what);
        }
      }
    }
  }
}

TEST_P(EverySolver, EnclosesWhateverTheIterationLimit) {
  for (const std::int64_t limit : {0, 1, 2, 5, 17}) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const Shape shape = seed % 2 == 0 ? Shape::kGarnet : Shape::kCorridor;
      const Problem problem = problem_of(random_model({.shape = shape}, seed), 0.97,
                                         seed % 3 == 0 ? Direction::kMinimise : Direction::kMaximise);
      const Solution got = solve(problem, {.tolerance = 1e-11, .max_iterations = limit});
      EXPECT_LE(got.iterations, limit + 2);  // topological: the passes that draw the bounds come on top
      expect_enclosed(problem, got, optimal_values(problem), "limit " + std::to_string(limit));
      EXPECT_TRUE(got.status == Status::kConverged || got.status == Status::kBudgetExhausted) << to_string(got.status);
    }
  }
}

TEST_P(EverySolver, StopsAtTheLimitOfRounding) {
  for (const Shape shape : {Shape::kGarnet, Shape::kCorridor, Shape::kRing}) {
    const Problem problem = problem_of(random_model({.shape = shape, .states = 10, .scale = 1e6}, 5), 0.999);
    const Solution got = solve(problem, {.tolerance = 1e-12});
    EXPECT_EQ(got.status, Status::kRoundingLimited);
    EXPECT_THAT(got.note, HasSubstr("Rounding made these bounds"));
    EXPECT_GT(got.gap, 1e-12);
    EXPECT_LT(got.gap, 2e-2);  // 26 units of 1e9, and what they sum to at this discount, is 3e-3
    expect_enclosed(problem, got, optimal_values(problem), "rounding");
  }
}

TEST_P(EverySolver, TiesDoNotKeepItBusy) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem problem = problem_of(random_model({.states = 30, .actions = 5, .tied = 0.3}, seed), 0.99);
    const Solution got = solve(problem, {.tolerance = 1e-8, .max_iterations = 200000});
    EXPECT_EQ(got.status, Status::kConverged) << "seed " << seed;
    expect_enclosed(problem, got, optimal_values(problem), "ties");
  }
}

TEST_P(EverySolver, ObserverStopsIt) {
  const Problem problem = problem_of(random_model({.shape = Shape::kCorridor, .states = 40}, 3), 0.999);
  int calls = 0;
  const Solution got = solve(problem, {.tolerance = 1e-9, .observer = [&](const TraceRow&) { return ++calls < 2; }});
  EXPECT_EQ(calls, 2);
  EXPECT_TRUE(got.status == Status::kStoppedByCaller || got.status == Status::kConverged) << to_string(got.status);
  if (GetParam().registered == "value-iteration") {
    EXPECT_EQ(got.status, Status::kStoppedByCaller);
  }
  expect_enclosed(problem, got, optimal_values(problem), "stopped");
}

TEST_P(EverySolver, ThreadCountDoesNotChangeTheBits) {
  // Above 10^5 transitions, the size that stays serial; a factorisation needs a model whose factors do not fill in.
  const bool factors = GetParam().registered == "policy-iteration", dense = GetParam().name == "PolicyIterationDense";
  const ModelRecipe random{.states = 3000, .actions = 5, .branching = 10};
  const ModelRecipe small{.states = 600, .actions = 20, .branching = 10};
  const ModelRecipe corridor{.shape = Shape::kCorridor, .states = 13000, .actions = 4};
  const Problem problem = problem_of(random_model(!factors ? random : dense ? small : corridor, 1), 0.9);
  ASSERT_GT(problem.model.num_transitions(), 100000);
  const auto with_threads = [&](int threads) {
    const ThreadCount guard(threads);
    return solve(problem, {.tolerance = 1e-7, .max_iterations = 4});
  };
  const Solution one = with_threads(1), four = with_threads(4);
  EXPECT_EQ(one.value, four.value);
  EXPECT_EQ(one.lower, four.lower);
  EXPECT_EQ(one.upper, four.upper);
  EXPECT_EQ(one.policy, four.policy);
  EXPECT_EQ(one.transitions_read, four.transitions_read);
}

TEST_P(EverySolver, TraceGapsAreProvenAndWorkGrows) {
  const Problem problem = problem_of(random_model({.shape = Shape::kCorridor}, 8), 0.95);
  const Solution got = solve(problem, {.tolerance = 1e-7});
  ASSERT_FALSE(got.trace.empty());
  EXPECT_EQ(got.trace.back().iteration <= got.iterations, true);
  for (std::size_t i = 1; i < got.trace.size(); ++i) {
    EXPECT_LT(got.trace[i - 1].iteration, got.trace[i].iteration);
    EXPECT_LT(got.trace[i - 1].work, got.trace[i].work);
  }
  EXPECT_GE(got.transitions_read, got.trace.back().work);
  EXPECT_GT(got.transitions_read, 0);
}

TEST_P(EverySolver, TerminalStatesAreWorthExactlyZero) {
  const Problem problem = problem_of(random_model({.shape = Shape::kCorridor, .states = 9}, 2), 0.98);
  const Solution got = solve(problem);
  EXPECT_EQ(got.value[8], 0);
  EXPECT_EQ(got.lower[8], 0);
  EXPECT_EQ(got.upper[8], 0);
}

TEST_P(EverySolver, OverflowIsNumericalTrouble) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1e308, {{0, 0.5}, {1, 0.5}}).add_choice(1, 1e308, {{0, 0.5}, {1, 0.5}});
  const Solution got = solve(problem_of(std::move(builder).build(), 0.99), {.max_iterations = 100000});
  EXPECT_EQ(got.status, Status::kNumericalTrouble);
  EXPECT_EQ(got.gap, std::numeric_limits<double>::infinity());
  EXPECT_EQ(got.lower.size(), 0);
}

TEST_P(EverySolver, NamesWhatIsWrongWithTheQuestion) {
  Problem total = problem_of(puterman(), 1);
  total.criterion = Criterion::kTotal;
  EXPECT_THAT([&] { solve(total); }, ThrowsMessage<InvalidOption>(HasSubstr("the criterion is 'total'")));
  EXPECT_THAT([&] { solve(problem_of(puterman(), 1)); }, ThrowsMessage<InvalidOption>(HasSubstr("discount 1 ")));
  EXPECT_THAT([&] { solve(problem_of(puterman(), 0.5), {.tolerance = -1}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'tolerance' is -1")));
  EXPECT_THAT([&] { solve(problem_of(puterman(), 0.5), {.tolerance = std::nan("")}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'tolerance' is nan")));
  EXPECT_THAT([&] { solve(problem_of(puterman(), 0.5), {.max_iterations = -3}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'max_iterations' is -3")));
}

INSTANTIATE_TEST_SUITE_P(Discounted, EverySolver, ::testing::ValuesIn(all_solvers()),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace bellwether::test
