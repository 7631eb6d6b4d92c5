#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proofs_checks/bounds/episodic.h"
#include "proofs_checks/bounds/generative.h"
#include "proofs_checks/bounds/long_run.h"
#include "proofs_checks/bounds/planning.h"
#include "proofs_checks/bounds/robust.h"

// Every number on the right was worked out by hand (logarithms and roots with a pocket calculator), so that a constant
// or an exponent that slips shows.
namespace bellwether::bounds {
namespace {

TEST(PlanningBounds, ValueIteration) {
  EXPECT_NEAR(value_iteration_error(0.1, 0.9), 0.9, 1e-12);
  EXPECT_EQ(value_iteration_sweeps(1, 0.1, 0.5), 4);  // 1/8 > .1 >= 1/16
  EXPECT_EQ(value_iteration_sweeps(0.05, 0.1, 0.5), 0);
  EXPECT_EQ(value_iteration_sweeps(1, 0.1, 0), 1);
  EXPECT_NEAR(bellman_residual_error(0.1, 0.9), 1, 1e-12);
  EXPECT_NEAR(greedy_policy_loss(0.1, 0.9), 1.8, 1e-12);
  EXPECT_NEAR(greedy_policy_loss_from_residual(0.1, 0.9), 2, 1e-12);
  EXPECT_NEAR(macqueen_width(0.2, 0.75), 0.6, 1e-12);
}

TEST(RobustBounds, AreTheTheoremsFormulas) {
  // .5^2 (1 + 2 * .1 / (1 - .5))
  EXPECT_NEAR(partial_policy_iteration_error(3, 1, 0.1, 2, 0.5), 0.35, 1e-12);
  EXPECT_NEAR(robust_simulation_lemma(0.2, 3, 0.75), 0.9, 1e-12);
  // 1 (e - 1) / .5 sqrt(log 100 / 400)
  EXPECT_NEAR(fitted_z_error(200, 5, 0.5, 2, 0.5, 0.1), 0.3687374427, 1e-9);
}

TEST(PlanningBounds, PolicyIteration) {
  EXPECT_DOUBLE_EQ(policy_iteration_error(3, 16, 0.5), 2);
  // log(2) / .5 = 1.386 -> 2; log(8) / .5 = 4.16 -> 5; 12 - 4 choices to rule out.
  EXPECT_EQ(howard_improvements_scherrer(4, 12, 0.5), 16);
  EXPECT_EQ(howard_improvements_hansen(4, 12, 0.5), 40);
  EXPECT_EQ(howard_improvements_scherrer(4, 4, 0.5), 0);
}

TEST(PlanningBounds, SimulationLemma) {
  EXPECT_NEAR(simulation_lemma(0.1, 0.2, 5, 0.9), (0.1 + 0.45) / 0.1, 1e-12);
  // H = 3: rewards 3 * .1, rows .2 / 2 * (2 + 1 + 0) * range 2.
  EXPECT_NEAR(simulation_lemma_finite(0.1, 0.2, 2, 3), 0.3 + 0.6, 1e-12);
}

TEST(PlanningBounds, AnchoredResidual) {
  // gamma = 1/2, k = 1: (2 - .5)(1 + 1 - .25) / (4 - .25) = 1.5 * 1.75 / 3.75.
  EXPECT_NEAR(anchored_residual(1, 1, 0.5), 0.7, 1e-12);
  EXPECT_NEAR(anchored_residual(1, 3, 0.5), 2.1, 1e-12);
  // gamma -> 1: 2 / (k + 1).
  EXPECT_NEAR(anchored_residual(9, 1, 1 - 1e-9), 0.2, 1e-6);
  EXPECT_DOUBLE_EQ(anchored_residual(1'000'000, 1, 0.9), 0);  // no overflow
}

const EpisodicSize kSmall{.states = 2, .actions = 3, .horizon = 4, .episodes = 100, .delta = 0.1};

TEST(EpisodicBounds, Ucbvi) {
  const double log = std::log(5 * 2 * 3 * 400 / 0.1);
  EXPECT_NEAR(log, 11.695247, 1e-6);
  EXPECT_DOUBLE_EQ(ucbvi_log(kSmall), log);
  // 20 * 8 * L * sqrt(600) + 250 * 16 * 4 * 3 * L^2
  EXPECT_NEAR(ucbvi_ch_regret(kSmall), 160 * log * 24.494897427831781 + 48000 * log * log, 1e-6);
  // 30 * 4 * L * sqrt(600) + 2500 * 16 * 4 * 3 * L^2 + 4 * 8 * sqrt(100 L)
  EXPECT_NEAR(ucbvi_bf_regret(kSmall), 120 * log * 24.494897427831781 + 480000 * log * log + 320 * std::sqrt(log),
              1e-6);
  EXPECT_DOUBLE_EQ(trivial_regret(kSmall), 400);
}

TEST(EpisodicBounds, Shapes) {
  const double sat = 2 * 3 * 400;
  EXPECT_NEAR(euler_shape(kSmall, 9), std::sqrt(9 * sat) + std::sqrt(8.0) * 3 * 16 * (std::sqrt(2.0) + 2), 1e-9);
  EXPECT_NEAR(mvp_shape(kSmall), std::sqrt(6 * 64 * 100.0), 1e-9);
  EXPECT_NEAR(mvp_shape({.states = 1000, .actions = 3, .horizon = 4, .episodes = 100}), 400, 1e-9);
  const double log = std::log(sat / 0.1);
  EXPECT_NEAR(ucb_q_hoeffding_shape(kSmall), 16 * std::sqrt(sat * log), 1e-9);
  EXPECT_NEAR(ucb_q_bernstein_shape(kSmall), std::sqrt(64 * sat * log) + 512 * std::sqrt(216.0) * log * log, 1e-6);
  EXPECT_NEAR(ucb_advantage_shape(kSmall), 4 * std::sqrt(sat), 1e-9);
  EXPECT_NEAR(psrl_bayes_shape(kSmall), 8 * std::sqrt(1200.0), 1e-9);
  EXPECT_NEAR(rlsvi_shape(kSmall), 64 * std::sqrt(8.0) * std::sqrt(300.0), 1e-9);
  EXPECT_NEAR(optimistic_policy_shape(kSmall), 2 * 16 * std::sqrt(300.0), 1e-9);
  EXPECT_NEAR(optimistic_policy_adversarial_shape(kSmall), 32 * std::sqrt(3.0) * 21.544346900318843, 1e-9);
  EXPECT_NEAR(reward_free_shape(kSmall, 0.5), 64 * 6 * (std::log(10) + 2) * 4, 1e-9);
  EXPECT_NEAR(best_policy_shape(kSmall, 0.5), 64 * 6 * std::log(10) * 4, 1e-9);
  EXPECT_NEAR(certificate_mistakes_shape(kSmall, 0.5), 16 * 6 * std::log(10) * 4, 1e-9);
}

TEST(EpisodicBounds, LowerBounds) {
  EXPECT_NEAR(domingues_regret(kSmall), std::sqrt(64 * 600.0) / 117.57550765359255, 1e-9);
  EXPECT_NEAR(best_policy_episodes(kSmall, 0.5), 64 * 6 * 2.302585092994046 * 4 / 3456, 1e-9);
  EXPECT_NEAR(bandit_regret(5, 100), 20.0 / 27, 1e-12);
  // L = 4 leaves, A = 2, H' = 3: 24 ways; K = 600: (23/24) * sqrt(.04) / 2.828427...
  EXPECT_NEAR(domingues_advantage(4, 2, 3, 600), 23.0 / 24 * 0.2 / 2.8284271247461903, 1e-12);
}

TEST(EpisodicBounds, DominguesNeedsItsTree) {
  // A = 2, d = 3: S = 3 + 7.
  const EpisodicSize tree{.states = 10, .actions = 2, .horizon = 9, .episodes = 180};
  // By hand: 24 ways, advantage 1/8, 3 stages that pay; the best K is (2 a / 3 b)^2 with a = 23/24, b = sqrt(2/24)/8.
  EXPECT_NEAR(hard_tree_regret(24, 0.125, 3, 1), 3 * 0.125 * (23.0 / 24 - std::sqrt(2.0 / 24) / 8), 1e-12);
  const double best = std::pow(2 * (23.0 / 24) / (3 * std::sqrt(2.0 / 24) / 8), 2);
  EXPECT_NEAR(hard_tree_regret(24, 0.125, 3, 1e9), 3 * 0.125 * best * (23.0 / 24) / 3, 1e-9);
  EXPECT_GT(hard_tree_regret(24, 0.125, 3, best), hard_tree_regret(24, 0.125, 3, 0.9 * best));
  // With the advantage of the theorem and its K nothing is lost but the rounding of constants.
  EXPECT_GE(hard_tree_regret(24, domingues_advantage(4, 2, 3, 600), 3, 600),
            600 * 3 * 23.0 / 24 * 23.0 / 24 / 2 * std::sqrt(24 / 600.0) / (2 * std::sqrt(2.0)) - 1e-9);
  EXPECT_EQ(hard_tree_regret(24, 0, 3, 100), 0);
  EXPECT_TRUE(domingues_applies(tree, 3));
  EXPECT_FALSE(domingues_applies(tree, 2));
  EpisodicSize other = tree;
  other.episodes = 179;
  EXPECT_FALSE(domingues_applies(other, 3));
  other = tree;
  other.horizon = 8;
  EXPECT_FALSE(domingues_applies(other, 3));
}

TEST(LongRunBounds, Ucrl2) {
  const LongRunSize size{.states = 2, .actions = 4, .diameter = 5, .steps = 10000, .delta = 0.1};
  const double log = std::log(1e5);
  EXPECT_NEAR(ucrl2_regret(size), 340 * std::sqrt(40000 * log), 1e-6);
  EXPECT_NEAR(ucrl2_episodes(size), 8 * 13.287712379549449, 1e-9);  // log2(80000 / 8)
  EXPECT_NEAR(ucrl2_gap_leading(size, 0.5), 1156 * 25 * 4 * 4 * log / 0.5, 1e-6);
  EXPECT_NEAR(jao_regret(size), 0.015 * std::sqrt(400000.0), 1e-12);
  EXPECT_NEAR(ucrl2b_shape(size, 2), std::sqrt(800000.0), 1e-9);
  EXPECT_NEAR(kl_ucrl_shape(size), 10 * 200, 1e-9);
  EXPECT_NEAR(scal_shape(size, 2, 3), 3 * std::sqrt(160000.0), 1e-9);
  EXPECT_NEAR(tsde_bayes_shape(size, 3), 6 * 200, 1e-9);
}

TEST(LongRunBounds, JaoNeedsItsSizes) {
  // 20 log_10 100 = 40.
  const LongRunSize size{.states = 100, .actions = 10, .diameter = 40, .steps = 40000};
  EXPECT_TRUE(jao_applies(size));
  LongRunSize other = size;
  other.diameter = 39;
  EXPECT_FALSE(jao_applies(other));
  other = size;
  other.steps = 39999;
  EXPECT_FALSE(jao_applies(other));
}

TEST(GenerativeBounds, Samples) {
  const GenerativeSize size{.states = 5, .actions = 2, .discount = 0.5, .epsilon = 0.5, .delta = 0.12};
  EXPECT_EQ(azar_samples_per_choice(size), 15032);  // 68 * 8 * 4 * ln(1000) = 15031.28
  EXPECT_NEAR(li_samples_shape(size), 10 * 32 * std::log(10 / 0.06), 1e-9);
  EXPECT_NEAR(li_perturbation(size), 0.25e-5, 1e-15);
  EXPECT_NEAR(synchronous_q_shape(size), 10 * 16 * 4, 1e-9);
  EXPECT_NEAR(synchronous_q_shape({.states = 5, .actions = 1, .discount = 0.5, .epsilon = 0.5}), 5 * 8 * 4, 1e-9);
  EXPECT_NEAR(generative_lower_shape(size), 320 * std::log(1 / 0.12), 1e-9);
}

TEST(GenerativeBounds, TheErrorOfTheUpperBoundIsItsInverse) {
  const GenerativeSize size{.states = 4, .actions = 2, .discount = 0.8, .epsilon = 0.3, .delta = 0.1};
  const auto samples = static_cast<double>(azar_samples_per_choice(size));
  EXPECT_NEAR(azar_error(size, samples), 0.3, 1e-6);
  EXPECT_NEAR(azar_error(size, 4 * samples), 0.15, 1e-6);
}

/// The overlap of two binomial laws, term by term, is what Bretagnolle and Huber bound from below by exp(-n KL) / 2.
TEST(GenerativeBounds, TwoPointsAreNoFurtherApartThanTheirLawsAllow) {
  for (const double discount : {0.6, 0.9, 0.99}) {
    for (const int samples : {5, 200, 3000}) {
      const double p = (4 * discount - 1) / (3 * discount), q = p + two_point_advantage(discount, samples);
      EXPECT_LT(q, 1);
      double overlap = 0;
      for (int k = 0; k <= samples; ++k) {
        const double ways = std::lgamma(samples + 1) - std::lgamma(k + 1) - std::lgamma(samples - k + 1);
        const auto law = [&](double x) { return std::exp(ways + k * std::log(x) + (samples - k) * std::log(1 - x)); };
        overlap += std::min(law(p), law(q));
      }
      const double apart = 1 / (1 - discount * q) - 1 / (1 - discount * p);
      const double bound = two_point_error(discount, samples);
      EXPECT_LE(bound, apart / 2 * overlap) << discount << ' ' << samples;
      EXPECT_GT(bound, apart / 2 * overlap / 3) << discount << ' ' << samples;
    }
  }
}

}  // namespace
}  // namespace bellwether::bounds
