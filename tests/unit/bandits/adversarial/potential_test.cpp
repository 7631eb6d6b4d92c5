#include "bandits/adversarial/potential.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "bandits/adversarial/drawing.h"
#include "bandits/adversarial/estimators.h"
#include "core/stream.h"

namespace bellwether::bandits {
namespace {

/// -psi'(p), the gradient with its sign turned.
double slope(double alpha, double p) {
  if (alpha == 1) return -std::log(p);
  return std::pow(p, alpha - 1) / (1 - alpha);
}

/// The p with -psi'(p) = x, where there is one; 1 where x is below the slope at 1 (bisection passes there).
double inverse_slope(double alpha, double x) {
  if (alpha == 1) return std::exp(-x);
  return x <= 0 ? 1 : std::min(1.0, std::pow((1 - alpha) * x, -1 / (1 - alpha)));
}

/// The step of mirror descent from p by bisection: -psi'(p_i') = -psi'(p_i) + eta l_i + c.
std::vector<double> mirror_step(double alpha, const std::vector<double>& p, const std::vector<double>& move) {
  double low = -1e7, high = 1e7;
  std::vector<double> next(p.size());
  for (int step = 0; step < 200; ++step) {
    const double c = (low + high) / 2;
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) sum += next[i] = inverse_slope(alpha, slope(alpha, p[i]) + move[i] + c);
    (sum > 1 ? low : high) = c;
  }
  return next;
}

std::vector<double> drawn_losses(Stream& stream, std::size_t arms, double scale) {
  std::vector<double> losses(arms);
  for (double& x : losses) x = scale * stream.uniform() * stream.uniform();
  return losses;
}

class EveryAlpha : public testing::TestWithParam<double> {};

TEST_P(EveryAlpha, SumsToOneInFewStepsWhateverWasAskedBefore) {
  Potential potential(GetParam());
  Stream stream(3);
  for (int i = 0; i < 400; ++i) {
    const std::size_t arms = 1 + stream.below(i % 40 == 0 ? 1000 : 20);
    const auto theta = drawn_losses(stream, arms, std::pow(10.0, static_cast<int>(stream.below(9)) - 3));
    std::vector<double> p(arms);
    EXPECT_LE(potential.minimise(theta, p), 59);
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-12);
    EXPECT_GE(*std::ranges::min_element(p), GetParam() == 1 ? 0 : 1e-300);
  }
}

TEST_P(EveryAlpha, AConstantOnAllLossesChangesNothing) {
  Potential here(GetParam()), there(GetParam());
  Stream stream(4);
  for (int i = 0; i < 100; ++i) {
    auto theta = drawn_losses(stream, 6, 5);
    for (double& x : theta) x = std::floor(x * 1024) / 1024;  // so that the shift itself does not round
    std::vector<double> p(6), q(6);
    here.minimise(theta, p);
    for (double& x : theta) x += 128;
    there.minimise(theta, q);
    for (std::size_t j = 0; j < p.size(); ++j) EXPECT_NEAR(p[j], q[j], 1e-12);
  }
}

TEST_P(EveryAlpha, LeaderIsMirrorDescentWhereTheRateIsFixed) {
  Potential potential(GetParam());
  Stream stream(5);
  std::vector<double> sum(5), leader(5), mirror(5, 0.2);
  for (int t = 0; t < 50; ++t) {
    const auto losses = drawn_losses(stream, 5, 0.3);
    for (std::size_t i = 0; i < 5; ++i) sum[i] += losses[i];
    potential.minimise(sum, leader);
    mirror = mirror_step(GetParam(), mirror, losses);
    for (std::size_t i = 0; i < 5; ++i) ASSERT_NEAR(leader[i], mirror[i], 1e-10) << t;
  }
}

TEST_P(EveryAlpha, MinimisesWhatItSays) {
  const double alpha = GetParam();
  const auto value = [alpha](const std::vector<double>& theta, const std::vector<double>& p) {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double psi = alpha == 1   ? p[i] * std::log(p[i])
                         : alpha == 0 ? -std::log(p[i])
                                      : -(std::pow(p[i], alpha) - alpha * p[i]) / (alpha * (1 - alpha));
      sum += theta[i] * p[i] + psi;
    }
    return sum;
  };
  Potential potential(alpha);
  Stream stream(6);
  const std::vector<double> theta = {0.2, 1.5, 0, 0.7};
  std::vector<double> p(4);
  potential.minimise(theta, p);
  const double least = value(theta, p);
  for (int i = 0; i < 200; ++i) {
    std::vector<double> q = p;
    const std::size_t from = stream.below(4), to = stream.below(4);
    const double step = stream.uniform() * q[from] * 0.9;
    q[from] -= step;
    q[to] += step;
    EXPECT_GE(value(theta, q), least - 1e-12);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryAlpha, testing::Values(0, 0.1, 0.5, 0.75, 0.95, 1));

