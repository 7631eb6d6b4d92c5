// Subgradient steps of the multipliers against the page, written down once more, and against the other planners.
#include "solvers/constrained/dual_ascent.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/best_proof.h"
#include "solvers/constrained/certificate.h"
#include "solvers/constrained/column_pool.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/constrained/recent_mean.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

using constrained::AnyPolicy;
using constrained::Lagrangian;
using Numbers = std::vector<double>;

DualAscentOptions by(const char* rule, std::int64_t iterations, double step = 0) {
  return {.iterations = iterations, .rule = rule, .step = step};
}

/// A problem of any criterion whose budgets bind.
ConstrainedProblem problem_of(Criterion criterion, std::uint64_t seed, int budgets, Direction direction) {
  ConstrainedProblem problem = binding_problem(seed, {.states = 5, .actions = 3, .budgets = budgets}, .9);
  problem.direction = direction;
  problem.criterion = criterion;
  problem.horizon = 6;
  if (criterion == Criterion::kFinite) problem.discount = 1;
  return with_binding_limits(problem, .4);
}

TEST(DualAscent, AgreesWithProgramAndCuttingPlanes) {
  int closed = 0, runs = 0;
  for (const Criterion criterion : {Criterion::kDiscounted, Criterion::kFinite, Criterion::kAverage}) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      const Direction direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise;
      const ConstrainedProblem problem = problem_of(criterion, seed, 1 + static_cast<int>(seed % 3), direction);
      const ConstrainedSolution program = occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-8}),
                                planes = bundle(problem, {}, {.tolerance = 1e-8});
      for (const char* rule : {"polyak", "square-root"}) {
        const std::string name = std::string(to_string(criterion)) + " " + std::to_string(seed) + " " + rule;
        const ConstrainedSolution got = dual_ascent(problem, by(rule, 1000), {.tolerance = 1e-4});
        for (const ConstrainedSolution* other : {&program, &planes}) {
          EXPECT_LE(got.optimum.lower, other->optimum.upper) << name;
          EXPECT_GE(got.optimum.upper, other->optimum.lower) << name;
        }
        EXPECT_EQ(got.algorithm, "dual-ascent");
        EXPECT_EQ(got.violation, 0) << name << " " << got.note;
        EXPECT_NEAR(got.gap, got.optimum.upper - got.optimum.lower, 1e-9) << name;
        EXPECT_LE(std::abs(got.expected.value - program.expected.value), got.gap + 1e-7) << name;
        EXPECT_EQ(got.status, got.gap <= 1e-4 ? Status::kConverged : Status::kBudgetExhausted) << name;
        for (const BudgetReport& budget : got.budgets) EXPECT_LE(budget.cost.upper, budget.limit) << name;
        if (*rule == 'p') {
          ++runs;
          closed += got.gap <= 1e-3 * (program.expected.value > 1 ? program.expected.value : 1);
        }
      }
    }
  }
  EXPECT_GE(closed, runs * 3 / 4) << "of " << runs;
}

/// What every deterministic policy collects, and dual ascent over the list.
class Naive {
 public:
  explicit Naive(const ConstrainedProblem& problem) : on_(problem) {
    const int states = problem.model.model().num_states();
    std::vector<std::int32_t> choice(static_cast<std::size_t>(states), 0);
    for (;;) {
      Numbers row;
      for (const Bounded& x : on_.planner().evaluate({.stationary = mdp::Policy::deterministic(choice)}))
        row.push_back(x.value);
      row.front() *= on_.sign();
      policies_.push_back(row);
      std::size_t s = 0;
      while (s < choice.size() && ++choice[s] == problem.model.model().num_choices(static_cast<int>(s)))
        choice[s++] = 0;
      if (s == choice.size()) break;
    }
    constrained::ColumnPool pool(on_);
    const constrained::Feasibility found = constrained::find_safe(on_, pool);
    for (const Bounded& x : found.collected) safe_.push_back(x.value);
    safe_.front() *= on_.sign();
  }

