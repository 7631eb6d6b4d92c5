#include "mdp/latent/latent_mdp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/latent/belief_model.h"
#include "mdp/latent/instances.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TabularMdp coin(double p) {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, p, {{0, 1.0}}).bernoulli_reward();
  return std::move(builder).build();
}

TEST(LatentMdp, RefusesContextsThatDiffer) {
  const LatentMdp two = random_latent(Stream(1), {.states = 2}), three = random_latent(Stream(1), {.states = 3});
  const LatentMdp more = random_latent(Stream(1), {.states = 2, .actions = 3});
  const std::vector<double> halves = {.5, .5};
  EXPECT_THAT(
      [&] {
        LatentMdp({two.context(0), three.context(0)}, halves);
      },
      ThrowsMessage<InvalidModel>(HasSubstr("context 1 has 3 states, context 0 has 2")));
  EXPECT_THAT(
      [&] {
        LatentMdp({two.context(0), more.context(0)}, halves);
      },
      ThrowsMessage<InvalidModel>(HasSubstr("actions of state 0 in context 1")));
  EXPECT_THAT(
      [&] {
        LatentMdp({two.context(0), two.context(1)}, {.5, .4});
      },
      ThrowsMessage<InvalidModel>(HasSubstr("sum to 1-0.1")));
  EXPECT_THAT(
      [&] {
        LatentMdp({two.context(0), two.context(1)}, {1.5, -.5});
      },
      ThrowsMessage<InvalidModel>(HasSubstr("weight of context 1 is -0.5")));
  EXPECT_THAT([&] { LatentMdp({two.context(0)}, halves); }, ThrowsMessage<InvalidModel>(HasSubstr("2 weights")));
  EXPECT_THAT([&] { latent_of({.model = two.context(0)}); }, ThrowsMessage<InvalidModel>(HasSubstr("no contexts")));
}

TEST(LatentMdp, SeenRewardsTellContextsApart) {
  const std::vector<TabularMdp> coins = {coin(.2), coin(.7)};
  const BeliefModel blind(LatentMdp(coins, {.5, .5}).pomdp()), sees(LatentMdp(coins, {.5, .5}, true).pomdp());
  EXPECT_EQ(blind.cell(0).choices[0].messages.size(), 1U);
  const auto& start = sees.starts()[0];
  const auto& messages = sees.cell(start.cell).choices[0].messages;
  ASSERT_EQ(messages.size(), 2U) << "a success and a failure";
  double success = 0, failure = 0;
  for (const auto& message : messages) {
    std::vector<double> after(static_cast<std::size_t>(sees.cell(message.cell).size()));
    advance(message, start.belief, after);
    ASSERT_EQ(after.size(), 2U);
    (mass(after) < .5 ? success : failure) = after[0] / mass(after);
  }
  EXPECT_NEAR(success, .2 / .9, 1e-15);
  EXPECT_NEAR(failure, .8 / 1.1, 1e-15);
}

TEST(LatentMdp, GaussianRewardsCannotBeSeen) {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).gaussian_reward(2);
  const TabularMdp noisy = std::move(builder).build();
  EXPECT_NO_THROW(LatentMdp({noisy}, {1.0}).pomdp());
  EXPECT_THAT([&] { LatentMdp({noisy}, {1.0}, true).pomdp(); }, ThrowsMessage<InvalidModel>(HasSubstr("Gaussian")));
}

TEST(LatentMdp, RewardsOfTransitionsAreSeenOneByOne) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, {{.next = 0, .probability = .5, .reward = 1}, {.next = 0, .probability = .5, .reward = 2}});
  builder.add_choice(1, 0.0, {{1, 1.0}});
  const BeliefModel beliefs(LatentMdp({std::move(builder).build()}, {1.0}, true).pomdp());
  EXPECT_EQ(beliefs.cell(beliefs.starts()[0].cell).choices[0].messages.size(), 2U);
}

// A state whose name reads like a state and a reward would be taken for both.
TEST(LatentMdp, NamesOfStatesAndRewardsStandForOneThing) {
  const auto names = [](std::vector<std::string> states) {
    TabularMdpBuilder builder(2);
    builder.add_choice(0, 1.0, {{1, 1.0}}).add_choice(1, 1.0, {{0, 1.0}}).state_names(std::move(states));
    return LatentMdp({std::move(builder).build()}, {1.0}, true).pomdp().observations().names;
  };
  EXPECT_THAT(names({"s", "t"}), testing::ElementsAre("s", "t", "s, 1", "t, 1"));
  EXPECT_THAT(names({"s", "s, 1"}), testing::ElementsAre("\"s\"", "\"s, 1\"", "\"s\", 1", "\"s, 1\", 1"));
  EXPECT_THAT(names({"s", "s, 2"}), testing::ElementsAre("s", "s, 2", "s, 1", "s, 2, 1"));
}

TEST(LatentMdp, ContextsOfWeightZeroAndUnequalActionSetsWork) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{1, 1.0}}).add_choice(0, 1.0, {{0, 1.0}}).add_choice(1, 2.0, {{0, 1.0}});
  const TabularMdp model = std::move(builder).build();
  for (const bool seen : {false, true}) {
    const BeliefModel beliefs(LatentMdp({model, model}, {0.0, 1.0}, seen).pomdp());
    double total = 0;
    for (const auto& start : beliefs.starts()) total += mass(start.belief);
    EXPECT_EQ(total, 1);
  }
}

TEST(LatentMdp, ReadsTheContextsOfAFile) {
  const LatentMdp made = random_latent(Stream(4), {.contexts = 3});
  const ModelFile file{.model = made.context(0), .contexts = {made.context(0), made.context(1), made.context(2)}};
  const LatentMdp latent = latent_of(file);
  EXPECT_EQ(latent.num_contexts(), 3);
  EXPECT_DOUBLE_EQ(latent.weight(2), 1.0 / 3);
  EXPECT_EQ(latent_of(file, {.5, .25, .25}).weight(0), .5);
}

}  // namespace
}  // namespace bellwether::mdp
