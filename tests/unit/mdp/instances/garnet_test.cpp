#include "mdp/instances/garnet.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"

namespace bellwether::mdp {
namespace {

TEST(Garnet, RowsHaveDistinctSortedSuccessorsAndSumToExactlyOne) {
  for (const int successors : {1, 2, 5, 16, 17, 30, 40}) {
    const TabularMdp model = garnet({.states = 40, .actions = 3, .successors = successors, .seed = 3}).model;
    ASSERT_EQ(model.num_transitions(), 40 * 3 * successors);
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      const auto row = model.successors(c);
      EXPECT_TRUE(std::adjacent_find(row.begin(), row.end(), std::greater_equal<>()) == row.end()) << c;
      double sum = 0;
      for (const double p : model.probabilities(c)) sum += p;
      EXPECT_NEAR(sum, 1, 1e-15 * successors);
    }
  }
}

TEST(Garnet, EveryStateIsEquallyLikelyToFollow) {
  // Both ways of drawing (rejection and Floyd's): 9000 rows, each state in a share b / S of them.
  for (const auto& [states, successors] : {std::pair(30, 6), std::pair(30, 24)}) {
    const TabularMdp model = garnet({.states = states, .actions = 300, .successors = successors, .seed = 5}).model;
    std::vector<double> seen(static_cast<std::size_t>(states), 0.0);
    for (const std::int32_t next : model.successor()) seen[static_cast<std::size_t>(next)] += 1;
    const double rows = 300.0 * states, share = static_cast<double>(successors) / states;
    const double deviation = std::sqrt(rows * share * (1 - share));
    for (const double count : seen) EXPECT_NEAR(count, rows * share, 4.5 * deviation) << successors;
  }
}

TEST(Garnet, ProbabilitiesAreUniformOnTheSimplex) {
  // E p = 1/b and E p^2 = 2 / (b (b + 1)) for each entry.
  const int b = 4;
  const TabularMdp model = garnet({.states = 100, .actions = 200, .successors = b, .seed = 2}).model;
  std::vector<double> first(b, 0.0), second(b, 0.0);
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    for (int i = 0; i < b; ++i) {
      const double p = model.probabilities(c)[static_cast<std::size_t>(i)];
      first[static_cast<std::size_t>(i)] += p / static_cast<double>(model.num_choices());
      second[static_cast<std::size_t>(i)] += p * p / static_cast<double>(model.num_choices());
    }
  }
  for (int i = 0; i < b; ++i) {
    EXPECT_NEAR(first[static_cast<std::size_t>(i)], 0.25, 0.007);
    EXPECT_NEAR(second[static_cast<std::size_t>(i)], 0.1, 0.006);
  }
}

TEST(Garnet, RewardsAreUniformAndAsSparseAsAsked) {
  const TabularMdp dense = garnet({.states = 1000, .actions = 10, .seed = 4}).model;
  double sum = 0, squares = 0;
  for (const double r : dense.reward()) {
    ASSERT_TRUE(r >= 0 && r < 1);
    sum += r;
    squares += r * r;
  }
  EXPECT_NEAR(sum / 10'000, 0.5, 0.013);
  EXPECT_NEAR(squares / 10'000, 1.0 / 3, 0.013);
  const TabularMdp sparse = garnet({.states = 1000, .actions = 10, .reward_density = 0.1, .seed = 4}).model;
  const auto paying = std::count_if(sparse.reward().begin(), sparse.reward().end(), [](double r) { return r > 0; });
  EXPECT_NEAR(static_cast<double>(paying), 1000, 135);
  const TabularMdp none = garnet({.reward_density = 0}).model;
  EXPECT_EQ(std::count(none.reward().begin(), none.reward().end(), 0.0), none.num_choices());
}

TEST(Garnet, ThreadCountDoesNotChangeTheBits) {
  const auto make = [](int threads) {
    const ThreadCount guard(threads);
    return garnet({.states = 5000, .actions = 4, .successors = 20, .seed = 11})
        .model;  // far above the serial threshold
  };
  EXPECT_EQ(make(1).data(), make(4).data());
}

TEST(Garnet, NeighbouringStatesAreIndependent) {
  const TabularMdp model = garnet({.states = 1000, .actions = 1, .successors = 3, .seed = 6}).model;
  std::set<double> rewards(model.reward().begin(), model.reward().end());
  EXPECT_EQ(rewards.size(), 1000u);
  std::set<double> probabilities(model.probability().begin(), model.probability().end());
  EXPECT_EQ(probabilities.size(), 3000u);
}

TEST(RandomDense, ReachesEveryStateFromEveryChoice) {
  const TabularMdp model = random_dense({.states = 30, .actions = 3}).model;
  ASSERT_EQ(model.num_transitions(), 30 * 30 * 3);
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    for (int s = 0; s < 30; ++s) ASSERT_EQ(model.successors(c)[static_cast<std::size_t>(s)], s);
  }
  EXPECT_EQ(model.data().discount, 0.95);
}

}  // namespace
}  // namespace bellwether::mdp
