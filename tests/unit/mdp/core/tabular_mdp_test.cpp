#include "mdp/tabular_mdp.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tests/support/random_models.h"
#include "tests/unit/mdp/io/decorated.h"

#include "example_data.h"

namespace bellwether::mdp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

/// small_data() with two more reward columns.
ModelData small() {
  ModelData d = small_data();
  d.rewards.push_back({.name = "steps", .expected = Numbers{1, 1, 1, 1, 0}, .by_transition = {}});
  d.rewards.push_back({.name = "fun", .expected = Numbers{0, 9, 0, 9, 8}, .by_transition = {}});
  return d;
}

ModelData with_laws(ModelData d) {
  d.reward_laws.law = std::vector<std::uint8_t>(5, static_cast<std::uint8_t>(RewardLaw::kGaussian));
  d.reward_laws.scale = Numbers(5, .5);
  return d;
}

TEST(TabularMdp, ShowsItsRows) {
  const TabularMdp model(small());
  EXPECT_EQ(model.num_states(), 3);
  EXPECT_EQ(model.num_choices(), 5);
  EXPECT_EQ(model.num_transitions(), 7);
  EXPECT_EQ(model.first_choice(0), 0);
  EXPECT_EQ(model.first_choice(2), 3);
  EXPECT_EQ(model.first_choice(3), 5);
  EXPECT_EQ(model.num_choices(0), 2);
  EXPECT_EQ(model.num_choices(1), 1);
  EXPECT_EQ(model.num_choices(2), 2);
  EXPECT_THAT(model.successors(3), ElementsAre(0, 1));
  EXPECT_THAT(model.probabilities(3), ElementsAre(.25, .75));
  EXPECT_THAT(model.successors(4), ElementsAre(2));
  EXPECT_THAT(model.probabilities(2), ElementsAre(1));
  EXPECT_EQ(model.reward(0), 1);
  EXPECT_EQ(model.reward(4), 5);
}

TEST(TabularMdp, ShowsItsArrays) {
  const TabularMdp model(small());
  EXPECT_THAT(model.state_begin(), ElementsAre(0, 2, 3, 5));
  EXPECT_THAT(model.choice_begin(), ElementsAre(0, 2, 3, 4, 6, 7));
  EXPECT_THAT(model.successor(), ElementsAre(1, 2, 0, 2, 0, 1, 2));
  EXPECT_THAT(model.probability(), ElementsAre(.5, .5, 1, 1, .25, .75, 1));
  EXPECT_THAT(model.reward(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(model.data(), small());
}

TEST(TabularMdp, FindsTheStateOfEveryChoice) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const TabularMdp model = test::random_model(Stream(seed), {.states = 1 + static_cast<int>(seed)});
    std::int64_t choice = 0;
    for (int s = 0; s < model.num_states(); ++s) {
      for (int k = 0; k < model.num_choices(s); ++k, ++choice)
        ASSERT_EQ(model.state_of(choice), s) << "seed " << seed << ", choice " << choice;
    }
    ASSERT_EQ(choice, model.num_choices()) << "seed " << seed;
  }
}

TEST(TabularMdp, CountsActionsFromZeroInEachStateUnlessTold) {
  const TabularMdp model(small());
  EXPECT_EQ(model.action(1), 1);
  EXPECT_EQ(model.action(2), 0);
  EXPECT_EQ(model.action(4), 1);
  EXPECT_EQ(model.choice_index(2, 1), 1);
  EXPECT_EQ(model.choice_index(2, 2), std::nullopt);
  EXPECT_EQ(model.choice_index(1, 0), 0);
  EXPECT_EQ(model.choice_index(1, 1), std::nullopt);
  EXPECT_EQ(model.choice_index(0, -1), std::nullopt);
}

TEST(TabularMdp, KeepsTheIdentifiersOfEachState) {
  ModelData data = small();
  data.action = States{7, 3, 3, 5, 0};
  const TabularMdp model(std::move(data));
  EXPECT_EQ(model.action(0), 7);
  EXPECT_EQ(model.action(3), 5);
  EXPECT_EQ(model.choice_index(0, 3), 1);
  EXPECT_EQ(model.choice_index(1, 3), 0);
  EXPECT_EQ(model.choice_index(2, 3), std::nullopt);  // another state's
  EXPECT_EQ(model.choice_index(0, 5), std::nullopt);  // the next states'
  EXPECT_EQ(model.choice_index(1, 5), std::nullopt);
  EXPECT_EQ(model.choice_index(2, 0), 1);
}