  struct Result {
    double least = HUGE_VAL, mean_excess = 0;
    Numbers multipliers;  ///< where the least was met
  };
  Result run(bool polyak, int iterations) {
    const auto m = static_cast<std::size_t>(on_.num_budgets());
    Numbers u(m, 0.0);
    double largest = 0, radius = 0, feasible = safe_[0], tried = HUGE_VAL;
    Result result;
    std::vector<std::pair<double, Numbers>> played;  // weight, what was collected
    for (int k = 1; k <= iterations; ++k) {
      double dual = -HUGE_VAL;
      Numbers best;
      for (const Numbers& policy : policies_) {
        double value = policy[0];
        for (std::size_t i = 0; i < m; ++i) value -= u[i] * excess(policy, i);
        if (value > dual) dual = value, best = policy;
      }
      if (k == 1) {
        double room = HUGE_VAL;
        for (std::size_t i = 0; i < m; ++i) room = std::min(room, -excess(safe_, i));
        radius = (dual - safe_[0]) / room;
      }
      if (dual < result.least) {
        result.least = dual;
        result.multipliers.clear();
        for (std::size_t i = 0; i < m; ++i) result.multipliers.push_back(u[i] / scale(i));
      }
      double squares = 0;
      bool keeps = true;
      for (std::size_t i = 0; i < m; ++i) {
        const double h = excess(best, i);
        keeps = keeps && h <= 0;
        if (u[i] > 0 || h > 0) squares += h * h;
      }
      if (keeps) feasible = std::max(feasible, best[0]);
      largest = std::max(largest, std::sqrt(squares));
      const double known = std::max(feasible, played.empty() ? -HUGE_VAL : made_feasible(mean_of(played, k)));
      const double step = polyak ? (dual - known) / squares : radius / (largest * std::sqrt(k));
      played.emplace_back(step, best);
      const double kept = made_feasible(mean_of(played, k)), gap = result.least - std::max(feasible, kept);
      if (gap < tried / 2) tried = gap, feasible = std::max(feasible, kept);
      for (std::size_t i = 0; i < m; ++i) u[i] = std::max(0.0, u[i] + step * excess(best, i));
    }
    const Numbers mean = mean_of(played, iterations);
    for (std::size_t i = 0; i < m; ++i) result.mean_excess = std::max(result.mean_excess, excess(mean, i) * scale(i));
    return result;
  }

 private:
  double scale(std::size_t i) const { return on_.cost_scale(static_cast<int>(i)); }
  double excess(const Numbers& collected, std::size_t i) const {
    return (collected[i + 1] - on_.limit(static_cast<int>(i))) / scale(i);
  }
  /// Of the plays since the power of two before the last one that is below k.
  static Numbers mean_of(const std::vector<std::pair<double, Numbers>>& played, int k) {
    int power = 1;
    while (2 * power < k) power *= 2;
    const std::size_t from = k == 1 ? 0 : static_cast<std::size_t>(power / 2);
    Numbers sum(played.front().second.size(), 0.0);
    double weight = 0;
    for (std::size_t j = from; j < played.size(); ++j) {
      weight += played[j].first;
      for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += played[j].first * played[j].second[c];
    }
    for (double& x : sum) x /= weight;
    return sum;
  }
  double made_feasible(const Numbers& mean) const {
    double share = 0;
    for (std::size_t i = 0; i + 1 < mean.size(); ++i) {
      const double over = excess(mean, i);
      if (over > 0) share = std::max(share, over / (over - excess(safe_, i)));
    }
    share *= 1.001;
    return (1 - share) * mean[0] + share * safe_[0];
  }

  Lagrangian on_;
  std::vector<Numbers> policies_;
  Numbers safe_;
};

TEST(DualAscent, StepsAsThePageSays) {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Direction direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise;
    const ConstrainedProblem problem =
        binding_problem(seed, {.states = 4, .actions = 3, .budgets = 2}, .8, .4, 3, seed % 3 == 0 ? 10 : 1, direction);
    Naive naive(problem);
    for (const bool polyak : {true, false}) {
      for (const int iterations : {2, 3, 8, 9, 50}) {
        const ConstrainedSolution got =
            dual_ascent(problem, by(polyak ? "polyak" : "square-root", iterations), {.tolerance = 0});
        const Naive::Result want = naive.run(polyak, iterations);
        const double above = direction == Direction::kMaximise ? got.optimum.upper : -got.optimum.lower;
        EXPECT_NEAR(above, want.least, 1e-7) << seed << polyak << iterations;
        if (got.gap < 1e-6) continue;  // what is left are steps of the size of roundings
        ++compared;
        EXPECT_NEAR(got.infeasible_by, want.mean_excess, 1e-7) << seed << polyak << iterations;
        for (std::size_t i = 0; i < 2; ++i)
          EXPECT_NEAR(std::abs(got.budgets[i].multiplier), want.multipliers[i], 1e-7) << seed << polyak << iterations;
      }
    }
  }
  EXPECT_GT(compared, 60) << "of 80";
}

