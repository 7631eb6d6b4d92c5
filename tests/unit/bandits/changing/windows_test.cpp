#include "bandits/changing/windows.h"

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/trial.h"
#include "core/statistics.h"

namespace bellwether::bandits {
namespace {

Series played(const std::string& learner, const std::vector<Setting>& settings, std::int64_t rounds = 3000) {
  const auto bandit = find_family("piecewise-arms")->make({}).bandit;
  return play(*bandit, learner, settings, Stream(4), {.length = rounds});
}

/// All that is measured but violations, which windows do not count; nothing where nothing is measured.
std::vector<std::optional<double>> numbers(const Series& series) {
  std::vector<std::optional<double>> all;
  for (std::size_t row = 0; row < series.at.size(); ++row) {
    for (std::size_t metric = 0; metric < series.metrics.size(); ++metric) {
      if (series.metrics[metric] == "violations") continue;
      const double value = series.value(row, metric);
      all.push_back(std::isnan(value) ? std::nullopt : std::optional(value));
    }
  }
  return all;
}

TEST(SlidingWindow, WithoutAnEndIsUcb) {
  // UCB1 is m + sqrt(2 ln n / N): xi = 2.
  EXPECT_EQ(numbers(played("sw-ucb", {{"window", "3000"}, {"xi", "2"}})), numbers(played("ucb1", {})));
  EXPECT_EQ(numbers(played("sw-ucb", {{"window", "1000000"}, {"xi", "0.5"}})),
            numbers(played("ucb1", {{"constant", "0.5"}})));
}

TEST(Discounted, WithoutDiscountIsUcbWithTwiceTheWidth) {
  EXPECT_EQ(numbers(played("d-ucb", {{"discount", "1"}, {"xi", "0.5"}})), numbers(played("ucb1", {})));
}

/// What a learner chooses when arm i always brings rewards[i].
std::vector<int> choices(Agent& agent, const std::vector<double>& rewards, int rounds) {
  std::vector<int> arms;
  for (std::int64_t t = 1; t <= rounds; ++t) {
    arms.push_back(agent.choose({.number = t, .arms = static_cast<int>(rewards.size())}));
    agent.learn({.round = t, .arm = arms.back(), .reward = rewards[static_cast<std::size_t>(arms.back())]});
  }
  return arms;
}

/// The same from the formulas, with nothing kept between rounds.
std::vector<int> from_scratch(const std::vector<double>& rewards, int rounds, int window, double discount, double scale,
                              double xi) {
  std::vector<int> arms;
  for (int t = 0; t < rounds; ++t) {
    std::vector<double> n(rewards.size()), s(rewards.size());
    double total = 0;
    for (int u = std::max(0, t - window); u < t; ++u) {
      const auto a = static_cast<std::size_t>(arms[static_cast<std::size_t>(u)]);
      const double weight = std::pow(discount, t - 1 - u);
      n[a] += weight;
      s[a] += weight * rewards[a];
      total += weight;
    }
    int best = 0;
    double value = -1;
    for (std::size_t i = 0; i < n.size(); ++i) {
      const double x =
          n[i] == 0 ? INFINITY : s[i] / n[i] + scale * std::sqrt(xi * std::log(std::max(1.0, total)) / n[i]);
      if (x > value + 1e-9) {
        value = x;
        best = static_cast<int>(i);
      }
    }
    arms.push_back(best);
  }
  return arms;
}

TEST(SlidingWindow, ForgetsWhatIsOlderThanTheWindow) {
  const std::vector<double> rewards = {0.31, 0.57, 0.43};
  const auto agent = make_sliding_window_ucb({.arms = 3, .rounds = 400}, {.window = 17, .xi = 0.7}, Stream(1));
  EXPECT_EQ(choices(*agent, rewards, 400), from_scratch(rewards, 400, 17, 1, 1, 0.7));
}

TEST(Discounted, CountsOldRoundsLess) {
  const std::vector<double> rewards = {0.31, 0.57, 0.43};
  const auto agent = make_discounted_ucb({.arms = 3, .rounds = 400}, {.discount = 0.9, .xi = 0.7}, Stream(1));
  EXPECT_EQ(choices(*agent, rewards, 400), from_scratch(rewards, 400, 400, 0.9, 2, 0.7));
}

TEST(Windows, SizesAreThoseOfTheTheorem) {
  const std::vector<double> rewards = {0.31, 0.57, 0.43};
  const World world{.arms = 3, .rounds = 400};
  const double spread = std::sqrt(400 * std::log(400));
  const auto sliding = make_sliding_window_ucb(world, {.changes = 4}, Stream(1));
  EXPECT_EQ(choices(*sliding, rewards, 400),
            from_scratch(rewards, 400, static_cast<int>(std::ceil(2 * spread / 2)), 1, 1, 0.6));
  const auto blind = make_sliding_window_ucb(world, {}, Stream(1));
  EXPECT_EQ(choices(*blind, rewards, 400),
            from_scratch(rewards, 400, static_cast<int>(std::ceil(4 * spread)), 1, 1, 0.6));
  const auto discounted = make_discounted_ucb(world, {.changes = 4}, Stream(1));
  EXPECT_EQ(choices(*discounted, rewards, 400), from_scratch(rewards, 400, 400, 1 - std::sqrt(4.0 / 400) / 4, 2, 0.6));
  const auto faint = make_discounted_ucb(world, {.constant = "practical"}, Stream(1));
  EXPECT_EQ(choices(*faint, rewards, 400), from_scratch(rewards, 400, 400, 1 - 1 / (4 * std::sqrt(400)), 1, 0.6));
}

TEST(Windows, WidthsGrowWithTheRangeOfRewards) {
  const std::vector<double> rewards = {0.25, 0.5, 0.375};
  std::vector<double> wide;
  for (const double x : rewards) wide.push_back(8 * x - 2);
  const auto unit = make_sliding_window_ucb({.arms = 3, .rounds = 300}, {.window = 50}, Stream(1));
  const auto large =
      make_sliding_window_ucb({.arms = 3, .rounds = 300, .low = -2, .high = 6}, {.window = 50}, Stream(1));
  EXPECT_EQ(choices(*unit, rewards, 300), choices(*large, wide, 300));
}

// Mean regret after 10,000 rounds on the problem of Garivier and Moulines, of 200 runs of an independent program, and
// the order of the four learners.
TEST(Windows, RegretIsTheKnownOneInTheKnownOrder) {
  const auto bandit = find_family("piecewise-arms")->make({}).bandit;
  struct Row {
    std::string learner;
    std::vector<Setting> settings;
    double known;
  };
  const std::vector<Row> rows = {{"sw-ucb", {{"xi", "0.5"}}, 282},
                                 {"exp3-s", {{"changes", "3"}}, 453},
                                 {"d-ucb", {{"xi", "0.5"}}, 593},
                                 {"ucb1", {{"constant", "0.5"}}, 646}};
  double last = 0, last_error = 0;
  for (const Row& row : rows) {
    std::vector<double> sample;
    for (int seed = 0; seed < 200; ++seed)
      sample.push_back(
          play(*bandit, row.learner, row.settings, Stream(2).child(seed), {.length = 10'000, .checkpoints = {10'000}})
              .value(0, 0));
    EXPECT_NEAR(mean(sample), row.known, 0.05 * row.known) << row.learner;
    EXPECT_GT(mean(sample) - last, 3 * std::hypot(standard_error(sample), last_error)) << row.learner;
    last = mean(sample);
    last_error = standard_error(sample);
  }
}

}  // namespace
}  // namespace bellwether::bandits
