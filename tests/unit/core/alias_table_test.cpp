#include "core/alias_table.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace bellwether {
namespace {

/// The law an alias table samples from, summed from its slots.
std::vector<double> law_of(const std::vector<double>& weights) {
  std::vector<double> accept(weights.size()), law(weights.size(), 0.0);
  std::vector<std::int32_t> alias(weights.size());
  build_alias(weights, accept, alias);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    law[i] += accept[i] / static_cast<double>(weights.size());
    law[static_cast<std::size_t>(alias[i])] += (1 - accept[i]) / static_cast<double>(weights.size());
  }
  return law;
}

TEST(AliasTable, HoldsExactlyItsLaw) {
  const std::vector<double> weights{0.5, 0.125, 0.25, 0.125};
  EXPECT_EQ(law_of(weights), weights);
}

TEST(AliasTable, HoldsTheLawOfRandomWeights) {
  Stream stream(1);
  for (int size = 1; size < 40; ++size) {
    std::vector<double> weights(static_cast<std::size_t>(size));
    double total = 0;
    for (double& w : weights) total += w = stream.uniform();
    const std::vector<double> law = law_of(weights);
    for (std::size_t i = 0; i < weights.size(); ++i) EXPECT_NEAR(law[i], weights[i] / total, 1e-14) << size;
  }
}

TEST(AliasTable, NeverDrawsWhatHasNoWeight) {
  const AliasTable table(std::vector<double>{0, 3, 0, 1, 0});
  Stream stream(2);
  for (int i = 0; i < 10000; ++i) {
    const int drawn = table.sample(stream);
    ASSERT_TRUE(drawn == 1 || drawn == 3) << drawn;
  }
}

TEST(AliasTable, DrawsWithTheRightFrequencies) {
  const std::vector<double> weights{1, 2, 3, 4};
  const AliasTable table(weights);
  Stream stream(3);
  std::vector<int> counts(4);
  const int n = 100000;
  for (int i = 0; i < n; ++i) ++counts[static_cast<std::size_t>(table.sample(stream))];
  double chi_square = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const double expected = n * weights[i] / 10;
    chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  EXPECT_LT(chi_square, 21.1);  // 3 degrees of freedom, one in ten thousand
}

}  // namespace
}  // namespace bellwether
