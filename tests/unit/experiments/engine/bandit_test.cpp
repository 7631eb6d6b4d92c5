// Bandits as instances of plans.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "experiments/engine/grid.h"
#include "experiments/engine/run.h"
#include "experiments/engine/summary.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::experiments {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

Plan two_arms() {
  Plan plan{.instances = {parse_entry("bernoulli-arms:means=0.9/0.8")},
            .learners = {parse_entry("ucb1:constant=theory,practical")}};
  plan.rounds = 500;
  plan.seeds = first_seeds(3);
  return plan;
}

void refuses(const Plan& plan, const std::string& words) {
  EXPECT_THAT([&] { expand(plan); }, ThrowsMessage<InvalidOption>(HasSubstr(words)));
}

TEST(BanditPlan, IsSpelledOut) {
  const Grid grid = expand(two_arms());
  ASSERT_EQ(grid.cells.size(), 6u);
  EXPECT_EQ(grid.instances[0].id, "bernoulli-arms@1");
  EXPECT_NE(grid.instances[0].bandit(), nullptr);
  EXPECT_EQ(grid.learners[1].label, "ucb1 (practical 0.5)");
  EXPECT_EQ(grid.learners[1].length, 500);
  EXPECT_EQ(metric_named(grid.learners[0], "regret"), "pseudo-regret");
}

TEST(BanditPlan, TheKeyHoldsWhatTheResultDependsOn) {
  const std::string key = expand(two_arms()).cells[0].key;
  const auto changed = [&](const std::string& instance, const std::string& learner, std::int64_t rounds) {
    Plan plan = two_arms();
    plan.instances = {parse_entry(instance)};
    plan.learners = {parse_entry(learner)};
    plan.rounds = rounds;
    return expand(plan).cells[0].key;
  };
  EXPECT_EQ(changed("bernoulli-arms@1:means=0.90/0.8", "ucb1", 500), key);
  EXPECT_NE(changed("bernoulli-arms:means=0.9/0.7", "ucb1", 500), key);
  EXPECT_NE(changed("bernoulli-arms:means=0.9/0.8", "ucb1:constant=2", 500), key);
  EXPECT_NE(changed("bernoulli-arms:means=0.9/0.8", "ucb1", 501), key);
}

TEST(BanditPlan, RefusesWhatDoesNotMeet) {
  Plan plan = two_arms();
  plan.learners = {parse_entry("psrl")};
  refuses(plan, "psrl plays episodes, and the instances are bandits");
  plan.learners = {parse_entry("ucb9")};
  refuses(plan, "did you mean 'ucb1'?");
  plan = two_arms();
  plan.instances = {parse_entry("riverswim")};
  refuses(plan, "ucb1 plays bandits, and the instances are models");
  plan.instances = {parse_entry("riverswim"), parse_entry("bernoulli-arms")};
  refuses(plan, "bernoulli-arms@1 is a bandit and riverswim@1 a model");
  plan.instances = {parse_entry("bernouli-arms")};
  refuses(plan, "did you mean 'bernoulli-arms'?");
  plan.instances = {parse_entry("bernoulli-arms@7")};
  refuses(plan, "there is no bernoulli-arms@7; this program has bernoulli-arms@1");
  plan.instances = {parse_entry("bernoulli-arms:horizon=5")};
  refuses(plan, "has no setting 'horizon'");
  plan = two_arms();
  plan.rounds = 0;
  plan.episodes = 10;
  refuses(plan, "episodes are set, but every learner plays bandits; set rounds");
  plan = two_arms();
  plan.learners = {parse_entry("ucb1:constant=-1")};
  refuses(plan, "ucb1: constant is \"-1\"");
}

TEST(BanditPlan, GivesTheSameBitsWithAnyThreadsAndFromTheStore) {
  const test::TemporaryFolder folder;
  const Grid grid = expand(two_arms());
  const Results one = run(grid, "", {.threads = 1}), two = run(grid, folder.path("out"), {.threads = 2});
  ASSERT_TRUE(one.complete());
  EXPECT_EQ(one.series, two.series);
  const Results again = run(grid, folder.path("out"));
  EXPECT_EQ(again.found, 6);
  EXPECT_EQ(again.series, one.series);
}

TEST(BanditPlan, IsReadFromAFile) {
  const PlanFile file =
      read_plan_text("rounds = 2e3\ninstances = [\"bernoulli-arms\"]\nlearners = [\"ucb1\"]\n", "p.toml");
  EXPECT_EQ(file.plan.rounds, 2000);
  EXPECT_EQ(expand(file.plan).learners[0].length, 2000);
  EXPECT_THAT(
      [] { expand(read_plan_text("instances = [\"bernoulli-arms\"]\nlearners = [\n\"psrl\"]\n", "p.toml").plan); },
      ThrowsMessage<ParseError>(StartsWith("p.toml:3: psrl plays episodes")));
}

}  // namespace
}  // namespace bellwether::experiments
