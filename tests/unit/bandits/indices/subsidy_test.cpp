#include "bandits/indices/subsidy.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/indices/joint.h"
#include "core/errors.h"

#include "chains.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Play less rest at this subsidy, of each state, by value iteration; damped where there is no discount.
std::vector<double> advantages(const ArmChain& arm, double subsidy, double discount) {
  const auto n = static_cast<std::size_t>(arm.states);
  std::vector<double> v(n), next(n), advantage(n);
  for (int sweep = 0; sweep < 20'000; ++sweep) {
    for (std::size_t s = 0; s < n; ++s) {
      double rest = arm.rewards[kRest][s] + subsidy, play = arm.rewards[kPlay][s];
      for (std::size_t to = 0; to < n; ++to) {
        rest += discount * arm.transitions[kRest][s * n + to] * v[to];
        play += discount * arm.transitions[kPlay][s * n + to] * v[to];
      }
      advantage[s] = play - rest;
      next[s] = std::max(play, rest);
    }
    const double origin = discount == 1 ? v[0] : 0, damp = discount == 1 ? 0.5 : 1;
    for (std::size_t s = 0; s < n; ++s) v[s] += damp * (next[s] - v[s]) - origin;
  }
  return advantage;
}

TEST(Subsidy, EveryStateIsIndifferentAtItsIndex) {
  int indexable = 0;
  for (int seed = 0; seed < 12; ++seed) {
    const ArmChain arm = random_arm(3 + seed % 5, 0.8, -0.5, Stream(71).child(seed));
    for (const double discount : {0.5, 0.95, 1.0}) {
      const SubsidyPath path = subsidy_path(arm, discount);
      if (path.verdict != Indexability::kIndexable) continue;
      ++indexable;
      for (std::size_t s = 0; s < path.index.size(); ++s) {
        EXPECT_NEAR(advantages(arm, path.index[s], discount)[s], 0, 1e-9) << seed << " " << s << " " << discount;
        EXPECT_GT(advantages(arm, path.index[s] - 1e-3, discount)[s], 0);
        EXPECT_LT(advantages(arm, path.index[s] + 1e-3, discount)[s], 0);
      }
    }
  }
  EXPECT_GE(indexable, 25);
}

TEST(Subsidy, PathIsTheEnvelopeOfOneArm) {
  for (int seed = 0; seed < 6; ++seed) {
    const std::vector<ArmChain> one = {random_arm(5, 0.7, 0, Stream(72).child(seed))};
    for (const double discount : {0.9, 1.0}) {
      const SubsidyPath path = subsidy_path(one[0], discount, 2);
      for (const double subsidy : {-3.0, -0.4, 0.0, 0.1, 0.7, 2.0}) {
        std::vector<ArmChain> paid = one;
        for (double& r : paid[0].rewards[kRest]) r += subsidy;
        // Two arms that share the choice: the other one does nothing at all.
        paid.push_back(rested_arm({0}, {1}));
        const Enclosure truth = joint_optimum({.arms = paid, .discount = discount, .start = {2, 0}}, 1e-9);
        EXPECT_NEAR(path.value(subsidy, discount), truth.middle(), 2e-9) << seed << " " << subsidy << " " << discount;
      }
    }
  }
}

/// Opportunistic access to a Gilbert-Elliott channel (Liu and Zhao 2010): the belief to be good after k rounds unseen.
struct Channel {
  double stay, become;  ///< good after good, good after bad
  double belief(bool good, int age) const {
    double b = good ? 1 : 0;
    for (int k = 0; k < age; ++k) b = later(b);
    return b;
  }
  double later(double b) const { return b * stay + (1 - b) * become; }

  /// Their closed form for the long run, stay >= become.
  double index(double b) const {
    const double resting = become / (1 - stay + become);
    if (b <= become || b >= stay) return b;
    if (b >= resting) return b / (1 - stay + b);
    int crossing = 0;
    double seen = become;
    for (; seen <= b; ++crossing) seen = later(seen);
    const double fall = b - later(b);
    return (fall * (crossing + 1) + seen) / (1 - stay + fall * crossing + seen);
  }
};

TEST(Subsidy, HoldsTheClosedFormOfChannels) {
  constexpr std::size_t kAges = 60, kForgotten = 2 * kAges, kStates = kForgotten + 1;
  for (const Channel channel : {Channel{0.8, 0.2}, Channel{0.9, 0.5}, Channel{0.6, 0.1}}) {
    ArmChain arm{.states = kStates};
    for (auto& rows : arm.transitions) rows.assign(kStates * kStates, 0.0);
    for (auto& rewards : arm.rewards) rewards.assign(kStates, 0.0);
    for (std::size_t s = 0; s < kStates; ++s) {
      const std::size_t age = s % kAges, next = s == kForgotten || age + 1 == kAges ? kForgotten : s + 1;
      const double b = channel.belief(s < kAges, s == kForgotten ? 200 : static_cast<int>(age) + 1);
      arm.rewards[kPlay][s] = b;
      arm.transitions[kPlay][s * kStates] = b;
      arm.transitions[kPlay][s * kStates + kAges] = 1 - b;
      arm.transitions[kRest][s * kStates + next] = 1;
    }
    const auto index = whittle_indices(arm, 1);
    for (std::size_t age = 0; age < 12; ++age)
      for (const bool good : {true, false})
        EXPECT_NEAR(index[age + (good ? 0 : kAges)], channel.index(channel.belief(good, static_cast<int>(age) + 1)),
                    1e-9)
            << channel.stay << " " << good << " " << age;
  }
}

