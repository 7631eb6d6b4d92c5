// What a certificate is made of, one comparison after the other; proofs of infeasibility in fractions.
#include "solvers/constrained/certificate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stream.h"
#include "tests/unit/solvers/constrained/examples.h"
#include "tests/unit/solvers/exact/rational/dense_reference.h"

namespace bellwether::solvers {
namespace {

using constrained::AnyPolicy;
using constrained::ColumnPool;
using constrained::Feasibility;
using constrained::Lagrangian;
using constrained::Outcome;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

ConstrainedProblem two_state(double limit, Direction direction = Direction::kMaximise) {
  return {.model = mdp::two_state_cmdp(limit), .direction = direction, .discount = .9};
}

// --- judge -----------------------------------------------------------------------------------------------------------

/// A solution whose policy is worth 1, between .875 and 1.125 (to be maximised), with one budget.
ConstrainedSolution reported(double sign, double violation = 0) {
  ConstrainedSolution solution;
  solution.expected = {sign, sign > 0 ? .875 : -1.125, sign > 0 ? 1.125 : -.875};
  solution.violation = violation;
  solution.budgets.push_back({.column = "cost", .limit = 2});
  return solution;
}

Outcome judged_by(double upper, double y = .5) {
  return {
      .algorithm = "test", .multipliers = {y}, .dual = Bounded{upper, upper - 3, upper}, .iterations = 7, .work = 9};
}

TEST(Judge, EnclosesTheOptimumBetweenThePolicyAndTheDualValue) {
  for (const double sign : {1.0, -1.0}) {
    const Lagrangian on(two_state(2, sign > 0 ? Direction::kMaximise : Direction::kMinimise));
    ConstrainedSolution got = reported(sign);
    judge(on, judged_by(2.5), {.tolerance = 1}, got);
    EXPECT_LE(sign > 0 ? got.optimum.lower : -got.optimum.upper, .875);
    EXPECT_GT(sign > 0 ? got.optimum.lower : -got.optimum.upper, .875 - 1e-12);
    EXPECT_EQ(sign > 0 ? got.optimum.upper : -got.optimum.lower, 2.5);
    EXPECT_EQ(got.optimum.value, sign);
    EXPECT_GT(got.gap, 1.625);  // rounded up
    EXPECT_LT(got.gap, 1.625 + 1e-12);
    EXPECT_EQ(got.budgets[0].multiplier, .5 * sign);
    EXPECT_EQ(got.iterations, 7);
    EXPECT_EQ(got.transitions_read, 9);
  }
}

TEST(Judge, KeepsTheValueWithinTheBounds) {
  const Lagrangian on(two_state(2));
  ConstrainedSolution got = reported(1);
  judge(on, judged_by(.9375), {}, got);
  EXPECT_EQ(got.optimum.value, .9375) << "the dual value is below the middle of what the policy is worth";
  judge(on, judged_by(.875), {.tolerance = 0}, got);
  EXPECT_LT(got.gap, 1e-15) << "nothing but roundings";
  judge(on, judged_by(.5), {.tolerance = 0}, got);
  EXPECT_EQ(got.gap, 0) << "never below zero";
}

TEST(Judge, ProvesNothingFromBelowByAPolicyThatMayExceedALimit) {
  for (const double sign : {1.0, -1.0}) {
    const Lagrangian on(two_state(2, sign > 0 ? Direction::kMaximise : Direction::kMinimise));
    for (const double violation : {1e-300, 1e-3, std::nan("")}) {
      ConstrainedSolution got = reported(sign, violation);
      judge(on, judged_by(2.5), {.tolerance = 1e9}, got);
      EXPECT_EQ(sign > 0 ? got.optimum.lower : -got.optimum.upper, -kInfinite);
      EXPECT_EQ(sign > 0 ? got.optimum.upper : -got.optimum.lower, 2.5);
      EXPECT_TRUE(std::isnan(got.optimum.value));
      EXPECT_EQ(got.gap, kInfinite);
      EXPECT_NE(got.status, Status::kConverged);
    }
  }
}

TEST(Judge, ProvesNothingFromAboveByWhatIsNoBound) {
  const Lagrangian on(two_state(2));
  for (const double upper : {kInfinite, std::nan("")}) {
    ConstrainedSolution got = reported(1);
    judge(on, judged_by(upper), {.tolerance = 1e300}, got);
    EXPECT_EQ(got.gap, kInfinite) << upper;
    EXPECT_TRUE(std::isnan(got.optimum.value)) << upper;
    EXPECT_EQ(got.status, Status::kNumericalTrouble) << upper;
  }
}

TEST(WithoutAnswer, SaysWhetherSomebodyStoppedIt) {
  const Lagrangian on(two_state(2));
  for (const bool stopped : {true, false}) {
    const ConstrainedSolution got =
        without_answer(on, {.algorithm = "test", .note = "First.", .iterations = 3, .stopped = stopped});
    EXPECT_EQ(got.status, stopped ? Status::kStoppedByCaller : Status::kNumericalTrouble);
    EXPECT_EQ(got.note, "First. No policy could be proven anything about.");
    EXPECT_EQ(got.iterations, 3);
    EXPECT_EQ(got.gap, kInfinite);
    EXPECT_TRUE(std::isnan(got.budgets.at(0).cost.value));
  }
}

TEST(Judge, NamesHowTheRunEnded) {
  const Lagrangian on(two_state(2));
  const auto status = [&](Outcome outcome, double tolerance, ConstrainedSolution solution = reported(1)) {
    judge(on, outcome, {.tolerance = tolerance}, solution);
    return solution.status;
  };
  ConstrainedSolution first = reported(1);
  judge(on, judged_by(2.5), {}, first);
  EXPECT_EQ(status(judged_by(2.5), first.gap), Status::kConverged) << "just so";
  EXPECT_EQ(status(judged_by(2.5), std::nextafter(first.gap, 0)), Status::kRoundingLimited) << "and just not";
  Outcome outcome = judged_by(2.5);
  outcome.exhausted = true;
  EXPECT_EQ(status(outcome, 1), Status::kBudgetExhausted);
  EXPECT_EQ(status(outcome, 2), Status::kConverged);
  outcome.stopped = true;
  EXPECT_EQ(status(outcome, 1), Status::kStoppedByCaller);
  EXPECT_EQ(status(outcome, 2), Status::kConverged);
  EXPECT_EQ(status(judged_by(kInfinite), 1e300), Status::kNumericalTrouble);
  ConstrainedSolution unknown = reported(1, .1);
  unknown.expected.value = std::nan("");
  EXPECT_EQ(status(judged_by(2.5), 1, unknown), Status::kNumericalTrouble);
}

TEST(Judge, ReportsMultipliersThatWereFound) {
  const Lagrangian on(two_state(2, Direction::kMinimise));
  ConstrainedSolution got = reported(-1);
  Outcome outcome = judged_by(2.5, 0);
  judge(on, outcome, {}, got);
  EXPECT_EQ(got.budgets[0].multiplier, 0);
  EXPECT_FALSE(std::signbit(got.budgets[0].multiplier));
  outcome.priced = false;
  got = reported(-1);
  judge(on, outcome, {}, got);
  EXPECT_TRUE(std::isnan(got.budgets[0].multiplier));
  judge(on, outcome, {.tolerance = got.gap}, got);
  EXPECT_EQ(got.budgets[0].multiplier, 0) << "a gap that is closed was closed by it";
  outcome.multipliers.clear();
  got = reported(-1);
  judge(on, outcome, {.tolerance = got.gap}, got);
  EXPECT_TRUE(std::isnan(got.budgets[0].multiplier)) << "none belong to the answer";
}

// --- Mixing with a safe policy ---------------------------------------------------------------------------------------

TEST(ShareOfSafe, IsWhatTheWorstLimitTakes) {
  ConstrainedProblem problem = binding_problem(2, {.states = 4, .actions = 3, .budgets = 2}, .8);
  problem.model = problem.model.with_limits({2, 3});
  const Lagrangian on(problem);
  Feasibility found{.safe = AnyPolicy{}, .collected = {{0, 0, 0}, {1, .5, 1}, {1, .5, 2.5}}};
  const auto share = [&](double first, double second) {
    return share_of_safe(on, found, std::vector<Bounded>{{9, 9, 9}, {0, 0, first}, {0, 0, second}});
  };
  EXPECT_EQ(share(2, 3), 0);
  EXPECT_EQ(share(1, 1), 0);
  EXPECT_DOUBLE_EQ(share(2.5, 3), .5 / 1.5);  // one over the room of the upper end
  EXPECT_DOUBLE_EQ(share(2.5, 3.5), .5);
  EXPECT_DOUBLE_EQ(share(5, 3.5), .75);
  found.collected[2].upper = 3.25;  // leaves no room
  EXPECT_EQ(share(2, 3.5), 1);
  found.safe.reset();
  EXPECT_EQ(share(2.5, 3), 1);
  EXPECT_EQ(share(2, 3), 0);
}

// Nobody keeps to the limit for certain: the policy that exceeds it least is returned, unless rounding alone tells the
// two apart.
TEST(Conclude, ReturnsTheLeastViolatingPolicyWhereNobodyIsSafe) {
  ConstrainedProblem problem = binding_problem(5, {.states = 5, .actions = 3}, .8);
  const Lagrangian any(problem);
  const AnyPolicy dear = any.planner().best(std::vector{1.0, 0.0}, 1e-9).policy,
                  cheap = any.planner().best(std::vector{0.0, -1.0}, 1e-9).policy;
  const auto least = any.planner().evaluate(cheap);
  problem.model = problem.model.with_limits({least[1].lower});
  const Lagrangian on(problem);
  ColumnPool pool(on);
  const Feasibility found = find_safe(on, pool);
  ASSERT_FALSE(found.safe);
  ASSERT_FALSE(found.infeasibility);
  ASSERT_EQ(found.collected.size(), 2u);
  EXPECT_EQ(found.least_violating.stationary, cheap.stationary);
  EXPECT_EQ(found.collected[1].value, least[1].value);
  const auto concluded = [&](const AnyPolicy& policy, double excess) {
    std::vector<Bounded> collected = on.planner().evaluate(policy);
    if (excess > 0) collected[1] = {on.limit(0) + excess, on.limit(0), on.limit(0) + excess};
    return conclude(
        on, {.algorithm = "test", .policy = policy, .collected = collected, .multipliers = {1}, .feasibility = &found},
        {});
  };
  const ConstrainedSolution got = concluded(dear, 0);
  EXPECT_EQ(got.policy, cheap.stationary);
  EXPECT_EQ(got.violation, on.excess(found.collected));
  EXPECT_GT(got.violation, 0);
  EXPECT_LT(got.violation, 1e-12 * on.cost_scale(0));
  EXPECT_GT(got.infeasible_by, .1) << "of the policy that was handed over";
  EXPECT_EQ(got.gap, kInfinite);
  EXPECT_THAT(got.note, ::testing::HasSubstr("may exceed its limit by"));
  EXPECT_EQ(concluded(dear, .9e-12 * on.cost_scale(0)).policy, dear.stationary);
  EXPECT_EQ(concluded(dear, 1.2e-12 * on.cost_scale(0)).policy, cheap.stationary);
}

// Whatever the excess, the mixture keeps to the limits, and hardly more of the safe policy is in it than it takes.
TEST(Conclude, MixesAsMuchOfTheSafePolicyAsItTakes) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Direction direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise;
    const ConstrainedProblem problem =
        binding_problem(seed, {.states = 5, .actions = 3, .budgets = 2}, .9, .4, 1, seed % 3 == 0 ? 1e3 : 1, direction);
    const Lagrangian on(problem);
    ColumnPool pool(on);
    const Feasibility found = find_safe(on, pool);
    ASSERT_TRUE(found.safe);
    const AnyPolicy free = on.planner().best(std::vector{on.sign(), 0.0, 0.0}, 1e-9).policy;
    const double whole = share_of_safe(on, found, on.planner().evaluate(free));
    ASSERT_GT(whole, 0);
    for (const double left : {0.0, 1e-12, 1e-9, 1e-6, 1e-3, .1, .5, 1.0}) {  // of the share that it takes
      const double share = whole * (1 - left);
      const AnyPolicy policy = on.planner().mix(std::vector{free, *found.safe}, std::vector{1 - share, share});
      const std::vector<Bounded> collected = on.planner().evaluate(policy);
      const double excess = on.excess(collected), needed = share_of_safe(on, found, collected);
      const ConstrainedSolution got =
          conclude(on, {.algorithm = "test", .policy = policy, .multipliers = {0, 0}, .feasibility = &found},
                   {.tolerance = 1e-9});
      EXPECT_EQ(got.violation, 0) << seed << ' ' << left;
      EXPECT_EQ(on.excess(on.planner().evaluate({.stationary = got.policy})), 0) << seed << ' ' << left;
      EXPECT_EQ(got.infeasible_by, excess) << seed << ' ' << left;
      const double mixed =
          (1 - needed) * on.sign() * collected[0].value + needed * on.sign() * found.collected[0].value;
      const double tolerance = 2e-3 * needed * on.reward_scale() + 1e-12 * on.reward_scale();
      EXPECT_NEAR(on.sign() * got.expected.value, mixed, tolerance) << seed << ' ' << left;
      EXPECT_TRUE(std::isfinite(got.gap));
      EXPECT_EQ(got.note, "");
    }
  }
}