TEST(TabularMdp, ActionAndChoiceIndexAreInverse) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const TabularMdp model(random_data(Stream(seed), 5));
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      const int s = model.state_of(c);
      EXPECT_EQ(model.choice_index(s, model.action(c)), c - model.first_choice(s)) << "seed " << seed;
    }
  }
}

TEST(TabularMdp, NamesStatesAndActions) {
  const TabularMdp plain(small());
  EXPECT_EQ(plain.state_name(2), "2");
  EXPECT_EQ(plain.action_name(12), "12");
  ModelData data = small();
  data.state_names = {"home", "road", "work"};
  data.action_names = {"wait", "go"};  // fewer than a state has choices: allowed without identifiers
  const TabularMdp named(std::move(data));
  EXPECT_EQ(named.state_name(0), "home");
  EXPECT_EQ(named.state_name(2), "work");
  EXPECT_EQ(named.action_name(1), "go");
  EXPECT_EQ(named.action_name(2), "2");
  EXPECT_EQ(named.action_name(-1), "-1");
}

TEST(TabularMdp, StartsInStateZeroUnlessTold) {
  const TabularMdp model(small());
  EXPECT_THAT(model.initial(), ElementsAre(1, 0, 0));
  const TabularMdp elsewhere = model.with_initial({0, .25, .75});
  EXPECT_THAT(elsewhere.initial(), ElementsAre(0, .25, .75));
  EXPECT_THAT(model.initial(), ElementsAre(1, 0, 0));
  EXPECT_THAT(elsewhere.with_initial({}).initial(), ElementsAre(1, 0, 0));
  ModelData expected = small();
  expected.initial = Numbers{0, .25, .75};
  EXPECT_EQ(elsewhere.data(), expected);
  EXPECT_THAT(
      [&] {
        model.with_initial({.5, .5});
      },
      ThrowsMessage<InvalidModel>("TabularMdp: the initial distribution has 2 entries for 3 states"));
  EXPECT_THAT(
      [&] {
        model.with_initial({.5, .5, .5});
      },
      ThrowsMessage<InvalidModel>("TabularMdp: the initial distribution sums to 1+0.5, tolerance 1e-09"));
}

TEST(TabularMdp, FindsLabels) {
  ModelData data = small();
  data.labels = {{"goal", States{1, 2}}, {"trap", {}}, {"go", States{0}}};
  const TabularMdp model(std::move(data));
  ASSERT_NE(model.find_label("goal"), nullptr);
  EXPECT_THAT(model.find_label("goal")->states.view(), ElementsAre(1, 2));
  ASSERT_NE(model.find_label("go"), nullptr);
  EXPECT_THAT(model.find_label("go")->states.view(), ElementsAre(0));
  ASSERT_NE(model.find_label("trap"), nullptr);
  EXPECT_THAT(model.find_label("trap")->states.view(), IsEmpty());
  EXPECT_EQ(model.find_label("goa"), nullptr);
  EXPECT_EQ(TabularMdp(small()).find_label("goal"), nullptr);
}

std::vector<std::string> reward_names(const TabularMdp& model) {
  std::vector<std::string> names;
  for (const Column& column : model.data().rewards) names.push_back(column.name);
  return names;
}

TEST(TabularMdp, PutsTheNamedRewardsFirst) {
  const TabularMdp model(with_laws(small()));
  const TabularMdp fun = model.with_rewards("fun");
  EXPECT_THAT(reward_names(fun), ElementsAre("fun", "gain", "steps"));
  EXPECT_THAT(fun.reward(), ElementsAre(0, 9, 0, 9, 8));
  EXPECT_EQ(fun.reward(4), 8);
  EXPECT_THAT(reward_names(model.with_rewards("steps")), ElementsAre("steps", "gain", "fun"));
  EXPECT_THAT(reward_names(model), ElementsAre("gain", "steps", "fun"));
  EXPECT_EQ(model.reward(4), 5);
  EXPECT_EQ(fun.data().costs, model.data().costs);
}

