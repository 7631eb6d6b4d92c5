#include "solvers/risk/scalar_search.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace bellwether::solvers {
namespace {

/// Rises and falls by at most one a unit.
ScalarFunction wave() {
  return {.value = [](double x) { return std::sin(3 * x) / 3 + std::sin(7 * x) / 14; },
          .bound = [](double a, double u, double b, double v) { return (u + v + (b - a) * 1.5) / 2; },
          .split = middle_of};
}

TEST(ScalarSearch, FindsTheHighestOfManyHills) {
  const ScalarMaximum found = maximise(wave(), 0, 10, 1e-6, nullptr);
  double best = -1;
  for (int i = 0; i <= 1'000'000; ++i) best = std::max(best, wave().value(i * 1e-5));
  EXPECT_NEAR(found.value, best, 1e-6);
  EXPECT_GE(found.upper, best);
  EXPECT_LE(found.upper, found.value + 1e-6);
}

TEST(ScalarSearch, StopsWithABoundWhenAsked) {
  const ScalarMaximum found =
      maximise(wave(), 0, 10, 1e-9, [](std::int64_t evaluations, double) { return evaluations < 12; });
  EXPECT_TRUE(found.stopped);
  EXPECT_EQ(found.evaluations, 12);
  EXPECT_GT(found.upper, found.value + 1e-3);
}

TEST(ScalarSearch, CountsWhatItMayNotLookInto) {
  ScalarFunction function = wave();
  function.split = [](double a, double b) { return b - a > 1 ? middle_of(a, b) : std::nullopt; };
  const ScalarMaximum found = maximise(function, 0, 10, 0, nullptr);
  EXPECT_GE(found.upper, 0.38);  // the best of all, which may hide between
  EXPECT_GT(found.upper, found.value);
}

TEST(ScalarSearch, EndsWithATruthWhenNoBoundCanMeet) {
  ScalarFunction function = wave();
  function.bound = [&](double a, double u, double b, double v) { return wave().bound(a, u, b, v) + 1e-3; };
  const ScalarMaximum found = maximise(function, 0, 10, 1e-6, nullptr, 5000);
  EXPECT_TRUE(found.exhausted);
  EXPECT_EQ(found.evaluations, 5000);
  EXPECT_GE(found.upper, maximise(wave(), 0, 10, 1e-6, nullptr).value);
  EXPECT_FALSE(maximise(wave(), 0, 10, 1e-3, nullptr, 5000).exhausted);
}

TEST(ScalarSearch, TakesABoundThatIsNoNumberForNoBound) {
  ScalarFunction function = wave();
  function.bound = [](double, double, double, double) { return std::numeric_limits<double>::quiet_NaN(); };
  const ScalarMaximum found = maximise(function, 0, 10, 1e-6, nullptr, 100);
  EXPECT_TRUE(std::isinf(found.upper));
}

TEST(ScalarSearch, TakesAnIntervalOfOnePoint) {
  const ScalarMaximum found = maximise(wave(), 0.5, 0.5, 0, nullptr);
  EXPECT_EQ(found.value, wave().value(0.5));
  EXPECT_EQ(found.upper, found.value);
}

}  // namespace
}  // namespace bellwether::solvers