// A limit at the upper end of what the cheapest policy may cost: it keeps to it, provably, and has nothing to spare.
TEST(Conclude, ReturnsASafePolicyWithoutRoom) {
  const Lagrangian free(two_state(2));
  const AnyPolicy dear = free.planner().best(std::vector{1.0, 0.0}, 1e-9).policy,
                  cheap = free.planner().best(std::vector{0.0, -1.0}, 1e-9).policy;
  const std::vector<Bounded> collected = free.planner().evaluate(cheap);
  const Lagrangian on(two_state(collected[1].upper));
  const Feasibility found{.safe = cheap, .collected = collected, .room = 0};
  const ConstrainedSolution got =
      conclude(on, {.algorithm = "test", .policy = dear, .multipliers = {2}, .feasibility = &found}, {});
  EXPECT_EQ(got.violation, 0);
  EXPECT_EQ(got.expected.value, collected[0].value);
  EXPECT_TRUE(std::isfinite(got.gap));
}

TEST(Conclude, EnclosesTheValuesOfTheStates) {
  const ConstrainedProblem problem = binding_problem(3, {.states = 6, .actions = 3}, .99);
  const Lagrangian on(problem);
  const AnyPolicy free = on.planner().best(std::vector{1.0, 0.0}, 1e-9).policy;
  const mdp::Evaluation states = on.planner().values(free);
  const ConstrainedSolution got = conclude(Lagrangian(with_binding_limits(problem, 1)),
                                           {.algorithm = "test", .policy = free, .multipliers = {0}}, {});
  ASSERT_EQ(got.violation, 0);
  ASSERT_GT(states.error.minCoeff(), 0);
  for (Eigen::Index s = 0; s < 6; ++s) {
    EXPECT_EQ(got.value[s], states.value[s]);
    EXPECT_LE(got.lower[s], states.value[s] - states.error[s]);
    EXPECT_GE(got.upper[s], states.value[s] + states.error[s]);
    EXPECT_LE(got.upper[s] - got.lower[s], 3 * states.error[s]);
  }
}

