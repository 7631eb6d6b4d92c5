#include <cstdint>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/latent/instances.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/latent/alpha_vectors.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/hsvi.h"
#include "solvers/latent/registry.h"
#include "solvers/latent/simple_policies.h"
#include "tests/unit/solvers/latent/plain.h"

namespace bellwether::solvers {
namespace {

using ::testing::HasSubstr;

LatentProblem tiger_for(int horizon) {
  return {.model = mdp::tiger(), .criterion = Criterion::kFinite, .horizon = horizon};
}

// A search that recursed once a stage would end the program here.
constexpr int kLong = 100'000;

TEST(LongHorizons, AreSearchedWithoutTheStackOfTheMachine) {
  const LatentProblem problem = one_state({.25, .5}, kLong);
  for (const LatentSolution& found : {belief_tree(problem), open_loop(problem, {.most_nodes = 1})}) {
    EXPECT_LE(found.lower, .5 * kLong) << found.algorithm;
    EXPECT_GE(found.upper, .5 * kLong) << found.algorithm;
    EXPECT_EQ(found.policy.nodes.size(), static_cast<std::size_t>(kLong)) << found.algorithm;
  }
  EXPECT_NEAR(belief_tree(problem).value, .5 * kLong, 1e-3);
}

TEST(LongHorizons, WhatTheTreeLeavesOutIsPlayedToTheEnd) {
  const LatentProblem problem = one_state({.25, .5}, kLong);
  const LatentSolution cut = belief_tree(problem, {.most_beliefs = 1});
  EXPECT_EQ(cut.status, Status::kBudgetExhausted);
  EXPECT_EQ(cut.policy.nodes.size(), static_cast<std::size_t>(kLong));
  EXPECT_GE(evaluate(cut.policy, problem).value, .25 * kLong);
}

TEST(LongHorizons, AutoSaysWhatItDid) {
  const LatentSolution tree = latent_auto(one_state({.25, .5}, 50'000));
  EXPECT_EQ(tree.algorithm, "belief-tree");
  EXPECT_THAT(tree.note, HasSubstr("few beliefs"));
  const LatentSolution search = latent_auto(one_state({.25, .5}, 150'000), {}, {.tolerance = 1});
  EXPECT_EQ(search.algorithm, "alpha-vectors");
  EXPECT_THAT(search.note, HasSubstr("the horizon is longer than 100,000"));
  EXPECT_LE(search.lower, 75'000);
  EXPECT_GE(search.upper, 75'000);
}

/// Whether the first step paid off is known at the end alone: there the bounds meet first.
TEST(LongHorizons, TrialsReachTheEnd) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 0.0, {{0, 1.0}}).add_choice(0, 1e-3, {{1, .5}, {2, .5}});
  builder.add_choice(1, 1.0, {{1, 1.0}}).add_choice(1, 0.0, {{1, 1.0}});
  builder.add_choice(2, 0.0, {{2, 1.0}}).add_choice(2, 1.0, {{2, 1.0}});
  const LatentProblem problem{
      .model = {std::move(builder).build(), mdp::dense_observations(1, std::vector<double>(6, 1.0))},
      .criterion = Criterion::kFinite,
      .horizon = 4500};
  const LatentSolution found = hsvi(problem, {}, {.tolerance = .5});
  EXPECT_EQ(found.status, Status::kConverged);
  EXPECT_LE(found.lower, 4499 * .5 + 1e-3);
  EXPECT_GE(found.upper, 4499 * .5 + 1e-3);
}

TEST(StoppedPlanners, AreHeardAtOnceAndKeepBoundsThatHold) {
  const LatentProblem problem = tiger_for(2000);
  const LatentSolution whole = alpha_vectors(tiger_for(20));
  for (const LatentRow& row : latent_table()) {
    if (!row.solves(Criterion::kFinite)) continue;
    for (const std::int64_t patience : {1, 40, 2100}) {
      std::int64_t asked = 0;
      const SolveOptions run{.tolerance = 1e-9, .observer = [&](const TraceRow&) { return ++asked < patience; }};
      const LatentSolution found = row.run(problem, {}, run);
      EXPECT_EQ(found.status, Status::kStoppedByCaller) << row.name << ' ' << patience;
      EXPECT_LE(asked, patience + 8) << row.name;
      EXPECT_LE(found.lower, found.upper) << row.name;
      // Twenty steps a hundred times over, forgetting what was heard, is possible, so the optimum is no less.
      EXPECT_GE(found.upper, 100 * whole.lower) << row.name;
      EXPECT_LE(found.lower, 10.0 * 2000) << row.name;
      if (found.policy.empty()) continue;
      EXPECT_GE(evaluate(found.policy, problem).upper, found.lower) << row.name;
    }
  }
}

}  // namespace
}  // namespace bellwether::solvers
