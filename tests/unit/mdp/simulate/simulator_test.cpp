#include "mdp/simulate/simulator.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/simulate/policy_sampler.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"

namespace bellwether::mdp {
namespace {

constexpr int kDraws = 200'000;

/// Pearson's statistic of counts against probabilities; zero probabilities must have zero counts.
double chi_square(const std::vector<std::int64_t>& counts, std::span<const double> probability, double draws) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = draws * probability[i], seen = static_cast<double>(counts[i]);
    if (expected == 0) {
      EXPECT_EQ(counts[i], 0);
    } else {
      sum += (seen - expected) * (seen - expected) / expected;
    }
  }
  return sum;
}

/// Above this with odds of about one in a million (Wilson and Hilferty 1931).
double surprising(double freedom) {
  const double a = 2 / (9 * freedom);
  return freedom * std::pow(1 - a + 4.75 * std::sqrt(a), 3);
}

TEST(Simulator, FollowsEveryRowOfTheModel) {
  const TabularMdp model = test::random_model(Stream(31), {.states = 6, .most_successors = 6});
  const Simulator simulator(model);
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    Stream stream = Stream(32).child(static_cast<std::uint64_t>(c));
    std::vector<std::int64_t> counts(model.successors(c).size(), 0);
    for (int i = 0; i < kDraws; ++i) {
      const Step step = simulator.draw_step(c, stream);
      const auto place = static_cast<std::size_t>(step.transition - model.choice_begin()[static_cast<std::size_t>(c)]);
      ASSERT_EQ(step.next, model.successors(c)[place]);
      ASSERT_EQ(step.reward, model.reward(c));
      ++counts[place];
    }
    const double freedom = std::max(1.0, static_cast<double>(counts.size()) - 1);
    EXPECT_LT(chi_square(counts, model.probabilities(c), kDraws), surprising(freedom)) << "choice " << c;
  }
}

TEST(Simulator, TheFastPathDrawsTheSame) {
  const TabularMdp model = test::random_model(Stream(33));
  const Simulator simulator(model);
  Stream a(34), b(34);
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t c = i % model.num_choices();
    ASSERT_EQ(simulator.draw_next(c, a), simulator.draw_step(c, b).next);
  }
}

TEST(Simulator, TakesTheDrawsOfAnAliasTable) {
  const TabularMdp model = test::random_model(Stream(40), {.states = 9, .most_successors = 5});
  const Simulator simulator(model);
  Stream a(41), b(41);
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t c = i % model.num_choices();
    std::vector<AliasCell> cells(model.successors(c).size());
    build_alias(model.probabilities(c), cells);
    const auto place = static_cast<std::int64_t>(sample_alias(cells, a));
    ASSERT_EQ(simulator.draw_step(c, b).transition - model.choice_begin()[static_cast<std::size_t>(c)], place) << i;
  }
  EXPECT_EQ(a(), b());
}

TEST(Simulator, BeginsWhereTheModelSays) {
  const TabularMdp model = test::random_model(Stream(35), {.states = 4}).with_initial({0.1, 0, 0.6, 0.3});
  const Simulator simulator(model);
  Stream stream(36);
  std::vector<std::int64_t> counts(4, 0);
  for (int i = 0; i < kDraws; ++i) ++counts[static_cast<std::size_t>(simulator.draw_initial(stream))];
  EXPECT_LT(chi_square(counts, model.initial(), kDraws), surprising(2));
}

/// One state; rewards by law, each with its mean.
TabularMdp laws() {
  const std::vector<double> values{-1, 2, 10}, weights{0.5, 0.25, 0.25};
  return std::move(TabularMdpBuilder(2)
                       .add_choice(0, 1.5, {{0, 1.0}})
                       .bernoulli_reward(5)
                       .add_choice(0, -3.0, {{0, 1.0}})
                       .gaussian_reward(2)
                       .add_choice(0, 2.5, {{0, 1.0}})
                       .finite_reward(values, weights)
                       .add_choice(0, 7.0, {{0, 1.0}})
                       .add_choice(1, {{0, 0.25, 4.0}, {1, 0.75, -4.0}}))
      .build();
}

TEST(Simulator, DrawsRewardsByTheirLaws) {
  const Simulator simulator(laws());
  Stream stream(37);
  std::int64_t ones = 0;
  double sum = 0, squares = 0;
  std::vector<std::int64_t> finite(3, 0);
  for (int i = 0; i < kDraws; ++i) {
    const double coin = simulator.draw_step(0, stream).reward;
    ASSERT_TRUE(coin == 0 || coin == 5) << coin;
    ones += coin == 5 ? 1 : 0;
    const double x = simulator.draw_step(1, stream).reward;
    sum += x;
    squares += (x + 3) * (x + 3);
    const double y = simulator.draw_step(2, stream).reward;
    ASSERT_TRUE(y == -1 || y == 2 || y == 10) << y;
    ++finite[y == -1 ? 0 : y == 2 ? 1 : 2];
    ASSERT_EQ(simulator.draw_step(3, stream).reward, 7);
  }
  EXPECT_NEAR(static_cast<double>(ones) / kDraws, 0.3, 5 * std::sqrt(0.21 / kDraws));
  EXPECT_NEAR(sum / kDraws, -3, 5 * 2 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 4, 5 * std::sqrt(32.0 / kDraws));  // the variance of a squared normal is 2 sigma^4
  EXPECT_LT(chi_square(finite, std::vector<double>{0.5, 0.25, 0.25}, kDraws), surprising(2));
}

TEST(Simulator, PaysWhatTheTransitionSays) {
  const TabularMdp model = laws();
  const Simulator simulator(model);
  Stream stream(38);
  for (int i = 0; i < 1000; ++i) {
    const Step step = simulator.draw_step(4, stream);
    ASSERT_EQ(step.reward, step.next == 0 ? 4 : -4);
  }
}

TEST(PolicySampler, FollowsThePolicy) {
  const TabularMdp model = laws();
  const std::vector<double> probability{0.1, 0.2, 0, 0.7, 1};
  const PolicySampler sampler(model, Policy::randomised(probability));
  Stream stream(39);
  std::vector<std::int64_t> counts(4, 0);
  for (int i = 0; i < kDraws; ++i) ++counts[static_cast<std::size_t>(sampler.draw(0, stream))];
  EXPECT_LT(chi_square(counts, std::span(probability).first(4), kDraws), surprising(2));
  EXPECT_EQ(sampler.draw(1, stream), 4);
  const PolicySampler sure(model, Policy::deterministic({2, 0}));
  EXPECT_EQ(sure.draw(0, stream), 2);
  EXPECT_EQ(sure.draw(1, stream), 4);
  EXPECT_THROW(PolicySampler(model, Policy::deterministic({9, 0})), InvalidModel);
}

}  // namespace
}  // namespace bellwether::mdp