TEST(Conclude, SaysWhyNothingIsProvenWhereNobodyLeavesRoom) {
  const Lagrangian on(two_state(2));
  const AnyPolicy dear = on.planner().best(std::vector{1.0, 0.0}, 1e-9).policy;
  const Feasibility none;
  const ConstrainedSolution got =
      conclude(on, {.algorithm = "test", .policy = dear, .multipliers = {0}, .feasibility = &none}, {});
  EXPECT_THAT(got.note, ::testing::HasSubstr("a cost of the one returned may exceed its limit by 3.47"));
  EXPECT_NEAR(got.violation, 3.472393, 1e-6);
  EXPECT_EQ(got.gap, kInfinite);
  EXPECT_NEAR(got.optimum.upper, 5.975460, 1e-6);
}

TEST(Conclude, FindsOutWhatItIsNotTold) {
  const Lagrangian on(two_state(2));
  const AnyPolicy dear = on.planner().best(std::vector{1.0, 0.0}, 1e-9).policy;
  const ConstrainedSolution got = conclude(on, {.algorithm = "test", .policy = dear, .multipliers = {1.290640}}, {});
  EXPECT_EQ(got.violation, 0);
  EXPECT_NEAR(got.optimum.upper, 2.492611, 1e-5) << "the dual value at the multiplier";
  const Lagrangian none(two_state(.2));
  const ConstrainedSolution impossible = conclude(none, {.algorithm = "test", .policy = dear, .multipliers = {1}}, {});
  EXPECT_EQ(impossible.status, Status::kInfeasible);
  EXPECT_EQ(impossible.algorithm, "test");
}

