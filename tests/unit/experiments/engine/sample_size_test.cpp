#include "experiments/engine/sample_size.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "experiments/engine/run.h"

namespace bellwether::experiments {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(LastCrossing, IsReadOffInLogarithmsAfterTheLastMeanAboveTheLevel) {
  const std::vector<double> at = {1, 10, 100, 1000};
  EXPECT_NEAR(last_crossing(at, std::vector<double>{8, 4, 2, 1}, std::sqrt(2.0)), std::sqrt(1e5), 1e-9);
  EXPECT_NEAR(last_crossing(at, std::vector<double>{8, 1, 4, 1}, 2), std::sqrt(1e5), 1e-9) << "comes back once";
  EXPECT_EQ(last_crossing(at, std::vector<double>{8, 4, 2, 0}, 1), 1000) << "no logarithm of 0";
  EXPECT_EQ(last_crossing(at, std::vector<double>{8, 4, 1, 1}, 1), 100) << "at the level is not above it";
  EXPECT_TRUE(std::isnan(last_crossing(at, std::vector<double>{8, 4, 2, 1.5}, 1)));
  EXPECT_TRUE(std::isnan(last_crossing(at, std::vector<double>{0.5, 0.4, 0.2, 0.1}, 1)));
  EXPECT_TRUE(std::isnan(last_crossing(at, std::vector<double>{8, 4, 1, std::nan("")}, 1)));
}

Plan gadget_plan() {
  return {.instances = {parse_entry("generative-gadget:advantage=0:discount=0.5,0.75,0.9")},
          .learners = {{.name = "q-learning"}},
          .samples = 1'000'000,
          .checkpoints = {1, 1000, 1'000'000},
          .epsilon = 0.5,
          .seeds = first_seeds(6)};
}

/// Errors c (1 - gamma)^-2 / sqrt(n), c differing from seed to seed.
TEST(NeededLengths, FindsThePowerOfTheDiscount) {
  const Grid grid = expand(gadget_plan());
  ASSERT_EQ(grid.axes.size(), 1U);
  EXPECT_EQ(x_of(grid, grid.axes[0]), "1 / (1 - discount)");
  Results results{.series = std::vector<Series>(grid.cells.size())};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t seed = 0; seed < 6; ++seed) {
      Series& series = results.series[grid.cell(i, 0, seed)];
      series.metrics = online::metrics_of(Protocol::kGenerative);
      for (const std::int64_t n : grid.learners[0].checkpoints) {
        const double c = 0.5 + 0.2 * static_cast<double>(seed);  // mean 1
        const double horizon = 1 / (1 - grid.instances[i].discount);
        series.at.push_back(n);
        series.values.insert(series.values.end(), {c * horizon * horizon / std::sqrt(static_cast<double>(n)), 0.0});
      }
    }
  }
  const auto curves = needed_lengths(grid, results, grid.axes[0], "regret");
  ASSERT_EQ(curves.size(), 1U);
  ASSERT_EQ(curves[0].points.size(), 3U);
  EXPECT_EQ(curves[0].missing, 0);
  EXPECT_NEAR(curves[0].points[0].x, 2, 1e-12);
  EXPECT_NEAR(curves[0].points[2].x, 10, 1e-12);
  EXPECT_NEAR(curves[0].points[0].length, 16 / 0.25, 1e-6);
  EXPECT_NEAR(curves[0].points[2].length, 1e4 / 0.25, 1e-4);
  EXPECT_NEAR(curves[0].rate.slope, 4, 1e-9);
  // Whole seeds are resampled: a factor that all points share does not move the slope, only the lengths.
  EXPECT_NEAR(curves[0].rate.interval.low, 4, 1e-9);
  EXPECT_NEAR(curves[0].rate.interval.high, 4, 1e-9);
  EXPECT_LT(curves[0].points[0].interval.low, 0.9 * curves[0].points[0].length);
  EXPECT_GT(curves[0].points[0].interval.high, 1.1 * curves[0].points[0].length);
}

