#include "solvers/online/episodic/counts.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stream.h"

namespace bellwether::online {
namespace {

TEST(TransitionCounts, AgreeWithAMapOfEverythingSeen) {
  TransitionCounts counts(5);
  std::vector<std::map<std::int32_t, std::int32_t>> seen(5);
  Stream draws(1);
  for (int i = 0; i < 5000; ++i) {
    const auto row = static_cast<std::int64_t>(draws.below(5));
    const auto next = static_cast<std::int32_t>(draws.below(1 + 30 * static_cast<std::uint64_t>(row)));
    if (draws.below(1000) == 0) {
      counts.clear(row);
      seen[static_cast<std::size_t>(row)].clear();
    }
    EXPECT_EQ(counts.add(row, next), ++seen[static_cast<std::size_t>(row)][next] == 1);
  }
  for (std::int64_t row = 0; row < 5; ++row) {
    std::map<std::int32_t, std::int32_t> found;
    std::int64_t visits = 0;
    std::int32_t last = -1;
    for (const auto& [state, count] : counts.successors(row)) {
      EXPECT_GT(state, last) << "in the order of their numbers";
      last = state;
      found[state] = count;
      visits += count;
    }
    EXPECT_EQ(found, seen[static_cast<std::size_t>(row)]);
    EXPECT_EQ(visits, counts.visits(row));
  }
}

TEST(TransitionCounts, CopyOneRow) {
  TransitionCounts from(2), to(2);
  for (const int next : {7, 3, 7, 9, 1, 8}) from.add(1, next);
  for (const int next : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) to.add(1, next);
  to.add(0, 4);
  to.copy(1, from);
  const std::vector<double> v{0, 10, 0, 1000, 5, 0, 0, 2, 100, 0};
  EXPECT_EQ(to.visits(1), 6);
  EXPECT_EQ(to.sum(1, v.data()), 10 + 1000 + 2 * 2 + 100);
  EXPECT_EQ(to.sum(0, v.data()), 5) << "other rows stay";
}

TEST(TransitionCounts, SpreadIsMeanAndVariance) {
  TransitionCounts counts(2);
  for (const int next : {0, 1, 1, 2}) counts.add(0, next);
  for (const int next : {1, 3, 3}) counts.add(1, next);
  const std::vector<double> v{1, 2, 5, 2};
  EXPECT_EQ(counts.spread(0, v.data()).mean, 2.5);
  EXPECT_EQ(counts.spread(0, v.data()).variance, (2.25 + 2 * 0.25 + 6.25) / 4);
  const std::vector<double> same{0, 0.1, 0, 0.1};
  EXPECT_EQ(counts.spread(1, same.data()).mean, 0.1);
  EXPECT_EQ(counts.spread(1, same.data()).variance, 0) << "exactly, as square roots make 1e-8 of 1e-16";
}

}  // namespace
}  // namespace bellwether::online
