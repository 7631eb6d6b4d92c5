// When learners stop, and what their answers are worth.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/episodic/value.h"
#include "solvers/online/exploration/best_policy.h"
#include "solvers/online/exploration/reward_free.h"
#include "solvers/online/registry.h"
#include "solvers/online/trial.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::vector<std::string> kStoppers = {"bpi-ucbvi", "rf-ucrl", "rf-express"};

EpisodicTask small_river() { return {mdp::make_instance("riverswim", {{"states", "3"}}).model, 4}; }

EpisodicRun run_of(const EpisodicTask& task, const std::string& learner, double epsilon, std::uint64_t seed,
                   std::int64_t most = 1'000'000) {
  const auto agent = find_episodic(learner).make(
      task, world_of(task, most), {{"constant", "practical"}, {"epsilon", std::to_string(epsilon)}}, Stream(1));
  return run_episodes(task, *agent, Stream(seed), {.episodes = most, .checkpoints = {most}});
}

TEST(Stopping, AnswersArePracticallyEpsilonOptimal) {
  const EpisodicTask task = small_river();
  for (const std::string& learner : kStoppers) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const EpisodicRun run = run_of(task, learner, 0.5, seed);
      EXPECT_TRUE(run.finished) << learner;
      EXPECT_LE(run.answer_loss, 0.5) << learner << ", seed " << seed;
      EXPECT_LE(run.answer_certificate, 0.5) << learner << ": twice the error that half of epsilon allows";
      EXPECT_GE(run.answer_certificate, 0.45) << learner << ": not much later than it could";
    }
  }
}

TEST(Stopping, ALargerEpsilonIsSooner) {
  const EpisodicTask task = small_river();
  for (const std::string& learner : kStoppers) {
    std::int64_t last = 0;
    for (const double epsilon : {2.0, 1.0, 0.5}) {
      const EpisodicRun run = run_of(task, learner, epsilon, 3);
      EXPECT_TRUE(run.finished);
      EXPECT_GT(static_cast<double>(run.last.episodes), 1.5 * static_cast<double>(last)) << learner << " " << epsilon;
      last = run.last.episodes;
    }
  }
}

TEST(Stopping, TheSameStreamGivesTheSameBits) {
  const EpisodicTask task = small_river();
  for (const std::string& learner : kStoppers) {
    const EpisodicRun a = run_of(task, learner, 0.7, 5), b = run_of(task, learner, 0.7, 5);
    EXPECT_EQ(a.last, b.last);
    EXPECT_EQ(a.answer_certificate, b.answer_certificate);
    EXPECT_NE(run_of(task, learner, 0.7, 6).last.value_regret, a.last.value_regret) << learner;
  }
}

TEST(Stopping, AtTheLimitTheAnswerIsWhatThereIs) {
  const EpisodicTask task = small_river();
  for (const std::string& learner : kStoppers) {
    const EpisodicRun run = run_of(task, learner, 0.01, 3, 300);
    EXPECT_FALSE(run.finished) << learner;
    EXPECT_EQ(run.last.episodes, 300);
    EXPECT_GT(run.answer_certificate, 0.01) << learner;
  }
  // The model of 300 episodes without rewards is good enough for the best policy; the exploring policy is not it.
  EXPECT_LT(run_of(task, "rf-ucrl", 0.01, 3, 300).answer_loss, 0.05);
}

TEST(Stopping, NothingCertifiedIsMoreThanCanBeLost) {
  for (const int horizon : {1, 2, 3, 8}) {
    const EpisodicTask task(mdp::make_instance("riverswim", {{"states", "3"}}).model, horizon);  // rewards in [0, 1]
    for (const std::string& learner : kStoppers) {
      const EpisodicRun run = run_of(task, learner, 0.01, 3, 3);
      EXPECT_LE(run.answer_certificate, horizon) << learner << ", three episodes of " << horizon;
      EXPECT_GE(run.answer_certificate, run.answer_loss) << learner;
    }
  }
}

TEST(Stopping, OneStageNeedsNoExploration) {
  const EpisodicTask task(mdp::make_instance("riverswim", {{"states", "3"}}).model, 1);
  const EpisodicRun run = run_of(task, "rf-ucrl", 0.1, 3);
  EXPECT_EQ(run.last.episodes, 0) << "rewards are given with the question, and where they lead to is no matter";
  EXPECT_TRUE(run.finished);
  EXPECT_EQ(run.answer_loss, 0);
}

TEST(Stopping, StartsInSeveralStatesCountByTheirProbability) {
  mdp::TabularMdp model = mdp::make_instance("riverswim", {{"states", "3"}}).model;
  const EpisodicTask task(model.with_initial({0.25, 0.75, 0}), 3);
  const EpisodicWorld world = world_of(task, 1'000'000);
  const auto agent = make_rf_ucrl(world, {.epsilon = 0.6, .constant = "practical"}, Stream(1));
  const EpisodicRun run = run_episodes(task, *agent, Stream(2), {.episodes = 1'000'000});
  ASSERT_TRUE(run.finished);
  const auto& explorer = dynamic_cast<const RewardFreeAgent&>(*agent);
  EXPECT_NEAR(run.answer_certificate, 2 * (0.25 * explorer.value_error(0) + 0.75 * explorer.value_error(1)), 1e-12);
  EXPECT_LE(run.answer_certificate, 0.6);
}

