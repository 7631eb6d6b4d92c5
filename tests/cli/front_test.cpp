// Several objectives at once.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"
#include "tests/cli/solve_json.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::HasSubstr;

struct Pair {
  double reward, fuel;
};

/// What a policy of kFuel collects from state 0 at discount 0.9, by the closed form of two equations.
Pair collected(int first, int second) {
  constexpr std::array<double, 4> kStay = {0.9, 0.1, 0.8, 0.3};  // in state 0, of (0,0), (0,1), (1,0), (1,1)
  constexpr std::array<double, 4> kReward = {0, 0.2, 1, 0.6}, kUse = {0, 0.1, 1, 0.5};
  const auto a = static_cast<std::size_t>(first), b = static_cast<std::size_t>(2 + second);
  const double g = 0.9, p = kStay[a], q = kStay[b];
  const double det = (1 - g * p) * (1 - g * (1 - q)) - g * (1 - p) * g * q;
  const auto solved = [&](double x, double y) { return (x * (1 - g * (1 - q)) + g * (1 - p) * y) / det; };
  return {solved(kReward[a], kReward[b]), solved(kUse[a], kUse[b])};
}

/// The policies that are best for some weighting, by the least reward first.
std::vector<Pair> best_for_some_weighting() {
  std::vector<Pair> best;
  for (int k = 0; k <= 10'000; ++k) {
    const double w = k / 10'000.0;
    Pair found = collected(0, 0);
    for (const int first : {0, 1})
      for (const int second : {0, 1}) {
        const Pair at = collected(first, second);
        if (w * at.reward - (1 - w) * at.fuel > w * found.reward - (1 - w) * found.fuel + 1e-12) found = at;
      }
    if (best.empty() || std::abs(best.back().reward - found.reward) > 1e-9) best.push_back(found);
  }
  return best;
}

TEST(SolveFront, FindsWhatIsBestForEveryWeighting) {
  const TemporaryFolder folder;
  const std::string file = folder.write("fuel.csv", kFuel);
  const std::vector<Pair> expected = best_for_some_weighting();
  ASSERT_GE(expected.size(), 3U);
  for (const char* algorithm : {"auto", "linear-support"}) {
    const json answer = solve_json(
        file, {"--discount", "0.9", "--objectives", "reward,fuel", "--algorithm", algorithm, "--reference", "0,10"});
    EXPECT_EQ(answer["status"], "converged");
    EXPECT_LE(answer["gap"].get<double>(), 1e-6);
    EXPECT_EQ(answer["objectives"][1], json({{"name", "fuel"}, {"wanted", "small"}}));
    const json& front = answer["front"];
    ASSERT_EQ(front.size(), expected.size()) << algorithm;
    double volume = 0, before = 0;
    for (std::size_t j = 0; j < expected.size(); ++j) {
      EXPECT_NEAR(front[j]["value"][0].get<double>(), expected[j].reward, 1e-9);
      EXPECT_NEAR(front[j]["value"][1].get<double>(), expected[j].fuel, 1e-9);
      EXPECT_LE(front[j]["lower"][1].get<double>(), expected[j].fuel + 1e-12);
      EXPECT_GE(front[j]["upper"][1].get<double>(), expected[j].fuel - 1e-12);
      const Pair played = collected(front[j]["policy"][0], front[j]["policy"][1]);
      EXPECT_NEAR(played.fuel, expected[j].fuel, 1e-9);
      volume += (expected[j].reward - before) * (10 - expected[j].fuel);
      before = expected[j].reward;
    }
    EXPECT_NEAR(answer["hypervolume"].get<double>(), volume, 1e-6);
  }
  // Rewards that are costs are to be small too: two policies, one for each.
  const json least = solve_json(file, {"--discount", "0.9", "--objectives", "reward,fuel", "--minimize"});
  ASSERT_EQ(least["front"].size(), 2U);
  EXPECT_NEAR(least["front"][0]["value"][0].get<double>(), collected(0, 1).reward, 1e-9);
  EXPECT_NEAR(least["front"][1]["value"][0].get<double>(), collected(0, 0).reward, 1e-9);
}

// A day is for rest, work (2 for 1) or a rush (3 for 2); two days.
constexpr const char* kDays =
    "state,action,next,probability,reward,effort,noise\nday,rest,day,1,0,0,0\nday,work,day,1,2,1,1\n"
    "day,rush,day,1,3,2,0\n";

