#include "solvers/lp/linear_program.h"

#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::lp {
namespace {

/// min -3x - 5y with x <= 4, 2y <= 12, 3x + 2y <= 18: x = 2, y = 6, -36; multipliers 0, -3/2, -1.
LinearProgram textbook() {
  LinearProgram program;
  program.add_row(-kInfinity, 4);
  program.add_row(-kInfinity, 12);
  program.add_row(-kInfinity, 18);
  program.add_column(-3, 0, kInfinity);
  program.add_entry(0, 1);
  program.add_entry(2, 3);
  program.add_column(-5, 0, kInfinity);
  program.add_entry(1, 2);
  program.add_entry(2, 2);
  return program;
}

TEST(LinearProgram, SolvesTheTextbookExampleWithItsMultipliers) {
  for (const char* method : {"automatic", "primal", "dual", "barrier"}) {
    const LpResult got = solve(textbook(), {.method = method});
    ASSERT_EQ(got.status, LpStatus::kOptimal) << method;
    EXPECT_NEAR(got.objective, -36, 1e-6) << method;
    EXPECT_NEAR(got.x[0], 2, 1e-6);
    EXPECT_NEAR(got.x[1], 6, 1e-6);
    EXPECT_NEAR(got.row_dual[0], 0, 1e-6);
    EXPECT_NEAR(got.row_dual[1], -1.5, 1e-6);
    EXPECT_NEAR(got.row_dual[2], -1, 1e-6);
    EXPECT_NEAR(got.reduced_cost[0], 0, 1e-6);
  }
}

TEST(LinearProgram, AsksEveryMethodWhetherToGoOnAndStopsIt) {
  for (const char* method : {"automatic", "primal", "dual", "barrier"}) {
    std::int64_t asked = 0;
    const LpResult solved = solve(textbook(), {.method = method, .keep_going = [&](std::int64_t iterations) {
                                                 EXPECT_GE(iterations, 0) << method;
                                                 return ++asked > 0;
                                               }});
    EXPECT_GT(asked, 0) << method;
    ASSERT_EQ(solved.status, LpStatus::kOptimal) << method;
    EXPECT_NEAR(solved.objective, -36, 1e-6) << method;
    EXPECT_EQ(solve(textbook(), {.method = method, .keep_going = [](std::int64_t) { return false; }}).status,
              LpStatus::kStopped)
        << method;
  }
}

TEST(LinearProgram, StopsTheBarrierInTheMiddleAndWhatWouldFollowIt) {
  std::int64_t asked = 0;
  const LpResult stopped = solve(textbook(), {.method = "barrier", .keep_going = [&](std::int64_t iterations) {
                                                ++asked;
                                                return iterations < 3;
                                              }});
  EXPECT_EQ(stopped.status, LpStatus::kStopped);
  EXPECT_EQ(asked, 3);  // once told to stop it does not ask again
}

TEST(LinearProgram, SaysWhenThereIsNoOptimum) {
  LinearProgram contradiction;
  contradiction.add_row(2, kInfinity);
  contradiction.add_column(0, 0, 1);
  contradiction.add_entry(0, 1);
  EXPECT_EQ(solve(contradiction).status, LpStatus::kInfeasible);
  LinearProgram bottomless;
  bottomless.add_row(0, kInfinity);
  bottomless.add_column(-1, 0, kInfinity);
  bottomless.add_entry(0, 1);
  EXPECT_EQ(solve(bottomless).status, LpStatus::kUnbounded);
}

TEST(LinearProgram, AddsUpEntriesThatComeTwice) {
  LinearProgram program;
  program.add_row(6, 6);
  program.add_row(-kInfinity, 100);
  program.add_column(1, -kInfinity, kInfinity);
  program.add_entry(0, 1);
  program.add_entry(1, 1);
  program.add_entry(0, 2);
  EXPECT_EQ(program.num_entries(), 2);
  program.add_column(1, 0, 0);
  program.add_entry(0, 7);  // another column: an entry of its own
  EXPECT_EQ(program.num_entries(), 3);
  EXPECT_NEAR(solve(program).x[0], 2, 1e-9);
}

TEST(LinearProgram, RefusesAMethodThatDoesNotExist) {
  EXPECT_THROW(solve(textbook(), {.method = "guess"}), InvalidOption);
}

}  // namespace
}  // namespace bellwether::lp
