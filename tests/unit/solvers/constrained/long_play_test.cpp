// Discounts next to one: plays so long that a sweep forgets nothing.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/dual_ascent.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/first_order/methods.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/constrained/registry.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// One state: slow earns 1 a step and burns 1, fast 2 and 2.
ConstrainedProblem one_pump(double limit, double discount) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("fuel", 1.0);
  builder.add_choice(0, 2.0, {{0, 1.0}}).cost("fuel", 2.0);
  return {.model = {std::move(builder).build(), std::vector<double>{limit}}, .discount = discount};
}

using Planner = ConstrainedSolution (*)(const ConstrainedProblem&, const SolveOptions&);
const std::vector<Planner> kPlanners = {
    [](const ConstrainedProblem& p, const SolveOptions& run) { return occupancy_lp(p, {}, run); },
    [](const ConstrainedProblem& p, const SolveOptions& run) { return bundle(p, {}, run); },
    [](const ConstrainedProblem& p, const SolveOptions& run) { return dual_bisection(p, {}, run); },
    [](const ConstrainedProblem& p, const SolveOptions& run) { return dual_ascent(p, {}, run); }};

// Warm starts used to be swept away one part in 1 / (1 - discount) at a time.
TEST(LongPlay, EndsWithTheProofThatNoPolicyWillDo) {
  for (const double rest : {1e-6, 1e-9, 1e-10, 1e-12, 1e-14}) {
    for (const Planner& planner : kPlanners) {
      const ConstrainedSolution got = planner(one_pump(1.5, 1 - rest), {});
      ASSERT_EQ(got.status, Status::kInfeasible) << got.algorithm << ' ' << rest << ": " << got.note;
      ASSERT_TRUE(got.infeasibility.has_value());
      EXPECT_LE(got.infeasibility->least_mean, 1 / rest * (1 + 1e-2));
      EXPECT_GE(got.infeasibility->least_mean, 1 / rest * (1 - 1e-2)) << got.algorithm << ' ' << rest;
    }
  }
}

TEST(LongPlay, FindsTheMixtureOfSlowAndFast) {
  for (const double rest : {1e-6, 1e-8, 1e-10, 1e-11}) {
    const double limit = 1.5 / rest;
    for (const Planner& planner : kPlanners) {
      const ConstrainedSolution got = planner(one_pump(limit, 1 - rest), {});
      const Status slow = got.algorithm == "dual-ascent" ? Status::kBudgetExhausted : Status::kConverged;
      EXPECT_THAT(got.status, testing::AnyOf(Status::kConverged, Status::kRoundingLimited, slow)) << got.note;
      EXPECT_LE(got.optimum.lower, limit * (1 + 1e-9)) << got.algorithm << ' ' << rest;
      EXPECT_GE(got.optimum.upper, limit * (1 - 1e-9)) << got.algorithm << ' ' << rest;
      EXPECT_LE(got.optimum.upper - got.optimum.lower, 1e-3 * limit) << got.algorithm << ' ' << rest;
      EXPECT_EQ(got.violation, 0);
    }
  }
}

TEST(LongPlay, IsRefusedByMethodsThatStep) {
  const ConstrainedProblem problem = one_pump(1e10, 1 - 1e-10);
  for (const ConstrainedRow& row : constrained_table()) {
    if (row.name == "auto" || row.name == "occupancy-lp" || row.name == "bundle" || row.name == "dual-bisection" ||
        row.name == "dual-ascent" || row.name == "deterministic")
      continue;
    EXPECT_THAT([&] { row.run(problem, {}, {}); },
                ThrowsMessage<InvalidOption>(HasSubstr(std::string(row.name) + ": the discount is 0.9999999999, must")))
        << row.name;
  }
}

/// Rows of work (transitions read) that the observer is shown once `begun` says so.
int rows_of_work(const ConstrainedProblem& problem,
                 ConstrainedSolution (*planner)(const ConstrainedProblem&, const SolveOptions&)) {
  int rows = 0;
  bool begun = false;
  SolveOptions run{.tolerance = 1e-9};
  run.observer = [&](const TraceRow& row) {
    begun = begun || row.iteration >= 100;
    rows += begun && row.work > 0 ? 1 : 0;
    return true;
  };
  planner(problem, run);
  return rows;
}

// What a proof takes at the end of a run may be most of the run: it must be heard there too when the caller says stop.
TEST(Observers, AreAskedDuringTheProof) {
  const ConstrainedProblem problem = binding_problem(3, {.states = 6, .actions = 3, .budgets = 2}, .9);
  EXPECT_GT(rows_of_work(problem,
                         [](const ConstrainedProblem& p, const SolveOptions& run) {
                           ReloadOptions options;
                           options.iterations = 100;
                           return reload(p, options, run);
                         }),
            0);
  int shown = 0;
  SolveOptions run{.tolerance = 1e-9};
  run.observer = [&](const TraceRow& row) {
    shown += row.work > 0 ? 1 : 0;
    return true;
  };
  EXPECT_EQ(occupancy_lp(problem, {}, run).status, Status::kConverged);
  EXPECT_GT(shown, 0);
}

TEST(Observers, StopEveryPlannerAtEveryCall) {
  const ConstrainedProblem problem = binding_problem(5, {.states = 6, .actions = 3, .budgets = 1}, .9);
  for (const ConstrainedRow& row : constrained_table()) {
    for (const int until : {0, 1, 2, 5, 20}) {
      int calls = 0, after = 0;
      SolveOptions run{.tolerance = 1e-12};
      run.observer = [&](const TraceRow&) {
        after += calls >= until ? 1 : 0;
        return calls++ < until;
      };
      const ConstrainedSolution got = row.run(problem, {}, run);
      if (after > 0) {
        EXPECT_THAT(got.status, testing::AnyOf(Status::kStoppedByCaller, Status::kConverged))
            << row.name << ' ' << until;
      }
      EXPECT_LE(after, 40) << row.name << ' ' << until;
      EXPECT_FALSE(got.optimum.lower > got.optimum.upper) << row.name;
    }
  }
}

// Planning that ends with the same step does not hear the no, and neither do the proofs around the search; most stops
// fall into the search itself.
TEST(Observers, AreSeldomAskedAgainByADualSearchAfterANo) {
  const ConstrainedProblem problem = binding_problem(5, {.states = 6, .actions = 3, .budgets = 1}, .9);
  int all = 0, again = 0;
  dual_bisection(problem, {}, {.tolerance = 1e-12, .observer = [&](const TraceRow&) { return ++all > 0; }});
  for (int until = 0; until < all; ++until) {
    int calls = 0;
    dual_bisection(problem, {}, {.tolerance = 1e-12, .observer = [&](const TraceRow&) { return ++calls <= until; }});
    EXPECT_LE(calls, until + 3) << until;
    again += calls > until + 1 ? 1 : 0;
  }
  EXPECT_LT(2 * again, all);
}

}  // namespace
}  // namespace bellwether::solvers
