#include "core/asking.h"

#include <atomic>
#include <vector>

#include <gtest/gtest.h>

#include "core/parallel.h"

namespace bellwether {
namespace {

TEST(Asking, AsksAfterEveryBlockOfPlaces) {
  Asking asking;
  std::vector<int> asked_at;
  int place = 0;
  // 20'000 steps a place: 128 places are the first power of two worth two million.
  asking.ask([&] { return asked_at.push_back(place), true; }, 1000, 20'000'000);
  for (; place < 1000; ++place) EXPECT_TRUE(asking.wanted(place));
  EXPECT_EQ(asked_at, (std::vector<int>{127, 255, 383, 511, 639, 767, 895}));
}

TEST(Asking, LeavesShortPassesAlone) {
  Asking asking;
  int asked = 0;
  for (const std::int64_t effort : {0, 1000, 1'900'000}) {
    asking.ask([&] { return ++asked, false; }, 1000, effort);
    for (int place = 0; place < 1000; ++place) EXPECT_TRUE(asking.wanted(place));
  }
  EXPECT_EQ(asked, 0);
}

TEST(Asking, AsksNobodyAfterANo) {
  Asking asking;
  int asked = 0;
  asking.ask([&] { return ++asked < 3; }, 100, 1'000'000'000);
  int wanted = 0;
  for (int place = 0; place < 100; ++place) wanted += asking.wanted(place) ? 1 : 0;
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(wanted, 2) << "every place costs so much that each asks";
  EXPECT_TRUE(asking.stopped());
  EXPECT_FALSE(asking.go_on());
  EXPECT_EQ(asked, 3);
  asking.ask(nullptr);
  EXPECT_FALSE(asking.stopped());
  EXPECT_TRUE(asking.wanted(99));
  asking.stop();
  EXPECT_FALSE(asking.wanted(0));
}

TEST(Asking, OneThreadAtATimeAsksAndAllStop) {
  const ThreadCount guard(4);
  std::atomic<int> inside = 0, asked = 0, most = 0;
  Asking asking;
  asking.ask(
      [&] {
        most = std::max(most.load(), ++inside);
        const bool go_on = ++asked < 50;
        --inside;
        return go_on;
      },
      100'000, 1'000'000'000'000);
  std::atomic<int> wanted = 0;
  parallel_for(100'000, 1'000'000'000, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end && asking.wanted(i); ++i) ++wanted;
  });
  EXPECT_EQ(most, 1);
  EXPECT_EQ(asked, 50);
  EXPECT_LT(wanted, 100'000);
}

}  // namespace
}  // namespace bellwether
