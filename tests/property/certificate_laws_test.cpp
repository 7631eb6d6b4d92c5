// What an answer promises, on random models of every discount and reward scale: the interval contains the optimum, the
// policy earns at least what it says, and shift, scale and direction act as algebra says they must.

#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "solvers/registry.h"
#include "tests/support/random_models.h"
#include "tests/support/reference.h"

namespace bellwether::test {
namespace {

using solvers::Criterion;
using solvers::Direction;
using solvers::Problem;
using solvers::Solution;

Solution solve(const Problem& problem, std::string_view algorithm = "auto", double tolerance = 1e-6) {
  return solvers::find_solver(algorithm, problem.criterion).run(problem, {}, {.tolerance = tolerance});
}

struct Scale {
  double discount, reward;
};

class CertificateLaws : public testing::TestWithParam<Scale> {};

TEST_P(CertificateLaws, TheIntervalContainsTheOptimumAndThePolicy) {
  const auto [discount, scale] = GetParam();
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
      const Problem problem{
          .model = random_model(Stream(seed), {.states = 15, .reward_scale = scale, .tie_share = 0.3}),
          .direction = direction,
          .discount = discount};
      const Solution got = solve(problem, "auto", 1e-6 * scale);
      const auto truth = reference_values(problem);
      const auto earned = reference_policy_values(problem, got.policy);
      const long double fuzz = 1e-15L * static_cast<long double>(scale) / (1 - static_cast<long double>(discount));
      for (int s = 0; s < problem.model.num_states(); ++s) {
        const auto i = static_cast<std::size_t>(s);
        ASSERT_LE(got.lower[s], truth[i] + fuzz) << "seed " << seed << " state " << s;
        ASSERT_GE(got.upper[s], truth[i] - fuzz) << "seed " << seed << " state " << s;
        ASSERT_LE(got.lower[s], earned[i] + fuzz) << "seed " << seed << " state " << s;
        ASSERT_GE(got.upper[s], earned[i] - fuzz) << "seed " << seed << " state " << s;
        ASSERT_LE(std::abs(got.value[s] - truth[i]), got.gap + fuzz) << "seed " << seed << " state " << s;
      }
      EXPECT_TRUE(got.status == Status::kConverged || got.status == Status::kRoundingLimited) << to_string(got.status);
      if (got.status == Status::kConverged) {
        EXPECT_LE(got.gap, 1e-6 * scale);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Scales, CertificateLaws,
                         testing::Values(Scale{0, 1}, Scale{0.5, 1}, Scale{0.9, 1e6}, Scale{0.9, 1e-6}, Scale{0.99, 1},
                                         Scale{0.999, 1e6}, Scale{0.999, 1e-6}, Scale{0.9999, 1}, Scale{0.9999, 1e6},
                                         Scale{0.9999, 1e-6}),
                         [](const auto& made) {
                           std::string name = "discount" + std::to_string(made.param.discount) + "reward" +
                                              std::to_string(std::lround(std::log10(made.param.reward)));
                           std::replace_if(
                               name.begin(), name.end(),
                               [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
                           return name;
                         });

TEST(CertificateLaws, MinimisingIsMaximisingTheNegative) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const mdp::TabularMdp model = random_model(Stream(seed));
    std::vector<double> negated(model.reward().begin(), model.reward().end());
    for (double& r : negated) r = -r;
    const Solution low = solve({.model = model, .direction = Direction::kMinimise, .discount = 0.95});
    const Solution high = solve({.model = model.with_expected_rewards(negated), .discount = 0.95});
    EXPECT_LE((low.value + high.value).lpNorm<Eigen::Infinity>(), low.gap + high.gap) << "seed " << seed;
  }
}

TEST(CertificateLaws, ShiftAndScaleOfRewardsShiftAndScaleValues) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const mdp::TabularMdp model = random_model(Stream(seed));
    std::vector<double> changed(model.reward().begin(), model.reward().end());
    for (double& r : changed) r = 7 * r + 3;
    const double discount = 0.9;
    const Solution before = solve({.model = model, .discount = discount});
    const Solution after = solve({.model = model.with_expected_rewards(changed), .discount = discount});
    const Eigen::VectorXd expected = (7 * before.value).array() + 3 / (1 - discount);
    EXPECT_LE((after.value - expected).lpNorm<Eigen::Infinity>(), 7 * before.gap + after.gap + 1e-12)
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace bellwether::test
