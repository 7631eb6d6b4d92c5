#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/stream.h"
#include "mdp/expected_reward.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/unit/mdp/io/decorated.h"

#include "example_data.h"

namespace bellwether::mdp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

TEST(TabularMdpBuilder, BuildsTheModelOfItsComment) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 5.0, {{0, .5}, {1, .5}});
  builder.add_choice(0, 10.0, {{1, 1.0}});
  builder.add_choice(1, -1.0, {{1, 1.0}});
  ModelData expected;
  expected.state_begin = Offsets{0, 2, 3};
  expected.choice_begin = Offsets{0, 2, 3, 4};
  expected.successor = States{0, 1, 1, 1};
  expected.probability = Numbers{.5, .5, 1, 1};
  expected.rewards = {Column{.name = "reward", .expected = Numbers{5, 10, -1}, .by_transition = {}}};
  EXPECT_EQ(std::move(builder).build().data(), expected);
}

TEST(TabularMdpBuilder, SortsEverythingOfAChoiceByState) {
  TabularMdpBuilder builder(3);
  const Numbers values{1, 5}, weights{.75, .25}, other_values{2}, other_weights{1};
  builder.add_choice(2, {{0, .5, 1}, {2, .5, 3}}).action(4).cost("fuel", 20).finite_reward(values, weights);
  builder.add_choice(0, 6, {{1, 1.0}}).action(3).gaussian_reward(.5).cost("time", 1);
  builder.add_choice(2, 7, {{1, 1.0}}).action(9).cost("fuel", 21);
  builder.add_choice(1, {{0, .25, 8}, {1, .25, 0}, {2, .5, 0}}).action(1).finite_reward(other_values, other_weights);
  builder.add_choice(0, 9, {{2, .5}, {0, .5}}).action(2).cost("fuel", 1).cost("time", 2).bernoulli_reward(12);
  const TabularMdp model = std::move(builder).build();
  const ModelData& d = model.data();
  EXPECT_THAT(d.state_begin.view(), ElementsAre(0, 2, 3, 5));
  EXPECT_THAT(d.choice_begin.view(), ElementsAre(0, 1, 3, 6, 8, 9));
  EXPECT_THAT(d.successor.view(), ElementsAre(1, 2, 0, 0, 1, 2, 0, 2, 1));
  EXPECT_THAT(d.probability.view(), ElementsAre(1, .5, .5, .25, .25, .5, .5, .5, 1));
  ASSERT_EQ(d.rewards.size(), 1);
  EXPECT_THAT(d.rewards[0].expected.view(), ElementsAre(6, 9, 2, 2, 7));
  EXPECT_THAT(d.rewards[0].by_transition.view(), ElementsAre(6, 9, 9, 8, 0, 0, 1, 3, 7));
  ASSERT_EQ(d.costs.size(), 2);
  EXPECT_EQ(d.costs[0].name, "fuel");
  EXPECT_THAT(d.costs[0].expected.view(), ElementsAre(0, 1, 0, 20, 21));
  EXPECT_THAT(d.costs[0].by_transition.view(), IsEmpty());
  EXPECT_EQ(d.costs[1].name, "time");
  EXPECT_THAT(d.costs[1].expected.view(), ElementsAre(1, 2, 0, 0, 0));
  EXPECT_THAT(d.action.view(), ElementsAre(3, 2, 1, 4, 9));
  EXPECT_THAT(d.reward_laws.law.view(), ElementsAre(2, 1, 3, 3, 0));
  EXPECT_THAT(d.reward_laws.scale.view(), ElementsAre(.5, 12, 0, 0, 0));
  EXPECT_THAT(d.reward_laws.support_begin.view(), ElementsAre(0, 0, 0, 1, 3, 3));
  EXPECT_THAT(d.reward_laws.values.view(), ElementsAre(2, 1, 5));
  EXPECT_THAT(d.reward_laws.weights.view(), ElementsAre(1, .75, .25));
}

