// What only lazy and flow policy iteration, their parts and the choice between them owe.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/gridworld.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/discounted/block_system.h"
#include "solvers/exact/discounted/choice_list.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/exact/discounted/flow_policy_iteration.h"
#include "solvers/exact/discounted/lazy_policy_iteration.h"
#include "solvers/exact/discounted/modified_policy_iteration.h"
#include "solvers/exact/discounted/policy_rows.h"
#include "solvers/exact/discounted/value_iteration.h"
#include "tests/unit/solvers/exact/discounted/random_models.h"

namespace bellwether::test {
namespace {

using namespace solvers;
using namespace solvers::discounted;
using ::testing::HasSubstr;

Problem grid(int side, double discount = 0.999) {
  return {.model = mdp::gridworld({.side = side, .seed = 3}).model,
          .direction = Direction::kMinimise,
          .discount = discount};
}

Problem garnet(int states, double discount = 0.99) {
  return {.model = mdp::garnet({.states = states, .actions = 5, .successors = 6}).model, .discount = discount};
}

/// Both intervals contain V*, so they meet everywhere.
void expect_meet(const Solution& a, const Solution& b) {
  ASSERT_EQ(a.lower.size(), b.lower.size());
  for (Eigen::Index s = 0; s < a.lower.size(); ++s) {
    ASSERT_LE(a.lower[s], b.upper[s]) << s;
    ASSERT_LE(b.lower[s], a.upper[s]) << s;
  }
}

TEST(LazyPolicyIteration, AgreesWithValueIterationOnLargerModels) {
  for (const Problem& problem : {garnet(3000), grid(40, 0.99)}) {
    const Solution lazy = lazy_policy_iteration(problem, {}, {.tolerance = 1e-8});
    EXPECT_EQ(lazy.status, Status::kConverged);
    expect_meet(lazy, value_iteration(problem, {}, {.tolerance = 1e-8}));
  }
}

TEST(LazyPolicyIteration, ReadsFewChoicesTwice) {
  // Value iteration and modified policy iteration read every choice in every improvement.
  const Problem problem = garnet(20000);
  const Solution lazy = lazy_policy_iteration(problem), modified = modified_policy_iteration(problem);
  EXPECT_LT(lazy.transitions_read, modified.transitions_read * 3 / 4);
}

TEST(LazyPolicyIteration, WorksInUnitsOfAnySize) {
  const mdp::TabularMdp model = mdp::garnet({.states = 60, .actions = 3, .successors = 4}).model;
  const Solution plain = lazy_policy_iteration({.model = model, .discount = 0.95}, {}, {.tolerance = 1e-9});
  for (const int exponent : {-940, -500, 900}) {
    std::vector<double> reward(model.reward().begin(), model.reward().end());
    for (double& r : reward) r = std::ldexp(r, exponent);
    const Problem scaled{.model = model.with_expected_rewards(std::move(reward)), .discount = 0.95};
    const Solution got = lazy_policy_iteration(scaled, {}, {.tolerance = std::ldexp(1e-9, exponent)});
    EXPECT_EQ(got.policy, plain.policy) << exponent;
    for (Eigen::Index s = 0; s < got.value.size(); ++s)
      EXPECT_NEAR(std::ldexp(got.value[s], -exponent), plain.value[s], 3e-9) << exponent;
  }
}

TEST(FlowPolicyIteration, AgreesWithModifiedPolicyIterationOnGrids) {
  for (const int side : {7, 30, 60}) {
    const Problem problem = grid(side);
    const Solution flow = flow_policy_iteration(problem, {}, {.tolerance = 1e-7});
    EXPECT_EQ(flow.status, Status::kConverged);
    expect_meet(flow, modified_policy_iteration(problem, {}, {.tolerance = 1e-7}));
  }
}

TEST(FlowPolicyIteration, NeedsFewImprovementsWhereSweepsNeedMany) {
  const Problem problem = grid(60);
  EXPECT_LT(flow_policy_iteration(problem).iterations * 3, modified_policy_iteration(problem).iterations);
}

TEST(FastSolvers, GiveTheSameBitsForEveryThreadCount) {
  for (const Problem& problem : {garnet(30000), grid(120)}) {
    for (const auto solve : {+[](const Problem& p) { return lazy_policy_iteration(p); },
                             +[](const Problem& p) { return flow_policy_iteration(p); },
                             +[](const Problem& p) { return discounted_auto(p); }}) {
      const auto with = [&](int threads) {
        const ThreadCount guard(threads);
        return solve(problem);
      };
      const Solution one = with(1), two = with(2);
      EXPECT_EQ(one.status, Status::kConverged);
      EXPECT_EQ(one.value, two.value);
      EXPECT_EQ(one.gap, two.gap);
      EXPECT_EQ(one.policy, two.policy);
      EXPECT_EQ(one.transitions_read, two.transitions_read);
    }
  }
}

TEST(DiscountedAuto, ChoosesByHowFastTheModelMixes) {
  const Solution mixing = discounted_auto(garnet(3000));
  EXPECT_EQ(mixing.algorithm, "lazy-policy-iteration");
  EXPECT_THAT(mixing.note, HasSubstr("chosen by auto"));
  const Solution slow = discounted_auto(grid(60));
  EXPECT_EQ(slow.algorithm, "flow-policy-iteration");
  EXPECT_THAT(slow.note, HasSubstr("mixes slowly"));
  EXPECT_GT(slow.transitions_read, flow_policy_iteration(grid(60)).transitions_read);  // the first try counts
  const Solution small = discounted_auto(grid(20));
  EXPECT_EQ(small.algorithm, "policy-iteration");
  for (const Solution* got : {&mixing, &slow, &small}) EXPECT_EQ(got->status, Status::kConverged);
}

TEST(DiscountedAuto, KeepsToItsIterationLimit) {
  for (const std::int64_t limit : {0, 1, 3, 8}) {
    for (const Problem& problem : {grid(20), grid(60), garnet(500)}) {
      const Solution got = discounted_auto(problem, {.tolerance = 1e-12, .max_iterations = limit});
      EXPECT_LE(got.iterations, limit);
      EXPECT_TRUE(std::isfinite(got.gap));
    }
  }
}

TEST(PolicyRows, SweepIsTheEvaluationOfTheRows) {
  for (const int branching : {1, 2, 3, 4, 5, 6, 7, 8, 10, 13}) {
    const mdp::TabularMdp model = random_model({.states = 37, .actions = 3, .branching = branching}, 9);
    PolicyRows rows(model);
    std::vector<float> right(37), in(37), out(37);
    Stream stream(4);
    for (std::size_t s = 0; s < 37; ++s) {
      right[s] = static_cast<float>(stream.uniform());
      in[s] = static_cast<float>(stream.uniform());
      rows.set_probabilities(model, static_cast<std::int64_t>(s), model.first_choice(static_cast<int>(s)) + 1);
    }
    const Extent change = rows.sweep(0.9, right, in, out);
    double low = 1e9, high = -1e9;
    for (std::size_t s = 0; s < 37; ++s) {
      const std::int64_t c = model.first_choice(static_cast<int>(s)) + 1;
      double sum = right[s];
      for (std::size_t k = 0; k < model.successors(c).size(); ++k)
        sum += 0.9 * model.probabilities(c)[k] * in[static_cast<std::size_t>(model.successors(c)[k])];
      EXPECT_NEAR(out[s], sum, 1e-6) << branching;
      low = std::min(low, double{out[s]} - in[s]);
      high = std::max(high, double{out[s]} - in[s]);
    }
    EXPECT_NEAR(change.low, low, 1e-6);
    EXPECT_NEAR(change.high, high, 1e-6);
  }
}

TEST(PolicyRows, HoldRowsOfManyLengths) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 0, {{0, 1.0}});
  builder.add_choice(0, 0, {{0, 0.5}, {1, 0.25}, {2, 0.25}});
  builder.add_choice(1, 0, {{2, 1.0}});
  builder.add_choice(2, 0, {{1, 1.0}});
  const mdp::TabularMdp model = std::move(builder).build();
  PolicyRows rows(model);
  EXPECT_EQ(rows.width(), 0);
  EXPECT_EQ(rows.num_entries(), 5);
  rows.set_probabilities(model, 1, 2);
  rows.set_probabilities(model, 0, 1);
  EXPECT_EQ(rows.row(0)[2].successor, 2);
  rows.set_probabilities(model, 0, 0);  // a shorter row: the rest of the slot is zeros
  EXPECT_EQ(rows.row(0)[0].weight, 1.0F);
  EXPECT_EQ(rows.row(0)[1].weight, 0.0F);
  EXPECT_EQ(rows.row(0)[2].weight, 0.0F);
  EXPECT_EQ(rows.row(1)[0].successor, 2);
}