TEST(TabularMdp, RewardLawsGoWithTheFirstColumn) {
  const TabularMdp model(with_laws(small()));
  EXPECT_EQ(model.with_rewards("gain").data(), model.data());
  EXPECT_EQ(model.with_rewards("steps").data().reward_laws, RewardDistributions{});
}

TEST(TabularMdp, SaysWhichRewardsThereAre) {
  const TabularMdp model(small());
  EXPECT_THAT([&] { model.with_rewards("fuel"); },
              ThrowsMessage<InvalidModel>(
                  "TabularMdp: no reward structure is named 'fuel'; there is 'gain', 'steps' and 'fun'"));
}

TEST(TabularMdp, TakesOtherExpectedRewards) {
  const TabularMdp model(with_laws(small()));
  const TabularMdp other = model.with_expected_rewards({5, 4, 3, 2, 1}, "loss");
  ModelData expected = small();
  expected.rewards = {Column{.name = "loss", .expected = Numbers{5, 4, 3, 2, 1}, .by_transition = {}}};
  EXPECT_EQ(other.data(), expected);
  EXPECT_EQ(other.reward(0), 5);
  EXPECT_EQ(model.reward(0), 1);
  EXPECT_THAT(reward_names(model.with_expected_rewards(Numbers(5, 0.0))), ElementsAre("reward"));
}

TEST(TabularMdp, ChecksOtherExpectedRewards) {
  const TabularMdp model(small());
  EXPECT_THAT(
      [&] {
        model.with_expected_rewards({1, 2, 3}, "loss");
      },
      ThrowsMessage<InvalidModel>("TabularMdp: reward 'loss' has 3 entries for 5 choices"));
  EXPECT_THAT(
      [&] {
        model.with_expected_rewards({1, 2, 3, 4, -std::numeric_limits<double>::infinity()});
      },
      ThrowsMessage<InvalidModel>("TabularMdp: reward 'reward' of (s=2, a=1) is -inf, must be finite"));
}

TEST(TabularMdp, CountsTheBytesOfAPlannersArrays) {
  // 4 + 6 offsets and 5 rewards of 8 bytes, 7 transitions of 4 + 8.
  EXPECT_EQ(TabularMdp(small()).bytes(), (4 + 6 + 5) * 8 + 7 * 12);
}

TEST(TabularMdp, RefusesBadDataAndDividesRoundedRows) {
  ModelData bad = small();
  bad.probability = Numbers{.5, .5, 1, 1, .25, .5, 1};
  EXPECT_THAT([&] { TabularMdp{bad}; },
              ThrowsMessage<InvalidModel>("TabularMdp: row (s=2, a=0) sums to 1-0.25, tolerance 1e-09"));
  ModelData rounded = small();
  rounded.probability = Numbers{.5, .5, 1 + 5e-10, 1, .25, .75, 1};
  EXPECT_THAT(TabularMdp(rounded).probabilities(1), ElementsAre(1));
}

TEST(TabularMdp, CopiesShareTheArraysAndOutliveTheOriginal) {
  auto original = std::make_unique<TabularMdp>(small());
  const TabularMdp copy = *original;
  const TabularMdp derived = original->with_rewards("steps").with_initial({0, 0, 1});
  EXPECT_EQ(copy.successor().data(), original->successor().data());
  EXPECT_EQ(copy.reward().data(), original->reward().data());
  EXPECT_EQ(derived.successor().data(), original->successor().data());
  EXPECT_EQ(derived.probability().data(), original->probability().data());
  const TabularMdp moved = std::move(*original);
  original.reset();
  EXPECT_EQ(copy.data(), small());
  EXPECT_EQ(moved.data(), small());
  EXPECT_THAT(moved.successors(3), ElementsAre(0, 1));
  EXPECT_THAT(derived.reward(), ElementsAre(1, 1, 1, 1, 0));
  EXPECT_EQ(derived.reward(4), 0);
}

}  // namespace
}  // namespace bellwether::mdp
