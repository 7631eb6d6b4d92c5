// The learners' plans against the same formulas computed from the list of everything that was seen, and those of the
// incremental plan against a plan of all rows.

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "solvers/online/optimistic/euler.h"
#include "solvers/online/optimistic/exploration_baselines.h"
#include "solvers/online/optimistic/mvp.h"
#include "solvers/online/optimistic/ucbvi.h"
#include "tests/unit/solvers/online/optimistic/naive_learner.h"
#include "tests/unit/solvers/online/optimistic/small_world.h"

namespace bellwether::online {
namespace {

using Place = NaiveLearner::Place;

struct Case {
  std::string name;
  std::unique_ptr<EpisodicAgent> (*make)(const EpisodicWorld&, bool monotone, bool incremental);
  NaiveLearner (*naive)(const EpisodicWorld&, bool monotone);
};

double log_of_ucbvi(const EpisodicWorld& world) {
  return std::log(5 * static_cast<double>(world.num_rows()) * 1000 * world.horizon / 0.05);
}

double mean_reward(const EpisodicWorld& world, const Place& at) {
  return world.mean_reward[static_cast<std::size_t>(world.row(at.stage, at.choice))];
}

NaiveLearner naive_ch(const EpisodicWorld& world, bool monotone) {
  const double H = world.horizon, L = log_of_ucbvi(world);
  return {world, !world.same_at_every_stage, monotone, [=](const Place& at) {
            return mean_reward(world, at) + at.samples.mean(at.v) +
                   0.002 * 7 * H * L / std::sqrt(static_cast<double>(at.samples.size()));
          }};
}

NaiveLearner naive_bf(const EpisodicWorld& world, bool monotone) {
  const double H = world.horizon, L = log_of_ucbvi(world);
  return {world, !world.same_at_every_stage, monotone, [=](const Place& at) {
            const auto n = static_cast<double>(at.samples.size());
            const double b = std::sqrt(8 * L * at.samples.variance(at.v) / n) + 14 * H * L / (3 * n) +
                             std::sqrt(8 / n * H * H);  // 10^4 H^3 S^2 A L^2 exceeds H^2 times 1000 episodes
            return mean_reward(world, at) + at.samples.mean(at.v) + 0.01 * b;
          }};
}

NaiveLearner naive_euler(const EpisodicWorld& world, bool monotone) {
  const double H = world.horizon, L = std::log(4 * static_cast<double>(world.num_rows()) * 1000 * H * 7 / 0.05);
  const auto bonus = [=](const Place& at, const std::vector<double>& of) {
    const auto n = static_cast<double>(at.samples.size());
    if (n < 2) return 1e9;
    const double rewards = std::sqrt(2 * at.samples.reward_square() / (n - 1) * L / n) + 7 * L / (3 * (n - 1));
    double apart = 0;
    for (const int s : at.samples.next)
      apart += std::pow(at.v[static_cast<std::size_t>(s)] - at.w[static_cast<std::size_t>(s)], 2) / n;
    const double j = H * L / 3, b_p = H * std::sqrt(2 * L), b_v = std::sqrt(2 * L);
    const double next = std::sqrt(2 * at.samples.variance(of) * L / n) + H * L / (3 * (n - 1)) +
                        ((4 * j + b_p) / std::sqrt(n) + b_v * std::sqrt(apart)) / std::sqrt(n);
    return 0.02 * (rewards + next);
  };
  return {world, !world.same_at_every_stage, monotone,
          [=](const Place& at) { return at.samples.mean_reward() + at.samples.mean(at.v) + bonus(at, at.v); },
          [=](const Place& at) { return at.samples.mean_reward() + at.samples.mean(at.w) - bonus(at, at.w); }};
}

std::size_t doubling(std::size_t n) {
  std::size_t m = 1;
  while (2 * m <= n) m *= 2;
  return m;
}

NaiveLearner naive_mvp(const EpisodicWorld& world, bool monotone) {
  const double H = world.horizon, iota = std::log(2 / 0.05);
  return {world, !world.same_at_every_stage, monotone, [=](const Place& at) {
            const auto used = at.samples.part(0, doubling(at.samples.size()));
            const auto n = static_cast<double>(used.size());
            // In units in which the total reward is at most 1.
            const double b = 460.0 / 9 * std::sqrt(used.variance(at.v) / (H * H) * iota / n) +
                             2 * std::sqrt(2.0) * std::sqrt(used.mean_reward() / H * iota / n) + 544.0 / 9 * iota / n;
            return used.mean_reward() + used.mean(at.v) + 0.003 * H * b;
          }};
}

template <bool NewestAlone>
NaiveLearner naive_mvp_2024(const EpisodicWorld& world, bool monotone) {
  const double H = world.horizon;
  const double iota = std::log(200 * static_cast<double>(world.num_choices()) * H * H * 1e6 / 0.05);
  return {world, true, monotone, [=](const Place& at) {
            const std::size_t m = doubling(at.samples.size());
            const auto used = at.samples.part(NewestAlone && m > 1 ? m / 2 : 0, m);
            const auto n = static_cast<double>(used.size());
            const double b = 460.0 / 9 * std::sqrt(used.variance(at.v) * iota / n) +
                             2 * std::sqrt(2.0) * std::sqrt(used.reward_square() / n * iota / n) +
                             544.0 / 9 * H * iota / n;
            return used.mean_reward() + used.mean(at.v) + 0.0005 * b;
          }};
}

NaiveLearner naive_beb(const EpisodicWorld& world, bool monotone) {
  const double H = world.horizon;
  return {world, !world.same_at_every_stage, monotone, [=](const Place& at) {
            return mean_reward(world, at) + at.samples.mean(at.v) +
                   0.1 * 2 * H * H / (1 + static_cast<double>(at.samples.size()));
          }};
}

template <bool NewestAlone>
std::unique_ptr<EpisodicAgent> mvp_2024(const EpisodicWorld& w, bool monotone, bool incremental) {
  return make_mvp_2024(
      w,
      {.constant = "0.0005", .data = NewestAlone ? "newest" : "all", .monotone = monotone, .incremental = incremental},
      Stream(1));
}

const std::vector<Case> kCases = {
    {"ucbvi-ch",
     [](const EpisodicWorld& w, bool monotone, bool incremental) {
       return make_ucbvi_ch(w, {.constant = "0.002", .monotone = monotone, .incremental = incremental}, Stream(1));
     },
     naive_ch},
    {"ucbvi-bf",
     [](const EpisodicWorld& w, bool monotone, bool incremental) {
       return make_ucbvi_bf(w, {.constant = "0.01", .monotone = monotone, .incremental = incremental}, Stream(1));
     },
     naive_bf},
    {"euler",
     [](const EpisodicWorld& w, bool monotone, bool incremental) {
       return make_euler(w, {.constant = "0.02", .monotone = monotone, .incremental = incremental}, Stream(1));
     },
     naive_euler},
    {"mvp",
     [](const EpisodicWorld& w, bool monotone, bool incremental) {
       return make_mvp(w, {.constant = "0.003", .monotone = monotone, .incremental = incremental}, Stream(1));
     },
     naive_mvp},
    {"mvp-2024", mvp_2024<true>, naive_mvp_2024<true>},
    {"mvp-2024 of all data", mvp_2024<false>, naive_mvp_2024<false>},
    {"beb",
     [](const EpisodicWorld& w, bool monotone, bool incremental) {
       return make_beb(w, {.constant = "0.1", .monotone = monotone, .incremental = incremental}, Stream(1));
     },
     naive_beb},
};

void expect_values(const EpisodicAgent& agent, const NaiveLearner& naive, const EpisodicWorld& world) {
  for (int h = 0; h < world.horizon; ++h) {
    for (std::int64_t c = 0; c < world.num_choices(); ++c) {
      ASSERT_NEAR(values_of(agent).q(h, c), naive.q[static_cast<std::size_t>(h)][static_cast<std::size_t>(c)], 1e-9)
          << "stage " << h << ", choice " << c;
    }
  }
  for (int s = 0; agent.pessimistic_value(0) && s < world.num_states(); ++s)
    ASSERT_NEAR(*agent.pessimistic_value(s), naive.w[0][static_cast<std::size_t>(s)], 1e-9) << "state " << s;
}

TEST(Plans, AreTheFormulasOfAllThatWasSeen) {
  for (const Case& learner : kCases) {
    for (const bool same : {true, false}) {
      for (const bool monotone : {true, false}) {
        SCOPED_TRACE(learner.name + (same ? ", one model" : ", a model a stage") + (monotone ? ", monotone" : ""));
        RandomWorld random(5, 4, same, 7);
        const auto agent = learner.make(random.world, monotone, true);
        NaiveLearner naive = learner.naive(random.world, monotone);
        for (int k = 0; k < 100; ++k) {
          agent->plan(k);
          naive.plan();
          ASSERT_NO_FATAL_FAILURE(expect_values(*agent, naive, random.world)) << "episode " << k;
          const auto steps = random.episode();
          agent->learn(steps);
          naive.learn(steps);
        }
        // The comparison is of something: values below what can be earned at all.
        EXPECT_LT(values_of(*agent).value(0, 0), 3.9);
      }
    }
  }
}

TEST(Plans, OfWhatChangedAreThoseOfAllRowsBitForBit) {
  for (const Case& learner : kCases) {
    for (const bool same : {true, false}) {
      for (const bool monotone : {true, false}) {
        SCOPED_TRACE(learner.name + (same ? ", one model" : ", a model a stage") + (monotone ? ", monotone" : ""));
        RandomWorld random(70, 6, same, 3);  // more than one word of choices, and of states
        const auto agent = learner.make(random.world, monotone, true),
                   full = learner.make(random.world, monotone, false);
        for (int k = 0; k < 300; ++k) {
          agent->plan(k);
          full->plan(k);
          ASSERT_EQ(agent->policy().take_changed(), full->policy().take_changed()) << "episode " << k;
          for (int h = 0; h < 6; ++h) {
            for (std::int64_t c = 0; c < random.world.num_choices(); ++c)
              ASSERT_EQ(values_of(*agent).q(h, c), values_of(*full).q(h, c)) << "episode " << k << ", stage " << h;
            for (int s = 0; s < 70; ++s) ASSERT_EQ(agent->policy().choice(h, s), full->policy().choice(h, s));
          }
          const auto steps = random.episode();
          agent->learn(steps);
          full->learn(steps);
        }
      }
    }
  }
}

TEST(Plans, GiveRowsNeverTakenAllThatCanBeEarned) {
  for (const Case& learner : kCases) {
    RandomWorld random(5, 4, true, 7);
    const auto agent = learner.make(random.world, false, true);
    agent->learn(std::vector<Step>(4, Step{0, 0, 0, 0.0}));
    agent->plan(1);
    for (int h = 0; h < 4; ++h)
      for (std::int64_t c = 1; c < random.world.num_choices(); ++c) EXPECT_EQ(values_of(*agent).q(h, c), 4 - h);
  }
}

/// Counts what it is asked for; a row is worth what its choice is worth itself.
struct CountingRule {
  double value(int /*stage*/, std::int64_t choice, const double* /*next*/) {
    ++asked;
    return worth[static_cast<std::size_t>(choice)];
  }
  bool settle(int /*stage*/, int /*state*/, std::int64_t /*best*/) { return false; }

