#include "bandits/information/divergence.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/stream.h"

namespace bellwether::bandits {
namespace {

TEST(BernoulliDivergence, ByHandAndAtTheEdges) {
  EXPECT_NEAR(bernoulli_divergence(0.5, 0.25), 0.5 * std::log(2) + 0.5 * std::log(2.0 / 3), 1e-15);
  EXPECT_EQ(bernoulli_divergence(0.3, 0.3), 0);
  EXPECT_NEAR(bernoulli_divergence(0, 0.2), -std::log(0.8), 1e-15);
  EXPECT_NEAR(bernoulli_divergence(1, 0.2), -std::log(0.2), 1e-15);
  EXPECT_NEAR(bernoulli_divergence(0.5, 1), 0.5 * std::log(0.5) + 0.5 * std::log(0.5e15), 1e-3);
  EXPECT_LT(bernoulli_divergence(1, 1), 1e-14);
  // Close to each other: (p - q)^2 / (2 q (1 - q)).
  EXPECT_NEAR(bernoulli_divergence(0.3, 0.3 + 1e-7) / (1e-14 / 0.42), 1, 1e-5);
}

/// By 200 halvings.
double upper_by_bisection(double p, double level) {
  double low = p, high = 1;
  for (int i = 0; i < 200; ++i) {
    const double q = (low + high) / 2;
    (bernoulli_divergence(p, q) <= level ? low : high) = q;
  }
  return low;
}

TEST(BernoulliUpper, IsTheRootThatBisectionFinds) {
  Stream stream(3);
  for (int i = 0; i < 20'000; ++i) {
    const int count = 1 + static_cast<int>(stream.below(2000));
    const double p = static_cast<double>(stream.below(count + 1)) / count;
    const double level = std::log(2 + 1e5 * stream.uniform());
    const double q = bernoulli_upper(p, level / count);
    ASSERT_GE(q, p);
    ASSERT_LE(q, std::min(1.0, p + std::sqrt(level / (2 * count))) + 1e-15);  // Pinsker
    ASSERT_NEAR(q, upper_by_bisection(p, level / count), 1e-12) << p << " " << count << " " << level;
    if (q < 1 - 1e-9) {
      ASSERT_NEAR(count * bernoulli_divergence(p, q), p < 1 ? level : 0, 1e-6);
    }
  }
}

TEST(BernoulliUpper, Edges) {
  EXPECT_EQ(bernoulli_upper(1, 0.3), 1);
  EXPECT_EQ(bernoulli_upper(0.3, 0), 0.3);
  EXPECT_NEAR(bernoulli_upper(0, 0.5), 1 - std::exp(-0.5), 1e-15);
  EXPECT_EQ(bernoulli_upper(0.5, 100), 1);
  EXPECT_NEAR(bernoulli_divergence(0.2, bernoulli_upper(0.2, 1e-10)), 1e-10, 1e-14);
  EXPECT_NEAR(bernoulli_lower(0.3, 0.1), 1 - bernoulli_upper(0.7, 0.1), 1e-15);
  EXPECT_LT(bernoulli_lower(0.3, 0.1), 0.3);
}

TEST(LawFamily, NormalLawsInClosedForm) {
  const LawFamily law{.bernoulli = false, .sigma = 2};
  EXPECT_DOUBLE_EQ(law.divergence(1, 4), 9.0 / 8);
  EXPECT_DOUBLE_EQ(law.upper(1, 9.0 / 8), 4);
  EXPECT_DOUBLE_EQ(law.lower(1, 9.0 / 8), -2);
  EXPECT_DOUBLE_EQ(law.variance(7), 4);
}

}  // namespace
}  // namespace bellwether::bandits
