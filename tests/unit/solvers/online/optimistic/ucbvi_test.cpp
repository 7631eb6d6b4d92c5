#include "solvers/online/optimistic/ucbvi.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/trial.h"
#include "tests/unit/solvers/online/optimistic/small_world.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const Arena& riverswim() {
  static const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
  return arena;
}

double regret(const Arena& arena, std::string_view learner, const std::string& constant, std::uint64_t seed,
              std::int64_t episodes) {
  return play(arena, learner, {{"constant", constant}}, Stream(seed), {.length = episodes, .checkpoints = {episodes}})
      .value(0, 0);
}

TEST(UcbviCh, ValuesOfHandComputedCounts) {
  SmallWorld small;
  const auto agent = make_ucbvi_ch(small.world, {.constant = "0.0004"}, Stream(1));
  SmallWorld::show(*agent);
  const auto& values = values_of(*agent);
  EXPECT_NEAR(values.q(1, 0), 0.13080587955537187, 1e-15);
  EXPECT_NEAR(values.q(1, 1), 0.3616117591107437, 1e-15);
  EXPECT_NEAR(values.q(1, 2), 0.9355715657078343, 1e-15);
  EXPECT_NEAR(values.q(0, 0), 0.9228874936139335, 1e-15);
  EXPECT_NEAR(values.q(0, 1), 0.7232235182214874, 1e-15);
  EXPECT_NEAR(values.q(0, 2), 1.679823195883305, 1e-15);
  EXPECT_EQ(agent->policy().choice(0, 0), 0);
  EXPECT_EQ(agent->policy().choice(1, 0), 1);
  EXPECT_EQ(agent->optimistic_value(1), values.q(0, 2));
}

TEST(UcbviBf, ValuesOfHandComputedCounts) {
  SmallWorld small;
  const auto agent = make_ucbvi_bf(small.world, {.constant = "0.001"}, Stream(1));
  SmallWorld::show(*agent);
  const auto& values = values_of(*agent);
  EXPECT_NEAR(values.q(1, 0), 0.1284999934208894, 1e-15);
  EXPECT_NEAR(values.q(1, 1), 0.40834311943406526, 1e-15);
  EXPECT_NEAR(values.q(1, 2), 0.9374947413852353, 1e-15);
  EXPECT_NEAR(values.q(0, 0), 0.9347816439164796, 1e-15);
  EXPECT_NEAR(values.q(0, 1), 0.8166862388681305, 1e-15);
  EXPECT_NEAR(values.q(0, 2), 1.6999567353482905, 1e-15);
}

// In a world of one row 10^4 H^3 S^2 A L^2 / N' gets below H^2 after some millions of episodes.
TEST(UcbviBf, BonusOfArrivalsFallsWhenTheNextStateIsKnown) {
  const std::vector<std::int64_t> begin{0, 1};
  const std::vector<double> reward{0.25};
  const std::int64_t episodes = 8'000'000;
  const EpisodicWorld world{.state_begin = begin, .episodes = episodes, .mean_reward = reward};
  const auto agent = make_ucbvi_bf(world, {}, Stream(1));
  const std::vector<Step> steps{{0, 0, 0, 0.25}};
  const double L = std::log(5.0 * static_cast<double>(episodes) / 0.05);
  for (std::int64_t k = 1; k <= episodes; ++k) {
    agent->learn(steps);
    if (k != 1'000'000 && k != episodes) continue;
    agent->plan(k);
    const auto n = static_cast<double>(k);
    const double expected = 0.25 + 14 * L / (3 * n) + std::sqrt(8 / n * std::min(1.0, 1e4 * L * L / n));
    EXPECT_NEAR(*agent->optimistic_value(0), expected, 1e-13);
  }
  EXPECT_LT(*agent->optimistic_value(0), 0.25 + 14 * L / (3.0 * episodes) + std::sqrt(6.0 / episodes));
}

