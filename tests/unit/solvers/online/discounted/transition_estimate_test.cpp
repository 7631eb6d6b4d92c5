#include "solvers/online/discounted/transition_estimate.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "mdp/instances/linear.h"
#include "mdp/linear/mixture_basis_builder.h"
#include "mdp/simulate/simulator.h"

namespace bellwether::online {
namespace {

constexpr EpochSize kSize{.states = 3, .choices = 2, .horizon = 4, .epochs = 50, .delta = 0.1};

TEST(CountEstimate, CountsAndIsAsWideAsTheDeviationInL1) {
  CountEstimate estimate(kSize);
  const std::vector<double> v{1, 2, 4};
  EXPECT_EQ(estimate.mean(0, v), 0);
  const double L = 3 * std::log(2.0) + std::log(2 * 2 * 200 / 0.1);
  EXPECT_NEAR(estimate.width(0, v), 4 * std::sqrt(2 * L), 1e-12);
  for (const int next : {2, 0, 2, 1}) estimate.observe(1, next, v);
  EXPECT_NEAR(estimate.mean(1, v), (4 + 1 + 4 + 2) / 4.0, 1e-12);
  EXPECT_NEAR(estimate.width(1, v), 4 * std::sqrt(2 * L / 4), 1e-12);
  EXPECT_EQ(estimate.mean(0, v), 0);
}

/// Choice 0 goes to 0 or 1, by kernels (1, 0) and (0, 1); choice 1 the other way round.
mdp::MixtureBasisBuilder two_kernels() {
  mdp::MixtureBasisBuilder basis(2);
  basis.next(0, {1, 0}).next(1, {0, 1}).end_choice();
  basis.next(0, {0, 1}).next(1, {1, 0}).end_choice();
  return basis;
}

// By hand: |phi_V| may be sqrt 2 for V <= 1, so features are divided by it and theta is longer by it.
TEST(MixtureEstimate, IsRidgeRegressionOnTheValuesOfTheTime) {
  const auto basis = two_kernels().build(2);
  MixtureEstimate estimate(*basis, kSize, 0.8);
  const double root = std::sqrt(2.0), T = 200;
  EXPECT_NEAR(estimate.radius(), 4 * std::sqrt(2 * std::log(10.0) + 2 * std::log(1 + T / 2)) + 4 * 0.8 * root, 1e-12);
  const std::vector<double> v{0, 3}, w{2, 0};
  EXPECT_NEAR(estimate.width(0, v), estimate.radius() * 3 / root / 4, 1e-12);
  estimate.observe(0, 1, v);  // phi = (0, 3) / sqrt 2, target 3
  estimate.observe(1, 0, w);  // phi = (0, 2) / sqrt 2, target 2
  estimate.observe(1, 1, w);  // the same, target 0
  const double gram = 16 + (9 + 4 + 4) / 2.0, theta = (9 + 4) / root / gram;
  EXPECT_NEAR(estimate.mean(0, v), theta * 3 / root, 1e-12);
  EXPECT_NEAR(estimate.mean(0, w), 0, 1e-12);
  EXPECT_NEAR(estimate.width(0, v), estimate.radius() * 3 / root / std::sqrt(gram), 1e-12);
  // theta = (0.3, 0.7): off by sqrt 2 times that in the first coordinate.
  const std::vector<double> truth{0.3, 0.7};
  EXPECT_NEAR(estimate.distance(truth), std::sqrt(16 * 2 * 0.09 + gram * (theta - root * 0.7) * (theta - root * 0.7)),
              1e-12);
}

/// In unit vectors, one for each choice and next state, regression on all indicators counts: N(c, y) / (N(c) + lambda),
/// lambda times S for the scaling of features.
TEST(MixtureEstimate, CountsInUnitVectors) {
  mdp::MixtureBasisBuilder basis(4);
  for (std::size_t c = 0; c < 2; ++c) {
    for (std::size_t y = 0; y < 2; ++y) {
      std::vector<double> phi(4, 0.0);
      phi[2 * c + y] = 1;
      basis.next(static_cast<std::int32_t>(y), phi);
    }
    basis.end_choice();
  }
  const auto built = std::move(basis).build(2);
  MixtureEstimate estimate(*built, kSize, 1);
  CountEstimate counts({.states = 2, .choices = 2});
  const std::vector<double> v0(2, 0.0);
  Stream stream(1);
  double visits = 0;
  for (int i = 0; i < 200; ++i) {
    const auto c = static_cast<std::int64_t>(stream.below(2));
    if (c == 0) ++visits;
    const auto y = static_cast<std::int32_t>(stream.below(3) / 2);
    for (const auto& v : {std::vector<double>{1, 0}, std::vector<double>{0, 1}}) estimate.observe(c, y, v);
    counts.observe(c, y, v0);
  }
  const std::vector<double> v{3, 1};
  EXPECT_NEAR(counts.mean(0, v), 7.0 / 3, 0.2);
  EXPECT_NEAR(estimate.mean(0, v), visits * counts.mean(0, v) / (visits + 2 * 16), 1e-9);
}

TEST(MixtureEstimate, FindsThetaAndKeepsToItsRadius) {
  const auto made = mdp::linear_mixture({.states = 8, .actions = 2, .dimension = 3, .successors = 4, .seed = 2});
  const EpochSize size{.states = 8, .choices = 16, .horizon = 4, .epochs = 5000};
  MixtureEstimate estimate(*made.linear.mixture, size, 1);
  const mdp::Simulator simulator(made.model);
  Stream stream(3);
  std::vector<double> v(8);
  const auto& theta = made.linear.mixture_theta.front();
  for (int t = 0; t < 20'000; ++t) {
    for (double& x : v) x = 4 * stream.uniform();
    const auto c = static_cast<std::int64_t>(stream.below(16));
    estimate.observe(c, simulator.draw_next(c, stream), v);
    ASSERT_LE(estimate.distance(theta), estimate.radius());
  }
  const KnownTransitions known(made.model);
  for (std::int64_t c = 0; c < 16; ++c) {
    EXPECT_NEAR(estimate.mean(c, v), known.mean(c, v), 0.15);
    EXPECT_LE(std::abs(estimate.mean(c, v) - known.mean(c, v)), estimate.width(c, v));
    EXPECT_EQ(known.width(c, v), 0);
  }
}

}  // namespace
}  // namespace bellwether::online