TEST(DualAscent, TakesTheRadiusThatIsGiven) {
  const ConstrainedProblem problem = binding_problem(1, {.states = 4, .actions = 3, .budgets = 1}, .8);
  const Lagrangian on(problem);
  // The first step is all of the radius.
  const ConstrainedSolution got = dual_ascent(problem, by("square-root", 2, .25), {.tolerance = 0});
  const double there = on.dual(std::vector{.25 / on.cost_scale(0)}, 1e-9).value.value;
  ASSERT_LT(there, on.dual(std::vector{0.0}, 1e-9).value.value);
  EXPECT_NEAR(got.budgets[0].multiplier, .25 / on.cost_scale(0), 1e-12);
  EXPECT_NEAR(got.optimum.upper, there, 1e-7);
}

TEST(DualAscent, LimitsThatCostNothingArePlannedOnce) {
  ConstrainedProblem problem = binding_problem(1, {.states = 5, .actions = 3, .budgets = 2}, .8);
  problem.model = problem.model.with_limits({100, 100});
  const ConstrainedSolution got = dual_ascent(problem);
  EXPECT_EQ(got.status, Status::kConverged);
  EXPECT_EQ(got.iterations, 1);
  EXPECT_EQ(got.budgets[0].multiplier, 0);
  EXPECT_LE(got.gap, 1e-6);
}

// A policy whose cost is the limit, rounding apart: nothing is left to step along.
TEST(DualAscent, StopsWhereNothingIsLeftToMove) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("fuel", 1.0);
  builder.add_choice(0, .75, {{0, 1.0}}).cost("fuel", .5);
  builder.add_choice(0, 0.0, {{0, 1.0}}).cost("fuel", 0.0);
  const ConstrainedProblem problem{.model = {std::move(builder).build(), std::vector<double>{1}}, .discount = .5};
  for (const char* rule : {"polyak", "square-root"}) {
    const ConstrainedSolution got = dual_ascent(problem, by(rule, 100, 2), {.tolerance = 1e-9});
    EXPECT_EQ(got.status, Status::kConverged) << rule;
    EXPECT_LE(got.iterations, 10) << rule;
    EXPECT_NEAR(got.expected.value, 1.5, 1e-9) << rule;
    EXPECT_GT(got.infeasible_by, 0) << rule << ": by its last digit";
    const ConstrainedSolution further = dual_ascent(problem, by(rule, 100, 2), {.tolerance = 0});
    EXPECT_EQ(further.status, Status::kRoundingLimited) << rule;
    EXPECT_LE(further.iterations, 10) << rule;
  }
}

// Numbers of a thousand million cannot be proven to the last millionth: steps beyond that would be steps along
// roundings.
TEST(DualAscent, EndsWhereRoundingIsAllThatIsLeft) {
  int limited = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const ConstrainedProblem problem = binding_problem(seed, {.states = 5, .actions = 3, .budgets = 1}, .8, .4, 1e10);
    const ConstrainedSolution got = dual_ascent(problem, by("polyak", 3000), {.tolerance = 1e-6});
    if (got.status != Status::kRoundingLimited) continue;
    ++limited;
    EXPECT_LT(got.iterations, 3000) << seed;
    EXPECT_LT(got.gap, 1e-2) << seed;
  }
  EXPECT_GT(limited, 3);
}

TEST(DualAscent, ProvesThatNoPolicyKeepsToTheLimits) {
  const ConstrainedSolution got = dual_ascent({.model = mdp::two_state_cmdp(.2), .discount = .9});
  EXPECT_EQ(got.status, Status::kInfeasible);
  ASSERT_TRUE(got.infeasibility.has_value());
  EXPECT_NEAR(got.infeasibility->least_mean, .978261, 1e-6);
}

// Nobody leaves room at the least limit that can be kept: no policy is proven, the bound from above holds.
TEST(DualAscent, BoundsTheOptimumWhereNoPolicyLeavesRoom) {
  ConstrainedProblem tight{.model = mdp::two_state_cmdp(.2), .discount = .9};
  tight.model = tight.model.with_limits({occupancy_lp(tight).infeasibility->least_mean});
  const ConstrainedSolution exact = dual_bisection(tight);
  for (const char* rule : {"polyak", "square-root"}) {
    const ConstrainedSolution got = dual_ascent(tight, by(rule, 300));
    EXPECT_NE(got.status, Status::kConverged) << rule;
    EXPECT_TRUE(std::isfinite(got.optimum.upper)) << rule;
    EXPECT_GE(got.optimum.upper, exact.expected.lower - 1e-9) << rule;
    EXPECT_LE(got.violation, .2) << rule;
    EXPECT_EQ(std::isfinite(got.gap), got.violation == 0) << rule;
  }
}

