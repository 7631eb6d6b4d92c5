#include "solvers/online/long_run/extended_value_iteration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "mdp/instances/registry.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/average/task.h"
#include "solvers/online/long_run/boxes.h"
#include "solvers/online/long_run/l1_balls.h"

namespace bellwether::online {
namespace {

constexpr double kRiverSwimDiameter = 14.72234;

/// The rows of a model with a radius each.
L1Balls around(const mdp::TabularMdp& model, double radius) {
  L1Balls balls;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const auto next = model.successors(c);
    for (std::size_t i = 0; i < next.size(); ++i) balls.push(next[i], model.probabilities(c)[i]);
    balls.end_row(radius);
  }
  return balls;
}

std::vector<double> rewards_of(const mdp::TabularMdp& model) {
  std::vector<double> reward;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) reward.push_back(model.reward(c));
  return reward;
}

double span(std::span<const double> u) {
  const auto [low, high] = std::ranges::minmax_element(u);
  return *high - *low;
}

/// The published loop, word for word: a law as long as the states for each row, all sorted, nothing kept.
struct Naive {
  const mdp::TabularMdp& model;
  std::span<const double> reward;
  double radius, tau;

  std::vector<double> sweep(const std::vector<double>& u) const {
    std::vector<std::size_t> order(u.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return u[a] > u[b]; });
    std::vector<double> out;
    for (int s = 0; s < model.num_states(); ++s) {
      double best = -1e300;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        std::vector<double> p(u.size(), 0.0);
        for (std::size_t i = 0; i < model.successors(c).size(); ++i)
          p[static_cast<std::size_t>(model.successors(c)[i])] = model.probabilities(c)[i];
        p[order[0]] = std::min(1.0, p[order[0]] + radius / 2);
        for (std::size_t l = order.size(); l-- > 0;) {
          const double total = std::accumulate(p.begin(), p.end(), 0.0);
          if (total <= 1) break;
          p[order[l]] = std::max(0.0, 1 - (total - p[order[l]]));
        }
        best = std::max(
            best, reward[static_cast<std::size_t>(c)] + tau * std::inner_product(p.begin(), p.end(), u.begin(), 0.0));
      }
      out.push_back(best + (1 - tau) * u[static_cast<std::size_t>(s)]);
    }
    return out;
  }
};

TEST(ExtendedValueIteration, SolvesAKnownModelWhenTheSetsArePoints) {
  const auto model = mdp::make_instance("riverswim").model;
  L1Balls balls = around(model, 0);
  ExtendedValueIteration evi(model.state_begin());
  EXPECT_TRUE(evi.run(rewards_of(model), balls, {.tolerance = 1e-10}));
  EXPECT_NEAR(evi.gain_low(), 0.4286224, 5e-8);
  EXPECT_NEAR(evi.gain_high(), 0.4286224, 5e-8);
  EXPECT_NEAR(0.9 * span(evi.values()), 6.31032, 5e-6) << "the bias is tau times the values";
  for (int s = 0; s < 6; ++s) EXPECT_EQ(evi.choices()[static_cast<std::size_t>(s)], 2 * s + 1) << "always right";
}

TEST(ExtendedValueIteration, IsThePublishedIteration) {
  for (const char* name : {"riverswim", "garnet", "six-arms"}) {
    const AverageTask task(mdp::make_instance(name).model);
    const mdp::TabularMdp& model = task.model();
    const auto reward = task.unit_rewards();
    for (const double radius : {0.0, 0.05, 0.4, 1.2, 2.0}) {
      L1Balls balls = around(model, radius);
      const Naive naive{model, reward, radius, 0.9};
      std::vector<double> u(static_cast<std::size_t>(model.num_states()), 0.0);
      for (std::int64_t sweeps = 1; sweeps <= 30; ++sweeps) {
        ExtendedValueIteration evi(model.state_begin());
        EXPECT_FALSE(evi.run(reward, balls, {.tolerance = 0, .most_sweeps = sweeps}));
        const std::vector<double> next = naive.sweep(u);
        double low = 1e300, high = -1e300;
        for (std::size_t s = 0; s < u.size(); ++s) {
          low = std::min(low, next[s] - u[s]);
          high = std::max(high, next[s] - u[s]);
        }
        ASSERT_NEAR(evi.gain_low(), low, 1e-12) << name << ", radius " << radius << ", sweep " << sweeps;
        ASSERT_NEAR(evi.gain_high(), high, 1e-12) << name << ", radius " << radius << ", sweep " << sweeps;
        u = next;
      }
    }
  }
}

TEST(ExtendedValueIteration, LeavesWhatItReadsAsItWas) {
  // A sweep that writes the laws it tries back into the empirical ones grows more optimistic from sweep to sweep.
  const auto model = mdp::make_instance("riverswim").model;
  const std::vector<double> reward = rewards_of(model), before = reward;
  L1Balls balls = around(model, 0.3);
  ExtendedValueIteration evi(model.state_begin()), again(model.state_begin());
  EXPECT_TRUE(evi.run(reward, balls, {.tolerance = 1e-9}));
  EXPECT_TRUE(again.run(reward, balls, {.tolerance = 1e-9}));
  EXPECT_EQ(evi.gain_low(), again.gain_low());
  EXPECT_EQ(evi.sweeps(), again.sweeps());
  EXPECT_EQ(reward, before);
  L1Balls untouched = around(model, 0.3);
  EXPECT_TRUE(again.run(reward, untouched, {.tolerance = 1e-9}));
  EXPECT_TRUE(std::ranges::equal(again.values(), evi.values()));
}

