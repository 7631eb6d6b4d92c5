#include "mdp/policy.h"

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"

namespace bellwether::mdp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

/// Three states with 2, 1 and 3 choices.
TabularMdp ragged() {
  TabularMdpBuilder builder(3);
  for (const int s : {0, 0, 1, 2, 2, 2}) builder.add_choice(s, 0, {{s, 1.0}});
  return std::move(builder).build();
}

TEST(Policy, IsEmptyUntilGiven) {
  EXPECT_TRUE(Policy().empty());
  EXPECT_FALSE(Policy::deterministic({0}).empty());
  EXPECT_FALSE(Policy::randomised({1}).empty());
}

TEST(Policy, DeterministicPlaysOneChoiceAState) {
  const TabularMdp model = ragged();
  const Policy policy = Policy::deterministic({1, 0, 2});
  EXPECT_TRUE(policy.is_deterministic());
  EXPECT_THAT(policy.choices(), ElementsAre(1, 0, 2));
  EXPECT_THAT(policy.choice_probabilities(), IsEmpty());
  std::vector<double> played;
  for (std::int64_t c = 0; c < 6; ++c) played.push_back(policy.probability(model, model.state_of(c), c));
  EXPECT_THAT(played, ElementsAre(0, 1, 1, 0, 0, 1));
  EXPECT_NO_THROW(policy.require_fits(model));
}

TEST(Policy, RandomisedKeepsAProbabilityAChoice) {
  const TabularMdp model = ragged();
  const Policy policy = Policy::randomised({.25, .75, 1, 0, .5, .5});
  EXPECT_FALSE(policy.is_deterministic());
  EXPECT_THAT(policy.choice_probabilities(), ElementsAre(.25, .75, 1, 0, .5, .5));
  EXPECT_THAT(policy.choices(), IsEmpty());
  EXPECT_EQ(policy.probability(model, 0, 1), .75);
  EXPECT_EQ(policy.probability(model, 2, 3), 0);
  EXPECT_EQ(policy.probability(model, 2, 4), .5);
  EXPECT_NO_THROW(policy.require_fits(model));
}

TEST(Policy, UniformDividesEachStateEqually) {
  EXPECT_EQ(Policy::uniform(ragged()), Policy::randomised({.5, .5, 1, 1.0 / 3, 1.0 / 3, 1.0 / 3}));
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const TabularMdp model = test::random_model(Stream(seed), {.most_actions = 50});
    const Policy policy = Policy::uniform(model);
    EXPECT_NO_THROW(policy.require_fits(model)) << "seed " << seed;
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      const int s = model.state_of(c);
      EXPECT_EQ(policy.probability(model, s, c), 1.0 / model.num_choices(s)) << "seed " << seed;
    }
  }
}

TEST(Policy, EqualityLooksAtBothKinds) {
  EXPECT_EQ(Policy::deterministic({1, 0}), Policy::deterministic({1, 0}));
  EXPECT_NE(Policy::deterministic({1, 0}), Policy::deterministic({1, 1}));
  EXPECT_EQ(Policy::randomised({.5, .5}), Policy::randomised({.5, .5}));
  EXPECT_NE(Policy::randomised({.5, .5}), Policy::randomised({.25, .75}));
  EXPECT_NE(Policy::randomised({1, 0}), Policy::deterministic({1, 0}));
}

TEST(Policy, DeterministicMustFitTheModel) {
  const auto fit = [](std::vector<std::int32_t> choices) {
    return [policy = Policy::deterministic(std::move(choices))] { policy.require_fits(ragged()); };
  };
  EXPECT_THAT(fit({}), ThrowsMessage<InvalidModel>("Policy: has 0 entries for 3 states"));
  EXPECT_THAT(fit({0, 0}), ThrowsMessage<InvalidModel>("Policy: has 2 entries for 3 states"));
  EXPECT_THAT(fit({0, 0, 0, 0}), ThrowsMessage<InvalidModel>("Policy: has 4 entries for 3 states"));
  EXPECT_THAT(fit({0, 0, 3}), ThrowsMessage<InvalidModel>("Policy: state 2 plays choice 3, it has 3"));
  EXPECT_THAT(fit({0, 1, 2}), ThrowsMessage<InvalidModel>("Policy: state 1 plays choice 1, it has 1"));
  EXPECT_THAT(fit({-1, 0, 0}), ThrowsMessage<InvalidModel>("Policy: state 0 plays choice -1, it has 2"));
}

TEST(Policy, RandomisedMustFitTheModel) {
  const auto fit = [](std::vector<double> probability) {
    return [policy = Policy::randomised(std::move(probability))] { policy.require_fits(ragged()); };
  };
  EXPECT_THAT(fit({.5, .5, 1}), ThrowsMessage<InvalidModel>("Policy: has 3 probabilities for 6 choices"));
  EXPECT_THAT(fit({.5, .5, 1, .75, .75, -.5}),
              ThrowsMessage<InvalidModel>("Policy: state 2 plays choice 2 with probability -0.5"));
  EXPECT_THAT(fit({.5, std::numeric_limits<double>::quiet_NaN(), 1, .5, .5, 0}),
              ThrowsMessage<InvalidModel>("Policy: state 0 plays choice 1 with probability nan"));
  EXPECT_THAT(fit({.5, .5, .75, 1, 0, 0}),
              ThrowsMessage<InvalidModel>("Policy: the probabilities of state 1 sum to 0.75, not 1"));
  EXPECT_THAT(fit({.5, .5, 1, .5, .5, .25}),
              ThrowsMessage<InvalidModel>("Policy: the probabilities of state 2 sum to 1.25, not 1"));
  EXPECT_THAT(fit({.5, .5, std::numeric_limits<double>::infinity(), 1, 0, 0}),
              ThrowsMessage<InvalidModel>("Policy: the probabilities of state 1 sum to inf, not 1"));
}

TEST(Policy, RandomisedMayMissOneByTheTolerance) {
  const auto fit = [](double p) { Policy::randomised({.5, .5, p, 1, 0, 0}).require_fits(ragged()); };
  EXPECT_NO_THROW(fit(1 + .9e-9));
  EXPECT_NO_THROW(fit(1 - .9e-9));
  EXPECT_THROW(fit(1 + 1.1e-9), InvalidModel);
  EXPECT_THROW(fit(1 - 1.1e-9), InvalidModel);
}

}  // namespace
}  // namespace bellwether::mdp