TEST(NeededLengths, LeavesOutWhatIsNotReached) {
  Plan plan = gadget_plan();
  plan.samples = 4000;
  plan.checkpoints = {};
  const Grid grid = expand(plan);
  const auto curves = needed_lengths(grid, run(grid, ""), grid.axes[0], "value-error");
  ASSERT_EQ(curves.size(), 1U);
  EXPECT_EQ(curves[0].missing + static_cast<int>(curves[0].points.size()), 3);
  plan.epsilon = 1e-9;
  const Grid hopeless = expand(plan);
  EXPECT_TRUE(needed_lengths(hopeless, run(hopeless, ""), hopeless.axes[0], "value-error").empty());
}

TEST(GenerativePlans, TakeTheirLengthAndDiscount) {
  Plan plan{.instances = {parse_entry("maze:discount=0.9,0.95"), parse_entry("riverswim:discount=0.5")},
            .learners = {{.name = "q-learning"}, parse_entry("empirical-qvi:samples=50")},
            .seeds = first_seeds(2)};
  const Grid grid = expand(plan);
  EXPECT_EQ(grid.learners[0].length, 10'000);
  EXPECT_EQ(grid.learners[1].length, 50);
  EXPECT_EQ(grid.instances[1].label, "maze@1 (discount 0.95)");
  EXPECT_EQ(grid.instances[1].discount, 0.95);
  EXPECT_EQ(grid.instances[2].discount, 0.5);
  EXPECT_NE(grid.cells[grid.cell(0, 0, 0)].key, grid.cells[grid.cell(1, 0, 0)].key) << "the discount is in the key";
  EXPECT_EQ(expected_exponent(grid, grid.learners[0]), -0.5);
  EXPECT_EQ(metric_named(grid.learners[0], "regret"), "value-error");
  EXPECT_THAT(metrics_of(grid.learners[0]), ElementsAre("value-error", "policy-loss"));
}

TEST(GenerativePlans, SayWhatDoesNotFit) {
  const auto message = [](const char* instance, std::vector<Entry> learners, std::int64_t episodes = 0,
                          std::int64_t samples = 0) {
    return [=] {
      expand({.instances = {parse_entry(instance)},
              .learners = learners,
              .episodes = episodes,
              .samples = samples,
              .seeds = first_seeds(1)});
    };
  };
  const auto says = [](const char* text) { return ThrowsMessage<InvalidOption>(HasSubstr(text)); };
  EXPECT_THAT(message("riverswim:horizon=5", {{.name = "q-learning"}, {.name = "psrl"}}),
              says("q-learning asks a generative model for samples, psrl plays episodes: nothing compares them"));
  EXPECT_THAT(message("riverswim", {{.name = "ucrl2"}, {.name = "q-learning"}}), says("ucrl2 plays the long run"));
  EXPECT_THAT(message("maze", {{.name = "q-learning"}}), says("maze@1 has no discount of its own"));
  EXPECT_THAT(message("maze:discount=1.5", {{.name = "q-learning"}}), says("discount is '1.5', must be above 0"));
  EXPECT_THAT(message("maze:discount=0.9:horizon=5", {{.name = "psrl"}}), says("discount is set, but no learner"));
  EXPECT_THAT(message("hard-tree:discount=0.9", {{.name = "q-learning"}}), says("the stages of hard-tree@1"));
  EXPECT_THAT(message("riverswim", {{.name = "q-learning"}}, 10), says("every learner takes samples; set samples"));
  EXPECT_THAT(message("riverswim", {{.name = "ucrl2"}}, 0, 10), says("samples are set, but every learner plays the"));
  EXPECT_THAT(message("riverswim", {parse_entry("q-learning:protocol=episodic")}), says("protocol must be generative"));
}

}  // namespace
}  // namespace bellwether::experiments
