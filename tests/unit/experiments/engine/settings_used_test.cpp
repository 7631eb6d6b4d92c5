#include "experiments/engine/settings_used.h"

#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::experiments {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

Plan plan_of(const std::string& instance, const std::string& learner) {
  return {.instances = {parse_entry(instance)}, .learners = {parse_entry(learner)}, .seeds = first_seeds(2)};
}

Plan with(Plan plan, const std::function<void(Plan&)>& change) {
  change(plan);
  return plan;
}

void expect_refused(const Plan& plan, const std::string& said, const std::string& why) {
  EXPECT_THAT([&] { expand(plan); }, ThrowsMessage<InvalidOption>(AllOf(HasSubstr(said), HasSubstr(why))));
}

struct Met {
  std::string instance, learner;
};

// One of every protocol that has no horizon.
TEST(SettingsUsed, AHorizonIsForEpisodesOfThatLength) {
  for (const Met& met : {Met{"riverswim:discount=0.9:horizon=5", "ravi-ucb"}, Met{"riverswim:horizon=5", "ucrl2"},
                         Met{"riverswim:discount=0.9:horizon=5", "empirical-qvi"}})
    expect_refused(plan_of(met.instance, met.learner), "horizon is set, but no learner here plays episodes",
                   met.learner + " ");
  expect_refused(plan_of("chain:horizon=7", "ucrl2"), "chain@1: horizon is set", "ucrl2 plays the long run");
  EXPECT_NO_THROW(expand(plan_of("riverswim:horizon=5", "psrl")));
  EXPECT_NO_THROW(expand(plan_of("riverswim:horizon=4", "bpi-ucbvi")));
  EXPECT_NO_THROW(expand(plan_of("courier:horizon=5:budget=damage=0.3", "opt-lp")));
}

TEST(SettingsUsed, ADiscountIsForDiscountedModels) {
  for (const char* learner : {"psrl", "bpi-ucbvi"})
    expect_refused(plan_of("riverswim:horizon=5:discount=0.8", learner), "riverswim@1: discount is set",
                   std::string(learner) + " plays episodes");
  expect_refused(plan_of("riverswim:discount=0.8", "ucrl2"), "discount is set", "ucrl2 plays the long run");
  expect_refused(plan_of("courier:horizon=5:budget=damage=0.3:discount=0.8", "opt-lp"), "discount is set",
                 "opt-lp keeps to limits");
  EXPECT_NO_THROW(expand(plan_of("riverswim:discount=0.8", "ravi-ucb")));
  EXPECT_NO_THROW(expand(plan_of("riverswim:discount=0.8", "q-learning")));
}

// Somebody who looks at it is enough.
TEST(SettingsUsed, LearnersOfBothKindsMayMeet) {
  Plan plan = plan_of("riverswim:discount=0.9:horizon=5", "ravi-ucb");
  plan.learners.push_back(parse_entry("psrl"));
  EXPECT_NO_THROW(expand(plan));
}

// The number of a lock's digits, the discount that rows are made from: another model.
TEST(SettingsUsed, SettingsThatShapeTheModelAreMetByEveryLearner) {
  EXPECT_NO_THROW(expand(plan_of("combination-lock:horizon=4", "ucrl2")));
  EXPECT_NO_THROW(expand(plan_of("combination-lock:size=4", "ucrl2")));
  EXPECT_NO_THROW(expand(plan_of("generative-gadget:discount=0.8", "ucrl2")));
}

TEST(SettingsUsed, EpsilonIsRefusedWhereNobodyLooksAtIt) {
  const auto precise = [](Plan& plan) { plan.epsilon = 0.3; };
  for (const Met& met :
       {Met{"riverswim", "ucrl2"}, Met{"riverswim:discount=0.9", "ravi-ucb"}, Met{"generative-gadget", "q-learning"},
        Met{"courier:horizon=5:budget=damage=0.3", "opt-lp"}, Met{"bernoulli-arms", "ucb1"},
        Met{"bernoulli-arms", "sequential-halving"}, Met{"bernoulli-arms", "lucb:epsilon=0.2"}})
    expect_refused(with(plan_of(met.instance, met.learner), precise), "epsilon is set", "nothing here looks at it");
  for (const Met& met : {Met{"riverswim:horizon=5", "psrl"}, Met{"generative-gadget:discount=0.8,0.9", "q-learning"},
                         Met{"riverswim:horizon=3", "bpi-ucbvi"}, Met{"bernoulli-arms", "lucb"}})
    EXPECT_NO_THROW(expand(with(plan_of(met.instance, met.learner), precise))) << met.learner;
}

// What is swept has names, no numbers: no sample size is read off along it.
TEST(SettingsUsed, EpsilonAlongNamesIsRefused) {
  Plan plan = plan_of("riverswim:discount=0.9:version=osband2013,strehl2008", "q-learning");
  plan.epsilon = 0.3;
  expect_refused(plan, "epsilon is set", "nothing here looks at it");
}

TEST(SettingsUsed, LearnersThatStopAreGivenThePrecisionOfThePlan) {
  Plan plan = plan_of("riverswim:horizon=3", "bpi-ucbvi");
  plan.learners.push_back(parse_entry("bpi-ucbvi:epsilon=0.25"));
  plan.learners.push_back(parse_entry("epsilon-greedy"));  // its epsilon is another
  plan.epsilon = 0.5;
  const Grid grid = expand(plan);
  const auto of = [&](std::size_t l) {
    for (const auto& [name, value] : grid.learners[l].settings)
      if (name == "epsilon") return value;
    return std::string("none");
  };
  EXPECT_EQ(of(0), "0.5");
  EXPECT_EQ(of(1), "0.25");
  EXPECT_NE(of(2), "0.5");
}

TEST(SettingsUsed, AWindowOrAnExponentIsForSlopes) {
  const auto window = [](Plan& plan) { plan.summary.window_from = 10; };
  const auto end = [](Plan& plan) { plan.summary.window_to = 10; };
  const auto exponent = [](Plan& plan) { plan.summary.exponent = 1; };
  const Plan stops = plan_of("bernoulli-arms", "lucb"), grows = plan_of("bernoulli-arms", "ucb1");
  expect_refused(with(stops, window), "a window of slopes is set", "no slope is fitted");
  expect_refused(with(stops, end), "a window of slopes is set", "no slope is fitted");
  expect_refused(with(stops, exponent), "an exponent of slopes is set", "no slope is fitted");
  const auto share = [&](Plan& plan) { window(plan), plan.summary.metric = "best-share"; };
  expect_refused(with(grows, share), "a window of slopes is set", "means and shares");
  for (const auto& change :
       {std::function<void(Plan&)>(window), std::function<void(Plan&)>(end), std::function<void(Plan&)>(exponent)}) {
    EXPECT_NO_THROW(expand(with(grows, change)));
    EXPECT_NO_THROW(expand(with(plan_of("generative-gadget", "q-learning"), change)));
  }
}

}  // namespace
}  // namespace bellwether::experiments
