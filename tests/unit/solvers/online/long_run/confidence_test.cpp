#include "solvers/online/long_run/confidence.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/stream.h"

namespace bellwether::online {
namespace {

/// Two states with two choices and one. Choice 0 went 0 -> 0, 0 -> 1 three times with rewards 0, 0, 1, 1; choice 2
/// went 1 -> 1 once with reward 0.25; choice 1 was never taken.
struct Seen {
  std::vector<std::int64_t> state_begin{0, 2, 3};
  std::vector<double> rewards{0, 0, 0};
  AverageWorld world{.state_begin = state_begin, .largest_num_actions = 2, .steps = 1000, .mean_reward = rewards};
  Experience experience{world};
  std::vector<double> reward = std::vector<double>(3);
  std::vector<double> u{1, 0};

  Seen() {
    const std::vector<AverageStep> steps{{0, 0, 0, 0}, {0, 0, 1, 0}, {1, 2, 1, 0.25}, {0, 0, 1, 1}, {0, 0, 1, 1}};
    experience.add(steps);
    experience.settle();
  }
};

constexpr double kDelta = 0.05, kStep = 6, kFactor = 0.01;

TEST(HoeffdingSets, WidthsOfHandComputedCounts) {
  Seen seen;
  HoeffdingSets sets(seen.world, kDelta, kFactor);
  sets.renew(seen.experience, kStep, seen.reward);
  sets.prepare(seen.u);
  // ln(2 * 3 * 6 / .05) = 6.579251212010101, ln(2 * 2 * 6 / .05) = 6.173786103901937.
  EXPECT_NEAR(seen.reward[0], 0.5 + 0.01 * std::sqrt(7 * 6.579251212010101 / (2 * 4)), 1e-15);
  EXPECT_EQ(seen.reward[1], 1);
  EXPECT_NEAR(seen.reward[2], 0.25 + 0.01 * std::sqrt(7 * 6.579251212010101 / 2), 1e-15);
  // State 0 is the best: half the radius moves there.
  EXPECT_NEAR(sets.value(0), 0.25 + 0.01 * std::sqrt(14 * 2 * 6.173786103901937 / 4) / 2, 1e-15);
  EXPECT_EQ(sets.value(1), 1);
  EXPECT_NEAR(sets.value(2), 0.01 * std::sqrt(14 * 2 * 6.173786103901937) / 2, 1e-15);
}

TEST(BernsteinSets, WidthsOfHandComputedCounts) {
  Seen seen;
  BernsteinSets newer(seen.world, BernsteinSets::Widths::k2020, kDelta, kFactor);
  newer.renew(seen.experience, kStep, seen.reward);
  newer.prepare(seen.u);
  // ln(6 * 3 * 4 / .05) = 7.272398392570047, ln(6 * 3 * 1 / .05) = 5.886104031450156.
  EXPECT_NEAR(seen.reward[0], 0.5 + 0.01 * (2 * 0.5 * std::sqrt(7.272398392570047 / 4) + 6 * 7.272398392570047 / 4),
              1e-15);
  EXPECT_EQ(seen.reward[1], 1);
  EXPECT_NEAR(seen.reward[2], 0.25 + 0.01 * 6 * 5.886104031450156, 1e-15);
  const double width = 0.01 * (2 * std::sqrt(0.1875 * 7.272398392570047 / 4) + 6 * 7.272398392570047 / 4);
  EXPECT_NEAR(newer.value(0), 0.25 + width, 1e-15);
  EXPECT_EQ(newer.value(1), 1);
  EXPECT_NEAR(newer.value(2), 0.01 * 6 * 5.886104031450156, 1e-15) << "a state that was never seen";

  BernsteinSets older(seen.world, BernsteinSets::Widths::k2018, kDelta, kFactor);
  older.renew(seen.experience, kStep, seen.reward);
  older.prepare(seen.u);
  const double l = 6.579251212010101;
  EXPECT_NEAR(seen.reward[0], 0.5 + 0.01 * (std::sqrt(14 * 0.25 * l / 4) + 49 * l / (3 * 3)), 1e-15);
  EXPECT_NEAR(seen.reward[2], std::min(1.0, 0.25 + 0.01 * 49 * l / 3), 1e-15);
  EXPECT_NEAR(older.value(0), 0.25 + 0.01 * (std::sqrt(14 * 0.1875 * l / 4) + 49 * l / (3 * 3)), 1e-15);
  EXPECT_NEAR(older.value(2), std::min(1.0, 0.01 * 49 * l / 3), 1e-15);
}

TEST(KlSets, ConstantsAndWidthsOfHandComputedCounts) {
  Seen seen;
  KlSets sets(seen.world, kDelta, kFactor);
  // With T = 1000: C_R = ln(4 * 3 * ln 1000 / .05) / 1.99; B = ln(2 e * 2 * 3 * ln 1000 / .05), S^2 A read as S * SA.
  const double log_steps = 6.907755278982137, b = std::log(12 * 2.718281828459045 * log_steps / 0.05);
  EXPECT_NEAR(sets.reward_constant(), std::log(12 * log_steps / 0.05) / 1.99, 1e-13);
  const double more = b + 1 / log_steps;
  EXPECT_NEAR(sets.law_constant(), 2 * (b + std::log(more) * (1 + 1 / more)), 1e-12);
  EXPECT_NEAR(sets.law_constant(), 21.62, 0.01);
  sets.renew(seen.experience, kStep, seen.reward);
  sets.prepare(seen.u);
  EXPECT_NEAR(seen.reward[0], 0.5 + 0.01 * std::sqrt(sets.reward_constant() / 4), 1e-15);
  EXPECT_EQ(seen.reward[1], 1);
  EXPECT_EQ(sets.value(1), 1);
  EXPECT_NEAR(sets.value(2), -std::expm1(-0.01 * sets.law_constant()), 1e-13) << "one successor, the other is better";
  const double q = sets.value(0);  // the mass of state 0
  EXPECT_NEAR(0.25 * std::log(0.25 / q) + 0.75 * std::log(0.75 / (1 - q)), 0.01 * sets.law_constant() / 4, 1e-12);
  EXPECT_GT(q, 0.25);
}

TEST(Experience, CountsTheSameWithAndWithoutRoomBesideEveryPair) {
  std::vector<std::int64_t> few{0, 1, 2, 3}, many;
  for (std::int64_t s = 0; s <= 1200; ++s) many.push_back(s);  // 1200 * 1200 pairs: no room
  const AverageWorld small{.state_begin = few, .mean_reward = {}}, large{.state_begin = many, .mean_reward = {}};
  Experience roomy(small), searching(large);
  Stream stream(54);
  for (int piece = 0; piece < 20; ++piece) {
    std::vector<AverageStep> steps;
    for (int i = 0; i < 50; ++i) {
      const auto from = static_cast<std::int32_t>(stream.below(3)), to = static_cast<std::int32_t>(stream.below(3));
      steps.push_back({from, from, to, stream.uniform()});
    }
    roomy.add(steps);
    searching.add(steps);
    if (piece % 3 == 0) roomy.settle();
  }
  roomy.settle();
  searching.settle();
  std::int64_t total = 0;
  for (std::int64_t c = 0; c < 3; ++c) {
    EXPECT_EQ(roomy.visits(c), searching.visits(c));
    EXPECT_EQ(roomy.rewards(c).sum, searching.rewards(c).sum);
    total += roomy.visits(c);
    ASSERT_EQ(roomy.successors(c).size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(roomy.successors(c)[i].state, searching.successors(c)[i].state);
      EXPECT_EQ(roomy.successors(c)[i].count, searching.successors(c)[i].count);
    }
  }
  EXPECT_EQ(total, 1000);
}

}  // namespace
}  // namespace bellwether::online
