#include "bandits/indices/gittins.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/indices/joint.h"
#include "bandits/indices/subsidy.h"
#include "core/errors.h"

#include "chains.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// What playing once more is worth beside retirement for `charge` a round, by value iteration.
double worth_of_playing(const ArmChain& arm, int state, double charge, double discount) {
  const auto n = static_cast<std::size_t>(arm.states);
  std::vector<double> v(n, charge / (1 - discount)), q(n);
  for (int sweep = 0; sweep < 4000; ++sweep) {
    for (std::size_t s = 0; s < n; ++s) {
      q[s] = arm.rewards[kPlay][s];
      for (std::size_t to = 0; to < n; ++to) q[s] += discount * arm.transitions[kPlay][s * n + to] * v[to];
    }
    for (std::size_t s = 0; s < n; ++s) v[s] = std::max(q[s], charge / (1 - discount));
  }
  return q[static_cast<std::size_t>(state)] - charge / (1 - discount);
}

TEST(Gittins, TwoStatesByHand) {
  // State 0 brings 1 and moves to 1, which brings 0 and stays: 1 and 0. Reversed: from 0 the best is to play on for
  // ever once 1 is reached: (0 + discount / (1 - discount)) (1 - discount) = discount.
  const double b = 0.75;
  EXPECT_THAT(gittins_indices(rested_arm({1, 0}, {0, 1, 0, 1}), b), testing::ElementsAre(1, 0));
  const auto up = gittins_indices(rested_arm({0, 1}, {0, 1, 0, 1}), b);
  EXPECT_DOUBLE_EQ(up[0], b);
  EXPECT_DOUBLE_EQ(up[1], 1);
}

TEST(Gittins, RetiresWhereDynamicProgrammingIsIndifferent) {
  for (int seed = 0; seed < 12; ++seed) {
    const ArmChain arm = random_rested_arm(2 + seed, seed % 2 == 0 ? 1 : 0.4, seed % 3 - 1.0, Stream(61).child(seed));
    for (const double discount : {0.0, 0.5, 0.97}) {
      const auto index = gittins_indices(arm, discount);
      for (int s = 0; s < arm.states; ++s)
        EXPECT_NEAR(worth_of_playing(arm, s, index[static_cast<std::size_t>(s)], discount), 0, 1e-11 / (1 - discount))
            << "seed " << seed << " state " << s << " discount " << discount;
    }
  }
}

TEST(Gittins, IsOptimalAmongAllPoliciesOfSeveralArms) {
  for (int seed = 0; seed < 20; ++seed) {
    std::vector<ArmChain> arms;
    std::vector<std::vector<double>> indices;
    for (int i = 0; i < 3; ++i) {
      arms.push_back(random_rested_arm(3 + (seed + i) % 3, 0.7, 0, Stream(62).child(seed).child(i)));
      indices.push_back(gittins_indices(arms.back(), 0.9));
    }
    const JointQuestion question{.arms = arms, .discount = 0.9, .start = {0, 1, 2}};
    const Enclosure best = joint_optimum(question, 1e-10);
    EXPECT_NEAR(priority_value(question, indices, 1e-10).middle(), best.middle(), 2e-10) << seed;
    for (auto& index : indices)  // and the myopic policy is not, on most of them
      index = arms[static_cast<std::size_t>(&index - indices.data())].rewards[kPlay];
    EXPECT_LE(priority_value(question, indices, 1e-10).low, best.high);
  }
}

TEST(Gittins, KeepsDigitsWhereTheDiscountIsNearOne) {
  // A cycle of n states that brings 1 once: from the state after it, 1 - discount of discount^(n - 1) / (1 -
  // discount^n).
  constexpr int kStates = 50;
  std::vector<double> reward(kStates), move(kStates * kStates);
  reward[0] = 1;
  for (int s = 0; s < kStates; ++s) move[static_cast<std::size_t>(s * kStates + (s + 1) % kStates)] = 1;
  const double b = 1 - 1e-9;
  const auto index = gittins_indices(rested_arm(reward, move), b);
  EXPECT_DOUBLE_EQ(index[0], 1);
  for (int s = 1; s < kStates; ++s) {  // plays until the 1 is collected, after kStates - s steps
    const double wait = kStates - s, rate = std::pow(b, wait) * (1 - b) / -std::expm1((wait + 1) * std::log(b));
    EXPECT_NEAR(index[static_cast<std::size_t>(s)] / rate, 1, 1e-6) << s;
    EXPECT_NEAR(index[static_cast<std::size_t>(s)], 1 / (wait + 1), 1e-7) << s;
  }
}

TEST(Gittins, EqualsWhittlesIndexOfARestedArm) {
  for (int seed = 0; seed < 10; ++seed) {
    const ArmChain arm = random_rested_arm(8, 0.5, -0.5, Stream(63).child(seed));
    const auto gittins = gittins_indices(arm, 0.9), whittle = whittle_indices(arm, 0.9);
    for (std::size_t s = 0; s < 8; ++s) EXPECT_NEAR(gittins[s], whittle[s], 1e-11) << seed << " " << s;
  }
}

TEST(Gittins, NamesWhatIsWrong) {
  EXPECT_THAT([] { gittins_indices(rested_arm({0}, {1}), 1); },
              ThrowsMessage<InvalidOption>(HasSubstr("'discount' is 1, must be at least 0 and below 1")));
  EXPECT_THAT(
      [] {
        gittins_indices(rested_arm({0, 1}, {0.5, 0.5, 0.5, 0.4}), 0.5);
      },
      ThrowsMessage<InvalidModel>(HasSubstr("from state 1, played, add up to 0.9, must be 1")));
  EXPECT_THAT(
      [] {
        gittins_indices(rested_arm({0, 1}, {1.5, -0.5, 0, 1}), 0.5);
      },
      ThrowsMessage<InvalidModel>(HasSubstr("from state 0 to 1, played, is -0.5")));
  EXPECT_THAT([] { gittins_indices(rested_arm({std::numeric_limits<double>::infinity()}, {1}), 0.5); },
              ThrowsMessage<InvalidModel>(HasSubstr("the reward of state 0, played, is inf")));
  EXPECT_THAT([] { gittins_indices({}, 0.5); }, ThrowsMessage<InvalidModel>(HasSubstr("0 states")));
  EXPECT_THAT(
      [] {
        gittins_indices(rested_arm({0, 1}, {1}), 0.5);
      },
      ThrowsMessage<InvalidModel>(HasSubstr("do not fit 2 states")));
}

}  // namespace
}  // namespace bellwether::bandits
