#include "core/sampling.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <gtest/gtest.h>

namespace bellwether {
namespace {

/// sqrt(n) times the Kolmogorov-Smirnov distance of n draws from a law; above 2.23 once in ten thousand.
double distance(int n, const std::function<double()>& draw, const std::function<double(double)>& cdf) {
  std::vector<double> x(static_cast<std::size_t>(n));
  for (double& value : x) value = draw();
  std::sort(x.begin(), x.end());
  double largest = 0;
  for (int i = 0; i < n; ++i) {
    const double f = cdf(x[static_cast<std::size_t>(i)]);
    largest = std::max({largest, f - static_cast<double>(i) / n, (i + 1.0) / n - f});
  }
  return largest * std::sqrt(n);
}

constexpr double kFar = 2.23;
constexpr int kDraws = 60000;

TEST(Sampling, NormalHasItsLaw) {
  Stream stream(1);
  const boost::math::normal law;
  EXPECT_LT(distance(
                kDraws, [&] { return sample_normal(stream); }, [&](double x) { return cdf(law, x); }),
            kFar);
}

TEST(Sampling, ExponentialHasItsLaw) {
  Stream stream(2);
  const boost::math::exponential law;
  EXPECT_LT(distance(
                kDraws, [&] { return sample_exponential(stream); }, [&](double x) { return cdf(law, x); }),
            kFar);
}

TEST(Sampling, GammaHasItsLawForEveryShape) {
  for (const double shape : {0.05, 0.4, 0.99, 1.0, 1.7, 6.0, 250.0, 1e6}) {
    Stream stream = Stream(3).child(static_cast<std::uint64_t>(shape * 100));
    const boost::math::gamma_distribution<> law(shape);
    const auto from_law = [&](double x) { return cdf(law, x); };
    EXPECT_LT(distance(
                  kDraws, [&] { return sample_gamma(stream, shape); }, from_law),
              kFar)
        << shape;
    EXPECT_LT(distance(
                  kDraws, [&] { return std::exp(sample_log_gamma(stream, shape)); }, from_law),
              kFar)
        << shape;
  }
}

TEST(Sampling, GammaLawHasItsLawForEveryShape) {
  for (const double shape : {0.05, 0.4, 0.99, 1.0, 1.7, 6.0, 250.0, 1e6}) {
    Stream stream = Stream(13).child(static_cast<std::uint64_t>(shape * 100));
    const boost::math::gamma_distribution<> law(shape);
    const GammaLaw draw(shape);
    EXPECT_LT(distance(
                  kDraws, [&] { return draw(stream); }, [&](double x) { return cdf(law, x); }),
              kFar)
        << shape;
  }
}

TEST(Sampling, BetaHasItsLaw) {
  for (const auto& [a, b] : {std::pair(0.3, 0.2), std::pair(1.0, 1.0), std::pair(2.5, 0.7), std::pair(40.0, 90.0)}) {
    Stream stream = Stream(4).child(static_cast<std::uint64_t>(a * 100));
    const boost::math::beta_distribution<> law(a, b);
    const auto from_law = [&](double x) { return cdf(law, x); };
    EXPECT_LT(distance(
                  kDraws, [&, a = a, b = b] { return sample_beta(stream, a, b); }, from_law),
              kFar)
        << a;
  }
}

/// Coordinate i is Beta(a_i, A - a_i); the covariance of i and j is -a_i a_j / (A^2 (A + 1)).
void expect_dirichlet(const std::vector<double>& a, Stream stream) {
  const double total = a[0] + a[1] + a[2] + a[3];
  std::vector<double> x(4);
  double product = 0;
  const int n = 100000;
  for (int k = 0; k < n; ++k) {
    sample_dirichlet(stream, a, x);
    ASSERT_NEAR(x[0] + x[1] + x[2] + x[3], 1, 1e-15);
    if (a[2] == 0) {
      ASSERT_EQ(x[2], 0);
    }
    product += (x[1] - a[1] / total) * (x[3] - a[3] / total);
  }
  EXPECT_NEAR(product / n, -a[1] * a[3] / (total * total * (total + 1)), 5 * 0.06 / std::sqrt(n));
  for (std::size_t i = 0; i < 4; ++i) {
    if (a[i] == 0) continue;
    const boost::math::beta_distribution<> law(a[i], total - a[i]);
    const auto draw = [&] {
      sample_dirichlet(stream, a, x);
      return x[i];
    };
    EXPECT_LT(distance(kDraws, draw, [&](double y) { return cdf(law, std::min(y, 1.0)); }), kFar) << i;
  }
}

TEST(Sampling, DirichletHasTheRightMarginsAndCovariances) {
  expect_dirichlet({0.5, 2, 0, 3.5}, Stream(5));
  expect_dirichlet({1, 2, 1, 3.5}, Stream(8));  // no concentration below 1 goes another way
}

TEST(Sampling, SurvivesTinyConcentrations) {
  // Almost all mass on one coordinate, each equally often.
  const std::vector<double> a{1e-300, 1e-300, 1e-300};
  std::vector<double> x(3);
  Stream stream(6);
  std::vector<int> won(3);
  for (int k = 0; k < 3000; ++k) {
    sample_dirichlet(stream, a, x);
    ASSERT_NEAR(x[0] + x[1] + x[2], 1, 1e-15);
    ++won[static_cast<std::size_t>(std::max_element(x.begin(), x.end()) - x.begin())];
  }
  EXPECT_TRUE(std::isfinite(sample_beta(stream, 1e-310, 1e-310)));
  for (const int count : won) EXPECT_NEAR(count, 1000, 5 * std::sqrt(3000 * 2.0 / 9));
}

TEST(Sampling, BernoulliIsCertainAtTheEnds) {
  Stream stream(7);
  int heads = 0;
  for (int k = 0; k < 100000; ++k) {
    ASSERT_FALSE(sample_bernoulli(stream, 0));
    ASSERT_TRUE(sample_bernoulli(stream, 1));
    heads += sample_bernoulli(stream, 0.3) ? 1 : 0;
  }
  EXPECT_NEAR(heads, 30000, 5 * std::sqrt(100000 * 0.21));
}

}  // namespace
}  // namespace bellwether
