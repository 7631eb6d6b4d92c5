#include "solvers/constrained/deterministic.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "solvers/constrained/lagrangian.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

/// The best value among all deterministic policies that keep to the budgets, one after the other; -infinity when none.
double by_enumeration(const ConstrainedProblem& problem) {
  const constrained::Lagrangian on(problem);
  const mdp::TabularMdp& model = problem.model.model();
  std::vector<std::int32_t> choice(static_cast<std::size_t>(model.num_states()), 0);
  double best = -std::numeric_limits<double>::infinity();
  for (;;) {
    const auto collected = on.planner().evaluate({.stationary = mdp::Policy::deterministic(choice)});
    if (on.excess(collected) == 0) best = std::max(best, problem.sign() * collected[0].value);
    int s = 0;
    while (s < model.num_states() && ++choice[static_cast<std::size_t>(s)] == model.num_choices(s))
      choice[static_cast<std::size_t>(s++)] = 0;
    if (s == model.num_states()) return best;
  }
}

TEST(Deterministic, IsWhatEnumerationFinds) {
  int none = 0, mixed = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Direction direction = seed % 2 == 0 ? Direction::kMaximise : Direction::kMinimise;
    const ConstrainedProblem problem =
        binding_problem(seed, {.states = 5, .actions = 3, .budgets = 1 + static_cast<int>(seed % 2)}, .8,
                        seed % 3 == 0 ? .02 : .4, 1, 1, direction);
    const double best = by_enumeration(problem);
    const ConstrainedSolution got = deterministic(problem, {}, {.tolerance = 1e-7});
    if (std::isinf(best)) {
      ++none;
      EXPECT_EQ(got.status, Status::kInfeasible) << seed << " " << got.note;
      continue;
    }
    ASSERT_EQ(got.status, Status::kConverged) << seed << " " << got.note;
    EXPECT_TRUE(got.policy.is_deterministic());
    EXPECT_EQ(got.violation, 0);
    EXPECT_NEAR(problem.sign() * got.expected.value, best, 1e-9) << seed;
    EXPECT_LE(problem.sign() * got.expected.value - 1e-7, best);
    EXPECT_LE(std::abs(got.optimum.upper - got.optimum.lower), 1e-7);
    ++mixed;
  }
  EXPECT_GT(mixed, 15);
  EXPECT_GT(none, 0);
}

}  // namespace
}  // namespace bellwether::solvers
