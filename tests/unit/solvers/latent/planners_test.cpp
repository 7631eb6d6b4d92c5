#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/latent/instances.h"
#include "solvers/latent/alpha_vectors.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/hsvi.h"
#include "solvers/latent/simple_policies.h"
#include "tests/unit/solvers/latent/plain.h"

namespace bellwether::solvers {
namespace {

LatentProblem finite(const mdp::Pomdp& model, int horizon, double discount = 1) {
  return {.model = model, .criterion = Criterion::kFinite, .discount = discount, .horizon = horizon};
}

void expect_encloses(const LatentSolution& solution, double truth, double tolerance, const std::string& where) {
  const double slack = 1e-14 * (1 + std::abs(truth));
  EXPECT_LE(solution.lower, truth + slack) << where << ' ' << solution.algorithm;
  EXPECT_GE(solution.upper, truth - slack) << where << ' ' << solution.algorithm;
  EXPECT_LE(solution.gap, tolerance) << where << ' ' << solution.algorithm;
}

void expect_policy_inside(const LatentSolution& solution, const LatentProblem& problem) {
  const Enclosed worth = evaluate(solution.policy, problem);
  EXPECT_LE(worth.lower, solution.upper) << solution.algorithm;
  EXPECT_GE(worth.upper, solution.lower) << solution.algorithm;
}

TEST(ExactPlanners, AgreeWithTheHistoryRecursionOnRandomLatentModels) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const int states = 2 + static_cast<int>(seed % 2), contexts = 2 + static_cast<int>(seed % 3 == 0);
    const int horizon = contexts == 3 ? 3 : 4;
    const mdp::LatentMdp latent = mdp::random_latent(Stream(seed), {.contexts = contexts, .states = states});
    const double truth = plain_latent(latent, horizon);
    const LatentProblem problem = finite(latent.pomdp(), horizon);
    const std::string where = "seed " + std::to_string(seed);
    const LatentSolution tree = belief_tree(problem), sets = alpha_vectors(problem, {}, {.tolerance = 1e-9});
    expect_encloses(tree, truth, 1e-10, where);
    expect_encloses(sets, truth, 1e-10, where);
    EXPECT_EQ(tree.status, Status::kConverged);
    EXPECT_EQ(sets.status, Status::kConverged);
    if (seed % 10 == 0) {
      expect_policy_inside(tree, problem);
      expect_policy_inside(sets, problem);
      const LatentSolution searched = hsvi(problem, {}, {.tolerance = 1e-4});
      expect_encloses(searched, truth, 1e-4, where);
      expect_policy_inside(searched, problem);
    }
  }
}

TEST(ExactPlanners, AgreeWithAllPolicyTrees) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const mdp::Pomdp pomdp = mdp::random_pomdp(Stream(seed), {.states = 2 + static_cast<int>(seed % 2)});
    const std::vector<double> start = pomdp.model().initial();
    double truth = -1e300;
    for (const auto& alpha : all_trees(pomdp, 3)) truth = std::max(truth, mdp::dot(alpha, start));
    EXPECT_NEAR(plain_pomdp(pomdp, 3, start), truth, 1e-13);
    const LatentProblem problem = finite(pomdp, 3);
    expect_encloses(belief_tree(problem), truth, 1e-10, "");
    expect_encloses(alpha_vectors(problem), truth, 1e-10, "");
    expect_encloses(hsvi(problem, {}, {.tolerance = 1e-3}), truth, 1e-3, "");
  }
}

TEST(ExactPlanners, DiscountTheStages) {
  const mdp::LatentMdp latent = mdp::random_latent(Stream(3), {.contexts = 2, .states = 2});
  const LatentProblem problem = finite(latent.pomdp(), 5, .8);
  const double truth = plain_latent(latent, 5, 1, .8);
  expect_encloses(belief_tree(problem), truth, 1e-10, "");
  expect_encloses(alpha_vectors(problem), truth, 1e-10, "");
  expect_encloses(hsvi(problem, {}, {.tolerance = 1e-4}), truth, 1e-4, "");
}

