#include "mdp/instances/lower_bounds.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/horizon.h"
#include "mdp/instances/registry.h"
#include "mdp/instances/unrolled.h"
#include "tests/unit/mdp/instances/dense_reference.h"

namespace bellwether::mdp {
namespace {

TEST(JaoGadget, HasGainAndDiameterOfThePaper) {
  const NamedInstance made = jao_gadget({.diameter = 20, .advantage = 0.02});
  EXPECT_DOUBLE_EQ(made.facts[0].value, (0.05 + 0.02) / (2 * 0.05 + 0.02));
  EXPECT_DOUBLE_EQ(made.facts[2].value, 20);
}

TEST(Jao, KeepsThePromisedDiameter) {
  // D >= 20 log_A S, as the theorem asks.
  for (const double diameter : {60.0, 100.0, 200.0}) {
    const NamedInstance made = jao({.states = 60, .actions = 11, .diameter = diameter, .advantage = 0.01});
    EXPECT_LE(made.facts[1].value, diameter);
    EXPECT_GE(made.facts[1].value, diameter / 2);
  }
}

TEST(Jao, FindsTheHardestAdvantage) {
  // 50 gadgets of 4 choices, D' = 10: sqrt(k A' / (T D')).
  const TabularMdp model = jao({.states = 100, .actions = 10, .diameter = 40, .hardest_for = 40000}).model;
  EXPECT_NEAR(model.probabilities(model.first_choice(98))[1], .1 + std::sqrt(200.0 / 400000), 1e-15);
  EXPECT_NEAR(model.probabilities(model.first_choice(98) + 1)[1], .1, 1e-15);
}

TEST(Jao, TreeOfGadgetsUsesNoMoreActionsThanAllowed) {
  const NamedInstance made = jao({.states = 15, .actions = 6, .good_gadget = 3, .good_action = 1});
  const TabularMdp& model = made.model;
  ASSERT_EQ(model.num_states(), 14);
  for (int gadget = 0; gadget < 7; ++gadget) {
    EXPECT_EQ(model.num_choices(2 * gadget), 5);
    EXPECT_EQ(model.num_choices(2 * gadget + 1), 2);
    for (int a = 0; a < 2; ++a) {
      const double enter = model.probabilities(model.first_choice(2 * gadget) + a)[1];
      EXPECT_NEAR(enter, gadget == 3 && a == 1 ? 0.15 : 0.1, 1e-15);
    }
  }
  // Parent, then children, then itself where there is none.
  const auto walk = [&](int gadget, int choice) {
    return model.successors(model.first_choice(2 * gadget) + choice)[0] / 2;
  };
  EXPECT_EQ(walk(0, 2), 0);
  EXPECT_EQ(walk(0, 3), 1);
  EXPECT_EQ(walk(0, 4), 2);
  EXPECT_EQ(walk(2, 2), 0);
  EXPECT_EQ(walk(2, 4), 6);
  EXPECT_EQ(walk(5, 2), 2);
  EXPECT_EQ(walk(5, 3), 5);
}

TEST(GenerativeGadget, LoopsWithTheProbabilityOfTheLowerBound) {
  const TabularMdp model = generative_gadget({.discount = 0.9, .advantage = 0}).model;
  EXPECT_NEAR(model.probabilities(model.first_choice(2))[0], (4 * .9 - 1) / (3 * .9), 1e-15);
  // Then V = 3 / (4 (1 - gamma)) in the loop.
  EXPECT_NEAR(reference::discounted_values(model, .9, 1)[2], 7.5, 1e-12);
}

TEST(GenerativeGadget, CopiesOfTheLoopsChangeNoValue) {
  const TabularMdp one = generative_gadget({.states = 2, .actions = 2}).model;
  const TabularMdp three = generative_gadget({.states = 2, .actions = 2, .copies = 3}).model;
  EXPECT_EQ(three.num_choices(2), 3);
  EXPECT_EQ(three.num_choices(), one.num_choices() + 4 * 2);
  EXPECT_EQ(reference::discounted_values(three, .9, 1), reference::discounted_values(one, .9, 1));
}

TEST(HardTree, HasTheSizeAndTimingOfThePaper) {
  const NamedInstance made = hard_tree();  // A = 2, d = 3, H = 9, H' = 3
  EXPECT_EQ(made.model.num_states(), 10);
  ASSERT_EQ(made.stages.size(), 9u);
  const auto stays = [&](int stage) { return made.stages[static_cast<std::size_t>(stage - 1)].successors(0)[0] == 0; };
  EXPECT_TRUE(stays(3));
  EXPECT_FALSE(stays(4));
  const auto pays = [&](int stage) {
    const TabularMdp& model = made.stages[static_cast<std::size_t>(stage - 1)];
    return model.reward(model.first_choice(8));
  };
  EXPECT_EQ(pays(6), 0);
  EXPECT_EQ(pays(7), 1);
  EXPECT_NEAR(made.facts[0].value, 0.6 * 3, 1e-15);
  // The advantage is at one stage, one leaf, one choice.
  int advantages = 0;
  for (const TabularMdp& stage : made.stages) {
    for (const double p : stage.probability()) advantages += p == 0.6;
  }
  EXPECT_EQ(advantages, 1);
  EXPECT_EQ(made.stages[3].probabilities(made.stages[3].first_choice(4))[0], 0.6);  // h* = 1 + d, first leaf
}

TEST(HardTree, AdvantageIsWorthItsShareWhereverItIs) {
  for (int wait = 1; wait <= 3; ++wait) {
    for (int leaf = 0; leaf < 4; ++leaf) {
      const NamedInstance made = hard_tree({.advantage = 0.25, .good_wait = wait, .good_leaf = leaf, .good_action = 1});
      EXPECT_NEAR(reference::recomputed(made, made.facts[0]), 0.75 * 3, 1e-12) << wait << " " << leaf;
    }
  }
  const NamedInstance none = hard_tree({.advantage = 0});
  EXPECT_NEAR(reference::recomputed(none, none.facts[0]), 1.5, 1e-12);
}

TEST(Unrolled, HasTheValuesOfTheStages) {
  const NamedInstance made = hard_tree();
  const TabularMdp flat = unrolled(FiniteHorizonMdp(made.stages));
  EXPECT_EQ(flat.num_states(), 91);
  const Eigen::VectorXd staged = reference::finite_values(made.model, made.stages, 9, 1);
  const Eigen::VectorXd total = reference::total_values(flat, 1);
  EXPECT_LT((staged - total.head(10)).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(Unrolled, KeepsTheInitialDistribution) {
  const NamedInstance lock = make_instance("combination-lock", {{"size", "3"}});
  const TabularMdp flat = unrolled(FiniteHorizonMdp(lock.model, 3));
  EXPECT_EQ(flat.initial()[0], .5);
  EXPECT_EQ(flat.initial()[1], .5);
  EXPECT_EQ(flat.num_states(), 31);
}

}  // namespace
}  // namespace bellwether::mdp
