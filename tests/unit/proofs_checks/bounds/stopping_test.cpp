#include "proofs_checks/bounds/stopping.h"

#include <cmath>
#include <numbers>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::bounds {
namespace {

using std::numbers::e;

constexpr EpisodicSize kSmall{.states = 3, .actions = 2, .horizon = 4, .delta = 0.1};

TEST(StoppingBounds, BetasByHand) {
  // 24 rows in all stages.
  EXPECT_NEAR(rf_ucrl_beta(kSmall, 6), std::log(480.0) + 2 * std::log(e * 4), 1e-12);
  EXPECT_NEAR(rf_ucrl_beta({.states = 1, .actions = 2, .horizon = 4, .delta = 0.1}, 6), std::log(160.0), 1e-12);
  EXPECT_NEAR(pure_exploration_beta(kSmall, 1), std::log(720.0) + 3 * std::log(16 * e), 1e-12);
  EXPECT_NEAR(best_policy_beta(kSmall, 1), std::log(720.0) + std::log(16 * e), 1e-12);
}

TEST(StoppingBounds, SolveTheirInequalities) {
  const double t = rf_ucrl_episodes(kSmall, 0.5);
  const double root = 1 + std::sqrt(2.0);
  EXPECT_NEAR(t, 18 * root * root * 16 * 9 * 6 / 0.25 * rf_ucrl_beta(kSmall, t), 1e-9 * t);
  EXPECT_EQ(rf_ucrl_episodes({.states = 3, .actions = 2, .horizon = 1}, 0.5), 0) << "one stage needs no model";

  // H = 4: (1 + 1/4)^2 = 25/16 a stage, 15 + 5/4 (1/2 + 1/6) before the last one and 15 there.
  const double u = rf_express_episodes(kSmall, 0.5), per = 25.0 / 16, early = 15 + 5.0 / 4 * 2 / 3;
  const double b = 4 * 16 * 6 * (early * (1 + per + per * per) + 15 * per * per * per) *
                   pure_exploration_beta(kSmall, u) * (2 + std::log2(u));
  EXPECT_NEAR(u * 0.25, 3 * e * std::sqrt(u * b) + b, 1e-9 * u);

  // (7/4) (9/8) + 1/4 = 71/32 a stage, 75 + (7/4) (7/6) before the last one and 36 there.
  const double w = bpi_ucbvi_episodes(kSmall, 0.5), g = 71.0 / 32, first = 75 + 7.0 / 4 * 7 / 6;
  const double logs = 2 + std::log2(w), squares = 1 + g * g + g * g * g * g;
  EXPECT_NEAR(w * 0.5,
              12 * 3 * std::sqrt(6 * squares * logs * best_policy_beta(kSmall, w) * w) +
                  4 * 16 * 6 * (first * (1 + g + g * g) + 36 * g * g * g) * logs * pure_exploration_beta(kSmall, w),
              1e-9 * w);
}

TEST(StoppingBounds, OfOneStageAreThoseOfItsOwnWidths) {
  const EpisodicSize one{.states = 1, .actions = 2, .horizon = 1, .delta = 0.1};
  const double t = bpi_ucbvi_episodes(one, 0.5);
  EXPECT_NEAR(t * 0.5, 4 * 2 * 36 * (2 + std::log2(t)) * pure_exploration_beta(one, t), 1e-9 * t);
  const double u = rf_express_episodes(one, 1);
  const double b = 4 * 2 * 15 * (2 + std::log2(u)) * pure_exploration_beta(one, u);
  EXPECT_NEAR(u * 0.5, 3 * e * std::sqrt(u * b) + b, 1e-9 * u);
}

/// Worked by hand from the pages reward-free-exploration, (5) and (9), and best-policy-identification, (8), with forty
/// digits. One row and one stage, delta = 0.1, eps = 0.5, BPI-UCBVI: R = 36, so T / 2 = 4 * 2 * 36 L beta; at T =
/// 221733.9 L = 2 + 17.758 = 19.758 and beta = ln 60 + ln(8 e T) = 4.094 + 15.389 = 19.483, and 288 L beta = 110867.
TEST(StoppingBounds, AreTheseNumbers) {
  struct Row {
    EpisodicSize size;
    double epsilon, rf_ucrl, rf_express, bpi_ucbvi;
  };
  const std::vector<Row> rows = {
      {{.states = 1, .actions = 2, .horizon = 1, .delta = 0.1}, 0.5, 0, 93521017.85650, 221733.9345679},
      {{.states = 1, .actions = 2, .horizon = 2, .delta = 1e-6}, 1, 13340.53007483, 528087401.6377, 7262545.524106},
      {{.states = 2, .actions = 2, .horizon = 2, .delta = 0.05}, 0.3, 365116.8554748, 20612931324.87, 82695573.09282},
      {kSmall, 0.5, 14414136.28869, 209152349598.9, 4277732525.848}};
  for (const auto& [size, epsilon, rf_ucrl, rf_express, bpi_ucbvi] : rows) {
    EXPECT_NEAR(rf_ucrl_episodes(size, epsilon), rf_ucrl, 1e-9 * rf_ucrl);
    EXPECT_NEAR(rf_express_episodes(size, epsilon), rf_express, 1e-9 * rf_express);
    EXPECT_NEAR(bpi_ucbvi_episodes(size, epsilon), bpi_ucbvi, 1e-9 * bpi_ucbvi);
  }
}

/// The published theorems resolve the logarithms and are therefore larger.
TEST(StoppingBounds, StayBelowThePublishedOnes) {
  for (const double states : {1.0, 3.0, 20.0}) {
    for (const double horizon : {2.0, 5.0, 20.0}) {
      for (const double epsilon : {1.0, 0.1, 0.01}) {
        const EpisodicSize z{.states = states, .actions = 4, .horizon = horizon, .delta = 0.05};
        const double rows = states * 4 * horizon, logs = std::log(3 * rows / 0.05);
        const double root = 1 + std::sqrt(2.0), c = 144 * root * root * std::pow(horizon, 4) * states * 4;
        const double others = states - 1;
        const double inner = others > 0 ? std::sqrt(e) + std::sqrt(e / others) : 0;
        const double scale = c / (epsilon * epsilon);
        const double ucrl =
            scale * (logs + (others > 0 ? 2 * others * std::log(scale * (logs + others * inner)) : 0) + others);
        EXPECT_LE(rf_ucrl_episodes(z, epsilon), ucrl) << states << " " << horizon << " " << epsilon;

        const double size = horizon * horizon * rows / (epsilon * epsilon);
        const double express =
            size * (logs + states) * 5587 * std::exp(6) * std::pow(std::log(std::exp(18) * (logs + states) * size), 2);
        EXPECT_LE(rf_express_episodes(z, epsilon), express + 1) << states << " " << horizon << " " << epsilon;
        // Its leading term, without the logarithm that multiplies it.
        EXPECT_LE(bpi_ucbvi_episodes(z, epsilon), size * logs * 5904 * std::exp(26));
      }
    }
  }
}

TEST(StoppingBounds, GrowLikeTheTheoremSays) {
  const auto slope = [](auto bound, double from, double to) {
    return std::log(bound(kSmall, to) / bound(kSmall, from)) / std::log(from / to);
  };
  EXPECT_NEAR(slope(rf_ucrl_episodes, 1e-3, 1e-4), 2, 0.1);
  EXPECT_NEAR(slope(rf_express_episodes, 1e-3, 1e-4), 2, 0.2);
  EXPECT_NEAR(slope(bpi_ucbvi_episodes, 1e-3, 1e-4), 2, 0.2);
}

}  // namespace
}  // namespace bellwether::bounds