TEST(DualAscent, KeepsAnIntervalWhenStopped) {
  const ConstrainedProblem problem = binding_problem(3, {.states = 6, .actions = 3, .budgets = 2}, .9);
  const ConstrainedSolution exact = occupancy_lp(problem, {}, {.tolerance = 1e-9});
  int stopped = 0, narrow = 0;
  for (const int until : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 100, 300, 1000}) {
    int calls = 0;
    const ConstrainedSolution got =
        dual_ascent(problem, {}, {.tolerance = 0, .observer = [&](const TraceRow&) { return ++calls < until; }});
    EXPECT_EQ(got.status, Status::kStoppedByCaller) << until;
    EXPECT_LE(calls, until + 2) << "hardly anybody is asked after a no";
    EXPECT_LE(got.optimum.lower, exact.optimum.upper) << until;
    EXPECT_GE(got.optimum.upper, exact.optimum.lower) << until;
    EXPECT_EQ(std::isfinite(got.gap), got.violation == 0) << until;
    narrow += got.gap < .1;
    ++stopped;
  }
  EXPECT_EQ(stopped, 14);
  EXPECT_GT(narrow, 0);
}

// The mean of the policies comes near to such limits only as fast as it converges; the policies that cost least are
// known from the start.
TEST(DualAscent, ExceedsTheLeastPossibleLimitByRoundingAlone) {
  int exceeded = 0;
  for (const Criterion criterion : {Criterion::kDiscounted, Criterion::kFinite, Criterion::kAverage}) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const Direction direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise;
      ConstrainedProblem problem = problem_of(criterion, seed, 1, direction);
      const Lagrangian any(problem);
      const AnyPolicy cheap = any.planner().best(std::vector{0.0, -1.0}, 1e-9).policy;
      problem.model = problem.model.with_limits({any.planner().evaluate(cheap)[1].lower});
      const Lagrangian on(problem);
      for (const char* rule : {"polyak", "square-root"}) {
        const ConstrainedSolution got = dual_ascent(problem, by(rule, 50));
        EXPECT_LE(got.violation, 1e-11 * on.cost_scale(0)) << to_string(criterion) << seed << rule;
        if (got.violation == 0) continue;
        ++exceeded;
        EXPECT_NE(got.status, Status::kConverged);
        EXPECT_EQ(got.gap, HUGE_VAL);
        EXPECT_THAT(got.note, ::testing::HasSubstr("may exceed its limit by"));
      }
    }
  }
  EXPECT_GT(exceeded, 20) << "of 36";
}

TEST(DualAscent, RefusesWhatItDoesNotKnow) {
  const ConstrainedProblem problem{.model = mdp::two_state_cmdp(2), .discount = .9};
  EXPECT_THAT([&] { dual_ascent(problem, by("newton", 10)); },
              ::testing::ThrowsMessage<InvalidOption>(::testing::HasSubstr("'rule' is newton")));
  EXPECT_THROW(dual_ascent(problem, by("polyak", 0)), InvalidOption);
}

// --- The best proof so far ----------------------------------------------------------------------------------------

// Nobody leaves room, so that nothing can be mixed in: a policy within the limit counts for more than a dearer one.
TEST(BestProof, PrefersAPolicyThatKeepsToTheLimitsInAnyOrder) {
  ConstrainedProblem problem = binding_problem(5, {.states = 5, .actions = 3}, .8);
  const Lagrangian first(problem);
  const AnyPolicy dear = first.planner().best(std::vector{1.0, 0.0}, 1e-9).policy,
                  cheap = first.planner().best(std::vector{0.0, -1.0}, 1e-9).policy;
  problem.model = problem.model.with_limits({first.planner().evaluate(cheap)[1].upper});
  const Lagrangian on(problem);
  ASSERT_GT(on.planner().evaluate(dear)[0].value, on.planner().evaluate(cheap)[0].value);
  const constrained::Feasibility none;
  const SolveOptions run;
  for (const bool dear_first : {true, false}) {
    constrained::BestProof best(on, none, run);
    EXPECT_FALSE(best.any());
    EXPECT_EQ(best.worth(), -HUGE_VAL);
    best.offer(std::vector{1.0}, {50, 50, 50});
    best.add({.algorithm = "test", .policy = dear_first ? dear : cheap, .iterations = 1});
    best.offer(std::vector{2.0}, {40, 40, 40});
    best.offer(std::vector{3.0}, {45, 45, 45});
    best.add({.algorithm = "test", .policy = dear_first ? cheap : dear, .iterations = 2});
    EXPECT_EQ(best.solution().violation, 0) << dear_first;
    EXPECT_DOUBLE_EQ(best.worth(), best.solution().expected.lower);
    EXPECT_EQ(best.solution().policy, cheap.stationary) << dear_first;
    EXPECT_EQ(best.solution().optimum.upper, 40) << dear_first;
    EXPECT_EQ(best.solution().budgets[0].multiplier, 2) << dear_first;
    EXPECT_NEAR(best.solution().gap, 40 - best.solution().expected.lower, 1e-12) << dear_first;
    EXPECT_EQ(best.solution().iterations, 2) << dear_first;
    EXPECT_EQ(best.solution().infeasible_by > 0, !dear_first) << "of the last policy";
  }
}

