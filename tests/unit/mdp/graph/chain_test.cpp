#include <cstdint>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/graph/induced_chain.h"

#include "random_graphs.h"

namespace bellwether::mdp {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(InducedChain, AveragesRowsAndRewards) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 4, {{1, .5}, {0, .25}, {1, .25}}).add_choice(0, 8, {{0, 1.0}});
  builder.add_choice(1, -1, {{0, 1.0}});
  const TabularMdp model = std::move(builder).build();
  const MarkovChain fixed = induced_chain(model, Policy::deterministic({0, 0}));
  EXPECT_THAT(fixed.row_begin, ElementsAre(0, 2, 3));
  EXPECT_THAT(fixed.successor, ElementsAre(0, 1, 0));
  EXPECT_THAT(fixed.probability, ElementsAre(.25, .75, 1.0));
  EXPECT_THAT(fixed.reward, ElementsAre(4, -1));
  const MarkovChain mixed = induced_chain(model, Policy::randomised({.25, .75, 1.0}));
  EXPECT_THAT(mixed.probability, ElementsAre(DoubleEq(.8125), DoubleEq(.1875), 1.0));
  EXPECT_THAT(mixed.reward, ElementsAre(7, -1));
  EXPECT_THROW(induced_chain(model, Policy::deterministic({2, 0})), InvalidModel);
}

TEST(InducedChain, ARowAddsUpTheStepsToOneSuccessor) {
  MarkovChain chain;
  chain.row_begin.push_back(0);
  std::vector<ChainStep> row{{2, .25}, {0, .125}, {2, .5}, {1, .0625}, {0, .0625}, {2, .125}};
  EXPECT_EQ(append_row(row, chain), 3);
  EXPECT_THAT(row, IsEmpty());
  row = {{1, 1.0}};
  EXPECT_EQ(append_row(row, chain), 1);
  EXPECT_THAT(chain.row_begin, ElementsAre(0, 3, 4));
  EXPECT_THAT(chain.successor, ElementsAre(0, 1, 2, 1));
  EXPECT_THAT(chain.probability, ElementsAre(.1875, .0625, .875, 1));
}

MarkovChain chain_of(std::vector<std::vector<std::int32_t>> successors) {
  MarkovChain chain;
  chain.row_begin.push_back(0);
  for (const auto& row : successors) {
    for (const std::int32_t next : row) {
      chain.successor.push_back(next);
      chain.probability.push_back(1.0 / static_cast<double>(row.size()));
    }
    chain.row_begin.push_back(static_cast<std::int64_t>(chain.successor.size()));
    chain.reward.push_back(0);
  }
  return chain;
}

TEST(RecurrentClasses, SeparatesTransientStatesAndFindsPeriods) {
  // 0 is transient; {1, 2} has period 2; {3} absorbs; {4, 5, 6, 7, 8} has cycles of lengths 3 and 5: period 1;
  // {9, 10, 11, 12} has cycles of lengths 4 and 2: period 2.
  const RecurrentClasses got =
      recurrent_classes(chain_of({{0, 1, 4}, {2}, {1}, {3}, {5}, {6}, {4, 7}, {8}, {4}, {10}, {9, 11}, {12}, {9}}));
  EXPECT_EQ(got.count(), 4);
  EXPECT_EQ(got.class_of[0], -1);
  EXPECT_THAT(got.members,
              ElementsAre(ElementsAre(1, 2), ElementsAre(3), ElementsAre(4, 5, 6, 7, 8), ElementsAre(9, 10, 11, 12)));
  EXPECT_THAT(got.period, ElementsAre(2, 1, 1, 2));
}

/// Period of a state as the gcd of the lengths up to 4 n at which it can return.
std::int32_t period_by_powers(const MarkovChain& chain, std::size_t start) {
  const auto n = static_cast<std::size_t>(chain.num_states());
  std::vector<char> now(n, 0);
  now[start] = 1;
  std::int32_t period = 0;
  for (std::int32_t length = 1; length <= static_cast<std::int32_t>(4 * n); ++length) {
    std::vector<char> next(n, 0);
    for (std::size_t s = 0; s < n; ++s) {
      if (!now[s]) continue;
      for (std::int64_t i = chain.row_begin[s]; i < chain.row_begin[s + 1]; ++i)
        next[static_cast<std::size_t>(chain.successor[static_cast<std::size_t>(i)])] = 1;
    }
    now = next;
    if (now[start]) period = std::gcd(period, length);
  }
  return period;
}

TEST(RecurrentClasses, PeriodsAgreeWithReturnTimes) {
  int longer_than_one = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const TabularMdp model = test::random_graph_model(8, 1, Stream(seed));
    const MarkovChain chain = induced_chain(model, Policy::deterministic(std::vector<std::int32_t>(8, 0)));
    const RecurrentClasses got = recurrent_classes(chain);
    ASSERT_GE(got.count(), 1);
    for (int k = 0; k < got.count(); ++k) {
      const auto& members = got.members[static_cast<std::size_t>(k)];
      const std::int32_t period = got.period[static_cast<std::size_t>(k)];
      for (const std::int32_t s : members)
        EXPECT_EQ(period, period_by_powers(chain, static_cast<std::size_t>(s))) << "seed " << seed;
      longer_than_one += period > 1;
    }
  }
  EXPECT_GT(longer_than_one, 20);
}

}  // namespace
}  // namespace bellwether::mdp