TEST(Subsidy, RefusesArmsThatAreNotIndexableAndProvesIt) {
  int refuted = 0;
  for (int seed = 0; seed < 3000; ++seed) {
    const ArmChain arm = random_arm(3, 0.4, 0, Stream(73).child(seed));
    const SubsidyPath path = subsidy_path(arm, 0.95);
    if (path.verdict != Indexability::kNotIndexable) continue;
    ++refuted;
    const auto& w = path.witness;
    const auto s = static_cast<std::size_t>(w.state);
    ASSERT_LT(w.rests, w.plays);
    EXPECT_LT(advantages(arm, w.rests, 0.95)[s], -w.rest_margin / 2) << seed;
    EXPECT_GT(advantages(arm, w.plays, 0.95)[s], w.play_margin / 2) << seed;
    EXPECT_GT(w.rest_margin, 0);
    EXPECT_GT(w.play_margin, 0);
    EXPECT_THAT([&] { whittle_indices(arm, 0.95); },
                ThrowsMessage<InvalidModel>(HasSubstr("the arm is not indexable: state " + std::to_string(w.state))));
  }
  EXPECT_GE(refuted, 5);
}

TEST(Subsidy, ManyStatesStayExact) {
  const ArmChain arm = random_arm(80, 0.1, 0, Stream(74));
  const SubsidyPath path = subsidy_path(arm, 0.9);
  ASSERT_EQ(path.verdict, Indexability::kIndexable);
  for (const std::size_t s : {0UL, 79UL}) EXPECT_NEAR(advantages(arm, path.index[s], 0.9)[s], 0, 1e-10);
}

TEST(Subsidy, RelaxationBoundIsNotExceeded) {
  for (int seed = 0; seed < 8; ++seed) {
    std::vector<ArmChain> arms;
    for (int i = 0; i < 4; ++i) arms.push_back(random_arm(4, 0.8, 0, Stream(75).child(seed).child(i)));
    for (const double discount : {0.8, 1.0})
      for (const int active : {1, 2, 3}) {
        std::vector<SubsidyPath> paths;
        std::vector<int> start;
        for (int i = 0; i < 4; ++i) {
          paths.push_back(subsidy_path(arms[static_cast<std::size_t>(i)], discount, i % 3));
          start.push_back(i % 3);
        }
        const double bound = relaxation_bound(paths, active, discount);
        const Enclosure best =
            joint_optimum({.arms = arms, .active = active, .discount = discount, .start = start}, 1e-8);
        EXPECT_LE(best.low, bound + 1e-9) << seed << " " << active << " " << discount;
        EXPECT_GE(best.high, 0.9 * bound) << seed << " " << active << " " << discount;
      }
  }
}

TEST(Subsidy, TiesDoNotStopThePath) {
  // Two copies of one chain in one: every index twice.
  const ArmChain one = random_arm(4, 0.8, 0, Stream(76));
  ArmChain twice{.states = 8};
  for (const Activity what : {kRest, kPlay}) {
    twice.transitions[what].assign(64, 0.0);
    for (int s = 0; s < 8; ++s) {
      twice.rewards[what].push_back(one.reward(what, s % 4));
      for (int to = 0; to < 8; ++to)
        twice.transitions[what][static_cast<std::size_t>(8 * s + to)] = one.transition(what, s % 4, to % 4) / 2;
    }
  }
  const auto single = whittle_indices(one, 0.9), both = whittle_indices(twice, 0.9);
  for (std::size_t s = 0; s < 8; ++s) EXPECT_NEAR(both[s], single[s % 4], 1e-12) << s;
}

TEST(Subsidy, NamesWhatIsWrong) {
  const ArmChain still = rested_arm({0, 1}, {1, 0, 0, 1});
  EXPECT_THAT([&] { subsidy_path(still, 1); }, ThrowsMessage<InvalidModel>(HasSubstr("several classes")));
  // Played, it is one class; once state 0 rests, playing in state 1 takes no more plays in the long run than resting.
  EXPECT_THAT(
      [] {
        whittle_indices(rested_arm({0, 1}, {0.5, 0.5, 0.5, 0.5}), 1);
      },
      ThrowsMessage<InvalidModel>(HasSubstr("no subsidy makes state 1 rest")));
  EXPECT_THAT([&] { subsidy_path(still, 1.5); }, ThrowsMessage<InvalidOption>(HasSubstr("'discount' is 1.5")));
  EXPECT_THAT([&] { subsidy_path(still, 0.5, 2); }, ThrowsMessage<InvalidOption>(HasSubstr("'start' is 2")));
  const std::vector<ArmChain> arms(20, still);
  EXPECT_THAT([&] { joint_optimum({.arms = arms}, 1e-3); }, ThrowsMessage<InvalidOption>(HasSubstr("at most 16")));
  EXPECT_THAT([&] { joint_optimum({.arms = std::span(arms).first(2), .discount = 2}, 1e-3); },
              ThrowsMessage<InvalidOption>(HasSubstr("'discount' is 2")));
  const std::vector<ArmChain> many(14, random_arm(4, 1, 0, Stream(77)));
  EXPECT_THAT([&] { joint_optimum({.arms = many}, 1e-3); }, ThrowsMessage<InvalidOption>(HasSubstr("joint states")));
}

}  // namespace
}  // namespace bellwether::bandits
