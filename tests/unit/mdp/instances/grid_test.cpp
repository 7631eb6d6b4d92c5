#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/gridworld.h"
#include "tests/unit/mdp/instances/dense_reference.h"

namespace bellwether::mdp {
namespace {

TEST(Gridworld, MovesSlipAndStayOnTheBoard) {
  const TabularMdp model = gridworld({.side = 5}).model;
  // Centre (2, 2) is 12; up: .8 to 7, .1 each to 11 and 13.
  EXPECT_THAT(model.successors(48), testing::ElementsAre(7, 11, 13));
  EXPECT_THAT(model.probabilities(48), testing::ElementsAre(.8, .1, .1));
  EXPECT_THAT(model.successors(50), testing::ElementsAre(17, 13, 11));  // down
  // Corner (0, 0), left: stays, or down (the other slip is up, which stays too).
  EXPECT_THAT(model.successors(3), testing::ElementsAre(0, 5));
  EXPECT_NEAR(model.probabilities(3)[0], .9, 1e-15);
  EXPECT_EQ(model.num_choices(24), 1);
  EXPECT_EQ(model.reward(model.first_choice(24)), 0);
}

TEST(Gridworld, CostsBelongToCells) {
  const TabularMdp model = gridworld({.side = 20}).model;
  double sum = 0;
  for (int s = 0; s < 399; ++s) {
    const double cost = model.reward(model.first_choice(s));
    EXPECT_TRUE(cost >= .5 && cost < 1.5);
    for (int a = 1; a < 4; ++a) EXPECT_EQ(model.reward(model.first_choice(s) + a), cost);
    sum += cost;
  }
  EXPECT_NEAR(sum / 399, 1, 0.065);
}

TEST(Gridworld, ObstaclesLeaveAWayFromEveryState) {
  for (int seed = 0; seed < 10; ++seed) {
    const TabularMdp model =
        gridworld({.side = 9, .slip = 0, .obstacles = .35, .random_costs = false, .seed = seed}).model;
    EXPECT_LT(model.num_states(), 81);
    EXPECT_EQ(model.state_name(0), "0,0");
    EXPECT_EQ(model.state_name(model.num_states() - 1), "8,8");
    const Eigen::VectorXd v = reference::total_values(model, -1);
    EXPECT_LE(v.maxCoeff(), 81) << "seed " << seed;  // finite: no state is cut off
    EXPECT_GE(v[0], 16) << "seed " << seed;
  }
}

TEST(Gridworld, HasTheSizeOfTheWorkload) {
  const TabularMdp model = gridworld({.side = 500}).model;
  EXPECT_EQ(model.num_states(), 250'000);
  EXPECT_EQ(model.num_choices(), 4 * 249'999 + 1);
  // Three successors a move, two in the moves of a border cell that stay twice (along each side and at corners).
  EXPECT_NEAR(static_cast<double>(model.num_transitions()), 3e6, 1e3);
  EXPECT_EQ(model.data().discount, .999);
}

TEST(Maze, TreeWithoutLoopsHasOneWay) {
  const TabularMdp model = maze({.side = 12, .loops = 0}).model;
  // A tree on 144 cells has 143 passages, each seen from both ends; the goal's own choice is its self-loop.
  int moves = 0;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) moves += model.successors(c)[0] != model.state_of(c);
  int goal_neighbours = 0;
  for (std::int64_t c = 0; c < model.num_choices() - 1; ++c) goal_neighbours += model.successors(c)[0] == 143;
  EXPECT_EQ(moves + goal_neighbours, 2 * 143);
}

TEST(Maze, OpenMazeIsAGrid) { EXPECT_EQ(maze({.side = 12, .loops = 1}).facts.front().value, 22); }

TEST(Maze, SlippingCannotShortenTheWay) {
  const NamedInstance straight = maze({.side = 8, .seed = 2});
  const NamedInstance slippery = maze({.side = 8, .slip = .3, .seed = 2});
  EXPECT_TRUE(slippery.facts.empty());
  EXPECT_GT(reference::total_values(slippery.model, -1)[0], straight.facts.front().value);
}

TEST(Courier, CountsFuelAndDamage) {
  const TabularMdp model = courier({.rows = 3, .columns = 5, .mud = 1, .mud_rows = 1, .slip = 0.2}).model;
  // Cell 1,1 is number 6; right of it lies the one muddy cell, 1,2. Slips go up and down, into clear cells.
  const std::int64_t right = model.first_choice(6) + 1;
  EXPECT_EQ(model.data().costs[0].expected[static_cast<std::size_t>(right)], 1);
  EXPECT_DOUBLE_EQ(model.data().costs[1].expected[static_cast<std::size_t>(right)], 0.8);
  EXPECT_DOUBLE_EQ(model.with_rewards("net").reward(right), -4);
  // From 1,3 a move to the right arrives; from the goal nothing happens any more.
  EXPECT_DOUBLE_EQ(model.reward(model.first_choice(8) + 1), 8);
  EXPECT_EQ(model.num_choices(9), 1);
  EXPECT_EQ(model.data().costs[0].expected[static_cast<std::size_t>(model.first_choice(9))], 0);
  EXPECT_EQ(model.initial()[5], 1);
}

}  // namespace
}  // namespace bellwether::mdp