  std::vector<double> worth{0.5, 0.25, 0.125};
  int asked = 0;
};

TEST(BackwardInduction, ComputesAgainOnlyWhatChanged) {
  const SmallWorld small;
  BackwardInduction induction(small.world, {});
  CountingRule rule;
  const auto asked = [&] {
    rule.asked = 0;
    induction.plan(rule);
    return rule.asked;
  };
  EXPECT_EQ(asked(), 0) << "nothing is known";
  induction.link(0, 2, 1);  // choice 2 of state 1 leads to state 1
  induction.touch(0, 2);
  EXPECT_EQ(asked(), 2) << "at both stages";
  EXPECT_EQ(asked(), 0) << "nothing has changed";
  rule.worth[2] = 0.75;
  induction.touch_readers(0, 1);
  EXPECT_EQ(asked(), 1) << "the row that leads to state 1, at this stage";
  EXPECT_EQ(asked(), 0);
  induction.touch(0, 2);
  EXPECT_EQ(asked(), 2);
  EXPECT_EQ(induction.value(0, 1), 0.75);
}

// Learners elsewhere renew the bonus of the visited stage only.
TEST(Plans, HaveTheSameBonusAtEveryStageWhenCountsAreShared) {
  RandomWorld random(5, 6, true, 11);
  const auto agent = make_ucbvi_ch(random.world, {.constant = "0.001", .monotone = false}, Stream(1));
  std::vector<std::vector<int>> seen(static_cast<std::size_t>(random.world.num_choices()));
  for (int k = 0; k < 50; ++k) {
    const auto steps = random.episode();
    agent->learn(steps);
    for (const Step& step : steps) seen[static_cast<std::size_t>(step.choice)].push_back(step.next);
  }
  agent->plan(50);
  int compared = 0;
  for (std::size_t c = 0; c < seen.size(); ++c) {
    std::vector<double> bonuses;
    for (int h = 0; h < 6; ++h) {
      double next = 0;
      for (const int s : seen[c]) next += values_of(*agent).value(h + 1, s) / static_cast<double>(seen[c].size());
      const double q = values_of(*agent).q(h, static_cast<std::int64_t>(c));
      if (!seen[c].empty() && q < 6 - h) bonuses.push_back(q - next - random.world.mean_reward[c]);
    }
    for (const double bonus : bonuses) EXPECT_NEAR(bonus, bonuses.front(), 1e-12) << "choice " << c;
    compared += static_cast<int>(bonuses.size());
  }
  EXPECT_GT(compared, 30);
}

}  // namespace
}  // namespace bellwether::online