TEST(TabularMdpBuilder, StoresOnlyWhatWasSaid) {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, 1, {{0, 1.0}}).gaussian_reward(2);
  const TabularMdp model = std::move(builder).build();
  const ModelData& d = model.data();
  EXPECT_THAT(d.rewards[0].by_transition.view(), IsEmpty());
  EXPECT_THAT(d.costs, IsEmpty());
  EXPECT_THAT(d.action.view(), IsEmpty());
  EXPECT_THAT(d.initial.view(), IsEmpty());
  EXPECT_THAT(d.state_names, IsEmpty());
  EXPECT_THAT(d.action_names, IsEmpty());
  EXPECT_THAT(d.labels, IsEmpty());
  EXPECT_EQ(d.discount, std::nullopt);
  EXPECT_THAT(d.reward_laws.law.view(), ElementsAre(2));
  EXPECT_THAT(d.reward_laws.support_begin.view(), IsEmpty());  // no law is finite
}

TEST(TabularMdpBuilder, UnsaidIdentifiersAreZero) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 1, {{0, 1.0}}).add_choice(0, 1, {{0, 1.0}}).action(5).add_choice(1, 1, {{0, 1.0}});
  EXPECT_THAT(std::move(builder).build().data().action.view(), ElementsAre(0, 5, 0));
}

TEST(TabularMdpBuilder, DropsEntriesOfProbabilityZeroAndKeepsTwins) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, {{1, .25, 3}, {0, 0, 100}, {1, .75, 3}});
  builder.add_choice(1, 4, {{0, 0.0}, {1, 1.0}});
  const TabularMdp model = std::move(builder).build();
  EXPECT_THAT(model.successors(0), ElementsAre(1, 1));
  EXPECT_THAT(model.probabilities(0), ElementsAre(.25, .75));
  EXPECT_EQ(model.reward(0), 3);
  EXPECT_THAT(model.data().rewards[0].by_transition.view(),
              IsEmpty());  // the reward of the dropped entry does not count
  EXPECT_THAT(model.successors(1), ElementsAre(1));
}

TEST(TabularMdpBuilder, TakesRowsBySpan) {
  const std::vector<Entry> row{{0, .5, 2}, {1, .5, 6}}, level{{0, .5, 3}, {1, .5, 3}};
  TabularMdpBuilder builder(2);
  builder.add_choice(0, row).add_choice(1, 8, row).add_choice(1, level);
  const TabularMdp model = std::move(builder).build();
  EXPECT_THAT(model.reward(), ElementsAre(4, 8, 3));
  EXPECT_THAT(model.data().rewards[0].by_transition.view(), ElementsAre(2, 6, 8, 8, 3, 3));
}

TEST(TabularMdpBuilder, TheLastWordOnAChoiceCounts) {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, 1, {{0, 1.0}}).action(3).cost("fuel", 1).gaussian_reward(2);
  builder.action(4).cost("fuel", 5).bernoulli_reward();
  const TabularMdp model = std::move(builder).build();
  EXPECT_THAT(model.data().action.view(), ElementsAre(4));
  ASSERT_EQ(model.data().costs.size(), 1);
  EXPECT_THAT(model.data().costs[0].expected.view(), ElementsAre(5));
  EXPECT_THAT(model.data().reward_laws.law.view(), ElementsAre(static_cast<std::uint8_t>(RewardLaw::kBernoulli)));
  EXPECT_THAT(model.data().reward_laws.scale.view(), ElementsAre(1));
}

TEST(TabularMdpBuilder, KeepsNamesLabelsStartAndDiscount) {
  TabularMdpBuilder builder(3);
  for (int s = 0; s < 3; ++s) builder.add_choice(s, 0, {{s, 1.0}});
  builder.state_names({"a", "b", "c"}).action_names({"stay"}).discount(.875).initial({.5, 0, .5});
  builder.label("goal", {2, 0, 2}).label("none", {});
  const TabularMdp model = std::move(builder).build();
  EXPECT_THAT(model.data().state_names, ElementsAre("a", "b", "c"));
  EXPECT_THAT(model.data().action_names, ElementsAre("stay"));
  EXPECT_EQ(model.data().discount, .875);
  EXPECT_THAT(model.data().initial.view(), ElementsAre(.5, 0, .5));
  ASSERT_EQ(model.data().labels.size(), 2);
  EXPECT_EQ(model.data().labels[0].name, "goal");
  EXPECT_THAT(model.data().labels[0].states.view(), ElementsAre(0, 2));  // ascending, each once
  EXPECT_EQ(model.data().labels[1].name, "none");
  EXPECT_THAT(model.data().labels[1].states.view(), IsEmpty());
}