TEST(ExactPlanners, MinimiseAsTheyMaximise) {
  const mdp::LatentMdp latent = mdp::random_latent(Stream(8), {.contexts = 2, .states = 2});
  LatentProblem problem = finite(latent.pomdp(), 4);
  problem.direction = Direction::kMinimise;
  const double truth = plain_latent(latent, 4, -1);
  for (const LatentSolution& solution :
       {belief_tree(problem), alpha_vectors(problem), hsvi(problem, {}, {.tolerance = 1e-5})}) {
    expect_encloses(solution, truth, 1e-5, "");
    expect_policy_inside(solution, problem);
    EXPECT_LE(solution.known, solution.qmdp);
    EXPECT_LE(solution.qmdp, solution.informed);
    EXPECT_LE(solution.informed, truth + 1e-12);
  }
  EXPECT_GE(memoryless(problem).upper, truth - 1e-12);
}

// With seen rewards the context leaks, so the value can only grow; and with rewards that do not differ it cannot.
TEST(ExactPlanners, UseTheRewardsTheySee) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const mdp::LatentMdp blind = mdp::random_latent(Stream(seed), {.contexts = 2, .states = 2});
    const mdp::LatentMdp sees({blind.context(0), blind.context(1)}, {.5, .5}, true);
    const double without = plain_latent(blind, 4);
    const LatentSolution with = belief_tree(finite(sees.pomdp(), 4));
    EXPECT_GE(with.upper, without - 1e-12);
    EXPECT_LE(with.lower, with.known);
    const mdp::LatentMdp same({blind.context(0), blind.context(0)}, {.5, .5}, true);
    const mdp::LatentMdp one({blind.context(0)}, {1.0});
    expect_encloses(belief_tree(finite(same.pomdp(), 4)), plain_latent(one, 4), 1e-10, "");
  }
}

TEST(Planners, OneContextIsAnOrdinaryModel) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const mdp::LatentMdp latent = mdp::random_latent(Stream(seed), {.contexts = 1, .states = 3});
    const LatentProblem problem = finite(latent.pomdp(), 4);
    const LatentSolution tree = belief_tree(problem), simple = memoryless(problem, {.most_policies = 5000});
    EXPECT_NEAR(tree.value, tree.known, 1e-10);
    EXPECT_NEAR(simple.lower, tree.value, 1e-10);
    EXPECT_NEAR(tree.qmdp, tree.known, 1e-10);
    EXPECT_EQ(simple.status, Status::kConverged) << "its policy meets the relaxed bound";
  }
}

TEST(Planners, AreOrderedByWhatTheyKnow) {
  int strict = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const mdp::LatentMdp latent = mdp::random_latent(Stream(100 + seed), {.contexts = 2, .states = 2});
    const LatentProblem problem = finite(latent.pomdp(), 4);
    const LatentSolution tree = belief_tree(problem), simple = memoryless(problem), fixed = open_loop(problem);
    EXPECT_LE(fixed.lower, simple.lower + 1e-12);
    EXPECT_LE(simple.lower, tree.upper);
    EXPECT_LE(tree.lower, tree.informed);
    EXPECT_LE(tree.informed, tree.qmdp);
    EXPECT_LE(tree.qmdp, tree.known);
    double known = 0;
    for (int m = 0; m < 2; ++m) known += latent.weight(m) * plain_latent(mdp::LatentMdp({latent.context(m)}, {1.0}), 4);
    EXPECT_NEAR(tree.known, known, 1e-10);
    strict += simple.lower < tree.lower - 1e-6 && tree.upper < tree.qmdp - 1e-6 ? 1 : 0;
  }
  EXPECT_GT(strict, 3) << "the order is not always equality";
}

