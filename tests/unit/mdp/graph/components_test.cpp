#include "mdp/graph/components.h"

#include <cstdint>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "random_graphs.h"

namespace bellwether::mdp {
namespace {

using ::testing::ElementsAre;

TEST(Components, AreNumberedFromTheSinks) {
  // 0 <-> 1 -> 2 -> 3 <-> 4, 5 alone
  const std::vector<std::int64_t> offset{0, 1, 3, 4, 5, 6, 6};
  const std::vector<std::int32_t> target{1, 0, 2, 3, 4, 3};
  const Components parts = strongly_connected_components(Digraph{offset, target});
  EXPECT_EQ(parts.count(), 4);
  EXPECT_EQ(parts.component[0], parts.component[1]);
  EXPECT_EQ(parts.component[3], parts.component[4]);
  EXPECT_LT(parts.component[3], parts.component[2]);
  EXPECT_LT(parts.component[2], parts.component[0]);
  EXPECT_THAT(parts.members_of(parts.component[4]), ElementsAre(3, 4));
  EXPECT_THAT(parts.members_of(parts.component[5]), ElementsAre(5));
}

TEST(Components, OfAnEmptyGraph) {
  const std::vector<std::int64_t> offset{0};
  EXPECT_EQ(strongly_connected_components(Digraph{offset, {}}).count(), 0);
}

std::vector<std::vector<char>> transitive_closure(const TabularMdp& model) {
  const auto n = static_cast<std::size_t>(model.num_states());
  std::vector<std::vector<char>> path(n, std::vector<char>(n, 0));
  for (int s = 0; s < model.num_states(); ++s) {
    path[static_cast<std::size_t>(s)][static_cast<std::size_t>(s)] = 1;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      for (const std::int32_t t : model.successors(c))
        path[static_cast<std::size_t>(s)][static_cast<std::size_t>(t)] = 1;
    }
  }
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) path[i][j] = path[i][j] || (path[i][k] && path[k][j]);
  return path;
}

TEST(Components, AgreeWithTheTransitiveClosure) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const TabularMdp model = test::random_graph_model(2 + static_cast<int>(seed % 9), 1 + seed % 2, Stream(seed));
    const Components parts = strongly_connected_components(model);
    const auto path = transitive_closure(model);
    for (std::size_t i = 0; i < path.size(); ++i) {
      for (std::size_t j = 0; j < path.size(); ++j) {
        EXPECT_EQ(parts.component[i] == parts.component[j], path[i][j] && path[j][i]) << "seed " << seed;
        EXPECT_TRUE(!path[i][j] || parts.component[i] >= parts.component[j]) << "seed " << seed;
      }
    }
  }
}

TEST(Components, APathOfAMillionStatesNeedsNoDeepStack) {
  const int n = 1'000'000;
  std::vector<std::int64_t> offset(n + 1);
  std::iota(offset.begin(), offset.end(), 0);
  offset[n] = n - 1;
  std::vector<std::int32_t> target(n - 1);
  std::iota(target.begin(), target.end(), 1);
  const Components path = strongly_connected_components(Digraph{offset, target});
  EXPECT_EQ(path.count(), n);
  EXPECT_EQ(path.component[0], n - 1);
  EXPECT_EQ(path.component[n - 1], 0);
  // Closing the path makes one component of it.
  offset[n] = n;
  target.push_back(0);
  EXPECT_EQ(strongly_connected_components(Digraph{offset, target}).count(), 1);
}

}  // namespace
}  // namespace bellwether::mdp
