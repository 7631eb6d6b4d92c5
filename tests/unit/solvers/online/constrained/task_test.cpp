#include "solvers/online/constrained/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/constrained/constrained_mdp.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/online/constrained/program.h"
#include "tests/unit/solvers/online/constrained/small_tasks.h"

namespace bellwether::online {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;

/// One state; rewards 1 and 0.4, costs 3 and 1.
std::shared_ptr<const EpisodicTask> bandit(int horizon) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1, {{0, 1.0}}).cost("fuel", 3);
  builder.add_choice(0, .4, {{0, 1.0}}).cost("fuel", 1);
  return std::make_shared<const EpisodicTask>(std::move(builder).build(), horizon);
}

EstimatedRows rows_of(const EpisodicTask& task, double width = 0) {
  EstimatedRows rows;
  for (int h = 0; h < task.horizon(); ++h)
    for (std::int64_t c = 0; c < task.num_choices(); ++c) {
      auto& row = rows.row.emplace_back();
      for (std::size_t k = 0; k < task.model(h).successors(c).size(); ++k)
        row.push_back({task.model(h).successors(c)[k], task.model(h).probabilities(c)[k], width});
    }
  return rows;
}

TEST(ConstrainedTask, KnowsTheOptimumUnderALimit) {
  // Two steps, fuel at most 4 of 2 .. 6: half of the first choice, 2 (0.5 + 0.2) = 1.4.
  const ConstrainedTask task(bandit(2), read_constraints("fuel=4", "", ""));
  EXPECT_NEAR(task.optimum(), 1.4, 1e-9);
  const EpisodeConstraint& fuel = task.constraints().front();
  EXPECT_EQ(fuel.unit, 2);  // costs 1 .. 3 become 0 .. 1
  EXPECT_NEAR(fuel.limit, (4 - 2 * 1) / 2.0, 1e-15);
  EXPECT_EQ(fuel.cost, (std::vector<double>{1, 0, 1, 0}));
  EXPECT_EQ(std::vector<double>(task.baseline().begin(), task.baseline().end()), (std::vector<double>{0, 1, 0, 1}));
  EXPECT_NEAR(task.baseline_cost()[0], 0, 1e-12);
  EXPECT_NEAR(world_of(task, 1).baseline_slack(), 1, 1e-12);
}

TEST(ConstrainedTask, KnowsTheOptimumUnderALimitThatLeavesNoRoom) {
  EXPECT_NEAR(ConstrainedTask(bandit(2), read_constraints("fuel=2", "", "")).optimum(), 2 * .4, 1e-6);
}

TEST(ConstrainedTask, LimitsMayBeAShareOfTheWay) {
  const ConstrainedTask task(bandit(2), read_constraints("fuel=25%", "", "uniform"));
  EXPECT_NEAR(task.constraints().front().limit, .25 * 2, 1e-12);
  EXPECT_NEAR(task.optimum(), 2 * (.25 + .75 * .4), 1e-9);
}

// Three best choices of one state, of which the cheapest is neither the first nor the last: the share is of its cost.
TEST(ConstrainedTask, AShareIsOfTheCheapestAmongTheBest) {
  for (const double shift : {0.0, 1e-15}) {  // equal but for rounding
    mdp::TabularMdpBuilder builder(1);
    builder.add_choice(0, 0.5 + shift, {{0, 1.0}}).cost("fuel", 9);
    builder.add_choice(0, 0.5, {{0, 1.0}}).cost("fuel", 5);
    builder.add_choice(0, 0.5, {{0, 1.0}}).cost("fuel", 7);
    builder.add_choice(0, 0.0, {{0, 1.0}}).cost("fuel", 1);
    const EpisodicTask task(std::move(builder).build(), 2);
    EXPECT_NEAR(budget_amount(task, {.column = "fuel", .limit = 0.25, .relative = true}), 2 * (1 + 0.25 * 4), 1e-12);
    EXPECT_EQ(budget_amount(task, {.column = "fuel", .limit = 3, .relative = false}), 3);
  }
}

TEST(ConstrainedTask, AFloorIsAShareOfTheBaselinesValue) {
  const ConstrainedTask task(bandit(2), read_constraints("", "0.5", "uniform"));
  EXPECT_NEAR(task.baseline_value(), 1.4, 1e-12);
  EXPECT_NEAR(task.constraints().front().limit, 2 - .7, 1e-12);
  EXPECT_NEAR(task.baseline_cost()[0], 2 - 1.4, 1e-12);
  EXPECT_NEAR(task.optimum(), 2, 1e-9);
}

TEST(ConstrainedTask, TheUsualBaselineIsMostlyTheBestPolicy) {
  const ConstrainedTask task(bandit(1), read_constraints("", "0.5", ""));
  EXPECT_NEAR(task.baseline()[0], .6 + .4 / 2, 1e-15);
}

TEST(ConstrainedTask, SaysWhatItCannotDo) {
  const auto message = [](const char* budget, const char* floor, const char* baseline) -> std::string {
    try {
      const ConstrainedTask task(bandit(2), read_constraints(budget, floor, baseline));
    } catch (const InvalidOption& error) {
      return error.what();
    }
    return "nothing";
  };
  EXPECT_THAT(message("fuel=1", "", ""), HasSubstr("exceeds it by 1 or more"));
  EXPECT_THAT(message("water=1", "", ""), HasSubstr("it has fuel"));
  EXPECT_THAT(message("fuel", "", ""), HasSubstr("must be COLUMN=LIMIT"));
  EXPECT_THAT(message("fuel=120%", "", ""), HasSubstr("0% to 100%"));
  EXPECT_THAT(message("fuel=3+fuel=4", "", ""), HasSubstr("two limits"));
  EXPECT_THAT(message("", "1.5", ""), HasSubstr("from 0 to 1"));
  EXPECT_THAT(message("", "", ""), HasSubstr("need one"));
  EXPECT_THAT(message("", "0.5", "best"), HasSubstr("safest, uniform or a number"));
  EXPECT_THAT(message("", "0.5", "safest"), HasSubstr("no budget to be safe about"));
}

TEST(OccupancyPrograms, OnTheTrueModelAgreeWithThePlanner) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const ConstrainedTask task = random_task(seed);
    const EpisodicTask& plain = task.episodes();
    const ConstrainedWorld world = world_of(task, 1);
    std::vector<double> reward;
    for (int h = 0; h < 4; ++h)
      for (std::int64_t c = 0; c < plain.num_choices(); ++c) reward.push_back(plain.unit_reward(h, c));
    const EpisodeConstraint& budget = task.constraints().front();
    const ProgramTask asked{.reward = reward, .cost = {budget.cost}, .limit = {budget.limit}};
    const ProgramAnswer answer = solve_program(world, rows_of(plain), asked);
    EXPECT_THAT(answer.value, DoubleNear(task.optimum(), 1e-8));
    EXPECT_THAT(solve_interval_program(world, rows_of(plain), asked).value, DoubleNear(task.optimum(), 1e-8));
    EXPECT_GT(solve_interval_program(world, rows_of(plain, .05), asked).value, task.optimum() + 1e-4);
    EpisodicPolicy policy(world.state_begin, world.horizon);
    play_occupancy(world, answer.occupancy, world.baseline, policy);
    std::vector<double> worth(2);
    task.evaluate(policy, worth);
    EXPECT_THAT(worth[0], DoubleNear(task.optimum(), 1e-7));
    EXPECT_LE(worth[1], budget.limit + 1e-7);
  }
}

}  // namespace
}  // namespace bellwether::online
