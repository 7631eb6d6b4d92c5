#include "bandits/arms/law.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/stream.h"

namespace bellwether::bandits {
namespace {

using Family = Law::Family;

class EveryLaw : public testing::TestWithParam<Law> {};

TEST_P(EveryLaw, DrawsItsMeanAndVarianceWithinItsRange) {
  const Law& law = GetParam();
  Stream stream = Stream(7).child(to_string(law.family));
  constexpr int kDraws = 200'000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = law.sample(stream);
    ASSERT_GE(x, law.low());
    ASSERT_LE(x, law.high());
    sum += x - law.mean;
    squares += (x - law.mean) * (x - law.mean);
  }
  EXPECT_NEAR(sum / kDraws, 0, 5 * std::sqrt(law.variance() / kDraws));
  EXPECT_NEAR(squares / kDraws, law.variance(), 0.05 * law.variance());
}

INSTANTIATE_TEST_SUITE_P(All, EveryLaw,
                         testing::Values(Law{Family::kBernoulli, 0.3}, Law{Family::kGaussian, -2, 3},
                                         Law{Family::kUniform, 0.5, 0.25}, Law{Family::kBeta, 0.2, 5},
                                         Law{Family::kPoisson, 2.5}, Law{Family::kPoisson, 80},
                                         Law{Family::kExponential, 0.7}, Law{Family::kStudent, 1, 2, 12},
                                         Law{Family::kPareto, 3, 1, 12}));

TEST(Law, MomentsAreThoseOfTheDraws) {
  const auto drawn = [](const Law& law, double order) {
    Stream stream = Stream(3).child(to_string(law.family));
    constexpr int kDraws = 400'000;
    double sum = 0;
    for (int i = 0; i < kDraws; ++i) sum += std::pow(std::abs(law.sample(stream)), order) / kDraws;
    return sum;
  };
  const Law pareto{Family::kPareto, 3, 1, 12}, light{Family::kExponential, 0.7}, student{Family::kStudent, 0, 2, 6};
  EXPECT_NEAR(pareto.moment(2) / drawn(pareto, 2), 1, 0.01);
  EXPECT_NEAR(pareto.moment(1.5) / drawn(pareto, 1.5), 1, 0.01);
  EXPECT_NEAR(light.moment(2) / drawn(light, 2), 1, 0.01);
  EXPECT_NEAR(student.moment(2) / drawn(student, 2), 1, 0.02);
  EXPECT_GE(light.moment(1.5), drawn(light, 1.5)) << "by Jensen";
  // Without a variance: |X| <= |mean| + spread |t|, which is exact where the mean is 0.
  const Law heavy{Family::kStudent, 0, 1, 1.9}, moved{Family::kStudent, 5, 1, 1.9};
  EXPECT_NEAR(heavy.moment(1.1) / drawn(heavy, 1.1), 1, 0.02);
  EXPECT_GT(moved.moment(1.1), drawn(moved, 1.1));
  EXPECT_LT(moved.moment(1.1), 1.4 * drawn(moved, 1.1));
  EXPECT_EQ(heavy.moment(2), std::numeric_limits<double>::infinity());
  EXPECT_EQ(heavy.moment_order(), 1.45);
  EXPECT_EQ(light.moment_order(), 2);
}

TEST(Law, SaysWhatLearnersMayKnow) {
  EXPECT_EQ((Law{Family::kBernoulli, 0.3}).noise(), Noise::kBernoulli);
  EXPECT_EQ((Law{Family::kBernoulli, 0.3}).sigma(), 0.5);
  EXPECT_EQ((Law{Family::kUniform, 0.5, 0.5}).noise(), Noise::kUnit);
  EXPECT_EQ((Law{Family::kUniform, 0.5, 0.6}).noise(), Noise::kOther);
  EXPECT_EQ((Law{Family::kUniform, 0.5, 0.6}).sigma(), 0.6);
  EXPECT_EQ((Law{Family::kGaussian, 0, 3}).sigma(), 3);
  EXPECT_EQ((Law{Family::kPoisson, 2}).noise(), Noise::kPoisson);
  EXPECT_EQ((Law{Family::kExponential, 2}).noise(), Noise::kExponential);
  EXPECT_EQ((Law{Family::kStudent, 0, 1, 3}).sigma(), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace bellwether::bandits