TEST(Ucbvi, MonotoneValuesNeverRise) {
  for (const bool monotone : {true, false}) {
    RandomWorld random(5, 4, true, 5);
    const auto agent = make_ucbvi_bf(random.world, {.constant = "0.003", .monotone = monotone}, Stream(1));
    int rises = 0;
    double last = 4;
    for (int k = 0; k < 300; ++k) {
      agent->plan(k);
      rises += *agent->optimistic_value(0) > last ? 1 : 0;
      last = *agent->optimistic_value(0);
      agent->learn(random.episode());
    }
    EXPECT_EQ(rises == 0, monotone);
  }
}

// Regrets after 3000 episodes of RiverSwim, delta = .05, that an independent program found with a single seed
// (docs/papers/ucbvi.md): each must look like one more run of ours.
TEST(Ucbvi, ReproducesTheScalingTable) {
  struct Row {
    const char *learner, *constant;
    double published;
  };
  for (const Row& row : {Row{"ucbvi-ch", "1", 9892}, Row{"ucbvi-ch", "0.01", 3962}, Row{"ucbvi-ch", "0.003", 617},
                         Row{"ucbvi-bf", "1", 10145}, Row{"ucbvi-bf", "0.1", 1735}, Row{"ucbvi-bf", "0.03", 453},
                         Row{"ucbvi-bf", "0.01", 140}}) {
    double sum = 0, square = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const double x = regret(riverswim(), row.learner, row.constant, seed, 3000);
      sum += x;
      square += x * x;
    }
    const double mean = sum / 10, deviation = std::sqrt(std::max(0.0, square / 10 - mean * mean) * 10 / 9);
    EXPECT_NEAR(row.published, mean, 2 * deviation + 0.5) << row.learner << ", constant " << row.constant;
    EXPECT_LT(deviation, 0.12 * mean) << "the noise is small enough for the comparison to mean something";
  }
}

TEST(UcbviCh, StaysBelowItsBound) {
  const double H = 20, S = 6, A = 2, K = 3000, L = std::log(5 * S * A * K * H / 0.05);
  const double bound = 20 * std::pow(H, 1.5) * L * std::sqrt(S * A * K) + 250 * H * H * S * S * A * L * L;
  for (const char* constant : {"theory", "practical"}) {
    const double found = regret(riverswim(), "ucbvi-ch", constant, 1, 3000);
    EXPECT_LE(found, bound);
    EXPECT_LE(found, K * riverswim().episodic()->optimum());
  }
}

TEST(Ucbvi, LearnsWithPracticalConstants) {
  for (const char* learner : {"ucbvi-ch", "ucbvi-bf"}) {
    const Series run = play(riverswim(), learner, {{"constant", "practical"}}, Stream(1),
                            {.length = 3000, .checkpoints = {1500, 3000}});
    EXPECT_LT(run.value(1, 0) - run.value(0, 0), 0.2 * run.value(0, 0)) << learner;
  }
}

// The card's number: less than 15% of the regret of the first half.
TEST(UcbviBf, LearnsRiverSwimInTheFirstHalf) {
  const Series run =
      play(riverswim(), "ucbvi-bf", {{"constant", "0.01"}}, Stream(1), {.length = 3000, .checkpoints = {1500, 3000}});
  EXPECT_LT(run.value(1, 0) - run.value(0, 0), 0.15 * run.value(0, 0));
  EXPECT_EQ(run.value(1, 4), 0) << "optimistic in every episode";
}

TEST(Ucbvi, BeatsGreedyOnDeepSea) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Arena arena(mdp::make_instance("deep-sea", {{"size", "10"}, {"seed", std::to_string(seed)}}),
                      Protocol::kEpisodic);
    const TrialOptions options{.length = 2000, .checkpoints = {2000}};
    const double greedy = play(arena, "greedy", {}, Stream(seed), options).value(0, 0);
    EXPECT_LT(regret(arena, "ucbvi-bf", "0.01", seed, 2000), 0.6 * greedy) << "seed " << seed;
  }
}

TEST(Ucbvi, NamesTheBadOption) {
  const SmallWorld small;
  EXPECT_THAT([&] { make_ucbvi_ch(small.world, {.delta = 0}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("delta")));
  EXPECT_THAT([&] { make_ucbvi_bf(small.world, {.constant = "tuned"}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("ucbvi-bf: constant is \"tuned\"")));
}

}  // namespace
}  // namespace bellwether::online
