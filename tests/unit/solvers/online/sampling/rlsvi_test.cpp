#include "solvers/online/sampling/rlsvi.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/trial.h"
#include "tests/unit/solvers/online/hand_made.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

double normal_cdf(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

TEST(Rlsvi, BetaTakesItsPublishedValues) {
  EXPECT_NEAR(rlsvi_beta(HandMadeWorld(1, 2, 1, 10).world, 3), std::log(12.0) / 2, 1e-12);
  EXPECT_NEAR(rlsvi_beta(HandMadeWorld(6, 2, 20, 10).world, 100), 8000 * 6 * std::log(2 * 20 * 6 * 2 * 100.0) / 2,
              1e-6);
}

// One state, one stage, two choices: the second is played when its noisy average is the larger one, with probability
// Phi of the difference over its standard deviation. Averages and variances have denominator n + 1.
TEST(Rlsvi, NoiseHasTheVarianceOfTheTheorem) {
  const HandMadeWorld made(1, 2, 1, 10);
  for (const double factor : {1.0, 0.3}) {
    double expected = 0, variance = 0;
    int second = 0;
    for (std::uint64_t run = 0; run < 2000; ++run) {
      const auto agent = make_rlsvi(made.world, {.constant = factor == 1 ? "theory" : "0.3"}, Stream(run));
      for (int i = 0; i < 3; ++i) agent->learn(std::vector<Step>{{0, 0, 0, 0.9}});
      for (int i = 0; i < 24; ++i) agent->learn(std::vector<Step>{{0, 1, 0, 1.0}});
      for (int k = 0; k < 10; ++k) {
        agent->plan(k);
        second += agent->policy().choice(0, 0) == 1 ? 1 : 0;
        const double beta = std::log(4.0 * (k + 1)) / 2;
        const double p = normal_cdf((24.0 / 25 - 2.7 / 4) / (factor * std::sqrt(beta * (1.0 / 4 + 1.0 / 25))));
        expected += p;
        variance += p * (1 - p);
      }
    }
    EXPECT_NEAR(second, expected, 4 * std::sqrt(variance)) << factor;
  }
}

// Without noise it is backward induction in the empirical model whose missing mass is worth nothing.
TEST(Rlsvi, PlansInTheEmpiricalModel) {
  const EpisodicTask task = three_stages();
  const auto agent = make_rlsvi(world_of(task, 300), {.constant = "0"}, Stream(1));
  std::vector<std::vector<Step>> history;
  Stream noise(2);
  for (int k = 0; k < 300; ++k) {
    agent->plan(k);
    std::vector<double> next(4, 0.0);
    for (int h = 2; h >= 0; --h) {
      std::vector<double> sum(12, 0.0), visits(12, 1.0);
      for (const auto& steps : history) {
        const Step& step = steps[static_cast<std::size_t>(h)];
        sum[static_cast<std::size_t>(step.choice)] += step.reward + next[static_cast<std::size_t>(step.next)];
        ++visits[static_cast<std::size_t>(step.choice)];
      }
      std::vector<double> value(4);
      for (std::size_t s = 0; s < 4; ++s) {
        for (std::size_t c = 3 * s; c < 3 * s + 3; ++c) value[s] = std::max(value[s], sum[c] / visits[c]);
        const auto chosen = static_cast<std::size_t>(agent->policy().choice(h, static_cast<int>(s)));
        ASSERT_NEAR(sum[chosen] / visits[chosen], value[s], 1e-12) << "episode " << k << ", stage " << h;
      }
      next = value;
    }
    // Play something else now and then, so that the model is seen.
    auto steps = played(task, agent->policy(), noise);
    if (k % 2 == 0) {
      std::int32_t s = steps[0].state;
      for (int h = 0; h < 3; ++h) {
        const auto c = 3 * s + static_cast<std::int32_t>(noise.below(3));
        const mdp::Step outcome = task.simulator(h).draw_step(c, noise);
        steps[static_cast<std::size_t>(h)] = {s, c, outcome.next, task.to_unit(outcome.reward)};
        s = outcome.next;
      }
    }
    agent->learn(steps);
    history.push_back(steps);
  }
}

TEST(Rlsvi, LearnsRiverSwimWithThePracticalConstant) {
  const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto run = [&] {
      return play(arena, "rlsvi", {{"constant", "practical"}}, Stream(seed),
                  {.length = 20'000, .checkpoints = {10'000, 20'000}});
    };
    const Series series = run();
    EXPECT_LT(series.value(1, 0) - series.value(0, 0), 0.25 * series.value(0, 0)) << "seed " << seed;
    if (seed == 1) {
      EXPECT_EQ(series, run()) << "same stream, same bits";
    }
  }
}

TEST(Rlsvi, NamesTheBadOption) {
  const HandMadeWorld made(1, 1, 1, 10);
  EXPECT_THAT([&] { make_rlsvi(made.world, {.constant = "-1"}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("rlsvi: constant is \"-1\"")));
}

}  // namespace
}  // namespace bellwether::online