TEST(TabularMdpBuilder, StartsWhereTold) {
  TabularMdpBuilder builder(3);
  for (int s = 0; s < 3; ++s) builder.add_choice(s, 0, {{s, 1.0}});
  builder.start_in(0).start_in(2);
  EXPECT_THAT(std::move(builder).build().initial(), ElementsAre(0, 0, 1));
}

TEST(TabularMdpBuilder, ReservingChangesNothing) {
  const auto build = [](bool reserve) {
    TabularMdpBuilder builder(2);
    if (reserve) builder.reserve(100, 1000);
    builder.add_choice(1, 2, {{0, 1.0}}).add_choice(0, {{0, .5, 1}, {1, .5, 3}});
    return std::move(builder).build();
  };
  EXPECT_EQ(build(true).data(), build(false).data());
}

TEST(TabularMdpBuilder, RefusesStatesOutOfRange) {
  EXPECT_THAT([] { TabularMdpBuilder(0); },
              ThrowsMessage<InvalidModel>("TabularMdpBuilder: 0 states, at least 1 is needed"));
  EXPECT_THAT([] { TabularMdpBuilder(-7); },
              ThrowsMessage<InvalidModel>("TabularMdpBuilder: -7 states, at least 1 is needed"));
  TabularMdpBuilder builder(4);
  EXPECT_THAT(
      [&] {
        builder.add_choice(4, 1, {{0, 1.0}});
      },
      ThrowsMessage<InvalidModel>("TabularMdpBuilder: state 4 is out of range, the model has 4 states"));
  EXPECT_THAT(
      [&] {
        builder.add_choice(-1, {{0, 1.0, 1.0}});
      },
      ThrowsMessage<InvalidModel>("TabularMdpBuilder: state -1 is out of range, the model has 4 states"));
  EXPECT_THAT(
      [&] { builder.start_in(5); },
      ThrowsMessage<InvalidModel>("TabularMdpBuilder: initial state 5 is out of range, the model has 4 states"));
  EXPECT_THAT(
      [&] { builder.start_in(-2); },
      ThrowsMessage<InvalidModel>("TabularMdpBuilder: initial state -2 is out of range, the model has 4 states"));
}

TEST(TabularMdpBuilder, ARefusedChoiceLeavesNoTrace) {
  TabularMdpBuilder builder(1);
  EXPECT_THROW(builder.add_choice(1, 9, {{0, 1.0}}), InvalidModel);
  builder.add_choice(0, 2, {{0, 1.0}});
  const TabularMdp model = std::move(builder).build();
  EXPECT_EQ(model.num_choices(), 1);
  EXPECT_THAT(model.reward(), ElementsAre(2));
}

TEST(TabularMdpBuilder, RefusesValuesWithoutWeights) {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, 1, {{0, 1.0}});
  const Numbers values{0, 1, 2}, weights{.5, .5};
  EXPECT_THAT([&] { builder.finite_reward(values, weights); },
              ThrowsMessage<InvalidModel>("TabularMdpBuilder: a finite reward has 3 values but 2 weights"));
}

TEST(TabularMdpBuilder, WhatBelongsToAChoiceNeedsOne) {
  const auto message = [](const auto& use) -> std::string {
    TabularMdpBuilder builder(1);
    try {
      use(builder);
    } catch (const InvalidModel& e) {
      return e.what();
    }
    return "accepted";
  };
  const Numbers one{1};
  EXPECT_EQ(message([](TabularMdpBuilder& b) { b.action(1); }), "TabularMdpBuilder: action() comes before any choice");
  EXPECT_EQ(message([](TabularMdpBuilder& b) { b.cost("fuel", 1); }),
            "TabularMdpBuilder: cost() comes before any choice");
  EXPECT_EQ(message([](TabularMdpBuilder& b) { b.bernoulli_reward(); }),
            "TabularMdpBuilder: bernoulli_reward() comes before any choice");
  EXPECT_EQ(message([](TabularMdpBuilder& b) { b.gaussian_reward(1); }),
            "TabularMdpBuilder: gaussian_reward() comes before any choice");
  EXPECT_EQ(message([&](TabularMdpBuilder& b) { b.finite_reward(one, one); }),
            "TabularMdpBuilder: finite_reward() comes before any choice");
}

