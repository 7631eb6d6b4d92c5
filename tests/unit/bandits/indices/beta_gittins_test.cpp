#include "bandits/indices/beta_gittins.h"

#include <array>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/indices/arm_chain.h"
#include "bandits/indices/gittins.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(BetaGittins, HoldsThePublishedTable) {
  // Gittins 1989, discount 0.9, four digits.
  BetaGittins gittins(0.9, 1e-6);
  struct Entry {
    double successes, failures, index;
  };
  for (const Entry& e : {Entry{1, 1, 0.7029}, Entry{2, 2, 0.6346}, Entry{3, 3, 0.6010}, Entry{10, 2, 0.8695}}) {
    const Enclosure got = gittins.index(e.successes, e.failures);
    EXPECT_NEAR(got.middle(), e.index, 5.1e-5) << e.successes << " " << e.failures;
    EXPECT_LE(got.high - got.low, 1e-6);
    EXPECT_GT(got.high, got.low);
  }
}

/// All posteriors up to a depth as one finite arm: it ends in posteriors that stay for ever, or that tell the truth.
TEST(BetaGittins, AgreesWithStateElimination) {
  constexpr int kDepth = 24;
  for (const double discount : {0.3, 0.5, 0.7}) {
    const auto place = [](int depth, int j) { return static_cast<std::size_t>(depth * (depth + 1) / 2 + j); };
    const std::size_t n = place(kDepth, kDepth) + 1;
    std::vector<double> reward(n), move(n * n);
    for (int k = 0; k <= kDepth; ++k)
      for (int j = 0; j <= k; ++j) {
        const double p = (1.5 + j) / (2.25 + k);
        reward[place(k, j)] = p;
        double* row = &move[place(k, j) * n];
        if (k == kDepth) {
          row[place(k, j)] = 1;
          continue;
        }
        row[place(k + 1, j + 1)] = p;
        row[place(k + 1, j)] = 1 - p;
      }
    const auto tree = gittins_indices(rested_arm(reward, move), discount);
    BetaGittins gittins(discount, 1e-9);
    const double tail = std::pow(discount, kDepth - 2) / (4 * std::sqrt(kDepth)) / (1 - discount);
    for (int k = 0; k <= 2; ++k)
      for (int j = 0; j <= k; ++j) {
        const Enclosure got = gittins.index(1.5 + j, 0.75 + k - j);
        EXPECT_GE(got.high, tree[place(k, j)] - 1e-12) << discount << " " << k << " " << j;
        EXPECT_LE(got.low, tree[place(k, j)] + tail);
        EXPECT_LE(got.high - got.low, 1e-9);
      }
  }
}

TEST(BetaGittins, CoarseEnclosuresHoldFineOnes) {
  for (const double discount : {0.0, 0.6, 0.95}) {
    BetaGittins coarse(discount, 1e-2), fine(discount, 1e-7);
    for (const auto& [a, b] :
         {std::array{1.0, 1.0}, std::array{0.5, 3.0}, std::array{7.0, 2.0}, std::array{40.0, 60.0}}) {
      const Enclosure wide = coarse.index(a, b), narrow = fine.index(a, b);
      EXPECT_LE(wide.low, narrow.high) << discount << " " << a;
      EXPECT_GE(wide.high, narrow.low) << discount << " " << a;
      EXPECT_LE(wide.high - wide.low, 1e-2);
      EXPECT_GE(narrow.low, a / (a + b) - 1e-12);
    }
  }
}

TEST(BetaGittins, ShallowTreesStillHoldTheTruth) {
  // Two rounds deep at a discount of 0.99: nearly everything is in the tail.
  BetaGittins shallow(0.99, 50), deep(0.99, 1e-3);
  for (const auto& [a, b] : {std::array{1.0, 1.0}, std::array{0.3, 0.3}, std::array{3.0, 1.0}})
    for (const double charge : {0.2, 0.5, 0.7, 0.8}) {
      const Enclosure wide = shallow.retirement_value(a, b, charge), narrow = deep.retirement_value(a, b, charge);
      EXPECT_LE(wide.low, narrow.high) << a << " " << charge;
      EXPECT_GE(wide.high, narrow.low) << a << " " << charge;
      EXPECT_GT(wide.high - wide.low, 10 * (narrow.high - narrow.low)) << a << " " << charge;
    }
}

TEST(BetaGittins, RetirementIsWorthTheChargeFromTheIndexOn) {
  BetaGittins gittins(0.9, 1e-8);
  const Enclosure index = gittins.index(2, 1);
  EXPECT_DOUBLE_EQ(gittins.retirement_value(2, 1, index.high + 1e-6).high, index.high + 1e-6);
  EXPECT_GT(gittins.retirement_value(2, 1, index.low - 1e-6).low, index.low - 1e-6);
  const Enclosure never = gittins.retirement_value(2, 1, 0);
  EXPECT_NEAR(never.low, 2.0 / 3, 1e-9);
  EXPECT_NEAR(never.high, 2.0 / 3, 1e-9);
  // Convex in the charge, which is worth at least itself.
  double before = never.low, slope = 0;
  for (int k = 1; k <= 20; ++k) {
    const double now = gittins.retirement_value(2, 1, k / 20.0).middle();
    EXPECT_GE(now - before, slope - 1e-9) << k;
    slope = now - before;
    before = now;
  }
}

TEST(BetaGittins, NamesWhatIsWrong) {
  EXPECT_THAT([] { BetaGittins(1, 1e-3); }, ThrowsMessage<InvalidOption>(HasSubstr("'discount' is 1")));
  EXPECT_THAT([] { BetaGittins(0.99999, 1e-3); }, ThrowsMessage<InvalidOption>(HasSubstr("too deep")));
  EXPECT_THAT([] { BetaGittins(0.5, 0); }, ThrowsMessage<InvalidOption>(HasSubstr("'tolerance' is 0")));
  EXPECT_THAT([] { BetaGittins(0.5, 1e-3).index(0, 1); }, ThrowsMessage<InvalidOption>(HasSubstr("Beta(0, 1)")));
  EXPECT_THAT([] { BetaGittins(0.5, 1e-3).retirement_value(1, 1, 2); },
              ThrowsMessage<InvalidOption>(HasSubstr("'charge' is 2")));
}

}  // namespace
}  // namespace bellwether::bandits