TEST(ExtendedValueIteration, GainGrowsWithTheSets) {
  const auto model = mdp::make_instance("riverswim").model;
  double before = 0;
  for (const double radius : {0.0, 0.01, 0.05, 0.1, 0.2, 2.0}) {
    L1Balls balls = around(model, radius);
    ExtendedValueIteration evi(model.state_begin());
    EXPECT_TRUE(evi.run(rewards_of(model), balls, {.tolerance = 1e-9}));
    EXPECT_GT(evi.gain_low(), before);
    before = evi.gain_high();
  }
  EXPECT_NEAR(before, 1, 1e-8) << "at radius 2 the rewarding state is always next";
}

TEST(ExtendedValueIteration, ConvergesOnAPeriodicModel) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{1, 1.0}}).add_choice(1, 0.0, {{0, 1.0}});
  const mdp::TabularMdp model = std::move(builder).build();
  L1Balls balls = around(model, 0);
  ExtendedValueIteration evi(model.state_begin());
  EXPECT_FALSE(evi.run(rewards_of(model), balls, {.tolerance = 1e-3, .tau = 1, .most_sweeps = 1000}));
  EXPECT_TRUE(evi.run(rewards_of(model), balls, {.tolerance = 1e-9, .most_sweeps = 1000}));
  EXPECT_NEAR(evi.gain_low(), 0.5, 1e-9);
  EXPECT_NEAR(0.9 * span(evi.values()), 0.5, 1e-8) << "h(0) - h(1) = 1 - 1/2";
}

TEST(ExtendedValueIteration, WarmStartsKeepBoundsAndSpan) {
  const auto model = mdp::make_instance("riverswim").model;
  const std::vector<double> reward = rewards_of(model);
  ExtendedValueIteration warm(model.state_begin());
  std::int64_t warm_sweeps = 0, cold_sweeps = 0;
  for (const double radius : {0.8, 0.75, 0.7, 0.3, 0.28, 0.05, 0.04, 1.5, 0.02, 0.019}) {
    L1Balls balls = around(model, radius);
    ExtendedValueIteration cold(model.state_begin());
    EXPECT_TRUE(cold.run(reward, balls, {.tolerance = 1e-3}));
    EXPECT_TRUE(warm.run(reward, balls, {.tolerance = 1e-3, .warm = true}));
    EXPECT_LT(warm.gain_high() - warm.gain_low(), 1e-3);
    EXPECT_LE(warm.gain_low(), cold.gain_high() + 1e-12);
    EXPECT_GE(warm.gain_high(), cold.gain_low() - 1e-12);
    // The model itself is in every set: the bias of the best one spans its diameter at most.
    EXPECT_LE(0.9 * span(warm.values()), kRiverSwimDiameter);
    EXPECT_LE(0.9 * span(cold.values()), kRiverSwimDiameter);
    EXPECT_LE(warm.gain_high(), 1 + 1e-9);
    warm_sweeps += warm.sweeps();
    cold_sweeps += cold.sweeps();
  }
  EXPECT_LT(warm_sweeps, cold_sweeps);
}

TEST(ExtendedValueIteration, StartsAgainFromZeroWhenValuesAreTooFarApart) {
  const auto model = mdp::make_instance("riverswim").model;
  std::vector<double> large = rewards_of(model);
  for (double& r : large) r *= 100;
  ExtendedValueIteration warm(model.state_begin()), cold(model.state_begin());
  L1Balls balls = around(model, 0.1);
  warm.run(large, balls, {.tolerance = 1e-3});
  EXPECT_TRUE(warm.run(rewards_of(model), balls, {.tolerance = 1e-3, .warm = true}));
  EXPECT_TRUE(cold.run(rewards_of(model), balls, {.tolerance = 1e-3}));
  EXPECT_EQ(warm.sweeps(), cold.sweeps() + 1);
  EXPECT_TRUE(std::ranges::equal(warm.values(), cold.values()));
}

TEST(ExtendedValueIteration, StopsWhereTheGainDependsOnTheState) {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{0, 1.0}}).add_choice(1, 0.25, {{1, 1.0}});
  const mdp::TabularMdp model = std::move(builder).build();
  L1Balls balls = around(model, 0);
  ExtendedValueIteration evi(model.state_begin());
  EXPECT_FALSE(evi.run(rewards_of(model), balls, {.tolerance = 1e-3, .most_sweeps = 50}));
  EXPECT_EQ(evi.sweeps(), 50);
  EXPECT_NEAR(evi.gain_low(), 0.25, 1e-12);
  EXPECT_NEAR(evi.gain_high(), 1, 1e-12);
}

TEST(ExtendedValueIteration, ALargeWorldCostsItsSuccessorsAlone) {
  // 3000 states in a ring of which each row has seen two: rows times states would be 2 * 10^7 numbers a sweep.
  const int states = 3000;
  mdp::TabularMdpBuilder builder(states);
  for (int s = 0; s < states; ++s) {
    builder.add_choice(s, s == 0 ? 1.0 : 0.0, {{s, 0.5}, {(s + 1) % states, 0.5}});
    builder.add_choice(s, 0.0, {{s, 0.5}, {(s + states - 1) % states, 0.5}});
  }
  const mdp::TabularMdp model = std::move(builder).build();
  Boxes boxes;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    for (const std::int32_t next : model.successors(c)) boxes.push(next, 0.45, 0.55);
    boxes.end_row(1e-5);
  }
  ExtendedValueIteration evi(model.state_begin());
  evi.run(rewards_of(model), boxes, {.tolerance = 1e-6, .most_sweeps = 200});
  EXPECT_GT(evi.gain_high(), 0.3);
  EXPECT_EQ(evi.choices()[1], 3) << "back to the reward";
  EXPECT_EQ(evi.choices()[2999], 5998) << "onward to the reward";
}

}  // namespace
}  // namespace bellwether::online