// --- Phase one -------------------------------------------------------------------------------------------------------

TEST(FindSafe, TellsTheRoomWhereItIsLeast) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    ConstrainedProblem problem =
        binding_problem(seed, {.states = 5, .actions = 3, .budgets = 2}, .9, .4, 1, seed % 2 == 0 ? 1e3 : 1);
    const Lagrangian on(problem);
    ColumnPool pool(on);
    const Feasibility found = find_safe(on, pool);
    ASSERT_TRUE(found.safe) << seed;
    const std::vector<Bounded> collected = on.planner().evaluate(*found.safe);
    double room = kInfinite;
    for (int i = 0; i < 2; ++i) {
      const auto at = static_cast<std::size_t>(i) + 1;
      EXPECT_EQ(found.collected[at].upper, collected[at].upper) << seed;
      room = std::min(room, (on.limit(i) - collected[at].upper) / on.cost_scale(i));
    }
    EXPECT_DOUBLE_EQ(found.room, room) << seed;
    EXPECT_GT(room, 0) << seed;
    EXPECT_FALSE(found.infeasibility.has_value());
  }
}

TEST(FindSafe, TakesOneRoundForOneBudget) {
  const Lagrangian on(two_state(2));
  ColumnPool pool(on);
  EXPECT_EQ(find_safe(on, pool).rounds, 1);
  EXPECT_EQ(prove_infeasible(on, pool).rounds, 1);
  const Lagrangian none(two_state(.2));
  ColumnPool fresh(none);
  EXPECT_EQ(find_safe(none, fresh).rounds, 2) << "one for the sign, one in the units of the cost";
}

