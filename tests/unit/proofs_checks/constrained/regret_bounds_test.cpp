#include <cmath>

#include <gtest/gtest.h>

#include "proofs_checks/bounds/constrained_regret.h"

namespace bellwether::bounds {
namespace {

constexpr ConstrainedSize kSize{
    .states = 3, .choices = 6, .successors = 2, .horizon = 3, .episodes = 1e6, .delta = .1, .constraints = 1};

TEST(ConstrainedRegretBounds, ByHand) {
  const double l = std::log(4.0 * 3 * 6 * 3 * 1e6 / .1), e = std::exp(1.0);
  EXPECT_DOUBLE_EQ(constrained_log(kSize), l);
  const double widths = 4 * std::sqrt(2 * 1 * l * 6 * 1e6) + 28.0 / 3 * 3 * 6 * l * std::log(1 + 1e6 / 6);
  const double sum = e / (e - 1) * (6 + widths + std::log(10));
  EXPECT_NEAR(uncertainty_sum(kSize, 1, 1e6), sum, 1e-9 * sum);
  EXPECT_NEAR(uncertainty_sum(kSize, 1, 1e6, 2), sum + e / (e - 1) * widths, 1e-9 * sum);
  EXPECT_NEAR(opt_cmdp_sum(kSize), 3 * sum, 1e-9 * sum);                // 2 + 1
  EXPECT_NEAR(opt_lp_sum(kSize), (2 * 2.5 + 1 * 2) * sum, 1e-8 * sum);  // (H - h - 1)(1 + (H - h) / 2)
  const double radius = 3 / .5;
  const double dual = radius * 3 * 1000 / 2, f = 6 * sum;  // weights twice 2 + 1
  EXPECT_NEAR(opt_dual_regret(kSize, .5), dual + f, 1e-9 * f);
  EXPECT_NEAR(opt_dual_violation(kSize, .5), 2 * 3 * 1000 + dual / radius + (2 + 1 / radius) * f, 1e-9 * f);
  EXPECT_NEAR(opt_dual_regret(kSize, .5, 4), 4 * dual + f, 1e-9 * f);
  const double t = std::sqrt(2 * std::log(2.0) / 1e6) / (3 * (1 + radius));
  const double policy = 3 * std::log(2.0) / t + t * 1e6 / 8 * 13 * 13 * (9 + 4 + 1);
  EXPECT_NEAR(opt_primal_dual_regret(kSize, .5, 2) - opt_dual_regret(kSize, .5), policy, 1e-6 * policy);
  EXPECT_NEAR(opt_primal_dual_violation(kSize, .5, 2) - opt_dual_violation(kSize, .5), policy / radius, 1e-6 * policy);
}

TEST(ConstrainedRegretBounds, BaselinesEndWhereTheirRoomExceedsTheirSum) {
  ConstrainedSize size = kSize;
  size.episodes = 1e9;
  const double weight = 2 * 2.5 + 2;
  const double n = opt_pess_lp_baseline(size, .5);
  EXPECT_LT(n, 1e9);
  EXPECT_NEAR(.5 * n, uncertainty_sum(size, weight, n), 1e-6 * n);
  EXPECT_LT(opt_pess_lp_baseline(size, 1), n);
  EXPECT_NEAR(.5 * dope_baseline(size, .5), uncertainty_sum(size, 3, dope_baseline(size, .5), 2), 1e-6 * n);
  EXPECT_EQ(opt_pess_lp_baseline(kSize, 1e-9), 1e6);  // never, within these episodes
}

TEST(ConstrainedRegretBounds, GrowLikeTheRootOfTheEpisodes) {
  ConstrainedSize late = kSize, later = kSize;
  late.episodes = 1e12;
  later.episodes = 4e12;
  EXPECT_NEAR(opt_lp_sum(later) / opt_lp_sum(late), 2, .1);
  EXPECT_LT(opt_lp_sum(late), .01 * 3 * 1e12);  // says something, in the end
}

}  // namespace
}  // namespace bellwether::bounds
