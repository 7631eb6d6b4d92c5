#include "proofs_checks/bounds/bandits_adversarial.h"

#include <cmath>

#include <gtest/gtest.h>

namespace bellwether::bounds {
namespace {

// Worked out with another calculator, so that a constant or an exponent that slips shows.
TEST(AdversarialBounds, AreTheTheoremsFormulas) {
  const BanditSize five{5, 10'000};
  EXPECT_NEAR(exp3_fixed(five), 401.1780, 1e-3);    // sqrt(100000 * 1.6094379)
  EXPECT_NEAR(exp3_anytime(five), 567.3514, 1e-3);  // 2 sqrt(50000 * 1.6094379)
  EXPECT_NEAR(exp3_rewards(five), 743.7026, 1e-3);  // 2 sqrt(1.7182818 * 50000 * 1.6094379)
  EXPECT_NEAR(exp4(five, 5), exp3_fixed(five), 1e-9);
  EXPECT_NEAR(exp4(five, 25), std::sqrt(2.0) * exp3_fixed(five), 1e-9);
  EXPECT_NEAR(exp3_ix(five, 0.05), 1725.5568, 1e-3);  // 802.358 + (249.268 + 1) 3.6888795
  EXPECT_NEAR(exp3_p(five, 0.05), 2471.2408, 1e-3);   // 5.15 sqrt(50000 * 4.6051702)
  EXPECT_NEAR(tsallis_inf_weighted(five), 895.4272, 1e-3);
  EXPECT_NEAR(tsallis_inf_reduced(five), 923.7307, 1e-3);  // 447.2136 + 50 * 9.2103404 + 16
  EXPECT_NEAR(tsallis_fixed(five, 0.5), std::sqrt(2e4 * std::sqrt(5.0) * 4 * (std::sqrt(5.0) - 1)), 1e-9);
  EXPECT_NEAR(tsallis_fixed(five, 1 - 1e-9), exp3_fixed(five), 1e-3);
  EXPECT_NEAR(tsallis_anytime(five, 0.3), std::sqrt(2.0) * tsallis_fixed(five, 0.3), 1e-9);
  EXPECT_NEAR(log_barrier(five), 1358.2281, 1e-3);      // 1 + 2 sqrt(460517.02)
  EXPECT_NEAR(exp3_delay(five, 0, 0), 661.4307, 1e-3);  // 2 sqrt(1.6094379 * 67957.05)
  // 10 rounds late: eta = 0.0030923 from the sum, 4 e 10 ln 5 = 175.0: 520.46 twice.
  EXPECT_NEAR(exp3_delay(five, 10, 1e5), 2 * std::sqrt(1.6094379124341 * 167957.0457), 1e-3);
  // 1000 rounds late: eta = 1 / 5436.56, 4 e 1000 ln 5 = 17499.6 beats ln 5 / eta = 8749.8.
  EXPECT_NEAR(exp3_delay(five, 1000, 1e7), 17499.61 + 10067957.0457 / 5436.563657, 1e-1);
  // 11 copies of ceil(10000 / 11) = 910 rounds: 11 sqrt(2 * 910 * 5 * 1.6094379)
  EXPECT_NEAR(bold_exp3(five, 10), 11 * std::sqrt(9100 * 1.6094379124341), 1e-6);
  EXPECT_NEAR(bold_exp3(five, 0), exp3_fixed(five), 1e-9);
  EXPECT_NEAR(exp3_s(five, 3), 3476.9256, 1e-3);  // 2 sqrt(1.7182818 * 50000 * 35.177610)
  EXPECT_NEAR(bandit_lower(five), 11.18034, 1e-4);
  EXPECT_NEAR(bandit_lower({100, 10}), 0.5, 1e-12);
}

}  // namespace
}  // namespace bellwether::bounds
