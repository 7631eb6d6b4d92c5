#include "core/projections.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/stream.h"

namespace bellwether {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

std::vector<double> projected(std::vector<double> x, double total = 1) {
  project_to_simplex(x, total);
  return x;
}

TEST(ProjectToSimplex, KnowsWhatHandsCanCompute) {
  EXPECT_THAT(projected({2, 0}), ElementsAre(1, 0));
  EXPECT_THAT(projected({0.5, 0.5}), ElementsAre(0.5, 0.5));
  EXPECT_THAT(projected({7}), ElementsAre(1));
  EXPECT_THAT(projected({1, 1, 1, 1}), ElementsAre(0.25, 0.25, 0.25, 0.25));
  EXPECT_THAT(projected({0.75, 0.5, -3}), ElementsAre(0.625, 0.375, 0));
  EXPECT_THAT(projected({3, 1}, 4), ElementsAre(3, 1));
  EXPECT_THAT(projected({5, 1}, 2), ElementsAre(2, 0));
}

// The projection is the one point p of the simplex with <x - p, q - p> <= 0 for every vertex q.
TEST(ProjectToSimplex, SatisfiesTheVariationalInequality) {
  Stream stream(3);
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<double> x(1 + stream.below(9));
    const double scale = std::pow(10.0, 4 * stream.uniform() - 2);
    for (double& value : x) value = scale * (2 * stream.uniform() - 1);
    const std::vector<double> p = projected(x);
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-15 * static_cast<double>(p.size()));
    double inner = 0, largest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_GE(p[i], 0);
      inner += (x[i] - p[i]) * p[i];
      largest = std::max(largest, std::abs(x[i] - p[i]));
    }
    for (std::size_t i = 0; i < x.size(); ++i)
      EXPECT_LE(x[i] - p[i] - inner, 1e-14 * (1 + largest)) << "trial " << trial;
  }
}

TEST(ProjectToSimplex, TakesEntriesOfAnySize) {
  EXPECT_THAT(projected({0.25, -1e300, 0.75}), ElementsAre(DoubleEq(0.25), 0, DoubleEq(0.75)));
  EXPECT_THAT(projected({-1e300, -1e300 / 2}), ElementsAre(0, 1));
  EXPECT_THAT(projected({1e16, 1e16}), ElementsAre(0.5, 0.5));
}

TEST(LogSumExp, NeitherOverflowsNorUnderflows) {
  EXPECT_EQ(log_sum_exp(std::vector<double>{5}), 5);
  EXPECT_DOUBLE_EQ(log_sum_exp(std::vector<double>{1e4, 1e4}), 1e4 + std::log(2.0));
  EXPECT_DOUBLE_EQ(log_sum_exp(std::vector<double>{-1e4, -1e4, -1e4}), -1e4 + std::log(3.0));
  EXPECT_EQ(log_sum_exp(std::vector<double>{0, -1e300}), 0);
  const double nothing = -std::numeric_limits<double>::infinity();
  EXPECT_EQ(log_sum_exp(std::vector<double>{nothing, nothing}), nothing);
  EXPECT_EQ(log_sum_exp(std::vector<double>{nothing, 2}), 2);
}

}  // namespace
}  // namespace bellwether
