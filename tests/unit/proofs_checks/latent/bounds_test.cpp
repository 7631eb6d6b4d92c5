#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proofs_checks/bounds/latent.h"

namespace bellwether::bounds {
namespace {

TEST(LatentBounds, AreTheFormulas) {
  EXPECT_DOUBLE_EQ(hindsight_replans(2, 2, 2, 4, 256), 1 + 2 * 5 * 11);
  EXPECT_DOUBLE_EQ(likelihood_width(27, 1000, .05), std::log(540'000));
  EXPECT_DOUBLE_EQ(lock_value(4), .25);
  EXPECT_DOUBLE_EQ(lock_survival(4, 3), .25);
  EXPECT_DOUBLE_EQ(lock_survival(4, 0), 1);
  EXPECT_DOUBLE_EQ(lock_trials(4, 3), 52);
}

TEST(LatentRegretFloor, IsTheFormula) {
  // 2 sqrt(.25) .1 1000 (1 - 1/8 - sqrt(1000/32 (1 + 3/1000) ln(1/.96)) / 2)
  EXPECT_NEAR(latent_regret_floor(4, 8, .1, .25, 1000),
              100 * (1 - .125 - .5 * std::sqrt(1000. / 32 * 1.003 * std::log(1 / .96))), 1e-12);
  EXPECT_DOUBLE_EQ(latent_regret_floor(4, 8, .1, .01, 1000), .2 * latent_regret_floor(4, 8, .1, .25, 1000));
}

/// The least expected regret of any learner on two arms one of which, either with probability 1/2, wins with 1/2 +
/// epsilon and the other with 1/2: backward over the evidence, wins and losses of arm 0 less those of arm 1.
double least_regret(int pulls, double epsilon) {
  const int width = 2 * pulls + 1;
  std::vector<double> after(static_cast<std::size_t>(width) * static_cast<std::size_t>(width), 0.0), now = after;
  const auto at = [&](int wins, int losses) {
    return static_cast<std::size_t>(wins + pulls) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(losses + pulls);
  };
  for (int t = pulls; t-- > 0;) {
    for (int wins = -t; wins <= t; ++wins) {
      for (int losses = -(t - std::abs(wins)); losses <= t - std::abs(wins); ++losses) {
        const double odds = std::pow(1 + 2 * epsilon, wins) * std::pow(1 - 2 * epsilon, losses);
        const double first = odds / (1 + odds);  // that arm 0 is the good one
        const double win0 = .5 + epsilon * first, win1 = .5 + epsilon * (1 - first);
        const double pull0 =
            epsilon * (1 - first) + win0 * after[at(wins + 1, losses)] + (1 - win0) * after[at(wins, losses + 1)];
        const double pull1 =
            epsilon * first + win1 * after[at(wins - 1, losses)] + (1 - win1) * after[at(wins, losses - 1)];
        now[at(wins, losses)] = std::min(pull0, pull1);
      }
    }
    after = now;
  }
  return after[at(0, 0)];
}

// No learner does better than the best one, which backward induction finds.
TEST(LatentRegretFloor, IsBelowTheBestLearnerOfTwoArms) {
  int positive = 0;
  for (const int pulls : {1, 5, 20, 60}) {
    for (const double epsilon : {.02, .05, .1, .2, .4}) {
      const double bound = latent_regret_floor(1, 2, epsilon, .25, pulls), least = least_regret(pulls, epsilon);
      EXPECT_LE(bound, least + 1e-12) << pulls << ' ' << epsilon;
      positive += bound > .3 * least ? 1 : 0;
    }
  }
  EXPECT_GT(positive, 5) << "a bound that says something";
}

}  // namespace
}  // namespace bellwether::bounds
