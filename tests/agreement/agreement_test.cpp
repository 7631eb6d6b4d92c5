// Independent routes give one answer: every registered planner against every other, and against exact fractions.

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/rational/certify_rational.h"
#include "solvers/registry.h"
#include "tests/support/random_models.h"

namespace bellwether::test {
namespace {

using solvers::Criterion;
using solvers::Direction;
using solvers::Problem;
using solvers::Solution;

/// Both directions of one question about a few random models.
std::vector<Problem> problems(Criterion criterion) {
  std::vector<Problem> all;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
      Problem problem{.model = random_model(Stream(seed).child("agreement"), {.states = 10, .tie_share = 0.3}),
                      .criterion = criterion,
                      .direction = direction};
      if (criterion == Criterion::kDiscounted) problem.discount = 0.95;
      if (criterion == Criterion::kFinite) problem.horizon = 7;
      if (criterion == Criterion::kReach) problem.target = {3, 7};
      if (criterion == Criterion::kTotal) {
        // Costs of at least 1 a step until state 0 ends the play: every choice leads there sooner or later.
        mdp::TabularMdpBuilder builder(10);
        Stream stream = Stream(seed).child("costs");
        for (int s = 0; s < 10; ++s) {
          for (int a = 0; a < 3; ++a) {
            const int next = static_cast<int>(stream.below(10));
            builder.add_choice(s, s == 0 ? 0 : 1 + stream.uniform(), {{s == 0 ? 0 : next, 0.75}, {0, 0.25}});
          }
        }
        problem.model = std::move(builder).build();
        problem.target = {0};
      }
      all.push_back(std::move(problem));
    }
  }
  return all;
}

class Agreement : public testing::TestWithParam<Criterion> {};

TEST_P(Agreement, OfAllPlanners) {
  for (const Problem& problem : problems(GetParam())) {
    std::vector<std::pair<std::string, Solution>> answers;
    for (const solvers::SolverRow& row : solvers::solver_table()) {
      if (row.first_order || !row.solves(GetParam())) continue;
      Solution got;
      try {
        got = row.run(problem, {}, {.tolerance = 1e-7});
      } catch (const InvalidOption& refusal) {
        // Some methods ask more of a model (unichain, for instance) and say so; `auto` never does.
        ASSERT_NE(row.name, "auto") << refusal.what();
        continue;
      }
      ASSERT_TRUE(got.status == Status::kConverged) << row.name << ": " << to_string(got.status) << " " << got.note;
      ASSERT_LE(got.gap, 1e-7) << row.name;
      answers.emplace_back(row.name, std::move(got));
    }
    ASSERT_FALSE(answers.empty());
    for (const auto& [name, answer] : answers) {
      const auto& [first_name, first] = answers.front();
      EXPECT_LE((answer.value - first.value).lpNorm<Eigen::Infinity>(), answer.gap + first.gap)
          << name << " against " << first_name;
    }
  }
}

TEST_P(Agreement, WithExactFractions) {
  for (const Problem& problem : problems(GetParam())) {
    const Solution got = solvers::find_solver("auto", GetParam()).run(problem, {}, {.tolerance = 1e-7});
    const solvers::RationalSolution exact = solvers::certify_rational(problem, got.policy);
    ASSERT_EQ(exact.solution.status, Status::kConverged) << exact.solution.note;
    for (int s = 0; s < problem.model.num_states(); ++s) {
      EXPECT_LE(got.lower[s], exact.solution.upper[s]) << "state " << s;
      EXPECT_GE(got.upper[s], exact.solution.lower[s]) << "state " << s;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Criteria, Agreement,
                         testing::Values(Criterion::kDiscounted, Criterion::kFinite, Criterion::kTotal,
                                         Criterion::kReach, Criterion::kAverage),
                         [](const auto& made) { return std::string(to_string(made.param)); });

}  // namespace
}  // namespace bellwether::test
