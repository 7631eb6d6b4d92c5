#include "solvers/constrained/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(ConstrainedTable, EveryRowSolvesWhatItSays) {
  for (const ConstrainedRow& row : constrained_table()) {
    for (const Criterion criterion : row.criteria) {
      const int budgets = row.most_budgets == 1 ? 1 : 2;
      ConstrainedProblem problem = binding_problem(2, {.states = 5, .actions = 3, .budgets = budgets}, .8, .5);
      problem.criterion = criterion;
      problem.horizon = 5;
      if (criterion == Criterion::kFinite)
        problem.model = problem.model.with_limits(std::vector<double>(static_cast<std::size_t>(budgets), 1.7));
      if (criterion == Criterion::kAverage)
        problem.model = problem.model.with_limits(std::vector<double>(static_cast<std::size_t>(budgets), .47));
      const ConstrainedSolution got = row.run(problem, {}, {.tolerance = 1e-4});
      EXPECT_NE(got.status, Status::kNotRun) << row.name;
      EXPECT_NE(got.status, Status::kNumericalTrouble) << row.name;
      EXPECT_NE(got.status, Status::kInfeasible) << row.name << " " << got.note;
      EXPECT_EQ(got.violation, 0) << row.name << " " << got.note;
      EXPECT_LE(got.optimum.lower, got.optimum.upper) << row.name;
      EXPECT_GE(got.expected.value, got.optimum.lower - 1e-9) << row.name;
      if (row.name != "auto") {
        EXPECT_EQ(got.algorithm, row.name);
      }
      EXPECT_THAT(std::string(row.page), HasSubstr("docs/papers/"));
      EXPECT_FALSE(row.summary.empty());
    }
  }
}

// An iteration more than one where a planner looks at the end of it.
TEST(ConstrainedTable, EveryRowKeepsToTheIterations) {
  const ConstrainedProblem problem = binding_problem(2, {.states = 5, .actions = 3}, .8, .5);
  const Bounded truth = find_constrained("bundle", Criterion::kDiscounted, 1).run(problem, {}, {}).optimum;
  for (const ConstrainedRow& row : constrained_table()) {
    const ConstrainedSolution got = row.run(problem, {}, {.tolerance = 1e-12, .max_iterations = 1});
    EXPECT_EQ(got.status, Status::kBudgetExhausted) << row.name << ' ' << got.note;
    EXPECT_LE(got.iterations, 2) << row.name;
    EXPECT_LE(got.optimum.lower, truth.upper) << row.name;
    if (row.name != "deterministic") {
      EXPECT_GE(got.optimum.upper, truth.lower) << row.name;
    }
  }
}

TEST(ConstrainedTable, OffersWhatFits) {
  EXPECT_EQ(find_constrained("bundle", Criterion::kAverage, 3).name, "bundle");
  EXPECT_THAT([] { find_constrained("dual-bisection", Criterion::kDiscounted, 2); },
              ThrowsMessage<InvalidOption>(
                  HasSubstr("'dual-bisection' does not solve problems of the criterion discounted with 2 budgets")));
  EXPECT_THAT([] { find_constrained("relaod", Criterion::kDiscounted, 1); },
              ThrowsMessage<InvalidOption>(HasSubstr("did you mean 'reload'?")));
  EXPECT_THAT([] { find_constrained("reload", Criterion::kFinite, 1); },
              ThrowsMessage<InvalidOption>(HasSubstr("auto, occupancy-lp")));
}

TEST(ConstrainedTable, ReadsSettings) {
  const ConstrainedProblem problem = binding_problem(2, {.states = 5, .actions = 3}, .8);
  const ConstrainedRow& row = find_constrained("reload", Criterion::kDiscounted, 1);
  const ConstrainedSolution got = row.run(problem, {{"iterations", "7"}, {"record", "1"}}, {});
  EXPECT_EQ(got.path.size(), 8u);
  EXPECT_THAT([&] { row.run(problem, {{"steps", "7"}}, {}); }, ThrowsMessage<InvalidOption>(HasSubstr("step")));
}

}  // namespace
}  // namespace bellwether::solvers