// --- The mean of the policies ----------------------------------------------------------------------------------------

std::vector<AnyPolicy> drawn_policies(const ConstrainedProblem& problem, int count) {
  Stream draw(17);
  std::vector<AnyPolicy> policies;
  for (int j = 0; j < count; ++j) {
    std::vector<std::int32_t> choice;
    for (int s = 0; s < problem.model.model().num_states(); ++s)
      choice.push_back(static_cast<std::int32_t>(3 * draw.uniform()));
    policies.push_back({.stationary = mdp::Policy::deterministic(choice)});
  }
  return policies;
}

TEST(RecentMean, IsThatOfTheLastTwoBlocksHoweverManyPoliciesThereAre) {
  const ConstrainedProblem problem = binding_problem(4, {.states = 8, .actions = 3}, .9);
  const Lagrangian on(problem);
  const std::vector<AnyPolicy> policies = drawn_policies(problem, 200);
  constrained::RecentMean mean(on.planner());
  EXPECT_TRUE(mean.empty());
  double weight = 0, reward = 0, cost = 0;
  for (int j = 0; j < 200; ++j) {
    const auto collected = on.planner().evaluate(policies[static_cast<std::size_t>(j)]);
    if (j == 20 || j == 40) mean.begin_block();  // forgets the first twenty
    EXPECT_EQ(mean.find(policies[static_cast<std::size_t>(j)]), nullptr) << j;
    const double w = 1 + j % 7;
    mean.add(policies[static_cast<std::size_t>(j)], collected, w);
    ASSERT_NE(mean.find(policies[static_cast<std::size_t>(j)]), nullptr) << j;
    EXPECT_EQ((*mean.find(policies[static_cast<std::size_t>(j)]))[1].value, collected[1].value) << j;
    if (j < 20) continue;
    weight += w;
    reward += w * collected[0].value;
    cost += w * collected[1].value;
  }
  EXPECT_NEAR(mean.collected()[0].value, reward / weight, 1e-10);
  EXPECT_NEAR(mean.collected()[1].value, cost / weight, 1e-10);
  const auto got = on.planner().evaluate(mean.policy());
  EXPECT_NEAR(got[0].value, reward / weight, 1e-9);
  EXPECT_NEAR(got[1].value, cost / weight, 1e-9);
  EXPECT_EQ(mean.find(policies.front()), nullptr) << "forgotten";
  EXPECT_NE(mean.find(policies[30]), nullptr) << "of the block before";
}

TEST(RecentMean, AddsTheWeightsOfAPolicyThatComesBack) {
  const ConstrainedProblem problem = binding_problem(4, {.states = 8, .actions = 3}, .9);
  const Lagrangian on(problem);
  const std::vector<AnyPolicy> two = drawn_policies(problem, 2);
  const auto first = on.planner().evaluate(two[0]), second = on.planner().evaluate(two[1]);
  constrained::RecentMean mean(on.planner());
  mean.add(two[0], first, 0);
  EXPECT_TRUE(mean.empty());
  EXPECT_EQ(mean.find(two[0]), nullptr);
  for (int j = 0; j < 300; ++j) mean.add(two[j % 3 == 0 ? 1 : 0], j % 3 == 0 ? second : first, 1);
  const double want = (200 * first[1].value + 100 * second[1].value) / 300;
  EXPECT_NEAR(mean.collected()[1].value, want, 1e-10);
  EXPECT_NEAR(on.planner().evaluate(mean.policy())[1].value, want, 1e-10);
}

}  // namespace
}  // namespace bellwether::solvers
