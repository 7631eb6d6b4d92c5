#include "solvers/latent/hsvi.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/latent/instances.h"
#include "solvers/latent/alpha_vectors.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/frame.h"
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

// One cross sum may take longer than all stages before it.
TEST(AlphaVectors, AskWithinACrossSum) {
  const LatentProblem problem{
      .model = mdp::noisy_chain(5, .7), .criterion = Criterion::kFinite, .discount = 1, .horizon = 4};
  const mdp::BeliefModel model(problem.model, 1);
  int messages = 0;
  for (int x = 0; x < model.num_cells(); ++x)
    for (const auto& choice : model.cell(x).choices) messages += static_cast<int>(choice.messages.size());
  std::vector<int> asked(5, 0);
  const auto whole = alpha_vectors(problem, {}, {.observer = [&](const TraceRow& row) {
                                     if (std::isinf(row.gap)) ++asked[static_cast<std::size_t>(row.iteration)];
                                     return true;
                                   }});
  EXPECT_EQ(whole.status, Status::kConverged);
  EXPECT_GT(asked[3], 3 * messages) << "more than once a message of the last stage";
  for (const int most : {messages + 4, 2 * messages + 5}) {
    int third = 0;
    const auto got = alpha_vectors(problem, {}, {.observer = [&](const TraceRow& row) {
                                     return row.iteration < 3 || std::isfinite(row.gap) || ++third < most;
                                   }});
    EXPECT_EQ(third, most);
    EXPECT_EQ(got.status, Status::kStoppedByCaller);
    EXPECT_EQ(got.iterations, 3);
    EXPECT_LE(got.lower, whole.upper);
    EXPECT_GE(got.upper, whole.lower);
  }
}

// The controllers that a search begins with are evaluated stage by stage, or by hundreds of sweeps.
TEST(Hsvi, AsksBeforeTheFirstTrial) {
  const LatentProblem problem{
      .model = mdp::noisy_chain(4, .7), .criterion = Criterion::kFinite, .discount = 1, .horizon = 6};
  int of_relaxations = 0, before = 0;
  const latent::Frame frame(problem, [&](const TraceRow&) { return ++of_relaxations, true; });
  bool begun = false;
  hsvi(problem, {.most_trials = 1}, {.tolerance = 1e-6, .observer = [&](const TraceRow& row) {
                                       begun = begun || std::isfinite(row.gap);
                                       before += begun ? 0 : 1;
                                       return true;
                                     }});
  EXPECT_GE(before, of_relaxations + 2 * problem.horizon) << "of each stage, for each choice";
  const LatentSolution exact = belief_tree(problem);
  for (const int most : {of_relaxations + 1, of_relaxations + 5, before}) {
    int asked = 0;
    const LatentSolution got =
        hsvi(problem, {}, {.tolerance = 1e-4, .observer = [&](const TraceRow&) { return ++asked < most; }});
    EXPECT_EQ(asked, most);
    EXPECT_EQ(got.status, Status::kStoppedByCaller);
    EXPECT_LE(got.lower, exact.upper);
    EXPECT_GE(got.upper, exact.lower);
    EXPECT_EQ(got.iterations, 0);
  }
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