TEST(TabularMdpBuilder, TheLastFiniteLawCounts) {
  const Numbers first{1, 2, 3}, last{4, 6}, thirds{0.25, 0.25, 0.5}, halves{0.5, 0.5};
  const TabularMdp model = std::move(TabularMdpBuilder(1)
                                         .add_choice(0, 1.75, {{0, 1.0}})
                                         .finite_reward(Numbers{1, 2}, Numbers{0.25, 0.75})
                                         .add_choice(0, 5.0, {{0, 1.0}})
                                         .finite_reward(first, thirds)
                                         .finite_reward(last, halves))
                               .build();
  EXPECT_EQ(model.data().reward_laws.values, (Array<double>(Numbers{1, 2, 4, 6})));
}

TEST(TabularMdpBuilder, TheModelIsCheckedWhenBuilt) {
  const auto build = [](int states, std::vector<Entry> row) {
    TabularMdpBuilder builder(states);
    builder.add_choice(0, 1, {{0, 1.0}}).add_choice(0, row);
    return std::move(builder).build();
  };
  EXPECT_THAT(
      [&] {
        build(2, {{0, 1}});
      },
      ThrowsMessage<InvalidModel>("TabularMdp: state 1 has no choice; every state needs at least one"));
  EXPECT_THAT([] { TabularMdpBuilder(2).build(); },
              ThrowsMessage<InvalidModel>("TabularMdp: state 0 has no choice; every state needs at least one"));
  EXPECT_THAT([&] { build(1, {}); }, ThrowsMessage<InvalidModel>("TabularMdp: row (s=0, a=1) has no transitions"));
  EXPECT_THAT(
      [&] {
        build(1, {{0, 0}});
      },
      ThrowsMessage<InvalidModel>("TabularMdp: row (s=0, a=1) has no transitions"));
  EXPECT_THAT(
      [&] {
        build(1, {{5, 1}});
      },
      ThrowsMessage<InvalidModel>("TabularMdp: row (s=0, a=1): successor 5 is out of range, the model has 1 state"));
  EXPECT_THAT(
      [&] {
        build(1, {{0, .75}});
      },
      ThrowsMessage<InvalidModel>("TabularMdp: row (s=0, a=1) sums to 1-0.25, tolerance 1e-09"));
  EXPECT_THAT(
      [&] {
        build(1, {{0, 1, std::numeric_limits<double>::infinity()}});
      },
      ThrowsMessage<InvalidModel>("TabularMdp: reward 'reward' of (s=0, a=1) is inf, must be finite"));
}

TEST(TabularMdpBuilder, RebuildsRandomModelsFromShuffledStates) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    ModelData expected = random_data(Stream(seed), 6);
    expected.rewards.resize(1);
    expected.rewards[0] = {.name = "reward", .expected = expected.rewards[0].expected, .by_transition = {}};
    expected.costs.clear();
    expected.reward_laws = {};
    const TabularMdp model(expected);
    std::vector<int> order{0, 1, 2, 3, 4, 5};
    Stream stream = Stream(seed).child("order");
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[stream.below(i)]);
    TabularMdpBuilder builder(6);
    for (const int s : order) {
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        std::vector<Entry> row;
        for (std::size_t i = 0; i < model.successors(c).size(); ++i)
          row.push_back({model.successors(c)[i], model.probabilities(c)[i]});
        builder.add_choice(s, model.reward(c), row);
        if (!expected.action.empty()) builder.action(model.action(c));
      }
    }
    if (!expected.initial.empty()) builder.initial(model.initial());
    if (expected.discount) builder.discount(*expected.discount);
    builder.state_names(expected.state_names).action_names(expected.action_names);
    for (const Label& label : expected.labels) builder.label(label.name, {label.states.begin(), label.states.end()});
    EXPECT_EQ(std::move(builder).build().data(), model.data()) << "seed " << seed;
  }
}

TEST(ExpectedReward, IsTheCommonValueExactly) {
  const Numbers tenths(10, .1);
  EXPECT_EQ(expected_reward(tenths, Numbers(10, .3)), .3);
  double sum = 0;
  for (const double p : tenths) sum += p * .3;
  EXPECT_NE(sum, .3);  // a plain sum would have missed it
}

