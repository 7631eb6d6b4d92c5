#include "solvers/online/sampling/optimistic_posterior_sampling.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <boost/math/distributions/beta.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/sampling.h"
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

constexpr int kPlans = 20'000;
constexpr double kOnceInTenThousand = 2.23;  // of sqrt(n) times the Kolmogorov-Smirnov distance

/// V_0 of state 0 in many plans, sorted.
std::vector<double> planned_values(EpisodicAgent& agent) {
  std::vector<double> values;
  for (int k = 0; k < kPlans; ++k) {
    agent.plan(k);
    values.push_back(*agent.optimistic_value(0));
  }
  std::ranges::sort(values);
  return values;
}

/// Between sorted draws and a law.
template <class Law>
double distance(const std::vector<double>& draws, Law&& cdf) {
  double largest = 0;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const double at = cdf(draws[i]), n = static_cast<double>(draws.size());
    largest = std::max({largest, at - static_cast<double>(i) / n, (static_cast<double>(i) + 1) / n - at});
  }
  return largest * std::sqrt(static_cast<double>(draws.size()));
}

/// Two states that pay 0.2 and `second`, one choice each, two stages: from state 0 the first `zeros` times back to it,
/// then `ones` times to state 1. V_1 is what a state pays.
struct TwoStates {
  TwoStates(double second, const OpsrlOptions& options, int zeros, int ones)
      : made(2, 1, 2, 1000, {0.2, second}), agent(make_opsrl(made.world, options, Stream(4))) {
    for (int k = 0; k < zeros + ones; ++k) {
      const std::int32_t next = k < zeros ? 0 : 1;
      agent->learn(std::vector<Step>{{0, 0, next, 0}, {next, next, 0, 0}});
    }
  }
  HandMadeWorld made;
  std::unique_ptr<EpisodicAgent> agent;
};

// One state, one choice, two stages, n visits: V_0 = r + r + w (2 - r) with w the largest of J draws of
// Beta(prior, n / inflation). Two states that are worth the same are one.
TEST(Opsrl, DrawsTheBestOfSeveralFromTheInflatedPosterior) {
  for (const char* constant : {"0.001", "1e-5"}) {  // a prior of 15, one of 0.15
    const HandMadeWorld made(1, 1, 2, 1000, {0.25});
    const OpsrlPrior prior(made.world, 0.05, std::stod(constant));
    const auto agent = make_opsrl(made.world, {.constant = constant, .samples = 3}, Stream(4));
    EXPECT_EQ(prior.prior > 1, std::stod(constant) > 1e-4);
    agent->plan(0);
    EXPECT_EQ(*agent->optimistic_value(0), 0.25 + 2) << "nothing seen: the state beside all others";
    for (int k = 0; k < 20; ++k) agent->learn(std::vector<Step>{{0, 0, 0, 0}, {0, 0, 0, 0}});
    const boost::math::beta_distribution<> law(prior.prior, 20 / prior.inflation);
    const auto share = [&](double r) {
      return [&, r](double v) { return std::pow(cdf(law, std::clamp((v - 2 * r) / (2 - r), 0.0, 1.0)), 3); };
    };
    EXPECT_LT(distance(planned_values(*agent), share(0.25)), kOnceInTenThousand) << constant;
    const TwoStates alike(0.2, {.constant = constant, .samples = 3}, 8, 12);
    const OpsrlPrior other(alike.made.world, 0.05, std::stod(constant));
    const boost::math::beta_distribution<> joint(other.prior, 20 / other.inflation);
    const auto cube = [&](double v) { return std::pow(cdf(joint, std::clamp((v - 0.4) / 1.8, 0.0, 1.0)), 3); };
    EXPECT_LT(distance(planned_values(*alike.agent), cube), kOnceInTenThousand) << constant;
  }
}

// Without a prior V_0 = 0.2 + 0.2 + 0.7 w, w the largest of J draws of Beta(ones, zeros); once each is the shape 1.
TEST(Opsrl, DrawsFromThePlainPosteriorOfTwoStates) {
  for (const int zeros : {1, 3}) {
    const TwoStates two(0.9, {.constant = "0", .samples = 4}, zeros, 5);
    const boost::math::beta_distribution<> law(5, zeros);
    const auto share = [&](double v) { return std::pow(cdf(law, std::clamp((v - 0.4) / 0.7, 0.0, 1.0)), 4); };
    EXPECT_LT(distance(planned_values(*two.agent), share), kOnceInTenThousand) << zeros;
  }
}

// Against Dirichlet draws of the library, at every size of prior and inflation (two samples: n / 2 in place of n). The
// large one draws by logarithms: a count of 1 is a shape below 0.1 there.
TEST(Opsrl, DrawsAsDirichletDrawsDo) {
  for (const char* constant : {"1e-6", "1e-5", "1e-3", "0.3"}) {
    for (const int zeros : {1, 6}) {
      const TwoStates two(0.9, {.constant = constant, .samples = 2}, zeros, 4);
      const OpsrlPrior prior(two.made.world, 0.05, std::stod(constant));
      const std::vector<double> shapes = {zeros / prior.inflation, 4 / prior.inflation, prior.prior};
      std::vector<double> right, share(3);
      Stream stream(77);
      for (int k = 0; k < kPlans; ++k) {
        double most = 0;
        for (int j = 0; j < 2; ++j) {
          sample_dirichlet(stream, shapes, share);
          most = std::max(most, 0.2 * share[0] + 0.9 * share[1] + 2 * share[2]);
        }
        right.push_back(0.2 + most);
      }
      std::ranges::sort(right);
      const auto below = [&](double v) {
        return static_cast<double>(std::ranges::upper_bound(right, v) - right.begin()) / kPlans;
      };
      EXPECT_LT(distance(planned_values(*two.agent), below) / std::sqrt(2), kOnceInTenThousand)
          << constant << ", " << zeros;
    }
  }
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
  EXPECT_THAT([&] { make_opsrl(made.world, {.samples = kMostOpsrlSamples + 1}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("option 'samples' is 1000001")));
  EXPECT_THAT([&] { make_opsrl(made.world, {.samples = -1}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("opsrl: option 'samples' is -1")));
}

}  // namespace
}  // namespace bellwether::online