TEST(OpenLoop, FindsTheBestOfAllSequences) {
  const mdp::Pomdp pomdp = mdp::random_pomdp(Stream(4), {.states = 3, .actions = 3});
  const LatentSolution solution = open_loop(finite(pomdp, 5));
  double best = -1e300;
  for (int code = 0; code < 243; ++code) {
    std::vector<double> b = pomdp.model().initial();
    double value = 0;
    for (int h = 0, rest = code; h < 5; ++h, rest /= 3) {
      std::vector<double> next(3, 0.0);
      for (int s = 0; s < 3; ++s) {
        const std::int64_t c = pomdp.model().first_choice(s) + rest % 3;
        value += b[static_cast<std::size_t>(s)] * pomdp.model().reward(c);
        for (std::size_t i = 0; i < 3; ++i)
          next[static_cast<std::size_t>(pomdp.model().successors(c)[i])] +=
              b[static_cast<std::size_t>(s)] * pomdp.model().probabilities(c)[i];
      }
      b = next;
    }
    best = std::max(best, value);
  }
  EXPECT_NEAR(solution.lower, best, 1e-10);
}

TEST(Memoryless, LocalSearchFindsWhatEnumerationFinds) {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const LatentProblem problem = finite(mdp::random_latent(Stream(seed), {.contexts = 2, .states = 2}).pomdp(), 3);
    const double best = memoryless(problem).lower, climbed = memoryless(problem, {.most_policies = 1}).lower;
    EXPECT_LE(climbed, best + 1e-12);
    found += climbed > best - 1e-9 ? 1 : 0;
  }
  EXPECT_GE(found, 8);
}

TEST(CombinationLock, IsWorthOneInM) {
  const std::vector<int> secret = {2, 0, 1};
  const LatentProblem problem = finite(mdp::combination_lock(3, secret).pomdp(), 4);
  for (const LatentSolution& solution :
       {belief_tree(problem), open_loop(problem), hsvi(problem, {}, {.tolerance = 1e-6})})
    EXPECT_NEAR(solution.lower, .25, 1e-6) << solution.algorithm;
}

// Positively homogeneous and convex: W(lambda b) = lambda W(b), W((b + c) / 2) <= (W(b) + W(c)) / 2.
TEST(Values, AreHomogeneousAndConvexInTheBelief) {
  const mdp::Pomdp pomdp = mdp::random_pomdp(Stream(6), {.states = 3});
  const LatentSolution sets = alpha_vectors(finite(pomdp, 4));
  Stream stream(1);
  const auto value = [&](const std::vector<double>& b) {
    return belief_tree(finite({pomdp.model().with_initial(b), pomdp.observations()}, 4)).value;
  };
  const auto random = [&] {
    std::vector<double> b(3);
    for (double& x : b) x = stream.uniform();
    const double sum = mdp::mass(b);
    for (double& x : b) x /= sum;
    return b;
  };
  int strict = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<double> b = random(), c = random();
    std::vector<double> middle(3);
    for (std::size_t j = 0; j < 3; ++j) middle[j] = (b[j] + c[j]) / 2;
    const double chord = (value(b) + value(c)) / 2, here = value(middle);
    EXPECT_LE(here, chord + 1e-11);
    strict += here < chord - 1e-6 ? 1 : 0;
  }
  EXPECT_GT(strict, 50);
  EXPECT_GT(sets.vectors, 1);
}

TEST(SimplePolicies, AreSaidToBeWorthWhatTheyEarn) {
  int wide = 0;  // there the middle of the bounds is something else
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      LatentProblem problem = finite(mdp::random_pomdp(Stream(seed), {.states = 3}), 4);
      problem.direction = direction;
      for (const LatentSolution& found : {memoryless(problem), open_loop(problem)}) {
        wide += found.gap > 1e-3 ? 1 : 0;
        EXPECT_NEAR(found.value, evaluate(found.policy, problem).value, 1e-12) << found.algorithm;
      }
    }
  }
  EXPECT_GE(wide, 8);
}

TEST(ExactPlanners, SayHowFarTheyWereStopped) {
  int asked = 0;
  const LatentProblem problem = finite(mdp::random_pomdp(Stream(3), {.states = 3}), 40);
  const LatentSolution found = alpha_vectors(problem, {}, {.observer = [&](const TraceRow&) { return ++asked < 1; }});
  EXPECT_EQ(found.status, Status::kStoppedByCaller);
  EXPECT_TRUE(found.policy.empty());
  EXPECT_EQ(found.note, "stopped after 0 stages of 40");
}

}  // namespace
}  // namespace bellwether::solvers
