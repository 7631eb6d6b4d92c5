#include "mdp/instances/toy_text.h"

#include <array>
#include <cmath>
#include <queue>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mdp/instances/dense_reference.h"

namespace bellwether::mdp {
namespace {

using testing::ElementsAre;

std::vector<std::int32_t> states_of(const TabularMdp& model, const char* label) {
  const Label* found = model.find_label(label);
  return found == nullptr ? std::vector<std::int32_t>{}
                          : std::vector<std::int32_t>(found->states.begin(), found->states.end());
}

/// States that can be visited from the initial distribution.
std::set<int> reachable(const TabularMdp& model) {
  std::set<int> seen;
  std::queue<int> frontier;
  const std::vector<double> start = model.initial();
  for (int s = 0; s < model.num_states(); ++s) {
    if (start[static_cast<std::size_t>(s)] > 0 && seen.insert(s).second) frontier.push(s);
  }
  for (; !frontier.empty(); frontier.pop()) {
    const int s = frontier.front();
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      for (const std::int32_t next : model.successors(c)) {
        if (seen.insert(next).second) frontier.push(next);
      }
    }
  }
  return seen;
}

TEST(FrozenLake, PublishedMapsHaveTheirHoles) {
  EXPECT_THAT(states_of(frozenlake().model, "hole"), ElementsAre(5, 7, 11, 12));
  EXPECT_THAT(states_of(frozenlake().model, "goal"), ElementsAre(15));
  EXPECT_THAT(states_of(frozenlake({.side = 8}).model, "hole"), ElementsAre(19, 29, 35, 41, 42, 46, 49, 52, 54, 59));
}

TEST(FrozenLake, SlipsToBothSides) {
  const TabularMdp model = frozenlake().model;
  // From 14, right: into 15, or up to 10, or down (stay).
  const std::int64_t right = model.first_choice(14) + 2;
  EXPECT_THAT(model.successors(right), testing::UnorderedElementsAre(10, 15, 14));
  EXPECT_DOUBLE_EQ(model.reward(right), 1.0 / 3);
  // From 0, left: stays twice, or down.
  EXPECT_THAT(model.successors(0), testing::UnorderedElementsAre(0, 4));
  EXPECT_NEAR(model.probabilities(0)[0] + model.probabilities(0)[1], 1, 1e-15);
  EXPECT_EQ(model.action_name(0), "left");
  EXPECT_EQ(model.action_name(3), "up");
}

TEST(FrozenLake, KnowsRewardsOfTransitionsForSimulation) {
  const TabularMdp model = frozenlake().model;
  const Column& reward = model.data().rewards.front();
  ASSERT_EQ(static_cast<std::int64_t>(reward.by_transition.size()), model.num_transitions());
  for (std::size_t i = 0; i < reward.by_transition.size(); ++i) {
    const bool into_goal = model.successor()[i] == 15 && static_cast<std::int64_t>(i) < model.choice_begin()[60];
    EXPECT_EQ(reward.by_transition[i], into_goal ? 1 : 0);
  }
}

TEST(FrozenLake, GoesWhereItIsToldWithoutSlipping) {
  const TabularMdp model = frozenlake({.slippery = false}).model;
  const auto next = [&](int s, int a) { return model.successors(model.first_choice(s) + a)[0]; };
  EXPECT_THAT((std::array{next(9, 0), next(9, 1), next(9, 2), next(9, 3)}), ElementsAre(8, 13, 10, 5));
  EXPECT_EQ(next(5, 2), 5);  // holes absorb
  EXPECT_EQ(model.reward(model.first_choice(14) + 2), 1);
}

TEST(FrozenLake, RandomMapsCanBeSolvedAndFollowTheSeed) {
  for (int seed = 0; seed < 20; ++seed) {
    const NamedInstance made = frozenlake({.side = 7, .slippery = false, .frozen = 0.6, .seed = seed});
    EXPECT_NEAR(reference::total_values(made.model, 1)[0], 1, 1e-12) << "seed " << seed;
    EXPECT_FALSE(states_of(made.model, "hole").empty()) << "seed " << seed;
  }
  EXPECT_NE(states_of(frozenlake({.side = 9, .seed = 1}).model, "hole"),
            states_of(frozenlake({.side = 9, .seed = 2}).model, "hole"));
}

TEST(CliffWalking, FallsBackToTheStart) {
  const TabularMdp model = cliff_walking().model;
  ASSERT_EQ(model.num_states(), 48);
  const std::int64_t right = model.first_choice(36) + 1, down = model.first_choice(30) + 2;
  EXPECT_EQ(model.successors(right)[0], 36);
  EXPECT_EQ(model.reward(right), -100);
  EXPECT_EQ(model.successors(down)[0], 36);
  EXPECT_EQ(model.successors(model.first_choice(35) + 2)[0], 47);
  EXPECT_EQ(model.reward(model.first_choice(35) + 2), -1);
  EXPECT_EQ(model.initial()[36], 1);
  EXPECT_EQ(reference::total_values(model, 1)[36], -13);
  // Gymnasium: the start and the first three rows are all that can be seen, besides the goal.
  EXPECT_EQ(reachable(model).size(), 38u);
}

TEST(CliffWalking, SlipperyMovesMayFall) {
  const TabularMdp model = cliff_walking({.slippery = true}).model;
  // Right along the edge: on, up, or over.
  const std::int64_t right = model.first_choice(26) + 1;
  EXPECT_THAT(model.successors(right), testing::UnorderedElementsAre(27, 14, 36));
  EXPECT_NEAR(model.reward(right), -34, 1e-12);
}

TEST(Taxi, IsDeterministicWithThreeHundredStarts) {
  const TabularMdp model = taxi().model;
  ASSERT_EQ(model.num_states(), 501);
  ASSERT_EQ(model.num_transitions(), 501 * 6);
  int starts = 0;
  for (const double p : model.initial()) starts += p > 0;
  EXPECT_EQ(starts, 300);
  // 400 states of episodes and the end; the four states that Gymnasium shows after delivery are not entered here.
  EXPECT_EQ(reachable(model).size(), 401u);
}

TEST(Taxi, FollowsTheRules) {
  const TabularMdp model = taxi().model;
  const auto state = [](int row, int column, int passenger, int destination) {
    return ((row * 5 + column) * 5 + passenger) * 4 + destination;
  };
  const auto next = [&](int s, int a) { return model.successors(model.first_choice(s) + a)[0]; };
  const auto reward = [&](int s, int a) { return model.reward(model.first_choice(s) + a); };
  EXPECT_EQ(next(state(0, 1, 2, 3), 2), state(0, 1, 2, 3));  // a wall
  EXPECT_EQ(next(state(2, 1, 2, 3), 2), state(2, 2, 2, 3));
  EXPECT_EQ(next(state(3, 3, 0, 1), 3), state(3, 3, 0, 1));  // a wall
  EXPECT_EQ(next(state(4, 1, 0, 1), 3), state(4, 1, 0, 1));  // a wall
  EXPECT_EQ(next(state(2, 2, 0, 1), 0), state(3, 2, 0, 1));
  EXPECT_EQ(next(state(2, 2, 0, 1), 1), state(1, 2, 0, 1));
  EXPECT_EQ(next(state(0, 0, 0, 1), 4), state(0, 0, 4, 1));  // pick-up at R
  EXPECT_EQ(reward(state(0, 0, 0, 1), 4), -1);
  EXPECT_EQ(reward(state(0, 0, 2, 1), 4), -10);
  EXPECT_EQ(reward(state(0, 0, 4, 1), 4), -10);
  EXPECT_EQ(next(state(4, 3, 4, 3), 5), 500);  // delivery at B
  EXPECT_EQ(reward(state(4, 3, 4, 3), 5), 20);
  EXPECT_EQ(next(state(4, 3, 4, 2), 5), state(4, 3, 3, 2));  // put down at another stand
  EXPECT_EQ(reward(state(4, 3, 4, 2), 5), -1);
  EXPECT_EQ(reward(state(2, 2, 4, 2), 5), -10);
  EXPECT_EQ(reward(state(4, 3, 3, 3), 5), -10);
  EXPECT_EQ(model.state_name(state(2, 3, 4, 1)), "2,3,taxi,G");
  for (int a = 0; a < 6; ++a) EXPECT_EQ(reward(500, a), 0);
}

TEST(Taxi, FourStatesThatFollowDeliveryKeepTheirEpisodicValues) {
  // A passenger who already waits at the destination can be picked up and delivered at once: 20 after a step of -1.
  const TabularMdp model = taxi().model;
  const Eigen::VectorXd v = reference::total_values(model, 1);
  EXPECT_EQ(v[((0 * 5 + 0) * 5 + 0) * 4 + 0], 19);
  EXPECT_EQ(v[((0 * 5 + 0) * 5 + 4) * 4 + 0], 20);
  EXPECT_EQ(v[500], 0);
}

}  // namespace
}  // namespace bellwether::mdp