TEST(Stopping, WhatIsCertifiedIsInTheUnitsOfTheModel) {
  const EpisodicTask plain = small_river();
  std::vector<double> rewards(plain.model(0).reward().begin(), plain.model(0).reward().end());
  for (double& r : rewards) r = 10 * r - 4;
  const EpisodicTask scaled(plain.model(0).with_expected_rewards(rewards), 4);
  const EpisodicRun a = run_of(plain, "rf-ucrl", 1, 2), b = run_of(scaled, "rf-ucrl", 1, 2);
  EXPECT_EQ(a.last.episodes, b.last.episodes) << "epsilon is that of rewards in [0, 1]";
  EXPECT_NEAR(b.answer_certificate, 10 * a.answer_certificate, 1e-9);
}

// --- Without rewards -------------------------------------------------------------------------------------------------

TEST(RewardFree, RewardsDoNotMatterUntilTheEnd) {
  const EpisodicTask one = small_river();
  std::vector<double> rewards(static_cast<std::size_t>(one.num_choices()), 0.0);
  rewards[0] = 1;
  const EpisodicTask other(one.model(0).with_expected_rewards(rewards), 4);
  for (const char* learner : {"rf-ucrl", "rf-express"}) {
    const EpisodicRun a = run_of(one, learner, 0.5, 4), b = run_of(other, learner, 0.5, 4);
    EXPECT_EQ(a.last.episodes, b.last.episodes);
    EXPECT_EQ(a.answer_certificate, b.answer_certificate) << "the same model, to the bit";
    EXPECT_LE(b.answer_loss, 0.5) << learner;
  }
}

TEST(RewardFree, OneModelServesManyRewards) {
  const EpisodicTask task = small_river();
  const EpisodicWorld world = world_of(task, 1'000'000);
  for (const bool express : {false, true}) {
    const RewardFreeOptions options{.epsilon = 0.5, .constant = "practical"};
    const auto agent = express ? make_rf_express(world, options, Stream(1)) : make_rf_ucrl(world, options, Stream(1));
    ASSERT_TRUE(run_episodes(task, *agent, Stream(2), {.episodes = 1'000'000}).finished);
    const LearntModel& model = dynamic_cast<const RewardFreeAgent&>(*agent).learnt();
    const double error = dynamic_cast<const RewardFreeAgent&>(*agent).value_error(0);
    Stream draws(9);
    for (int i = 0; i < 200; ++i) {
      std::vector<double> rewards;
      for (std::int64_t c = 0; c < task.num_choices(); ++c) rewards.push_back(draws.uniform() < 0.8 ? 0 : 1);
      const EpisodicTask asked(task.model(0).with_expected_rewards(rewards), 4);
      std::vector<double> of_stages;
      for (int h = 0; h < 4; ++h) of_stages.insert(of_stages.end(), rewards.begin(), rewards.end());
      EpisodicPolicy policy(task.state_begin(), 4);
      model.plan(of_stages, policy);
      PolicyValue value(asked);
      value.update(policy, 3);
      ASSERT_LE(asked.optimal_value(0, 0) - value.initial_value(0), 0.5) << i;
      ASSERT_NEAR(model.value(of_stages, policy, 0), value.initial_value(0), error) << i;
    }
  }
}

TEST(LearntModel, ValuesByHand) {
  const std::vector<std::int64_t> begin{0, 2, 3};
  const EpisodicWorld world{.state_begin = begin, .horizon = 2, .largest_num_actions = 2};
  LearntModel model(world);
  model.counts().add(model.row(0, 0), 1, 3);
  model.counts().add(model.row(0, 0), 0, 1);
  const std::vector<double> rewards = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};  // stage 0: choices 0 1 2, stage 1: the same
  EpisodicPolicy policy(begin, 2);
  model.plan(rewards, policy);
  EXPECT_EQ(policy.choice(1, 0), 1);
  EXPECT_EQ(policy.choice(0, 0), 0) << "0.1 + 0.75 * 0.6 + 0.25 * 0.5 against 0.2 and nothing known behind it";
  EXPECT_NEAR(model.value(rewards, policy, 0), 0.675, 1e-15);
  EXPECT_NEAR(model.value(rewards, policy, 1), 0.3, 1e-15);
  policy.play(1, 0, 0);
  EXPECT_NEAR(model.value(rewards, policy, 0), 0.65, 1e-15);
}

// --- Options and tables ----------------------------------------------------------------------------------------------

TEST(Stopping, NamesTheBadOption) {
  const EpisodicTask task = small_river();
  const EpisodicWorld world = world_of(task, 10);
  EXPECT_THAT([&] { make_rf_ucrl(world, {.epsilon = 0}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("epsilon")));
  EXPECT_THAT([&] { make_bpi_ucbvi(world, {.delta = 1}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("delta")));
  EpisodicWorld nowhere = world;
  nowhere.initial = {};
  EXPECT_THAT([&] { make_rf_express(nowhere, {}, Stream(1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("starting states has 0 entries, there are 3 states")));
}

TEST(Trial, ARunThatStopsHasOneRow) {
  const Arena arena(mdp::make_instance("riverswim", {{"states", "3"}}), Protocol::kStopping, 4);
  const Series series =
      play(arena, "rf-ucrl", {{"constant", "practical"}, {"epsilon", "1"}}, Stream(3), {.length = 5000});
  ASSERT_EQ(series.at.size(), 1u);
  EXPECT_EQ(series.metrics, metrics_of(Protocol::kStopping));
  EXPECT_LT(series.at[0], 5000);
  EXPECT_EQ(series.value(0, 1), 1) << "finished";
  EXPECT_LE(series.value(0, 3), 1) << "certified-loss";
}

}  // namespace
}  // namespace bellwether::online
