#include "experiments/engine/summary.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "experiments/engine/comparison.h"

namespace bellwether::experiments {
namespace {

using testing::_;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// A grid whose series a test fills itself: nothing is played.
Grid grid_of(const std::string& instance, const std::vector<std::string>& learners, int seeds) {
  Plan plan{.instances = {parse_entry(instance)}};
  for (const std::string& learner : learners) plan.learners.push_back(parse_entry(learner));
  plan.checkpoints = {10, 30, 100, 300, 1000};
  plan.seeds = first_seeds(seeds);
  plan.summary.resamples = 1000;
  return expand(plan);
}

/// value(instance, learner, seed, checkpoint) for every metric.
template <class Value>
Results results_of(const Grid& grid, const Value& value) {
  Results results{.series = std::vector<Series>(grid.cells.size())};
  results.computed = static_cast<std::int64_t>(grid.cells.size());
  for (std::size_t c = 0; c < grid.cells.size(); ++c) {
    const Cell& cell = grid.cells[c];
    Series& series = results.series[c];
    const LearnerVariant& learner = grid.learners[cell.learner];
    series.metrics = online::metrics_of(learner.protocol);
    series.at = learner.checkpoints;
    for (const std::int64_t at : series.at)
      for (std::size_t m = 0; m < series.metrics.size(); ++m)
        series.values.push_back(value(cell, static_cast<double>(at)) + static_cast<double>(m));
  }
  return results;
}

TEST(Curve, SummarisesSeedsAtEachCheckpoint) {
  const Grid grid = grid_of("riverswim:horizon=20", {"uniform"}, 4);
  const Results results =
      results_of(grid, [](const Cell& cell, double at) { return at * (1 + static_cast<double>(cell.seed)); });
  const Curve got = curve(grid, results, 0, 0, "value-regret");
  EXPECT_EQ(got.seeds, 4u);
  ASSERT_EQ(got.points.size(), 5u);
  const Point& point = got.points[2];  // 100, 200, 300, 400
  EXPECT_EQ(point.at, 100);
  EXPECT_DOUBLE_EQ(point.mean, 250);
  const double deviation = std::sqrt(50'000.0 / 3);
  EXPECT_NEAR(point.standard_error, deviation / 2, 1e-10);
  EXPECT_NEAR(point.interval.high, 250 + 3.182446 * deviation / 2, 1e-4);  // t(.975, 3)
  EXPECT_DOUBLE_EQ(point.median, 250);
  EXPECT_DOUBLE_EQ(point.low_decile, 130);
  EXPECT_DOUBLE_EQ(point.high_decile, 370);
  EXPECT_LE(point.band.low, point.interval.low);
  // The second metric is the second column.
  EXPECT_DOUBLE_EQ(curve(grid, results, 0, 0, "gap-regret").points[2].mean, 251);
}

TEST(Curve, LooksAtFinishedSeedsOnly) {
  const Grid grid = grid_of("riverswim:horizon=20", {"uniform"}, 3);
  Results results = results_of(grid, [](const Cell& cell, double) { return static_cast<double>(cell.seed); });
  results.series[1] = {};
  EXPECT_THAT(sample(grid, results, 0, 0, "value-regret").seeds, ElementsAre(0, 2));
  EXPECT_DOUBLE_EQ(curve(grid, results, 0, 0, "value-regret").points[0].mean, 1);
  results.series[0] = results.series[2] = {};
  EXPECT_TRUE(curve(grid, results, 0, 0, "value-regret").points.empty());
  EXPECT_TRUE(std::isnan(rate(grid, results, 0, 0, "value-regret").slope));
}

TEST(Curve, EndsWhereTheFirstSeedEnds) {
  const Grid grid = grid_of("riverswim:horizon=20", {"uniform"}, 2);
  Results results = results_of(grid, [](const Cell&, double at) { return at; });
  Series& series = results.series[1];
  series.at.resize(3);
  series.values.resize(3 * series.metrics.size());
  EXPECT_EQ(curve(grid, results, 0, 0, "value-regret").points.size(), 3u);
}

TEST(Metric, RegretIsTheLeastNoisyOne) {
  const Grid grid = grid_of("riverswim:horizon=20", {"psrl", "uniform:protocol=average:steps=1000"}, 2);
  EXPECT_EQ(metric_named(grid.learners[0], "regret"), "value-regret");
  EXPECT_EQ(metric_named(grid.learners[1], "regret"), "gap-regret");
  EXPECT_EQ(metric_named(grid.learners[0], "mistakes"), "mistakes");
  EXPECT_THAT([&] { metric_named(grid.learners[1], "mistakes"); },
              ThrowsMessage<InvalidOption>(AllOf(HasSubstr("uniform measures no 'mistakes'"), HasSubstr("epochs"))));
}

TEST(Metric, OfLearnersThatStopHasOnePoint) {
  Grid grid = grid_of("riverswim:horizon=20", {"uniform"}, 2);
  grid.learners[0].protocol = Protocol::kStopping;
  Results results{.series = std::vector<Series>(2)};
  for (std::size_t s = 0; s < 2; ++s)
    results.series[s] = {.metrics = online::metrics_of(Protocol::kStopping),
                         .at = {static_cast<std::int64_t>(100 + 50 * s)},
                         .values = {7, 1, 0.25, 0.5}};
  EXPECT_EQ(metric_named(grid.learners[0], "regret"), "episodes");
  const Curve times = curve(grid, results, 0, 0, "episodes");
  ASSERT_EQ(times.points.size(), 1u);
  EXPECT_EQ(times.points[0].at, 1000);
  EXPECT_DOUBLE_EQ(times.points[0].mean, 125);
  EXPECT_DOUBLE_EQ(curve(grid, results, 0, 0, "answer-loss").points[0].mean, 0.25);
}

TEST(Rate, FitsTheLastDecadeUnlessToldOtherwise) {
  Grid grid = grid_of("riverswim:horizon=20", {"uniform"}, 6);
  const auto kinked = [](const Cell& cell, double at) {
    return (1 + 0.01 * static_cast<double>(cell.seed)) * (at < 100 ? at * 10 : 100 * std::sqrt(at));
  };
  const Results results = results_of(grid, kinked);
  RateFit fit = rate(grid, results, 0, 0, "regret");
  EXPECT_NEAR(fit.slope, 0.5, 1e-9);
  EXPECT_EQ(fit.from, 100);
  EXPECT_EQ(fit.to, 1000);
  EXPECT_TRUE(fit.interval.holds(0.5) || std::abs(fit.interval.low - 0.5) < 1e-9);
  grid.plan.summary.window_from = 10;
  grid.plan.summary.window_to = 30;
  fit = rate(grid, results, 0, 0, "regret");
  EXPECT_NEAR(fit.slope, 1, 1e-9);
  EXPECT_EQ(fit.points, 2);
}

TEST(Compare, PairsBySeedAndCorrects) {
  const Grid grid = grid_of("riverswim:horizon=20", {"psrl", "uniform", "optimal"}, 12);
  // psrl and uniform share large noise and differ by exactly 1; optimal differs from psrl by small noise of its own.
  const auto value = [](const Cell& cell, double at) {
    Stream shared = Stream(1).child(cell.seed), own = Stream(2).child(cell.seed);
    const double noise = 50 * sample_normal(shared);
    if (cell.learner == 0) return at + noise;
    return cell.learner == 1 ? at + noise + 1 : at + noise + 0.001 * sample_normal(own);
  };
  const ComparisonTable table = compare(grid, results_of(grid, value), 0, "regret");
  const std::vector<Comparison>& got = table.rows;
  ASSERT_EQ(got.size(), 3u);
  EXPECT_FALSE(table.with_lowest);
  EXPECT_NEAR(got[0].test.difference, -1, 1e-9);
  EXPECT_DOUBLE_EQ(got[0].test.p_value, std::pow(2, -11)) << "all twelve signs agree";
  EXPECT_DOUBLE_EQ(got[0].adjusted_p, 3 * std::pow(2, -11));
  EXPECT_TRUE(got[0].told_apart);
  EXPECT_EQ(got[0].fresh_seeds, 0);
  EXPECT_THAT(comparison_cells(grid, got[0]), ElementsAre("psrl against uniform", _, "12", "0.0015", "below"));
  EXPECT_GT(got[1].adjusted_p, 0.05);
  EXPECT_FALSE(got[1].told_apart);
  EXPECT_GE(got[1].fresh_seeds, 1);
  EXPECT_THAT(comparison_cells(grid, got[1]),
              ElementsAre("psrl against optimal", _, _, _, HasSubstr("not told apart")));
  EXPECT_THAT(comparison_cells(grid, got[2]), ElementsAre("uniform against optimal", _, _, _, "above"));
}

// A p below what the seeds allow cannot be shown, and the heading says where that is.
TEST(Compare, SaysTheSmallestPItCouldShow) {
  for (const int seeds : {4, 12, 50}) {
    const Grid grid = grid_of("riverswim:horizon=20", {"psrl", "uniform", "optimal"}, seeds);
    const Results results =
        results_of(grid, [](const Cell& cell, double at) { return at + static_cast<double>(cell.learner); });
    const ComparisonTable table = compare(grid, results, 0, "regret");
    // Fifty seeds have too many patterns to count: 3 / (0.01 * 0.05) of them are drawn.
    const double smallest = seeds < 50 ? 3 * std::pow(2, 1 - seeds) : 3.0 / 6001;
    EXPECT_DOUBLE_EQ(table.smallest_p, smallest);
    for (const Comparison& row : table.rows) EXPECT_DOUBLE_EQ(row.adjusted_p, smallest) << "all signs agree";
    if (seeds == 50) {
      EXPECT_LE(table.smallest_p, 0.01 * 0.05);
      EXPECT_THAT(comparison_heading(table), HasSubstr("; 0.0005 is the least p of so many seeds"));
    }
  }
}

TEST(Compare, SaysHowManySeedsItTakes) {
  const Grid grid = grid_of("riverswim:horizon=20", {"psrl", "uniform"}, 4);
  const Results results =
      results_of(grid, [](const Cell& cell, double at) { return at + static_cast<double>(cell.learner); });
  const std::vector<Comparison> got = compare(grid, results, 0, "regret").rows;
  ASSERT_EQ(got.size(), 1u);
  EXPECT_DOUBLE_EQ(got[0].adjusted_p, 0.125);
  EXPECT_EQ(got[0].fresh_seeds, 6) << "2^-4 is above 0.05, 2^-5 below: six pairs";
  EXPECT_EQ(comparison_cells(grid, got[0]).back(), "not told apart; 6 fresh seeds might");
}

TEST(Compare, SameNumbersAreTheSame) {
  const Grid grid = grid_of("riverswim:horizon=20", {"psrl", "uniform"}, 4);
  const Results results = results_of(grid, [](const Cell&, double at) { return at; });
  EXPECT_EQ(comparison_cells(grid, compare(grid, results, 0, "regret").rows.at(0)).back(), "the same");
}

TEST(Compare, HoldsManyAgainstTheLowest) {
  const Grid grid = grid_of("riverswim:horizon=20", {"psrl", "uniform", "optimal", "ucbvi-bf", "ucbvi-ch"}, 10);
  const double mean[] = {3, 2, 1, 4, 1.001};
  const Results results = results_of(grid, [&](const Cell& cell, double) {
    Stream own = Stream(cell.seed).child(cell.learner);
    return mean[cell.learner] + 0.1 * sample_normal(own);
  });
  const ComparisonTable table = compare(grid, results, 0, "regret");
  ASSERT_TRUE(table.with_lowest);
  ASSERT_EQ(table.rows.size(), 4u);
  const std::size_t lowest = table.rows[0].second;
  EXPECT_TRUE(lowest == 2 || lowest == 4);
  for (const Comparison& row : table.rows) {
    EXPECT_EQ(row.second, lowest);
    EXPECT_DOUBLE_EQ(row.adjusted_p, std::min(1.0, 10 * row.test.p_value));
    EXPECT_EQ(row.told_apart, row.first != 2 && row.first != 4) << "ten signs agree: 10 * 2^-9 is enough";
  }
}

/// The lowest is found in the same numbers: of learners that are all alike, how often is any told from another?
TEST(Compare, KeepsItsLevelThoughTheLowestIsChosenByLooking) {
  const Grid grid = grid_of("riverswim:horizon=20", {"psrl", "uniform", "optimal", "ucbvi-bf", "ucbvi-ch"}, 12);
  constexpr int kTrials = 400;
  int false_alarms = 0, by_rows = 0;
  for (std::uint64_t trial = 0; trial < kTrials; ++trial) {
    const Results results = results_of(grid, [&](const Cell& cell, double) {
      Stream own = Stream(trial).child(cell.seed).child(cell.learner);
      return sample_normal(own);
    });
    const std::vector<Comparison> rows = compare(grid, results, 0, "regret").rows;
    false_alarms += std::ranges::any_of(rows, [](const Comparison& c) { return c.told_apart; });
    by_rows += std::ranges::any_of(rows, [](const Comparison& c) { return 4 * c.test.p_value < 0.05; });
  }
  EXPECT_LT(false_alarms, 0.05 * kTrials);
  EXPECT_GT(by_rows, 0.06 * kTrials) << "allowing for the rows that are shown alone is not enough";
}

TEST(Compare, LeavesOutWhatCannotBeCompared) {
  const Grid grid =
      grid_of("riverswim:horizon=20", {"psrl", "uniform:episodes=2000", "uniform:protocol=average:steps=1000"}, 4);
  const Results results = results_of(grid, [](const Cell&, double at) { return at; });
  EXPECT_TRUE(compare(grid, results, 0, "regret").rows.empty());
  EXPECT_TRUE(compare(grid, results, 0, "mistakes").rows.empty()) << "the long run has none";
}

TEST(Compare, LeavesOutWhatDoesNotExist) {
  const Grid grid = grid_of("riverswim:horizon=20", {"psrl", "ucbvi-bf", "ucbvi-ch"}, 4);
  const Results results = run(grid, "");
  EXPECT_EQ(compare(grid, results, 0, "violations").rows.size(), 1u) << "psrl has no optimism to violate";
  EXPECT_TRUE(std::isnan(curve(grid, results, 0, 0, "violations").points.back().median));
}

TEST(Against, DrawsFinalsAlongAnAxis) {
  const Grid grid = grid_of("riverswim:states=16,4,8:horizon=5,6", {"psrl", "ucbvi-bf:constant=theory,0.5"}, 5);
  const auto value = [&](const Cell& cell, double at) {
    const double states = std::stod(*grid.value(grid.axes[0], cell.instance, cell.learner));
    return (1 + 0.01 * static_cast<double>(cell.seed)) * at * std::pow(states, 1.5);
  };
  const Results results = results_of(grid, value);
  ASSERT_EQ(grid.axes[0].name, "states");
  const std::vector<AxisCurve> curves = against(grid, results, grid.axes[0], "regret");
  ASSERT_EQ(curves.size(), 6u) << "three learners, two horizons";
  EXPECT_EQ(curves[0].label, "psrl on riverswim@1 (horizon 5)");
  EXPECT_EQ(curves[1].label, "ucbvi-bf (theory) on riverswim@1 (horizon 5)");
  ASSERT_EQ(curves[0].points.size(), 3u);
  EXPECT_TRUE(curves[0].numeric);
  EXPECT_EQ(curves[0].points[0].x, 4);
  EXPECT_EQ(curves[0].points[2].x, 16);
  EXPECT_NEAR(curves[0].points[0].point.mean, 1.02 * 1000 * 8, 1e-6);
  EXPECT_NEAR(curves[0].rate.slope, 1.5, 1e-9);
  EXPECT_EQ(curves[0].rate.replicates, 5);
}

TEST(Against, OfConstantsIsInNumbers) {
  const Grid grid = grid_of("riverswim:horizon=5", {"psrl", "ucbvi-bf:constant=theory,0.5,0.25:delta=0.1"}, 3);
  ASSERT_EQ(grid.axes.size(), 1u);
  const Results results = results_of(grid, [](const Cell&, double at) { return at; });
  const std::vector<AxisCurve> curves = against(grid, results, grid.axes[0], "regret");
  ASSERT_EQ(curves.size(), 1u) << "psrl has no constant";
  EXPECT_EQ(curves[0].label, "ucbvi-bf on riverswim@1");
  EXPECT_EQ(curves[0].points[0].x, 0.25);
  EXPECT_EQ(curves[0].points[2].value, "1");
}

TEST(Against, LeavesOutWhoDoesNotMeasureIt) {
  const Grid grid = grid_of("riverswim:states=3,4:horizon=5", {"psrl", "uniform:protocol=average:steps=1000"}, 2);
  const Results results = results_of(grid, [](const Cell&, double at) { return at; });
  EXPECT_EQ(against(grid, results, grid.axes[0], "mistakes").size(), 1u);
  EXPECT_EQ(against(grid, results, grid.axes[0], "regret").size(), 2u);
}

TEST(Against, WordsStandInTheOrderOfThePlan) {
  const Grid grid = grid_of("riverswim:version=strehl2008,osband2013:horizon=5", {"psrl"}, 2);
  const Results results = results_of(grid, [](const Cell&, double at) { return at; });
  const AxisCurve curve = against(grid, results, grid.axes[0], "regret").at(0);
  EXPECT_FALSE(curve.numeric);
  EXPECT_EQ(curve.points[0].value, "strehl2008");
  EXPECT_EQ(curve.points[1].x, 1);
  EXPECT_TRUE(std::isnan(curve.rate.slope));
}

}  // namespace
}  // namespace bellwether::experiments
