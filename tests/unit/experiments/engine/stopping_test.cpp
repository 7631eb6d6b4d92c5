// Learners that stop by themselves: what is known of them when they did, and when the limit came first.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/engine/comparison.h"
#include "experiments/engine/final_table.h"
#include "experiments/engine/summary.h"

namespace bellwether::experiments {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// bpi-ucbvi stops after 100 / epsilon^2 episodes, rf-ucrl never at the smallest epsilon.
struct Stoppers {
  Stoppers() {
    Plan plan{.instances = {parse_entry("riverswim:states=3:horizon=4")},
              .learners = {parse_entry("bpi-ucbvi:epsilon=2,1,0.5,0.25"), parse_entry("rf-ucrl:epsilon=1,0.5,0.25")}};
    plan.episodes = 5000;
    plan.seeds = first_seeds(6);
    plan.summary.resamples = 200;
    grid = expand(plan);
    results.series.resize(grid.cells.size());
    for (std::size_t c = 0; c < grid.cells.size(); ++c) {
      const Cell& cell = grid.cells[c];
      const double epsilon = std::stod(*grid.value(grid.axes[0], cell.instance, cell.learner));
      const bool stops = grid.learners[cell.learner].name == "bpi-ucbvi" || epsilon > 0.3 || cell.seed < 2;
      const auto time = static_cast<std::int64_t>(100 / (epsilon * epsilon)) + static_cast<std::int64_t>(cell.seed);
      results.series[c] = {.metrics = online::metrics_of(Protocol::kStopping),
                           .at = {stops ? time : 5000},
                           .values = {7, stops ? 1.0 : 0.0, 0.125, 0.75}};
    }
  }
  Grid grid;
  Results results;
};

TEST(StoppingTimes, AreDrawnAgainstThePrecision) {
  const Stoppers all;
  ASSERT_TRUE(is_precision(all.grid, all.grid.axes[0]));
  EXPECT_EQ(x_of(all.grid, all.grid.axes[0]), "1 / epsilon");
  const auto curves = against(all.grid, all.results, all.grid.axes[0], "regret");
  ASSERT_EQ(curves.size(), 2u);
  ASSERT_EQ(curves[0].points.size(), 4u);
  EXPECT_EQ(curves[0].points[0].x, 0.5);
  EXPECT_EQ(curves[0].points[3].x, 4);
  EXPECT_DOUBLE_EQ(curves[0].points[0].point.mean, 27.5);
  EXPECT_NEAR(curves[0].rate.slope, 2, 0.05);
  EXPECT_EQ(curves[0].missing, 0);
}

TEST(StoppingTimes, ThatWereCutOffAreNotKnown) {
  const Stoppers all;
  EXPECT_TRUE(stopped(all.grid, all.results, 0, 3).all());
  EXPECT_EQ(stopped(all.grid, all.results, 0, 6).runs, 2u);
  EXPECT_EQ(stopped(all.grid, all.results, 0, 6).of, 6u);
  const auto curves = against(all.grid, all.results, all.grid.axes[0], "regret");
  EXPECT_EQ(curves[1].points.size(), 2u);
  EXPECT_EQ(curves[1].missing, 1);
  // What their answers lose is known all the same.
  EXPECT_EQ(against(all.grid, all.results, all.grid.axes[0], "answer-loss")[1].points.size(), 3u);
}

TEST(StoppingTimes, AreToldAsTheyAre) {
  const Stoppers all;
  const FinalTable table = final_tables(all.grid, all.results, 0).at(0);
  EXPECT_THAT(table.heading, ElementsAre("learner", "episodes at most", "stopped after (mean ± se)",
                                         "stopped by itself", "answer's loss"));
  EXPECT_THAT(table.rows[0],
              ElementsAre("bpi-ucbvi (theory, epsilon 2)", "5,000", HasSubstr("27.5"), "6 of 6", "0.125"));
  EXPECT_THAT(table.rows[6], ElementsAre("rf-ucrl (theory, epsilon 0.25)", "5,000", "-",
                                         "2 of 6, loss certified so far 0.75", "0.125"));
}

TEST(StoppingTimes, AreComparedAtTheSamePrecision) {
  const Stoppers all;
  const ComparisonTable table = compare(all.grid, all.results, 0, "regret");
  ASSERT_EQ(table.rows.size(), 2u) << "epsilon 1 and 0.5; at 0.25 one of the two was cut off, at 2 there is one alone";
  for (const Comparison& row : table.rows)
    EXPECT_EQ(all.grid.learners[row.first].settings, all.grid.learners[row.second].settings);
}

TEST(StoppingTimes, TheEpsilonOfAnExploringLearnerIsNoPrecision) {
  Plan plan{.instances = {parse_entry("riverswim:horizon=4")},
            .learners = {parse_entry("epsilon-greedy:epsilon=0.1,0.2")}};
  const Grid grid = expand(plan);
  EXPECT_FALSE(is_precision(grid, grid.axes[0]));
  EXPECT_EQ(x_of(grid, grid.axes[0]), "epsilon");
}

}  // namespace
}  // namespace bellwether::experiments
