#include "solvers/online/sampling/optimistic_posterior_sampling.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/distributions/beta.hpp>
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

TEST(Opsrl, PriorTakesItsPublishedValues) {
  const HandMadeWorld made(4, 3, 5, 1000);
  const OpsrlPrior prior(made.world, 0.05, 1), small(made.world, 0.05, 0.25), none(made.world, 0.05, 0);
  const double kappa = 2 * (std::log(12 * 60 / 0.05) + 3 * std::log(M_PI * std::exp(1.0) * 2001));
  EXPECT_NEAR(prior.inflation, kappa, 1e-9);
  // c_0 = 15323.594238, log_(17/16) 1000 = 113.943066
  EXPECT_NEAR(prior.prior, 15323.594238 + 113.943066, 1e-5);
  EXPECT_NEAR(small.inflation, 1 + 0.25 * (kappa - 1), 1e-9);
  EXPECT_NEAR(small.prior, 0.25 * prior.prior, 1e-9);
  EXPECT_EQ(none.inflation, 1);
  EXPECT_EQ(none.prior, 0);
  const double base = std::log(2 / (1 + 0.8413447460685429));
  EXPECT_EQ(prior.samples, static_cast<int>(std::ceil(std::log(2 * 60 * 1000 / 0.05) / base)));
}

// One state, one choice, two stages, n visits: V_0 = r + r + w (2 - r) with w the largest of J draws of
// Beta(prior, n / inflation).
TEST(Opsrl, DrawsTheBestOfSeveralFromTheInflatedPosterior) {
  const HandMadeWorld made(1, 1, 2, 1000, {0.25});
  const OpsrlPrior prior(made.world, 0.05, 0.001);
  const auto agent = make_opsrl(made.world, {.constant = "0.001", .samples = 3}, Stream(4));
  EXPECT_GT(prior.prior, 10);
  agent->plan(0);
  EXPECT_EQ(*agent->optimistic_value(0), 0.25 + 2) << "nothing seen: the state beside all others";
  for (int k = 0; k < 20; ++k) agent->learn(std::vector<Step>{{0, 0, 0, 0}, {0, 0, 0, 0}});
  const boost::math::beta_distribution<> law(prior.prior, 20 / prior.inflation);
  const int n = 20'000;
  std::vector<double> draws;
  for (int k = 0; k < n; ++k) {
    agent->plan(k);
    draws.push_back(std::pow(cdf(law, (*agent->optimistic_value(0) - 0.5) / 1.75), 3));
  }
  std::sort(draws.begin(), draws.end());
  double distance = 0;
  for (int i = 0; i < n; ++i)
    distance = std::max(distance, std::abs(draws[static_cast<std::size_t>(i)] - (i + 0.5) / n));
  EXPECT_LT(distance * std::sqrt(n), 2.23) << "Kolmogorov-Smirnov, once in ten thousand";
}

TEST(Opsrl, IsOptimisticWithTheConstantsOfTheTheorem) {
  for (const char* seed : {"1", "2", "3"}) {
    const Arena garnet(
        mdp::make_instance("garnet", {{"states", "3"}, {"actions", "2"}, {"successors", "2"}, {"seed", seed}}),
        Protocol::kEpisodic, 3);
    EXPECT_EQ(play(garnet, "opsrl", {}, Stream(1), {.length = 200, .checkpoints = {200}}).value(0, 4), 0);
    EXPECT_GT(
        play(garnet, "opsrl", {{"constant", "0"}, {"samples", "1"}}, Stream(1), {.length = 200, .checkpoints = {200}})
            .value(0, 4),
        20)
        << "one draw from the plain posterior is optimistic every other time";
  }
}

TEST(Opsrl, LearnsRiverSwimWithThePracticalConstant) {
  const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 10);
  const auto run = [&] {
    return play(arena, "opsrl", {{"constant", "practical"}}, Stream(1), {.length = 3000, .checkpoints = {1500, 3000}});
  };
  const Series series = run();
  EXPECT_LT(series.value(1, 0) - series.value(0, 0), 0.5 * series.value(0, 0));
  EXPECT_EQ(series, run()) << "same stream, same bits";
}

TEST(Opsrl, NamesTheBadOption) {
  const HandMadeWorld made(1, 1, 1, 10);
  EXPECT_THAT([&] { make_opsrl(made.world, {.samples = -1}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("opsrl: option 'samples' is -1")));
}

}  // namespace
}  // namespace bellwether::online
