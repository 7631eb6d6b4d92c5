#include "mdp/transform.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/stream.h"
#include "mdp/operators.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/unit/mdp/io/decorated.h"

#include "example_data.h"

namespace bellwether::mdp {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

/// Four states with 2, 3, 1 and 2 choices, and everything a model can carry.
ModelData everything() {
  ModelData d;
  d.state_begin = Offsets{0, 2, 5, 6, 8};
  d.choice_begin = Offsets{0, 2, 3, 5, 6, 7, 9, 11, 13};
  d.successor = States{1, 2, 0, 0, 3, 1, 2, 3, 0, 1, 3, 2, 0};
  d.probability = Numbers{.5, .5, 1, .25, .75, 1, 1, .125, .875, .5, .5, .75, .25};
  d.rewards = {Column{.name = "gain",
                      .expected = Numbers{2, 2, 5, 4, 5, 6, 7, 8},
                      .by_transition = Numbers{1, 3, 2, 2, 6, 4, 5, 6, 6, 7, 7, 8, 8}},
               Column{.name = "steps", .expected = Numbers{1, 1, 1, 1, 1, 1, 1, 1}, .by_transition = {}}};
  d.costs = {Column{.name = "fuel", .expected = Numbers{10, 11, 12, 13, 14, 15, 16, 17}, .by_transition = {}},
             Column{.name = "toll",
                    .expected = Numbers{1, 2, 3, 4, 5, 6, 7, 8},
                    .by_transition = Numbers{1, 1, 2, 3, 3, 4, 5, 6, 6, 7, 7, 8, 8}}};
  d.reward_laws.law = std::vector<std::uint8_t>(8, static_cast<std::uint8_t>(RewardLaw::kGaussian));
  d.reward_laws.scale = Numbers(8, .5);
  d.initial = Numbers{.5, .5, 0, 0};
  d.action = States{4, 2, 7, 0, 1, 3, 6, 5};
  d.state_names = {"a", "b", "c", "d"};
  d.action_names = {"0", "1", "2", "3", "4", "5", "6", "7"};
  d.labels = {{"goal", States{1, 3}}};
  d.discount = .5;
  return d;
}

/// everything() with states 1 and 3 absorbing: the rows of states 0 and 2 stay, choices 2 and 6 become self-loops.
ModelData everything_absorbed() {
  ModelData d = everything();
  d.state_begin = Offsets{0, 2, 3, 4, 5};
  d.choice_begin = Offsets{0, 2, 3, 4, 6, 7};
  d.successor = States{1, 2, 0, 1, 3, 0, 3};
  d.probability = Numbers{.5, .5, 1, 1, .125, .875, 1};
  d.rewards = {
      Column{.name = "gain", .expected = Numbers{2, 2, 0, 6, 0}, .by_transition = Numbers{1, 3, 2, 0, 6, 6, 0}},
      Column{.name = "steps", .expected = Numbers{1, 1, 0, 1, 0}, .by_transition = {}}};
  d.costs = {Column{.name = "fuel", .expected = Numbers{10, 11, 0, 15, 0}, .by_transition = {}},
             Column{.name = "toll", .expected = Numbers{1, 2, 0, 6, 0}, .by_transition = Numbers{1, 1, 2, 0, 6, 6, 0}}};
  d.reward_laws = {};
  d.action = States{4, 2, 7, 3, 6};
  return d;
}

TEST(Absorbing, OfASmallModelByHand) {
  const TabularMdp model(everything());
  EXPECT_EQ(absorbing(model, States{1, 3}).data(), everything_absorbed());
  EXPECT_EQ(model.data(), everything());  // the old model stays
}

TEST(Absorbing, NoStateChangesOnlyTheLaws) {
  ModelData expected = everything();
  expected.reward_laws = {};  // the laws are of the old rewards
  EXPECT_EQ(absorbing(TabularMdp(everything()), States{}).data(), expected);
}

TEST(Absorbing, AllStatesLeaveSelfLoops) {
  const TabularMdp model = absorbing(TabularMdp(everything()), States{0, 1, 2, 3});
  EXPECT_THAT(model.state_begin(), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(model.successor(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(model.probability(), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(model.reward(), ElementsAre(0, 0, 0, 0));
}

States random_states(Stream stream, int states) {
  States chosen;
  for (std::int32_t s = 0; s < states; ++s)
    if (stream.below(3) == 0) chosen.push_back(s);
  return chosen;
}

bool contains(const States& states, int s) { return std::find(states.begin(), states.end(), s) != states.end(); }

/// A column's numbers for one choice: the expected one, then those by transition if there are any.
Numbers numbers_of(const TabularMdp& model, const Column& column, std::int64_t choice) {
  const auto c = static_cast<std::size_t>(choice);
  Numbers numbers{column.expected[c]};
  if (!column.by_transition.empty()) {
    numbers.insert(numbers.end(), column.by_transition.begin() + model.choice_begin()[c],
                   column.by_transition.begin() + model.choice_begin()[c + 1]);
  }
  return numbers;
}

std::vector<Column> columns_of(const TabularMdp& model) {
  std::vector<Column> all = model.data().rewards;
  all.insert(all.end(), model.data().costs.begin(), model.data().costs.end());
  return all;
}

void expect_same_choice(const TabularMdp& before, std::int64_t old_choice, const TabularMdp& after,
                        std::int64_t choice) {
  EXPECT_THAT(after.successors(choice), ElementsAreArray(before.successors(old_choice)));
  EXPECT_THAT(after.probabilities(choice), ElementsAreArray(before.probabilities(old_choice)));
  const std::vector<Column> old_columns = columns_of(before), columns = columns_of(after);
  ASSERT_EQ(columns.size(), old_columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    EXPECT_EQ(columns[i].name, old_columns[i].name);
    EXPECT_EQ(numbers_of(after, columns[i], choice), numbers_of(before, old_columns[i], old_choice));
  }
}

void expect_self_loop(const TabularMdp& model, int s) {
  ASSERT_EQ(model.num_choices(s), 1);
  const std::int64_t c = model.first_choice(s);
  EXPECT_THAT(model.successors(c), ElementsAre(s));
  EXPECT_THAT(model.probabilities(c), ElementsAre(1));
  for (const Column& column : columns_of(model)) EXPECT_THAT(numbers_of(model, column, c), Each(0.0)) << column.name;
}

TEST(Absorbing, KeepsOtherStatesOfRandomModels) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const TabularMdp before(random_data(Stream(seed), 8));
    const States states = random_states(Stream(seed).child("states"), 8);
    const TabularMdp after = absorbing(before, states);
    ASSERT_EQ(after.num_states(), 8);
    for (int s = 0; s < 8; ++s) {
      if (contains(states, s)) {
        expect_self_loop(after, s);
        EXPECT_EQ(after.action(after.first_choice(s)), before.action(before.first_choice(s)));
        continue;
      }
      ASSERT_EQ(after.num_choices(s), before.num_choices(s));
      for (int k = 0; k < after.num_choices(s); ++k) {
        const std::int64_t old_choice = before.first_choice(s) + k, choice = after.first_choice(s) + k;
        expect_same_choice(before, old_choice, after, choice);
        EXPECT_EQ(after.action(choice), before.action(old_choice));
      }
    }
    EXPECT_EQ(after.initial(), before.initial());
    EXPECT_EQ(after.data().state_names, before.data().state_names);
    EXPECT_EQ(after.data().action_names, before.data().action_names);
    EXPECT_EQ(after.data().labels, before.data().labels);
    EXPECT_EQ(after.data().discount, before.data().discount);
    EXPECT_TRUE(after.data().reward_laws.empty());
    EXPECT_EQ(absorbing(after, states).data(), after.data());  // twice is once
  }
}

TEST(Absorbing, RefusesStatesThatDoNotExist) {
  const TabularMdp model = std::move(TabularMdpBuilder(1).add_choice(0, 1.0, {{0, 1.0}})).build();
  for (const std::int32_t s : {-1, 1}) {
    const std::vector<std::int32_t> states{0, s};
    try {
      absorbing(model, states);
      FAIL();
    } catch (const InvalidModel& e) {
      EXPECT_EQ(e.what(), "state " + std::to_string(s) + " is out of range, the model has 1 state");
    }
    EXPECT_THROW(reaching(model, states), InvalidModel);
  }
}

TEST(Reaching, OfASmallModelByHand) {
  // Choice 0 enters 1 with a half, choice 1 stays in 0; choice 5 enters 3 with an eighth.
  ModelData expected = everything_absorbed();
  ModelData got = reaching(TabularMdp(everything()), States{1, 3}).data();
  Numbers entering;
  for (std::size_t c = 0; c + 1 < expected.choice_begin.size(); ++c) {
    for (auto i = expected.choice_begin[c]; i < expected.choice_begin[c + 1]; ++i) {
      const std::int32_t to = expected.successor[static_cast<std::size_t>(i)];
      entering.push_back((to == 1 || to == 3) && (c == 0 || c == 3) ? 1 : 0);
    }
  }
  expected.rewards = {Column{.name = "reach", .expected = Numbers{.5, 0, 0, .125, 0}, .by_transition = entering}};
  EXPECT_EQ(got, expected);
}

TEST(Reaching, SureEntryEarnsExactlyOne) {
  ModelData d;
  const Numbers tenths(10, .1);  // add up to 1 - 2^-53
  d.state_begin = Offsets{0, 1, 2};
  d.choice_begin = Offsets{0, 10, 11};
  d.successor = States{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};
  Numbers probability = tenths;
  probability.push_back(1);
  d.probability = std::move(probability);
  d.rewards = {Column{.name = "reward", .expected = Numbers{7, 7}, .by_transition = {}}};
  EXPECT_THAT(reaching(TabularMdp(std::move(d)), States{1}).reward(), ElementsAre(1, 0));
}

TEST(Reaching, NothingEarnsNothing) {
  const TabularMdp model = reaching(TabularMdp(everything()), States{});
  EXPECT_THAT(model.reward(), Each(0.0));
  EXPECT_EQ(model.num_choices(), 8);
  ASSERT_EQ(model.data().rewards.size(), 1);
  EXPECT_THAT(model.data().rewards[0].by_transition.view(), Each(0.0));
}

/// Probability that uniform play from state s is in the target within so many steps, by following the distribution.
long double hit_probability(const TabularMdp& model, const States& target, int start, int steps) {
  const auto count = static_cast<std::size_t>(model.num_states());
  std::vector<long double> now(count, 0);
  now[static_cast<std::size_t>(start)] = 1;
  long double hit = 0;
  for (int t = 0; t < steps; ++t) {
    std::vector<long double> next(count, 0);
    for (int s = 0; s < model.num_states(); ++s) {
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
          next[static_cast<std::size_t>(model.successors(c)[i])] +=
              now[static_cast<std::size_t>(s)] / model.num_choices(s) * model.probabilities(c)[i];
        }
      }
    }
    for (const std::int32_t s : target) hit += std::exchange(next[static_cast<std::size_t>(s)], 0);
    now = std::move(next);
  }
  return hit;
}

TEST(Reaching, ItsTotalRewardIsTheProbabilityOfReaching) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const TabularMdp model(random_data(Stream(seed), 8));
    const States target = random_states(Stream(seed).child("states"), 8);
    const TabularMdp game = reaching(model, target);
    const Policy uniform = Policy::uniform(game);
    Numbers value(8, 0.0), next(8, 0.0);
    constexpr int kSteps = 5;
    for (int t = 0; t < kSteps; ++t) {
      backup(game, 1, value, next, Expectation{}, PolicyAverage(game, uniform));
      std::swap(value, next);
    }
    for (int s = 0; s < 8; ++s) {
      const long double expected = contains(target, s) ? 0 : hit_probability(model, target, s, kSteps);
      EXPECT_NEAR(value[static_cast<std::size_t>(s)], static_cast<double>(expected), 1e-14)
          << "seed " << seed << ", state " << s;
    }
  }
}

}  // namespace
}  // namespace bellwether::mdp
