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

TEST(ExponentialExcess, IsThatOfTheSeriesAndOfTheDefinition) {
  for (const double u : {-30.0, -3.0, -0.3, -0.1, 0.1, 0.3, 3.0, 30.0})
    EXPECT_NEAR(exponential_excess(u) / (std::exp(u) - 1 - u), 1, 1e-13) << u;
  EXPECT_NEAR(exponential_excess(1e-6) / (0.5e-12 * (1 + 1e-6 / 3)), 1, 1e-12);
  EXPECT_NEAR(exponential_excess(-1e-6) / (0.5e-12 * (1 - 1e-6 / 3)), 1, 1e-12);
  EXPECT_NEAR(exponential_excess(0.0999999) / exponential_excess(0.1000001), 1, 1e-5) << "no step where they meet";
  EXPECT_EQ(exponential_excess(0), 0);
}

TEST(ExponentialExcess, RootsAreThoseOfBisection) {
  const auto by_bisection = [](double level, double inside, double outside) {
    for (int i = 0; i < 200; ++i) {
      const double u = (inside + outside) / 2;
      (exponential_excess(u) <= level ? inside : outside) = u;
    }
    return inside;
  };
  for (double level = 1e-12; level < 1e3; level *= 1.7) {
    const double up = positive_excess_root(level), down = negative_excess_root(level);
    ASSERT_NEAR(up, by_bisection(level, 0, 10 + level), 1e-12 * (1 + up)) << level;
    ASSERT_NEAR(down, by_bisection(level, 0, -2 - 2 * level), 1e-12 * (1 - down)) << level;
  }
  EXPECT_EQ(positive_excess_root(0), 0);
  EXPECT_EQ(negative_excess_root(0), 0);
}

// Kullback-Leibler divergences of the laws themselves, summed or integrated.
TEST(LawFamily, DivergencesAreThoseOfTheLaws) {
  const LawFamily counts{.kind = LawFamily::Kind::kPoisson}, times{.kind = LawFamily::Kind::kExponential};
  const double p = 2.5, q = 4;
  double sum = 0;
  for (int k = 0; k < 100; ++k) {
    const double log_p = k * std::log(p) - p - std::lgamma(k + 1), log_q = k * std::log(q) - q - std::lgamma(k + 1);
    sum += std::exp(log_p) * (log_p - log_q);
  }
  EXPECT_NEAR(counts.divergence(p, q), sum, 1e-12);
  EXPECT_NEAR(counts.divergence(p, q), p * std::log(p / q) + q - p, 1e-14);
  EXPECT_DOUBLE_EQ(counts.divergence(0, q), q);
  constexpr int kCells = 400'000;
  double integral = 0;
  for (int i = 0; i < kCells; ++i) {
    const double x = (i + 0.5) * 100 / kCells;
    integral += std::exp(-x / p) / p * (std::log(q / p) + x / q - x / p) * 100 / kCells;
  }
  EXPECT_NEAR(times.divergence(p, q), integral, 1e-7);
  EXPECT_EQ(counts.variance(3), 3);
  EXPECT_EQ(times.variance(3), 9);
}

TEST(LawFamily, BoundsLieWhereTheDivergenceIsTheLevel) {
  for (const LawFamily& law : {LawFamily{.kind = LawFamily::Kind::kPoisson},
                               LawFamily{.kind = LawFamily::Kind::kExponential}, LawFamily::gaussian(2)}) {
    for (const double p : {0.01, 1.0, 50.0})
      for (const double level : {1e-6, 0.01, 1.0, 20.0}) {
        EXPECT_GT(law.upper(p, level), p);
        EXPECT_LT(law.lower(p, level), p);
        EXPECT_NEAR(law.divergence(p, law.upper(p, level)) / level, 1, 1e-7) << p << " " << level;
        if (law.lower(p, level) > 1e-300) {
          EXPECT_NEAR(law.divergence(p, law.lower(p, level)) / level, 1, 1e-7) << p << " " << level;
        }
      }
  }
  const LawFamily counts{.kind = LawFamily::Kind::kPoisson};
  EXPECT_EQ(counts.upper(0, 0.25), 0.25);
  EXPECT_EQ(counts.lower(0, 0.25), 0);
}

TEST(LawFamily, NormalLawsInClosedForm) {
  const LawFamily law = LawFamily::gaussian(2);
  EXPECT_DOUBLE_EQ(law.divergence(1, 4), 9.0 / 8);
  EXPECT_DOUBLE_EQ(law.upper(1, 9.0 / 8), 4);
  EXPECT_DOUBLE_EQ(law.lower(1, 9.0 / 8), -2);
  EXPECT_DOUBLE_EQ(law.variance(7), 4);
}

}  // namespace
}  // namespace bellwether::bandits
