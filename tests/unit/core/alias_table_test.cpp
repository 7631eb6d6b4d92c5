#include "core/alias_table.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether {
namespace {

/// The law an alias table samples from, summed from its cells.
std::vector<double> law_of(const std::vector<double>& weights) {
  std::vector<AliasCell> cells(weights.size());
  build_alias(weights, cells);
  std::vector<double> law(weights.size(), 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    // The largest threshold is taken for 1, which it misses by 2^-64.
    const double kept =
        cells[i].threshold == ~std::uint64_t{0} ? 1.0 : std::ldexp(static_cast<double>(cells[i].threshold), -64);
    law[i] += kept / static_cast<double>(weights.size());
    law[static_cast<std::size_t>(cells[i].alias)] += (1 - kept) / static_cast<double>(weights.size());
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

TEST(AliasTable, KeepsTinyAndHugeWeightsApart) {
  const std::vector<double> law = law_of({1e300, 1e-300, 0, 1e300});
  EXPECT_EQ(law[0], 0.5);
  EXPECT_EQ(law[1], 0);  // 5e-601 is below what 64 bits can hold
  EXPECT_EQ(law[2], 0);
}

TEST(AliasTable, SaysWhichWeightIsWrong) {
  const auto message = [](const std::vector<double>& weights) -> std::string {
    try {
      const AliasTable table(weights);
    } catch (const InvalidOption& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(message({1, -1}), "AliasTable: weight 1 is -1, must be finite and not negative");
  EXPECT_EQ(message({0, std::nan("")}), "AliasTable: weight 1 is nan, must be finite and not negative");
  EXPECT_EQ(message({0, 0}), "AliasTable: 2 weights sum to 0, must be positive and finite");
  EXPECT_EQ(message({}), "AliasTable: 0 weights sum to 0, must be positive and finite");
}

}  // namespace
}  // namespace bellwether
