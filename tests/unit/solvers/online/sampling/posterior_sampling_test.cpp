#include "solvers/online/sampling/posterior_sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/sampling/posterior.h"
#include "solvers/online/trial.h"
#include "tests/unit/solvers/online/hand_made.h"

namespace bellwether::online {
namespace {

using boost::math::beta_distribution;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr int kBins = 20;
/// Above this once in ten thousand with 19 degrees of freedom.
constexpr double kFar = 50.8;

/// How far draws are from the law, in bins that are equally likely under it.
class ChiSquare {
 public:
  explicit ChiSquare(const beta_distribution<>& law) : law_(law), counts_(kBins, 0) {}
  void add(double x) {
    const auto bin = static_cast<std::size_t>(cdf(law_, std::min(x, 1.0)) * kBins);
    ++counts_[std::min<std::size_t>(bin, kBins - 1)];
  }
  double value() const {
    const double expected = std::accumulate(counts_.begin(), counts_.end(), 0.0) / kBins;
    double sum = 0;
    for (const double count : counts_) sum += (count - expected) * (count - expected) / expected;
    return sum;
  }

 private:
  beta_distribution<> law_;
  std::vector<double> counts_;
};

// Row 1 of three, seen 4 times: the margins are Beta(prior + count, rest).
TEST(DirichletPosterior, DrawsFromItsLaw) {
  for (const double prior : {0.3, 1.0, 2.5}) {
    DirichletPosterior posterior(3, 4, prior);
    for (const int next : {2, 2, 0, 2}) posterior.add(1, next);
    const std::vector<double> count{1, 0, 3, 0};
    std::vector<ChiSquare> margins;
    for (const double n : count) margins.emplace_back(beta_distribution<>(prior + n, 4 * prior + 4 - prior - n));
    ChiSquare unseen(beta_distribution<>(prior, 3 * prior));
    Stream stream(7);
    std::vector<double> out(4 * 2);
    for (int k = 0; k < 10'000; ++k) {
      posterior.draw(stream, 1, 2, out.data());  // rows 1 and 2, successor by successor
      double sum = 0;
      for (std::size_t s = 0; s < 4; ++s) {
        margins[s].add(out[2 * s]);
        sum += out[2 * s];
      }
      ASSERT_NEAR(sum, 1, 1e-14);
      unseen.add(out[1]);
    }
    for (std::size_t s = 0; s < 4; ++s) EXPECT_LT(margins[s].value(), kFar) << "prior " << prior << ", state " << s;
    EXPECT_LT(unseen.value(), kFar) << "prior " << prior;
  }
}

TEST(BetaPosterior, DrawsFromItsLaw) {
  BetaPosterior posterior(2);
  for (const double reward : {1.0, 0.0, 0.25, 1.0}) posterior.add(1, reward);
  ChiSquare seen(beta_distribution<>(3.25, 2.75)), unseen(beta_distribution<>(1, 1));
  Stream stream(8);
  for (int k = 0; k < 20'000; ++k) {
    seen.add(posterior.draw(stream, 1));
    unseen.add(posterior.draw(stream, 0));
  }
  EXPECT_LT(seen.value(), kFar);
  EXPECT_LT(unseen.value(), kFar);
}

/// P(X > Y) of independent beta variables.
double probability_larger(const beta_distribution<>& x, const beta_distribution<>& y) {
  boost::math::quadrature::tanh_sinh<double> integrator;
  return integrator.integrate([&](double t) { return pdf(x, t) * cdf(y, t); }, 0.0, 1.0);
}

/// Two states: in the first, two choices that may lead to the second, which pays and (so far) always stays.
struct Fork {
  explicit Fork(bool same, int horizon = 3) : made(2, 2, horizon, 20'000, {0, 0, 1, 1}) {
    if (same) return;
    rewards.clear();
    for (int h = 0; h < horizon; ++h) rewards.insert(rewards.end(), {0, 0, 1, 1});
    made.world.same_at_every_stage = false;
    made.world.mean_reward = rewards;
  }
  HandMadeWorld made;
  std::vector<double> rewards;
};

// At the last but one stage a choice is worth its probability of leading to the paying state: choice 1 is played as
// often as its draw is the larger one.
TEST(Psrl, PlaysAChoiceAsOftenAsItIsBestUnderThePosterior) {
  for (const double prior : {1.0, 0.5}) {
    const Fork fork(true, 2);
    const auto agent = make_psrl(fork.made.world, {.alpha0 = prior}, Stream(5));
    // Choice 0 went to the paying state twice in three attempts, choice 1 once in one.
    agent->learn(std::vector<Step>{{0, 0, 1, 0}, {0, 0, 0, 0}});
    agent->learn(std::vector<Step>{{0, 0, 1, 0}, {0, 1, 1, 0}});
    int second = 0, changes = 0;
    const int n = 20'000;
    for (int k = 0; k < n; ++k) {
      const auto before = agent->policy().choice(0, 0);
      agent->plan(k);
      second += agent->policy().choice(0, 0) == 1 ? 1 : 0;
      changes += agent->policy().choice(0, 0) != before ? 1 : 0;
    }
    const double p =
        probability_larger(beta_distribution<>(prior + 1, prior), beta_distribution<>(prior + 2, prior + 1));
    EXPECT_NEAR(second, n * p, 4 * std::sqrt(n * p * (1 - p))) << "prior " << prior;
    EXPECT_NEAR(changes, n * 2 * p * (1 - p), 4 * std::sqrt(n / 4.0)) << "every episode has its own draw";
    EXPECT_EQ(agent->policy().choice(1, 0), 0) << "a tie at the last stage";
  }
}

// With one model for all stages what is best with two steps to go is best with three: the second state absorbs nearly
// always. Independent draws would disagree nearly every other time.
TEST(Psrl, DrawsOneModelForAllStagesUnlessTheyDiffer) {
  for (const bool same : {true, false}) {
    const Fork fork(same);
    const auto agent = make_psrl(fork.made.world, {}, Stream(5));
    for (int k = 0; k < 10'000; ++k) agent->learn(std::vector<Step>{{1, 2, 1, 0}, {1, 3, 1, 0}, {1, 2, 1, 0}});
    for (int k = 0; k < 10'000; ++k) agent->learn(std::vector<Step>{{1, 3, 1, 0}, {1, 2, 1, 0}, {1, 3, 1, 0}});
    int differ = 0;
    for (int k = 0; k < 2000; ++k) {
      agent->plan(k);
      differ += agent->policy().choice(0, 0) != agent->policy().choice(1, 0) ? 1 : 0;
    }
    if (same) {
      EXPECT_LT(differ, 5);
    } else {
      EXPECT_NEAR(differ, 1000, 4 * std::sqrt(500.0));
    }
  }
}

TEST(Psrl, LearnsRewardsFromWhatItCollects) {
  const HandMadeWorld made(1, 2, 1, 20'000, {0.9, 0.1});  // known rewards would decide at once
  const auto agent = make_psrl(made.world, {.rewards = "beta"}, Stream(5));
  for (const double reward : {0.5, 1.0}) agent->learn(std::vector<Step>{{0, 1, 0, reward}});
  int second = 0;
  const int n = 20'000;
  for (int k = 0; k < n; ++k) {
    agent->plan(k);
    second += agent->policy().choice(0, 0) == 1 ? 1 : 0;
  }
  const double p = probability_larger(beta_distribution<>(2.5, 1.5), beta_distribution<>(1, 1));
  EXPECT_NEAR(second, n * p, 4 * std::sqrt(n * p * (1 - p)));

  const auto knowing = make_psrl(made.world, {}, Stream(5));
  knowing->plan(0);
  EXPECT_EQ(knowing->policy().choice(0, 0), 0);
}

/// A model drawn from the prior of PSRL, with known rewards drawn once and for all.
mdp::TabularMdp drawn_model(int states, int actions, Stream stream) {
  Stream rewards(99);
  mdp::TabularMdpBuilder builder(states);
  const std::vector<double> prior(static_cast<std::size_t>(states), 1.0);
  std::vector<double> row(prior.size());
  for (int s = 0; s < states; ++s) {
    for (int a = 0; a < actions; ++a) {
      sample_dirichlet(stream, prior, row);
      std::vector<mdp::Entry> entries;
      for (int next = 0; next < states; ++next) entries.push_back({next, row[static_cast<std::size_t>(next)]});
      builder.add_choice(s, rewards.uniform(), entries);
    }
  }
  return std::move(builder).build();
}

// Bayes regret is O~(H S sqrt(A T)): at most about 1/2 on logarithmic scales.
TEST(Psrl, BayesRegretGrowsAtMostAsTheRoot) {
  const std::vector<std::int64_t> at{200, 340, 580, 1000, 1700, 3000};
  std::vector<double> regret(at.size(), 0.0);
  for (std::uint64_t draw = 0; draw < 60; ++draw) {
    const EpisodicTask task(drawn_model(4, 3, Stream(1000 + draw)), 6);
    const auto agent = make_psrl(world_of(task, 3000), {}, Stream(draw).child("learner"));
    const EpisodicRun run = run_episodes(task, *agent, Stream(draw), {.episodes = 3000, .checkpoints = at});
    for (std::size_t i = 0; i < at.size(); ++i) regret[i] += run.rows[i].value_regret / 60;
  }
  double x = 0, y = 0, xx = 0, xy = 0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double u = std::log(static_cast<double>(at[i])), v = std::log(regret[i]);
    x += u, y += v, xx += u * u, xy += u * v;
  }
  const auto n = static_cast<double>(at.size());
  const double slope = (n * xy - x * y) / (n * xx - x * x);
  RecordProperty("slope", std::to_string(slope));
  EXPECT_LE(slope, 0.65);
  EXPECT_GT(slope, 0.05) << "it goes on exploring";
}

TEST(Psrl, LearnsRiverSwim) {
  const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 20);
  for (const char* rewards : {"known", "beta"}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const auto run = [&] {
        return play(arena, "psrl", {{"rewards", rewards}}, Stream(seed), {.length = 4000, .checkpoints = {2000, 4000}});
      };
      const Series series = run();
      EXPECT_LT(series.value(1, 0), 400) << rewards << ", seed " << seed;
      EXPECT_LT(series.value(1, 0) - series.value(0, 0), 0.1 * series.value(0, 0)) << rewards << ", seed " << seed;
      EXPECT_EQ(series, run()) << "same stream, same bits";
    }
  }
}

TEST(Psrl, NamesTheBadOption) {
  const HandMadeWorld made(1, 1, 1, 10);
  EXPECT_THAT([&] { make_psrl(made.world, {.alpha0 = 0}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("psrl: option 'alpha0' is 0")));
  EXPECT_THAT([&] { make_psrl(made.world, {.rewards = "normal"}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("psrl: option 'rewards' is normal")));
}

}  // namespace
}  // namespace bellwether::online