TEST(Potential, TsallisByHand) {
  // 4 / (x + 4)^2 + 4 / (x + 2)^2 ... with losses so that p = (4, 4, 1) / 9: w = 3 and 6.
  Potential half(0.5);
  std::vector<double> p(3);
  half.minimise(std::vector<double>{7, 7, 10}, p);
  EXPECT_NEAR(p[0], 4.0 / 9, 1e-14);
  EXPECT_NEAR(p[1], 4.0 / 9, 1e-14);
  EXPECT_NEAR(p[2], 1.0 / 9, 1e-14);
  Potential barrier(0);
  barrier.minimise(std::vector<double>{1, 3, 4}, p);  // 1 / w, 1 / (w + 2), 1 / (w + 3) with w = 1 + ...
  EXPECT_NEAR(1 / p[1] - 1 / p[0], 2, 1e-12);
  EXPECT_NEAR(1 / p[2] - 1 / p[0], 3, 1e-12);
}

// --- Estimators ------------------------------------------------------------------------------------------------------

std::vector<double> expected(const LossEstimate& estimate, const std::vector<double>& p,
                             const std::vector<double>& losses) {
  std::vector<double> mean(p.size());
  for (std::size_t a = 0; a < p.size(); ++a) estimate.add(p, static_cast<int>(a), losses[a], p[a], mean);
  return mean;
}

TEST(LossEstimate, IsUnbiasedOrTooLowByWhatItSays) {
  Stream stream(9);
  for (int i = 0; i < 100; ++i) {
    std::vector<double> p = drawn_losses(stream, 6, 1), losses = drawn_losses(stream, 6, 1);
    const double sum = std::accumulate(p.begin(), p.end(), 0.0);
    for (double& x : p) x /= sum;
    for (const double rate : {0.1, 0.4, 2.0}) {
      const auto weighted = expected({.kind = Estimator::kWeighted}, p, losses);
      const auto reduced = expected({.kind = Estimator::kReduced, .rate = rate}, p, losses);
      const auto implicit = expected({.kind = Estimator::kImplicit, .margin = rate / 2}, p, losses);
      for (std::size_t j = 0; j < p.size(); ++j) {
        EXPECT_NEAR(weighted[j], losses[j], 1e-12);
        EXPECT_NEAR(reduced[j], losses[j], 1e-12);
        EXPECT_NEAR(losses[j] - implicit[j], losses[j] * (rate / 2) / (p[j] + rate / 2), 1e-12);
      }
    }
  }
}

TEST(LossEstimate, ReducedVarianceByHand) {
  std::vector<double> sum(3);
  const std::vector<double> p = {0.5, 0.3, 0.2};
  const LossEstimate estimate{.kind = Estimator::kReduced, .rate = 0.5};  // eta^2 = 1/4: B = (1/2, 1/2, 0)
  estimate.add(p, 0, 1, 1, sum);
  EXPECT_DOUBLE_EQ(sum[0], 1.5);
  EXPECT_DOUBLE_EQ(sum[1], 0.5);
  EXPECT_DOUBLE_EQ(sum[2], 0);
  estimate.add(p, 2, 1, 1, sum);
  EXPECT_DOUBLE_EQ(sum[0], 2);
  EXPECT_DOUBLE_EQ(sum[1], 1);
  EXPECT_DOUBLE_EQ(sum[2], 5);
}

TEST(Drawing, TakesTheFirstThatPassesTheNumberAndNeverAnArmOfNoWeight) {
  const std::vector<double> p = {0, 0.25, 0, 0.75, 0};
  EXPECT_EQ(draw_index(p, 0), 1);
  EXPECT_EQ(draw_index(p, 0.2499), 1);
  EXPECT_EQ(draw_index(p, 0.25), 3);
  EXPECT_EQ(draw_index(p, 0.9999), 3);
  EXPECT_EQ(draw_index(p, 1), 3);
  const std::vector<double> rounded = {0.5, 0.4999999};
  EXPECT_EQ(draw_index(rounded, 0.99999999), 1);
}

}  // namespace
}  // namespace bellwether::bandits