// Limits below the least cost by next to nothing are proven to be, those above it to be kept to.
TEST(FindSafe, DecidesByAMillionth) {
  const Lagrangian none(two_state(.2));
  ColumnPool pool(none);
  const double least = find_safe(none, pool).infeasibility->least_mean;
  for (const double apart : {1e-3, 1e-5, 1e-6}) {
    const Lagrangian below(two_state(least - apart)), above(two_state(least + apart));
    ColumnPool first(below), second(above);
    const Feasibility cannot = find_safe(below, first), can = find_safe(above, second);
    ASSERT_TRUE(cannot.infeasibility.has_value()) << apart;
    EXPECT_GT(cannot.infeasibility->least_violation.lower, 0) << apart;
    EXPECT_NEAR(cannot.infeasibility->least_violation.lower, apart, 1e-9) << apart;
    EXPECT_FALSE(can.infeasibility.has_value()) << apart;
    EXPECT_TRUE(can.safe.has_value()) << apart;
  }
}

// Limits around the least cost, down to its last digit: safe is who provably keeps to them, infeasible what is proven.
TEST(FindSafe, SaysNothingThatItCannotProve) {
  int safe = 0, infeasible = 0, neither = 0;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const ConstrainedProblem drawn =
        binding_problem(seed, {.states = 5, .actions = 3, .budgets = 1 + static_cast<int>(seed % 2)}, .9);
    std::vector<double> against = {0, -1};
    if (seed % 2 == 1) against.push_back(0);
    const Lagrangian free(drawn);
    const std::vector<Bounded> cheapest = free.planner().evaluate(free.planner().best(against, 1e-12).policy);
    for (int exponent = -17; exponent <= -6; ++exponent) {
      for (const double side : {-3.0, -1.0, 0.0, 1.0, 3.0}) {
        ConstrainedProblem problem = drawn;
        std::vector<double> limits = {cheapest[1].value * (1 + side * std::pow(10.0, exponent))};
        if (seed % 2 == 1) limits.push_back(cheapest[2].value);
        problem.model = problem.model.with_limits(limits);
        const Lagrangian on(problem);
        ColumnPool pool(on);
        const Feasibility found = find_safe(on, pool);
        if (found.safe) {
          EXPECT_EQ(on.excess(on.planner().evaluate(*found.safe)), 0) << seed << ' ' << exponent << ' ' << side;
          EXPECT_GE(found.room, 0);
        }
        if (found.infeasibility) {
          EXPECT_GT(found.infeasibility->least_violation.lower, 0) << seed << ' ' << exponent << ' ' << side;
          EXPECT_GT(found.infeasibility->least_mean, found.infeasibility->allowed_mean);
          EXPECT_LT(side, 0) << "the cheapest policy would keep to it";
        }
        safe += found.safe.has_value();
        infeasible += found.infeasibility.has_value();
        neither += !found.safe && !found.infeasibility;
      }
    }
  }
  EXPECT_GT(safe, 50);
  EXPECT_GT(infeasible, 10);
  EXPECT_GT(neither, 20);
}