TEST(SolveFront, TellsHullsFromFronts) {
  const TemporaryFolder folder;
  const std::string file = folder.write("days.csv", kDays);
  const auto points = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"--horizon", "2", "--objectives", "reward,effort"});
    std::vector<std::vector<double>> values;
    const json answer = solve_json(file, more);
    for (const json& at : answer["front"]) values.push_back(at["value"]);
    return values;
  };
  using Values = std::vector<std::vector<double>>;
  EXPECT_EQ(points({}), (Values{{0, 0}, {4, 2}, {6, 4}}));
  EXPECT_EQ(points({"--algorithm", "pareto-value-iteration"}), (Values{{0, 0}, {2, 1}, {4, 2}, {5, 3}, {6, 4}}));
  const json plans =
      solve_json(file, {"--horizon", "2", "--objectives", "reward,effort", "--algorithm", "pareto-value-iteration"});
  EXPECT_EQ(plans["front"][4]["actions"], json({2, 2}));
  const json three = solve_json(file, {"--horizon", "2", "--objectives", "reward,effort,noise"});
  EXPECT_EQ(three["algorithm"], "linear-support");
  EXPECT_EQ(three["front"].size(), 3U);  // rest, work or rush, all day
  const json unproven = solve_json(file, {"--horizon", "2", "--objectives", "reward,effort", "--algorithm", "c-morl"});
  EXPECT_TRUE(unproven["gap"].is_null());
  EXPECT_GE(unproven["front"].size(), 2U);
}

TEST(SolveFront, PrintsSavesAndDraws) {
  const TemporaryFolder folder;
  const std::string file = folder.write("days.csv", kDays), csv = folder.path("front.csv"),
                    plot = folder.path("front.gp");
  const Finished done =
      run_program({"solve", file, "--horizon", "2", "--objectives", "reward,effort", "--output", csv, "--plot", plot});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("2 stages, maximise, reward large and effort small"));
  EXPECT_THAT(done.out, HasSubstr("3 points; hypervolume 8 from reward 0, effort 4"));
  EXPECT_THAT(done.out, HasSubstr("for every weighting of the objectives one of these points is within"));
  EXPECT_THAT(read_file(csv), HasSubstr("point,reward,reward_lower,reward_upper,effort,effort_lower"));
  EXPECT_THAT(read_file(csv), HasSubstr("\n1,4,"));
  EXPECT_THAT(read_file(plot), HasSubstr("effort (small)"));
  EXPECT_THAT(read_file(plot), HasSubstr("set title 'effort against reward: 3 points'"));
  EXPECT_THAT(done.out, HasSubstr("saved the points to " + csv));
  EXPECT_THAT(done.out, HasSubstr("drew the points into " + plot));
}

TEST(SolveFront, RefusesWhatDoesNotFit) {
  const TemporaryFolder folder;
  const std::string file = folder.write("days.csv", kDays);
  const auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"solve", file});
    const Finished done = run_program(arguments);
    EXPECT_EQ(done.code, 2) << done.out;
    EXPECT_EQ(done.out, "");
    return done.err;
  };
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"--horizon", "2", "--objectives", "reward,effort"});
    return refused(more);
  };
  EXPECT_THAT(refused({"--horizon", "2", "--objectives", "reward,efort"}),
              HasSubstr("--objectives is 'efort', but the model's columns are 'reward', 'effort' and 'noise'"));
  EXPECT_THAT(refused({"--horizon", "2", "--objectives", "reward"}), HasSubstr("must name two columns at least"));
  EXPECT_THAT(refused({"--horizon", "2", "--objectives", "reward,reward"}), HasSubstr("has 'reward' twice"));
  EXPECT_THAT(refused({"--criterion", "total", "--objectives", "reward,effort"}), HasSubstr("--objectives goes with"));
  EXPECT_THAT(refused({"--horizon", "2", "--plot", "x.png"}), HasSubstr("--plot goes with --objectives"));
  EXPECT_THAT(refused({"--horizon", "2", "--reference", "1,2"}), HasSubstr("--reference goes with --objectives"));
  EXPECT_THAT(refused({"--horizon", "2", "--objectives", "reward,effort,noise", "--plot", "x.png"}),
              HasSubstr("--plot draws two objectives, and there are 3"));
  EXPECT_THAT(with({"--plot", folder.path("x.doc")}), HasSubstr("x.doc"));
  EXPECT_THAT(with({"--reference", "1"}),
              HasSubstr("--reference has 1 number, one is needed for each of 2 objectives"));
  EXPECT_THAT(with({"--reference", "1,far"}), HasSubstr("'far' is no number"));
  EXPECT_THAT(with({"--algorithm", "value-iteration"}), HasSubstr("does not find fronts"));
  EXPECT_THAT(with({"--budget", "1,1"}), HasSubstr("neither with --budget"));
  EXPECT_THAT(with({"--certify", "rational"}), HasSubstr("leave --objectives out"));
  EXPECT_THAT(with({"--set", "precise=1"}), HasSubstr("precise"));
}

}  // namespace
}  // namespace bellwether::test
