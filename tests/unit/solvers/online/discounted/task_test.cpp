#include "solvers/online/discounted/task.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/riverswim.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/discounted/run.h"
#include "solvers/online/registry.h"
#include "solvers/online/trial.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::StrEq;
using testing::ThrowsMessage;

// Two states: stay and be paid 4, or 2 and go back and forth. Learners see 1 and 0.
mdp::TabularMdp pair() {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 4, {{0, 1.0}});
  builder.add_choice(0, 2, {{1, 1.0}});
  builder.add_choice(1, 2, {{0, 1.0}});
  return std::move(builder).build();
}

TEST(DiscountedTask, KnowsTheOptimumAndWhatAPolicyVisits) {
  const DiscountedTask task(pair(), 0.75);
  EXPECT_NEAR(task.optimum(), (task.initial()[0] + 0.75 * task.initial()[1]), 1e-12);
  EXPECT_EQ(task.from_unit_loss(0.5), 1);
  const std::vector<double> leaves{0, 1, 1};
  const double first = task.initial()[0], second = task.initial()[1];
  // nu_0 = (1 - gamma) (first + gamma second) / (1 - gamma^2)
  const double nu = 0.25 * (first + 0.75 * second) / (1 - 0.5625);
  const auto mass = task.occupancy(leaves);
  EXPECT_NEAR(mass[0], 0, 1e-15);
  EXPECT_NEAR(mass[1], nu, 1e-12);
  EXPECT_NEAR(mass[2], 1 - nu, 1e-12);
}

// Rewards of any size are moved to [0, 1]; where they are all alike there is nothing to lose.
TEST(DiscountedTask, TakesRewardsAboveOne) {
  const DiscountedTask task(pair().with_expected_rewards({2, 2, 2}), 0.75);
  EXPECT_THAT(task.model().reward(), testing::Each(0.0));
  EXPECT_EQ(task.optimum(), 0);
}

TEST(DiscountedTask, RefusesWhatItCannotMeasure) {
  const auto refused_discount = [](double discount, const char* said) {
    EXPECT_THAT([=] { DiscountedTask(pair(), discount); }, ThrowsMessage<InvalidOption>(StrEq(said)));
  };
  refused_discount(1, "the discount is 1, must be above 0 and below 1");
  refused_discount(0, "the discount is 0, must be above 0 and below 1");
  refused_discount(std::nan(""), "the discount is nan, must be above 0 and below 1");
  EXPECT_THAT([] { DiscountedTask(mdp::riverswim({.states = 2001}).model, 0.9); },
              ThrowsMessage<InvalidModel>(StrEq("the model has 2,001 states; the exact regret of episodes that end by "
                                                "chance is computed up to 2,000")));
  EXPECT_THAT(
      [] {
        DiscountedTask(pair().with_expected_rewards({1e308, -1e308, 0}), 0.9);
      },
      ThrowsMessage<InvalidModel>(StrEq("rewards lie between -1e+308 and 1e+308, too far apart for learners")));
  EXPECT_THAT([] { Arena::with_discount({.model = pair()}); }, ThrowsMessage<InvalidOption>(HasSubstr("--discount")));
}

// What `run` plays is what the claims play: the same learner, stream and digits, in the units of the model.
TEST(DiscountedTask, PlaysTheRunOfTheClaims) {
  const auto made = mdp::riverswim({.states = 5});
  const DiscountedTask task(made.model, 0.9);
  const EpochRun run = run_ravi_ucb(task, {.constant = "practical", .eta_factor = 10}, {.epochs = 300}, Stream(3));
  const Arena arena = Arena::with_discount(made, 0.9);
  const std::vector<Setting> settings{{"constant", "practical"}, {"eta_factor", "10"}};
  const TrialOptions trial{.length = 300, .checkpoints = {1, 37, 300}};
  const Series series = play(arena, "ravi-ucb", settings, Stream(3), trial);
  EXPECT_THAT(series.metrics, testing::ElementsAre("value-regret", "bonuses", "broken-bonuses", "steps"));
  ASSERT_EQ(series.at.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto k = static_cast<std::size_t>(series.at[i] - 1);
    EXPECT_EQ(series.value(i, 0), run.regret[k]);
    EXPECT_EQ(series.value(i, 1), run.bonus[k]);
    EXPECT_EQ(series.value(i, 2), static_cast<double>(run.broken_bonuses[k]));
    EXPECT_EQ(series.value(i, 3), static_cast<double>(run.steps[k]));
  }
  // The same model with rewards in other units.
  std::vector<double> rewards(made.model.reward().begin(), made.model.reward().end());
  for (double& r : rewards) r = 8 * r - 2;
  auto moved = made;
  moved.model = made.model.with_expected_rewards(rewards);
  const Series far = play(Arena::with_discount(moved, 0.9), "ravi-ucb", settings, Stream(3), trial);
  EXPECT_NEAR(far.value(2, 0), 8 * series.value(2, 0), 1e-9 * far.value(2, 0));
  EXPECT_NEAR(far.value(2, 1), 8 * series.value(2, 1), 1e-9 * far.value(2, 1));
}

TEST(DiscountedTask, FindsItsLearnersByName) {
  EXPECT_EQ(protocol_of("ravi-ucb"), Protocol::kDiscounted);
  EXPECT_EQ(length_name(Protocol::kDiscounted), "episodes");
  EXPECT_EQ(to_string(Protocol::kDiscounted), "discounted");
  EXPECT_THAT([] { find_discounted("ravi-uc"); }, ThrowsMessage<InvalidOption>(HasSubstr("ravi-ucb")));
}

}  // namespace
}  // namespace bellwether::online
