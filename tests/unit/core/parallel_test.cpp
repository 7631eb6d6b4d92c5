#include "core/parallel.h"

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace bellwether {
namespace {

constexpr std::int64_t kLarge = 1'000'000;  // above the serial threshold

TEST(Parallel, VisitsEveryIndexOnce) {
  for (const int threads : {1, 2, 4}) {
    const ThreadCount guard(threads);
    std::vector<std::atomic<int>> seen(1000);
    parallel_for(1000, kLarge, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) ++seen[static_cast<std::size_t>(i)];
    });
    for (const auto& count : seen) ASSERT_EQ(count.load(), 1);
  }
}

TEST(Parallel, SumsToTheSameBitsForEveryThreadCount) {
  const auto sum = [](int threads) {
    const ThreadCount guard(threads);
    return parallel_reduce(
        kLarge, kLarge, 0.0,
        [](std::int64_t begin, std::int64_t end) {
          double part = 0;
          for (std::int64_t i = begin; i < end; ++i) part += 1.0 / static_cast<double>(i + 1);
          return part;
        },
        [](double a, double b) { return a + b; });
  };
  EXPECT_EQ(sum(1), sum(2));
  EXPECT_EQ(sum(1), sum(7));
}

TEST(Parallel, RethrowsTheExceptionOfTheLowestChunk) {
  for (const int threads : {1, 3}) {
    const ThreadCount guard(threads);
    try {
      parallel_for(64, kLarge, [](std::int64_t begin, std::int64_t) {
        if (begin >= 20) throw std::runtime_error(std::to_string(begin));
      });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "20");
    }
  }
}

TEST(Parallel, RunsInnerLoopsOnTheCallingThread) {
  const ThreadCount guard(2);
  std::atomic<int> inner{0};
  parallel_for(4, kLarge, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      parallel_for(8, kLarge, [&](std::int64_t b, std::int64_t e) { inner += static_cast<int>(e - b); });
    }
  });
  EXPECT_EQ(inner.load(), 32);
}

TEST(Parallel, DoesNothingForNothing) {
  parallel_for(0, kLarge, [](std::int64_t, std::int64_t) { FAIL(); });
  EXPECT_EQ(parallel_reduce(
                0, kLarge, 5, [](std::int64_t, std::int64_t) { return 1; }, [](int a, int b) { return a + b; }),
            5);
}

TEST(ThreadCount, IsRestored) {
  const int before = thread_count();
  {
    const ThreadCount guard(3);
    EXPECT_EQ(thread_count(), 3);
  }
  EXPECT_EQ(thread_count(), before);
}

}  // namespace
}  // namespace bellwether
