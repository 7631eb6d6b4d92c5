#include "solvers/robust/policy_gradient/parametric_kernel.h"

#include <cmath>
#include <numbers>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/mirror/policy_values.h"

namespace bellwether::solvers {
namespace {

/// An inventory of eight stocks: features of the next stock, scales of the choice.
TiltedKernels inventory(Stream& stream) {
  TiltedKernels k{.nominal = claims::drawn_reward_garnet(8, 3, 8, stream),
                  .features = 2,
                  .phi = {},
                  .scales = 2,
                  .zeta = {},
                  .theta = {0.4, 0.9},
                  .lambda = {0.7, 0.6}};
  for (int s = 0; s < 8; ++s)
    for (const double centre : {2.0, 5.0})
      k.phi.push_back(-(s - centre) * (s - centre) / 2 / std::sqrt(2 * std::numbers::pi));
  for (std::int64_t c = 0; c < k.nominal.num_choices(); ++c)
    for (int i = 0; i < 2; ++i) k.zeta.push_back(0.5 + stream.uniform());
  return k;
}

double value_of(const TiltedKernels& k, const std::vector<double>& theta, const std::vector<double>& lambda,
                const std::vector<double>& weights) {
  return mirror::PolicyValues(k.model(theta, lambda), 0.95, weights).value().mean();
}

TEST(TiltedKernels, GradientMatchesDifferences) {
  Stream stream(4);
  const TiltedKernels k = inventory(stream);
  const std::vector<double> weights = claims::drawn_weights(k.nominal, stream), start(8, 0.125);
  const std::vector<double> theta = {0.2, 0.5}, lambda = {0.9, 0.4};
  const auto gradient = parameter_gradient(k, theta, lambda, 0.95, weights, start);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto moved = [&](double by) {
      std::vector<double> t = theta, l = lambda;
      (i < 2 ? t[i] : l[i - 2]) += by;
      return value_of(k, t, l, weights);
    };
    EXPECT_NEAR((moved(1e-5) - moved(-1e-5)) / 2e-5, gradient[i], 1e-5 * std::max(1.0, std::abs(gradient[i]))) << i;
  }
}

/// The worst value on a grid of the parameters: knows nothing of gradients.
double worst_on_grid(const TiltedKernels& k, const std::vector<double>& weights) {
  double worst = 0;
  for (int i = -8; i <= 8; ++i) {
    for (int j = -8; j <= 8; ++j) {
      if (std::abs(i) + std::abs(j) > 8) continue;
      for (const auto& [a, b] : {std::pair{0.0, 0.0}, {-0.69, 0.3}, {-0.4, -0.59}, {1.0, 0.0}, {0.0, 1.0}})
        worst = std::max(worst, value_of(k, {0.4 + i / 8.0, 0.9 + j / 8.0}, {0.7 + a, 0.6 + b}, weights));
    }
  }
  return worst;
}

TEST(TiltedKernels, RobustPoliciesAreBetterInTheWorstCase) {
  double robust_mean = 0, plain_mean = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    Stream stream(seed);
    const TiltedKernels k = inventory(stream);
    const Problem problem{.model = k.nominal, .direction = Direction::kMinimise, .discount = 0.95};
    const auto robust = parametric_policy_gradient(k, problem, {.inner_eta = 0.1, .inner_steps = 20, .iterations = 60});
    const auto plain = parametric_policy_gradient(k, problem, {.inner_eta = 0, .iterations = 60});
    EXPECT_EQ(robust.history.size(), 60);
    EXPECT_LE(std::abs(robust.theta[0] - 0.4) + std::abs(robust.theta[1] - 0.9), 1 + 1e-9);
    const double of_robust = worst_on_grid(k, mirror::weights_of(k.nominal, robust.policy)),
                 of_plain = worst_on_grid(k, mirror::weights_of(k.nominal, plain.policy));
    EXPECT_LT(of_robust, 1.01 * of_plain) << seed;  // nature's climb is local, so seeds may tie
    robust_mean += of_robust / 4;
    plain_mean += of_plain / 4;
    // Nature found what the grid finds, up to what steps leave open.
    EXPECT_NEAR(robust.value, of_robust, 0.15 * of_robust) << seed;
  }
  EXPECT_LT(robust_mean, plain_mean - 0.1);
}

TEST(TiltedKernels, NamesWhatDoesNotFit) {
  Stream stream(4);
  TiltedKernels k = inventory(stream);
  const Problem problem{.model = k.nominal, .discount = 0.95};
  k.zeta.pop_back();
  EXPECT_THAT([&] { parametric_policy_gradient(k, problem); },
              ::testing::ThrowsMessage<InvalidModel>(::testing::HasSubstr("zeta")));
}

}  // namespace
}  // namespace bellwether::solvers