/// The least sum y_i cost_i of all policies from the initial distribution.
mpq_class least_mean(const mdp::TabularMdp& model, double discount, const std::vector<double>& y) {
  mpq_class least = 0;
  bool any = false;
  rational::for_each_policy(model, [&](const std::vector<std::int32_t>& policy) {
    auto system = rational::chain_of(model, policy);
    std::vector<mpq_class> cost;
    for (std::size_t s = 0; s < system.size(); ++s) {
      for (mpq_class& entry : system[s]) entry *= -mpq_class(discount);
      system[s][s] += 1;
      const auto c = static_cast<std::size_t>(model.first_choice(static_cast<int>(s)) + policy[s]);
      cost.emplace_back(0);
      for (std::size_t i = 0; i < y.size(); ++i)
        cost.back() += mpq_class(y[i]) * mpq_class(model.data().costs[i].expected[c]);
    }
    const std::vector<mpq_class> value = rational::solve_dense(system, cost);
    const std::vector<double> initial = model.initial();
    mpq_class sum = 0;
    for (std::size_t s = 0; s < value.size(); ++s) sum += mpq_class(initial[s]) * value[s];
    if (!any || sum < least) least = sum;
    any = true;
  });
  return least;
}

TEST(ProveInfeasible, HoldsInFractions) {
  int proven = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Stream stream = Stream(23).child(seed);
    mdp::ModelData data = rational::random_dyadic_model(3, 2, 2, stream.child("rows"), 1).data();
    Stream draws = stream.child("costs");
    for (const char* name : {"left", "right"}) {
      std::vector<double> cost(6);
      for (double& c : cost) c = (seed % 2 == 0 ? 1 : 1e3) * draws.uniform();
      data.costs.push_back({.name = name, .expected = std::move(cost), .by_transition = {}});
    }
    data.initial = std::vector<double>{.25, .25, .5};
    const mdp::TabularMdp model(std::move(data));
    constexpr double kDiscount = .9375;
    std::vector<double> limits;
    const Lagrangian free({.model = {model, std::vector<double>{0, 0}}, .discount = kDiscount});
    for (const std::vector<double>& only : {std::vector{0.0, -1.0, 0.0}, std::vector{0.0, 0.0, -1.0}})
      limits.push_back(-free.planner().best(only, 1e-9).value.value * (.25 + .9 * draws.uniform()));
    const Lagrangian on({.model = {model, limits}, .discount = kDiscount});
    ColumnPool pool(on);
    const Feasibility found = find_safe(on, pool);
    if (!found.infeasibility) continue;
    ++proven;
    const Infeasibility& proof = *found.infeasibility;
    EXPECT_NEAR(proof.weights[0] + proof.weights[1], 1, 1e-15) << seed;
    const mpq_class least = least_mean(model, kDiscount, proof.weights);
    mpq_class allowed = 0;
    for (std::size_t i = 0; i < 2; ++i) allowed += mpq_class(proof.weights[i]) * mpq_class(limits[i]);
    EXPECT_LE(mpq_class(proof.least_mean), least) << seed;
    EXPECT_GE(mpq_class(proof.allowed_mean), allowed) << seed;
    EXPECT_GT(proof.least_violation.lower, 0) << seed;
    EXPECT_LE(mpq_class(proof.least_violation.lower), mpq_class(proof.least_mean) - mpq_class(proof.allowed_mean))
        << seed;
    EXPECT_NEAR(proof.least_violation.lower, proof.least_mean - proof.allowed_mean, 1e-9) << seed;
    // Attained by the policy that comes along.
    const std::vector<Bounded> collected = on.planner().evaluate(found.least_violating);
    EXPECT_EQ(proof.least_violation.upper, on.excess(collected)) << seed;
    EXPECT_LE(proof.least_violation.upper - proof.least_violation.lower, 1e-5) << seed;
  }
  EXPECT_GT(proven, 20);
}

}  // namespace
}  // namespace bellwether::solvers