TEST(ExpectedReward, IsTheMeanOfTheNumbersAsTyped) {
  EXPECT_EQ(expected_reward(Numbers{.25, .75}, Numbers{8, 4}), 5);
  EXPECT_EQ(expected_reward(Numbers{.1, .2, .7}, Numbers{7, 7, -3}), 0) << "a fair game";
  EXPECT_EQ(expected_reward(Numbers{.3, .7}, Numbers{1e15, -428571428571428.5}), .05);
  EXPECT_EQ(expected_reward(Numbers{.3, .7}, Numbers{1e300, -1e300}), -4e299);
  EXPECT_EQ(expected_reward(Numbers{.5, .5}, Numbers{1e-320, -2e-320}), -5e-321);
}

TEST(ExpectedReward, DividesRowsThatMissOne) {
  const Numbers thirds(3, .3333333333);
  EXPECT_EQ(expected_reward(thirds, Numbers{1, 2, 6}), 3);
  EXPECT_EQ(expected_reward(thirds, Numbers{1, 2, -3}), 0);
  EXPECT_EQ(expected_reward(Numbers{.3333333333, .6666666666}, Numbers{3, 6}), 5);
}

/// Against exact arithmetic on short decimals: within five units, whatever the signs.
TEST(ExpectedReward, IsNearTheExactMean) {
  Stream stream(3);
  for (int trial = 0; trial < 2000; ++trial) {
    const int length = 2 + static_cast<int>(stream.below(5));
    std::int64_t left = 1000, exact = 0;
    Numbers probability, reward;
    for (int i = 0; i < length; ++i) {
      const std::int64_t share =
          i + 1 == length ? left
                          : 1 + static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(left) / 3 + 1));
      if (share <= 0) break;
      left -= share;
      const std::int64_t earned = static_cast<std::int64_t>(stream.below(2001)) - (trial % 3 == 0 ? 0 : 1000);
      probability.push_back(static_cast<double>(share) / 1000);
      reward.push_back(static_cast<double>(earned) / 10);
      exact += share * earned;
    }
    const double truth = static_cast<double>(exact) / 10000;
    EXPECT_NEAR(expected_reward(probability, reward), truth, 6 * 0x1p-53 * std::abs(truth)) << trial;
  }
}

TEST(ExpectedReward, KeepsASmallPartBesideLargeOnesThatBalance) {
  const double third = 0.3333333333333333;
  EXPECT_EQ(expected_reward(Numbers{.5, .5}, Numbers{1e9, -1e9}, third, 0), third);
  EXPECT_EQ(expected_reward(Numbers{.5, .5}, Numbers{1e9, -1e9}, .1, .2), .3);
  EXPECT_EQ(expected_reward(Numbers{.5, .5}, Numbers{3, 5}, .1, .2), 4.3);
  EXPECT_EQ(expected_reward(Numbers{.5, .5}, Numbers{0, 0}, .1, .2), .3);
  EXPECT_EQ(expected_reward(Numbers{.5, .5}, Numbers{3, 5}, 0, 0), 4);
}

TEST(ExpectedReward, TakesProbabilitiesThatLostDigitsAsTheyAre) {
  // 9e-322 and 1e-322 are no doubles; what stands for them is, and the mean is theirs.
  Numbers probability, reward;
  std::string nines = "0.";
  for (int k = 1; k <= 322; ++k) {
    probability.push_back(std::strtod((nines + "9").c_str(), nullptr));
    reward.push_back(0);
    nines += "0";
  }
  probability.push_back(1e-322);
  reward.push_back(8e307);
  const double truth = 1e-322 * 8e307;  // the double times the double
  EXPECT_NEAR(expected_reward(probability, reward), truth, 5 * 0x1p-53 * truth);
}

TEST(SumAsRead, IsThatOfTheNumbersAsTyped) {
  EXPECT_EQ(sum_as_read(1000000.1, -1000000), .1);
  EXPECT_EQ(sum_as_read(.1, .2), .3);
  EXPECT_EQ(sum_as_read(.1, 0), .1);
  EXPECT_EQ(sum_as_read(0, .1), .1);
}

}  // namespace
}  // namespace bellwether::mdp