TEST(ChoiceList, HoldsChoicesOfStatesWithFewAndWithMany) {
  for (const int choices : {1, 255, 256, 70'000}) {
    mdp::TabularMdpBuilder builder(2);
    for (int k = 0; k < choices; ++k) builder.add_choice(1, 0, {{1, 1.0}});
    builder.add_choice(0, 0, {{1, 1.0}});
    ChoiceList list(std::move(builder).build());
    EXPECT_EQ(list[0], ChoiceList::kNone);
    EXPECT_EQ(list[1], ChoiceList::kNone);
    list.set(1, choices - 1);
    EXPECT_EQ(list[1], choices - 1);
    EXPECT_EQ(list[0], ChoiceList::kNone);
  }
}

TEST(BlockSystem, SolvesTheSystemOfAPolicy) {
  // x = d + discount P x, checked by its residual; several sizes, so that blocks are empty, ragged and joined by
  // entries that lead from one to another. The blocks of the largest have more states than two bytes can tell apart.
  for (const int states : {1, 5, 100, 1500, 5000, 270'000}) {
    for (const Shape shape : {Shape::kGarnet, Shape::kCorridor}) {
      const mdp::TabularMdp model = random_model({.shape = shape, .states = states, .actions = 2}, 2);
      const double discount = 0.99;
      const Blocks blocks(states);
      BlockSystem system(model, blocks, discount);
      ChoiceList choice(model);
      Eigen::VectorXd d(states), x = Eigen::VectorXd::Zero(states);
      Stream stream(3);
      for (int block = 0; block < Blocks::kCount; ++block) {
        for (auto s = static_cast<int>(blocks.begin(block)); s < blocks.end(block); ++s) {
          d[s] = stream.uniform() - 0.5;
          choice.set(s, 0);
          system.set_row(block, s, model.first_choice(s));
          system.set_right(s, model.first_choice(s), d[s]);
        }
      }
      const auto result = system.solve(
          choice, 1e-5, 500, [](std::int64_t) { return true; }, x);
      EXPECT_TRUE(result.improved) << states;
      EXPECT_LT(result.products, 500) << states;
      for (int s = 0; s < states; ++s) {
        const std::int64_t c = model.first_choice(s);
        double rest = x[s] - d[s];
        for (std::size_t k = 0; k < model.successors(c).size(); ++k)
          rest -= discount * model.probabilities(c)[k] * x[model.successors(c)[k]];
        ASSERT_NEAR(rest, 0, 2e-3) << states << " state " << s;
      }
    }
  }
}

// After a proof that falls short the work vectors are made again; the rows of the policy have to come with them.
TEST(LazyPolicyIteration, GoesOnAtFullSpeedWhenAProofFallsShort) {
  const mdp::TabularMdp model = mdp::garnet({.states = 2000, .actions = 4, .successors = 5}).model;
  const auto iterations = [&](double tolerance) {
    return lazy_policy_iteration({.model = model, .discount = 0.99}, {}, {.tolerance = tolerance}).iterations;
  };
  EXPECT_LE(iterations(2.5e-11), iterations(1e-10) + 10);
}

}  // namespace
}  // namespace bellwether::test
