#include "experiments/engine/output.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/temporary_folder.h"

namespace bellwether::experiments {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Grid small_grid() {
  Plan plan{.title = "small", .instances = {parse_entry("riverswim:states=3,4:horizon=5")}};
  plan.learners = {parse_entry("ucbvi-bf:constant=0.5"), {.name = "uniform"}};
  plan.episodes = 2;
  plan.checkpoints = {1, 2};
  plan.seeds = {3, 8};
  plan.summary.resamples = 100;
  return expand(plan);
}

/// Cell c has the numbers c, c + 0.1, c + 0.2, ...
Results numbered(const Grid& grid) {
  Results results{.series = std::vector<Series>(grid.cells.size())};
  results.computed = static_cast<std::int64_t>(grid.cells.size());
  for (std::size_t c = 0; c < grid.cells.size(); ++c) {
    Series& series = results.series[c];
    series = {.metrics = {"value-regret", "mistakes"}, .at = {1, 2}, .values = {}};
    for (int i = 0; i < 4; ++i) series.values.push_back(static_cast<double>(c) + 0.1 * i);
  }
  return results;
}

TEST(RunsCsv, IsTidyWith17Digits) {
  const Grid grid = small_grid();
  EXPECT_THAT(runs_csv(grid, numbered(grid)),
              StartsWith("instance,learner,constant,states,horizon,seed,checkpoint,metric,value\n"
                         "riverswim@1,ucbvi-bf,0.5,3,5,3,1,value-regret,0\n"
                         "riverswim@1,ucbvi-bf,0.5,3,5,3,1,mistakes,0.10000000000000001\n"
                         "riverswim@1,ucbvi-bf,0.5,3,5,3,2,value-regret,0.20000000000000001\n"
                         "riverswim@1,ucbvi-bf,0.5,3,5,3,2,mistakes,0.30000000000000004\n"
                         "riverswim@1,ucbvi-bf,0.5,3,5,8,1,value-regret,1\n"));
  EXPECT_THAT(runs_csv(grid, numbered(grid)),
              HasSubstr("\nriverswim@1,uniform,,4,5,8,2,mistakes,7.2999999999999998\n"));
}

TEST(RunsCsv, LeavesOutWhatIsMissing) {
  const Grid grid = small_grid();
  Results results = numbered(grid);
  results.series[0] = {};
  EXPECT_THAT(runs_csv(grid, results), Not(HasSubstr("ucbvi-bf,0.5,3,5,3,")));
}

TEST(RunsCsv, LeavesFieldsEmptyThatDoNotExist) {
  const Grid grid = small_grid();
  Results results = numbered(grid);
  results.series[0].values[1] = std::nan("");
  EXPECT_THAT(runs_csv(grid, results), HasSubstr("\nriverswim@1,ucbvi-bf,0.5,3,5,3,1,mistakes,\n"));
}

TEST(RunsCsv, QuotesNames) {
  Grid grid = small_grid();
  grid.instances[0].id = "a \"lake\", frozen.csv";
  EXPECT_THAT(runs_csv(grid, numbered(grid)), HasSubstr("\n\"a \"\"lake\"\", frozen.csv\",uniform,"));
}

TEST(SummaryCsv, HasOneRowACheckpointAndMetric) {
  const Grid grid = small_grid();
  Results results = run(grid, "");
  const std::size_t metrics = online::metrics_of(Protocol::kEpisodic).size();
  // Two seeds with the values 1 and 2 of the first metric at the last checkpoint of the first learner.
  results.series[0].values[metrics] = 1;
  results.series[1].values[metrics] = 2;
  const std::string csv = summary_csv(grid, results);
  EXPECT_THAT(
      csv, StartsWith("instance,learner,constant,states,horizon,checkpoint,metric,seeds,mean,standard_error,low,high,"
                      "band_low,band_high,decile,median,ninth_decile\n"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), static_cast<std::ptrdiff_t>(1 + 2 * 2 * metrics * 2));
  EXPECT_THAT(csv, HasSubstr("riverswim@1,ucbvi-bf,0.5,3,5,2,value-regret,2,1.5,0.5,"));
  EXPECT_THAT(csv, HasSubstr(",1.1000000000000001,1.5,1.8999999999999999\n"));
}

TEST(Manifest, HoldsWhatItTakesToDoItAgain) {
  const Grid grid = small_grid();
  const std::string text = manifest_json(grid, numbered(grid), {{"command", "bellwether run x"}});
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["program"]["name"], "bellwether");
  EXPECT_FALSE(json["program"]["compiler"].get<std::string>().empty());
  EXPECT_EQ(json["plan"]["seeds"], (std::vector<int>{3, 8}));
  EXPECT_EQ(json["plan"]["summary"]["resamples"], 100);
  EXPECT_EQ(json["instances"].size(), 2u);
  EXPECT_EQ(json["instances"][1]["hash"], grid.instances[1].hash);
  EXPECT_EQ(json["instances"][1]["settings"]["states"], "4");
  EXPECT_EQ(json["learners"][0]["settings"]["constant"], "0.5");
  EXPECT_EQ(json["learners"][0]["settings"]["delta"], "0.05");
  EXPECT_EQ(json["learners"][0]["results_version"], 1);
  EXPECT_EQ(json["learners"][0]["checkpoints"], (std::vector<int>{1, 2}));
  EXPECT_EQ(json["axes"][0]["column"], "states");
  EXPECT_EQ(json["complete"], true);
  EXPECT_EQ(json["facts"]["command"], "bellwether run x");
  EXPECT_EQ(text, manifest_json(grid, numbered(grid), {{"command", "bellwether run x"}}));
}

TEST(Manifest, KeepsTextThatIsNoUtf8OutOfTheWay) {
  const Grid grid = small_grid();
  EXPECT_NO_THROW(nlohmann::json::parse(manifest_json(grid, numbered(grid), {{"command", "\xff\xfe"}})));
}

TEST(Outputs, AreWrittenWhole) {
  const Grid grid = small_grid();
  const Results results = run(grid, "");
  const test::TemporaryFolder folder;
  const std::vector<std::string> paths = write_outputs(grid, results, folder.path(""));
  ASSERT_EQ(paths.size(), 3u);
  EXPECT_EQ(test::read_file(paths[0]), runs_csv(grid, results));
  EXPECT_EQ(test::read_file(paths[1]), summary_csv(grid, results));
  EXPECT_EQ(test::read_file(paths[2]), manifest_json(grid, results));
}

}  // namespace
}  // namespace bellwether::experiments
