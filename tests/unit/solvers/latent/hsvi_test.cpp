#include "solvers/latent/hsvi.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/latent/instances.h"
#include "solvers/latent/alpha_vectors.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/simple_policies.h"

namespace bellwether::solvers {
namespace {

LatentProblem discounted(const mdp::Pomdp& model, double discount) {
  return {.model = model, .criterion = Criterion::kDiscounted, .discount = discount};
}

// The truth by another route: the belief tree over n stages plus bounds on what comes after them.
TEST(Hsvi, ProvesTheValueOfTheTiger) {
  const LatentProblem problem = discounted(mdp::tiger(), .95);
  const LatentSolution solution = hsvi(problem, {}, {.tolerance = 1e-3});
  EXPECT_EQ(solution.status, Status::kConverged);
  EXPECT_LE(solution.gap, 1e-3);
  constexpr int kStages = 400;
  const LatentSolution tree =
      belief_tree({.model = mdp::tiger(), .criterion = Criterion::kFinite, .discount = .95, .horizon = kStages});
  const double tail = std::pow(.95, kStages) / .05;
  EXPECT_LE(solution.lower, tree.upper + 10 * tail);
  EXPECT_GE(solution.upper, tree.lower - 100 * tail);
  EXPECT_LT(110 * tail, 1e-5) << "the other route is sharp enough";
  const Enclosed worth = evaluate(solution.policy, problem);
  EXPECT_GE(worth.lower, solution.lower - 1e-9);
  EXPECT_LE(worth.upper, tree.upper + 10 * tail + 1e-9);
  EXPECT_NEAR(solution.value, 19.37, .01);
}

TEST(Hsvi, EnclosesTheExactValueOfRandomModels) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const LatentProblem problem =
        discounted(mdp::random_pomdp(Stream(seed), {.states = 3, .actions = 2, .observations = 2}), .7);
    const LatentSolution found = hsvi(problem, {}, {.tolerance = 1e-4});
    LatentProblem stages = problem;
    stages.criterion = Criterion::kFinite, stages.horizon = 14;
    const LatentSolution tree = hsvi(stages, {}, {.tolerance = 1e-5});
    const double tail = std::pow(.7, 14) / .3;
    EXPECT_EQ(found.status, Status::kConverged);
    EXPECT_LE(found.lower, tree.upper + tail);
    EXPECT_GE(found.upper, tree.lower);
    const LatentSolution sets = alpha_vectors(problem, {}, {.tolerance = .1});
    EXPECT_LE(found.lower, sets.upper);
    EXPECT_GE(found.upper, sets.lower);
  }
}

TEST(Hsvi, SolvesANoisyChain) {
  const LatentProblem problem = discounted(mdp::noisy_chain(8), .95);
  const LatentSolution solution = hsvi(problem, {}, {.tolerance = .01});
  EXPECT_EQ(solution.status, Status::kConverged);
  const Enclosed worth = evaluate(solution.policy, problem);
  EXPECT_GE(worth.lower, solution.lower - 1e-9);
  EXPECT_LE(worth.lower, solution.upper);
  const LatentSolution simple = memoryless(problem, {.most_policies = 7000});
  EXPECT_LE(simple.lower, solution.upper);
  EXPECT_LT(simple.lower, solution.lower) << "memory pays here";
}

TEST(Hsvi, WithPerfectEyesIsAnOrdinaryModel) {
  const LatentSolution solution = hsvi(discounted(mdp::noisy_chain(6, 1.0), .9), {}, {.tolerance = 1e-6});
  EXPECT_EQ(solution.status, Status::kConverged);
  EXPECT_LT(solution.value, solution.known - .01) << "the first state is not seen";
}

TEST(Hsvi, StopsWhenToldToAndKeepsItsProof) {
  const LatentProblem problem = discounted(mdp::tiger(), .95);
  const LatentSolution stopped =
      hsvi(problem, {}, {.tolerance = 1e-6, .observer = [](const TraceRow& row) { return row.iteration < 3; }});
  EXPECT_EQ(stopped.status, Status::kStoppedByCaller);
  EXPECT_LE(stopped.lower, 19.37);
  EXPECT_GE(stopped.upper, 19.37);
  const LatentSolution few = hsvi(problem, {.most_trials = 2}, {.tolerance = 1e-6});
  EXPECT_EQ(few.status, Status::kBudgetExhausted);
  EXPECT_GE(few.upper, 19.37);
}

// The trace must never widen, and a smaller tolerance gives a narrower interval inside the wider one.
TEST(Hsvi, BoundsOnlyMoveTowardsEachOther) {
  const LatentProblem problem = discounted(mdp::tiger(), .9);
  const LatentSolution rough = hsvi(problem, {}, {.tolerance = 1}), fine = hsvi(problem, {}, {.tolerance = .01});
  EXPECT_LE(rough.lower, fine.lower + 1e-9);
  EXPECT_GE(rough.upper, fine.upper - 1e-9);
  for (std::size_t i = 1; i < fine.trace.size(); ++i) EXPECT_LE(fine.trace[i].gap, fine.trace[i - 1].gap);
}

TEST(AlphaVectors, DiscountedAgreesOnTheTiger) {
  const LatentProblem problem = discounted(mdp::tiger(), .75);
  const LatentSolution sets = alpha_vectors(problem, {}, {.tolerance = 1e-4}),
                       found = hsvi(problem, {}, {.tolerance = 1e-4});
  EXPECT_EQ(sets.status, Status::kConverged);
  EXPECT_LE(sets.lower, found.upper);
  EXPECT_LE(found.lower, sets.upper);
  const Enclosed worth = evaluate(sets.policy, problem);
  EXPECT_GE(worth.lower, sets.lower - 1e-9);
  EXPECT_LE(worth.lower, sets.upper);
}

}  // namespace
}  // namespace bellwether::solvers
