#include "bandits/item_sets.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/items.h"
#include "bandits/trial.h"
#include "core/errors.h"
#include "core/statistics.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

using Sets = std::vector<std::vector<int>>;

/// All sets of so many items that meet a condition.
Sets sets_that(int items, const std::function<bool(const std::vector<int>&)>& admissible) {
  Sets found;
  for (std::uint32_t mask = 1; mask < (1u << items); ++mask) {
    std::vector<int> set;
    for (int i = 0; i < items; ++i)
      if ((mask >> i & 1) != 0) set.push_back(i);
    if (admissible(set)) found.push_back(set);
  }
  return found;
}

Sets all_matchings(int left, int right) {
  return sets_that(left * right, [=](const std::vector<int>& set) {
    std::vector<int> given(static_cast<std::size_t>(left)), taken(static_cast<std::size_t>(right));
    for (const int item : set) {
      ++given[static_cast<std::size_t>(item / right)];
      ++taken[static_cast<std::size_t>(item % right)];
    }
    return std::ranges::all_of(given, [](int n) { return n == 1; }) &&
           std::ranges::all_of(taken, [](int n) { return n <= 1; });
  });
}

/// Where steps go in less than they come out: sets that lead one unit from corner to corner. Nothing goes round.
Sets all_paths(int width, int height) {
  const int right = (width - 1) * height;
  return sets_that(right + width * (height - 1), [=](const std::vector<int>& set) {
    std::vector<int> excess(static_cast<std::size_t>(width * height));
    for (const int item : set) {
      const int from = item < right ? item / (width - 1) * width + item % (width - 1) : item - right;
      ++excess[static_cast<std::size_t>(from)];
      --excess[static_cast<std::size_t>(from + (item < right ? 1 : width))];
    }
    excess.front() -= 1;
    excess.back() += 1;
    return std::ranges::all_of(excess, [](int n) { return n == 0; });
  });
}

double sum_of(std::span<const int> set, std::span<const double> weights) {
  double sum = 0;
  for (const int item : set) sum += weights[static_cast<std::size_t>(item)];
  return sum;
}

/// The oracle's set is one of these and no other weighs more: on drawn weights of either sign, many of them equal.
void expect_best(ItemSets& oracle, const Sets& all, std::uint64_t seed) {
  Stream stream(seed);
  std::vector<double> weights(static_cast<std::size_t>(oracle.items()));
  for (int trial = 0; trial < 200; ++trial) {
    const bool coarse = trial % 2 == 0;
    for (double& w : weights) w = coarse ? static_cast<double>(stream.below(4)) - 1 : 10 * stream.uniform() - 5;
    const std::span<const int> found = oracle.best(weights);
    ASSERT_TRUE(std::ranges::find(all, std::vector<int>(found.begin(), found.end())) != all.end()) << oracle.content();
    double most = -std::numeric_limits<double>::infinity();
    for (const auto& set : all) most = std::max(most, sum_of(set, weights));
    ASSERT_NEAR(sum_of(found, weights), most, 1e-12) << oracle.content() << ", trial " << trial;
  }
}

TEST(ItemSets, AnyItemsAreTheLargest) {
  for (const int chosen : {1, 3, 6})
    expect_best(*any_items(6, chosen),
                sets_that(6, [=](const auto& set) { return static_cast<int>(set.size()) == chosen; }), 1);
}

TEST(ItemSets, MatchingsAreThoseOfEnumeration) {
  EXPECT_EQ(all_matchings(3, 3).size(), 6u);
  EXPECT_EQ(all_matchings(2, 4).size(), 12u);
  for (const auto& [left, right] : {std::pair{1, 1}, {1, 5}, {2, 2}, {3, 3}, {2, 4}, {3, 4}, {4, 4}}) {
    const auto oracle = matchings(left, right);
    EXPECT_EQ(oracle->items(), left * right);
    EXPECT_EQ(oracle->most(), left);
    expect_best(*oracle, all_matchings(left, right), 2);
  }
}

TEST(ItemSets, PathsAreThoseOfEnumeration) {
  EXPECT_EQ(all_paths(3, 3).size(), 6u);
  EXPECT_EQ(all_paths(4, 3).size(), 10u);
  for (const auto& [width, height] : {std::pair{2, 1}, {1, 4}, {2, 2}, {3, 3}, {2, 4}, {4, 3}}) {
    const auto oracle = grid_paths(width, height);
    EXPECT_EQ(oracle->most(), width + height - 2);
    expect_best(*oracle, all_paths(width, height), 3);
  }
}

TEST(ItemSets, GapsAreThoseOfEnumeration) {
  const auto look = [](const ItemsBandit& bandit, const Sets& all) {
    const std::vector<double> gaps = bandit.gaps();
    double best = 0;
    for (const auto& set : all) best = std::max(best, sum_of(set, bandit.means()));
    EXPECT_NEAR(bandit.best(), best, 1e-12);
    for (int item = 0; item < static_cast<int>(gaps.size()); ++item) {
      double with = 0;
      for (const auto& set : all)
        if (std::ranges::binary_search(set, item)) with = std::max(with, sum_of(set, bandit.means()));
      EXPECT_NEAR(gaps[static_cast<std::size_t>(item)], best - with, 1e-12) << item;
    }
  };
  Stream stream(5);
  std::vector<double> means(12);
  for (double& mean : means) mean = stream.uniform();
  look(ItemsBandit(means, matchings(3, 4)), all_matchings(3, 4));
  look(ItemsBandit(means, grid_paths(3, 3)), all_paths(3, 3));
}

