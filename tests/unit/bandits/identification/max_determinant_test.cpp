#include "bandits/identification/max_determinant.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/sampling.h"
#include "core/stream.h"

namespace bellwether::bandits {
namespace {

std::vector<double> random_vectors(Stream& stream, int number, int dimension) {
  std::vector<double> all(static_cast<std::size_t>(number) * static_cast<std::size_t>(dimension));
  for (double& x : all) x = sample_normal(stream);
  return all;
}

TEST(MaxDeterminant, SpansWithCoefficientsOfAtMostOne) {
  Stream stream(6);
  for (int i = 0; i < 200; ++i) {
    const int d = 2 + static_cast<int>(stream.below(3)), number = d + 1 + static_cast<int>(stream.below(12));
    const std::vector<double> all = random_vectors(stream, number, d);
    const SpanningSet exact = max_determinant(all, d), local = max_determinant(all, d, 0);
    ASSERT_TRUE(exact.exact);
    ASSERT_FALSE(local.exact);
    EXPECT_LE(local.log_volume, exact.log_volume + 1e-9);
    EXPECT_GE(local.log_volume, exact.log_volume + std::log(0.5));
    for (const SpanningSet& set : {exact, local}) {
      ASSERT_EQ(set.dimension, d);
      for (std::size_t a = 0; a < static_cast<std::size_t>(number); ++a) {
        for (std::size_t k = 0; k < static_cast<std::size_t>(d); ++k) {
          double sum = 0;
          for (std::size_t j = 0; j < static_cast<std::size_t>(d); ++j) {
            const double weight = set.weights[a * static_cast<std::size_t>(d) + j];
            EXPECT_LE(std::abs(weight), 1 + 1e-8);
            sum += weight * all[static_cast<std::size_t>(set.chosen[j]) * static_cast<std::size_t>(d) + k];
          }
          EXPECT_NEAR(sum, all[a * static_cast<std::size_t>(d) + k], 1e-9);
        }
      }
    }
  }
}

TEST(MaxDeterminant, WorksInTheSpanOfItsVectors) {
  // Three vectors of the plane x + y + z = 0, and one of them twice as long.
  const SpanningSet set = max_determinant(std::vector<double>{1, -1, 0, 0, 1, -1, 1, 0, -1, 2, -2, 0}, 3);
  EXPECT_EQ(set.dimension, 2);
  EXPECT_EQ(set.chosen.back(), 3);
  EXPECT_NEAR(set.log_volume, std::log(2 * std::sqrt(3.0)), 1e-12);
}

TEST(MaxDeterminant, TheLongestOnALine) {
  const SpanningSet set = max_determinant(std::vector<double>{1, 0, -3, 0, 2, 0}, 2);
  EXPECT_EQ(set.dimension, 1);
  EXPECT_EQ(set.chosen, std::vector<int>{1});
  EXPECT_NEAR(set.weights[0], -1.0 / 3, 1e-12);
}

}  // namespace
}  // namespace bellwether::bandits
