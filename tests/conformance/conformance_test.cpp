// Every registered planner on every named instance, in both directions; and every planner on every question whose
// answer is known without a solver.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "mdp/transform.h"
#include "solvers/exact/lp/linear_programming.h"
#include "solvers/registry.h"
#include "tests/support/reference.h"

namespace bellwether::test {
namespace {

using solvers::Criterion;
using solvers::Direction;
using solvers::Problem;
using solvers::Solution;
using solvers::SolveOptions;

constexpr int kMostStates = 600;

std::string readable(std::string name) {
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

class Conformance : public testing::TestWithParam<std::string> {};

TEST_P(Conformance, EveryPlannerProvesADiscountedAnswerThatHolds) {
  const mdp::NamedInstance made = mdp::make_instance(GetParam());
  if (made.model.num_states() > kMostStates) GTEST_SKIP() << made.model.num_states() << " states";
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    const Problem problem{.model = made.model, .direction = direction, .discount = 0.95};
    const auto truth = reference_values(problem);
    long double largest = 1;
    for (const long double v : truth) largest = std::max(largest, std::abs(v));
    const long double fuzz = 1e-17L * largest;  // what the reference itself may be off
    for (const solvers::SolverRow& row : solvers::solver_table()) {
      if (!row.solves(Criterion::kDiscounted)) continue;
      if (row.name == "linear-programming" && !solvers::linear_program_fits(problem.model)) continue;
      SolveOptions run{.tolerance = 1e-6};
      if (row.first_order) run.max_iterations = 5;
      const Solution got = row.run(problem, {}, run);
      if (!row.first_order || got.status != Status::kBudgetExhausted) {
        ASSERT_EQ(got.status, Status::kConverged) << row.name << ": " << got.note;
        ASSERT_LE(got.gap, 1e-6) << row.name;
      }
      const auto earned = reference_policy_values(problem, got.policy);
      for (int s = 0; s < problem.model.num_states(); ++s) {
        const auto i = static_cast<std::size_t>(s);
        ASSERT_LE(got.lower[s], truth[i] + fuzz) << row.name << " state " << s;
        ASSERT_GE(got.upper[s], truth[i] - fuzz) << row.name << " state " << s;
        ASSERT_LE(std::abs(got.value[s] - truth[i]), got.gap) << row.name << " state " << s;
        ASSERT_LE(got.lower[s], earned[i] + 1e-12L) << row.name << " policy in state " << s;
        ASSERT_GE(got.upper[s], earned[i] - 1e-12L) << row.name << " policy in state " << s;
      }
    }
  }
}

Criterion criterion_of(mdp::Objective objective) {
  switch (objective) {
    case mdp::Objective::kDiscounted:
      return Criterion::kDiscounted;
    case mdp::Objective::kFinite:
      return Criterion::kFinite;
    case mdp::Objective::kTotal:
      return Criterion::kTotal;
    case mdp::Objective::kReach:
      return Criterion::kReach;
    case mdp::Objective::kAverage:
      return Criterion::kAverage;
  }
  return Criterion::kDiscounted;
}

Problem problem_of(const mdp::NamedInstance& made, const mdp::Question& question) {
  Problem problem{
      .model = made.model,
      .criterion = criterion_of(question.objective),
      .direction = question.minimise ? Direction::kMinimise : Direction::kMaximise,
      .discount = question.objective == mdp::Objective::kDiscounted || question.objective == mdp::Objective::kFinite
                      ? question.discount
                      : 1.0,
      .horizon = question.horizon};
  if (question.objective == mdp::Objective::kFinite) problem.stages = made.stages;
  if (const mdp::Label* label = made.model.find_label(question.target);
      question.objective == mdp::Objective::kReach && label) {
    problem.target.assign(label->states.begin(), label->states.end());
  }
  return problem;
}

double expected(const std::vector<double>& initial, const Eigen::VectorXd& x) {
  double sum = 0;
  for (std::size_t s = 0; s < initial.size(); ++s)
    if (initial[s] > 0) sum += initial[s] * x[static_cast<Eigen::Index>(s)];
  return sum;
}

TEST_P(Conformance, EveryPlannerFindsWhatIsKnown) {
  const mdp::NamedInstance made = mdp::make_instance(GetParam());
  const std::vector<double> initial = made.model.initial();
  for (const mdp::KnownFact& fact : made.facts) {
    if (fact.quantity != mdp::Quantity::kOptimum) continue;
    const Problem problem = problem_of(made, fact.question);
    const double slack = fact.accuracy * std::max(1.0, std::abs(fact.value));
    for (const solvers::SolverRow& row : solvers::solver_table()) {
      if (!row.solves(problem.criterion)) continue;
      const bool automatic = row.name == "auto";
      if (!automatic && (problem.criterion == Criterion::kDiscounted || made.model.num_states() > kMostStates))
        continue;
      if (row.name == "linear-programming" && !solvers::linear_program_fits(problem.model)) continue;
      SolveOptions run{.tolerance = automatic ? 1e-8 : 1e-6};
      if (!automatic && problem.criterion != Criterion::kFinite) run.max_iterations = 300'000;
      if (row.first_order) run.max_iterations = 5;
      const Solution got = row.run(problem, {}, run);
      const auto what = [&] {
        return testing::Message() << row.name << ", " << to_text(fact.question) << " (" << fact.how
                                  << "): " << to_string(got.status) << " " << got.note;
      };
      ASSERT_TRUE(got.status == Status::kConverged || got.status == Status::kRoundingLimited ||
                  (row.first_order && got.status == Status::kBudgetExhausted))
          << what();
      EXPECT_NEAR(expected(initial, got.value), fact.value, got.gap + slack) << what();
      if (got.lower.size() == 0) continue;
      EXPECT_LE(expected(initial, got.lower), fact.value + slack) << what();
      EXPECT_GE(expected(initial, got.upper), fact.value - slack) << what();
    }
  }
}

std::vector<std::string> instance_names() {
  std::vector<std::string> names;
  for (const mdp::Instance& instance : mdp::instance_table()) names.push_back(instance.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Instances, Conformance, testing::ValuesIn(instance_names()),
                         [](const auto& made) { return readable(made.param); });

}  // namespace
}  // namespace bellwether::test