TEST(ItemSets, InstancesSayTheirBestSetAndGap) {
  // The greedy pair 0-0 of .9 is not in the best matching: .8 + .8 against .9 + .1.
  const NamedBandit pairs =
      find_family("matching-items")->make({{"left", "2"}, {"right", "2"}, {"means", "0.9/0.8/0.8/0.1"}});
  EXPECT_EQ(pairs.facts[0].what, "best set");
  EXPECT_NEAR(pairs.facts[0].value, 1.6, 1e-15);
  EXPECT_THAT(pairs.facts[0].how, HasSubstr("0-1 1-0"));
  EXPECT_NEAR(pairs.facts[1].value, 0.6, 1e-15);
  EXPECT_NEAR(pairs.facts[2].value, 2 / 0.6, 1e-12);
  // Right, then up: .1 + .2; up, then right: .9 + .5.
  const NamedBandit steps =
      find_family("path-items")->make({{"width", "2"}, {"height", "2"}, {"means", "0.1/0.5/0.9/0.2"}});
  EXPECT_NEAR(steps.facts[0].value, 1.4, 1e-15);
  EXPECT_THAT(steps.facts[0].how, HasSubstr("(0,1)> (0,0)^"));
  EXPECT_NEAR(steps.facts[1].value, 1.1, 1e-15);
}

TEST(ItemSets, RegretIsAgainstTheBestMatching) {
  const ItemsBandit bandit({0.9, 0.8, 0.8, 0.1}, matchings(2, 2));
  const auto game = bandit.start(10, Stream(1));
  std::vector<double> rewards(2);
  game->next();
  EXPECT_NEAR(game->play_items(std::vector<int>{0, 3}, rewards).regret, 0.6, 1e-15);
  EXPECT_EQ(game->play_items(std::vector<int>{1, 2}, rewards).regret, 0);
}

TEST(ItemSets, CombUcb1FindsMatchingsAndPaths) {
  for (const char* family : {"matching-items", "path-items"}) {
    const auto bandit = find_family(family)->make().bandit;
    const Series run =
        play(*bandit, "comb-ucb1", {}, Stream(3), {.length = 20'000, .checkpoints = {200, 10'000, 20'000}});
    EXPECT_LT(run.value(2, 0) - run.value(1, 0), 0.6 * run.value(1, 0)) << family;  // sqrt(T) would have .41
    // As if the first rounds were for ever.
    EXPECT_LT(run.value(2, 0), 0.25 * 100 * run.value(0, 0)) << family;
  }
}

// Another program, which looks at all six matchings in every round, has 176.9 with a standard error of 3.2.
TEST(ItemSets, RegretIsThatOfAnotherProgram) {
  const ItemsBandit bandit({0.9, 0.8, 0.3, 0.8, 0.1, 0.4, 0.2, 0.5, 0.6}, matchings(3, 3));
  std::vector<double> regret;
  for (int i = 0; i < 50; ++i)
    regret.push_back(
        play(bandit, "comb-ucb1", {}, Stream(5).child(i), {.length = 3000, .checkpoints = {3000}}).value(0, 0));
  EXPECT_NEAR(mean(regret), 176.9, 4 * std::hypot(standard_error(regret), 3.2));
}

/// Every item is seen as soon as sets allow: as many unseen ones in a set as there can be, whatever the rewards.
TEST(ItemSets, UnseenItemsComeFirst) {
  const ItemsBandit bandit({1, 1, 1, 0, 0, 0, 0, 0, 0}, matchings(3, 3));
  const auto agent = make_agent(bandit, "comb-ucb1", {}, 100, Stream(1));
  const auto game = bandit.start(100, Stream(2));
  std::vector<int> seen(9);
  for (int t = 1; t <= 3; ++t) {
    const auto items = agent->choose_items(game->next());
    const std::vector<int> played(items.begin(), items.end());
    std::vector<double> rewards(played.size());
    game->play_items(played, rewards);
    agent->learn_items(t, played, rewards);
    for (const int item : played) ++seen[static_cast<std::size_t>(item)];
  }
  EXPECT_THAT(seen, testing::Each(1)) << "nine pairs in three matchings of three";
}

TEST(ItemSets, LearnersOfAnyItemsDoNotPlayStructures) {
  const ItemsBandit pairs({0.9, 0.8, 0.8, 0.1}, matchings(2, 2)), any({0.9, 0.8, 0.8, 0.1}, any_items(4, 2));
  for (const char* learner : {"periodic-ucb", "myopic-ucb"}) {
    EXPECT_THAT([&] { make_agent(pairs, learner, {}, 100, Stream(1)); },
                ThrowsMessage<InvalidOption>(HasSubstr("allows matchings of 2 and 2; comb-ucb1 plays it")));
    EXPECT_NE(make_agent(any, learner, {}, 100, Stream(1)), nullptr);
  }
}

TEST(ItemSets, RefuseWhatHasNoSet) {
  EXPECT_THAT([] { matchings(3, 2); },
              ThrowsMessage<InvalidOption>(HasSubstr("'left' is 3, must be between 1 and the 2")));
  EXPECT_THAT([] { grid_paths(1, 1); }, ThrowsMessage<InvalidOption>(HasSubstr("1 by 1 crossings has no path")));
  EXPECT_THAT(
      [] {
        find_family("path-items")->make({{"means", "0.5/0.5"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("'means' has 2 numbers, must be one for each of the 24 items")));
}

}  // namespace
}  // namespace bellwether::bandits
