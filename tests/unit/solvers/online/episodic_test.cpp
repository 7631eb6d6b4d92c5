#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/finite/backward_induction.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/episodic/value.h"
#include "solvers/online/registry.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Plays a choice drawn anew for every stage and state of every tenth episode; remembers what it was shown.
class Fickle final : public EpisodicAgent {
 public:
  Fickle(const EpisodicWorld& world, const Stream& stream) : EpisodicAgent(world), world_(world), stream_(stream) {}

  void plan(std::int64_t episode) override {
    if (episode % 10 != 0) return;
    for (int h = 0; h < world_.horizon; ++h) {
      for (int s = 0; s < world_.num_states(); ++s) {
        const auto first = world_.state_begin[static_cast<std::size_t>(s)];
        const auto many = world_.state_begin[static_cast<std::size_t>(s) + 1] - first;
        policy().play(h, s, first + static_cast<std::int64_t>(stream_.below(static_cast<std::uint64_t>(many))));
      }
    }
  }
  void learn(std::span<const Step> steps) override {
    for (const Step& step : steps) {
      starts.push_back(step.state);
      EXPECT_EQ(step.choice, policy().choice(static_cast<int>(&step - steps.data()), step.state));
    }
    seen.insert(seen.end(), steps.begin(), steps.end());
  }

  std::vector<std::int32_t> starts;
  std::vector<Step> seen;

 private:
  EpisodicWorld world_;
  Stream stream_;
};

/// One state; each choice stays there and pays what is listed.
mdp::TabularMdp one_state(const std::vector<double>& rewards) {
  mdp::TabularMdpBuilder builder(1);
  for (const double reward : rewards) builder.add_choice(0, reward, {{0, 1.0}});
  return std::move(builder).build();
}

EpisodicTask riverswim(int horizon) { return {mdp::make_instance("riverswim").model, horizon}; }

TEST(EpisodicTask, KnowsThePublishedOptimalValues) {
  EXPECT_NEAR(riverswim(10).optimum(), 0.352384, 5e-7);
  EXPECT_NEAR(riverswim(20).optimum(), 3.397264, 5e-7);
  EXPECT_NEAR(riverswim(50).optimum(), 16.072108, 5e-7);
}

TEST(EpisodicTask, AgreesWithBackwardInductionOnRandomModels) {
  for (const char* seed : {"1", "2", "3"}) {
    const auto model = mdp::make_instance("garnet", {{"states", "20"}, {"seed", seed}}).model;
    const EpisodicTask task(model, 15);
    const auto solution = solvers::backward_induction(
        {.model = model, .criterion = solvers::Criterion::kFinite, .discount = 1, .horizon = 15});
    for (int s = 0; s < 20; ++s) EXPECT_NEAR(task.optimal_value(0, s), solution.value[s], 1e-12);
    for (int h = 0; h < 15; ++h) {
      for (int s = 0; s < 20; ++s) {
        double least = 1;
        for (auto c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
          EXPECT_GE(task.gap(h, c), 0);
          least = std::min(least, task.gap(h, c));
        }
        EXPECT_EQ(least, 0) << "the best choice has no gap at all";
      }
    }
  }
}

TEST(EpisodicTask, BringsRewardsIntoTheUnitInterval) {
  const EpisodicTask task(one_state({-3, 5}), 4);
  EXPECT_EQ(task.unit_reward(0, 0), 0);
  EXPECT_EQ(task.unit_reward(0, 1), 1);
  EXPECT_EQ(task.optimum(), 20);
  EXPECT_EQ(task.from_unit_value(0, 4), 20);
  EXPECT_EQ(task.smallest_gap(), 8);
}

TEST(EpisodicTask, RefusesStagesThatDoNotFit) {
  EXPECT_THAT(
      [] {
        EpisodicTask({one_state({0}), one_state({0, 0})});
      },
      ThrowsMessage<InvalidModel>(HasSubstr("stage 1 has other choices than stage 0")));
  EXPECT_THAT([] { EpisodicTask(one_state({0}), 0); }, ThrowsMessage<InvalidOption>(HasSubstr("the horizon is 0")));
}

TEST(RunEpisodes, TheOptimalPolicyHasRegretExactlyZero) {
  for (const char* name : {"riverswim", "garnet", "six-arms"}) {
    const EpisodicTask task(mdp::make_instance(name).model, 20);
    const auto agent = find_episodic("optimal").make(task, world_of(task, 500), {}, Stream(1));
    const EpisodicRun run = run_episodes(task, *agent, Stream(5), {.episodes = 500});
    EXPECT_EQ(run.last.value_regret, 0) << name;
    EXPECT_EQ(run.last.gap_regret, 0) << name;
    EXPECT_EQ(run.last.mistakes, 0) << name;
    EXPECT_EQ(run.answer_loss, 0) << name;
    EXPECT_NEAR(run.last.reward_regret / 500, 0, 1.5) << name;  // noise alone
  }
}

TEST(RunEpisodes, UniformPlayLosesTheSameInEveryEpisode) {
  const EpisodicTask task = riverswim(20);
  const auto agent = find_episodic("uniform").make(task, world_of(task, 4000), {}, Stream(1));
  const EpisodicRun run = run_episodes(task, *agent, Stream(5), {.episodes = 4000});
  EXPECT_NEAR(run.last.value_regret, 4000 * run.answer_loss, 1e-8);
  EXPECT_GT(run.answer_loss, 3);  // it hardly ever gets to the right end
  // The other two regrets have the same mean: within five standard errors (an episode varies by less than 1).
  EXPECT_NEAR(run.last.gap_regret, run.last.value_regret, 5 * std::sqrt(4000.0));
  EXPECT_NEAR(run.last.reward_regret, run.last.value_regret, 5 * std::sqrt(4000.0));
  EXPECT_EQ(run.last.policy_changes, 0);
}

TEST(RunEpisodes, EvaluatesAgainOnlyWhatChangedAndStaysExact) {
  const EpisodicTask task = riverswim(7);
  Fickle agent(world_of(task, 300), Stream(3));
  const EpisodicRun run = run_episodes(task, agent, Stream(4), {.episodes = 300, .checkpoints = {100, 300}});
  ASSERT_EQ(run.rows.size(), 2u);
  EXPECT_EQ(run.rows[0].episodes, 100);
  EXPECT_LT(run.rows[0].value_regret, run.rows[1].value_regret);

  // The same policies, each evaluated from nothing.
  Fickle again(world_of(task, 300), Stream(3));
  double regret = 0;
  for (std::int64_t k = 0; k < 300; ++k) {
    again.plan(k);
    PolicyValue value(task);
    value.update(again.policy(), 6);
    regret += task.optimum() - value.initial_value(0);
  }
  EXPECT_NEAR(run.last.value_regret, regret, 1e-9);
  EXPECT_LE(run.last.policy_changes, 29);
  EXPECT_GE(run.last.policy_changes, 25);
}

TEST(RunEpisodes, TheNoiseOfAnEpisodeDoesNotDependOnWhatWasPlayedBefore) {
  const auto model = mdp::make_instance("garnet", {{"states", "30"}}).model.with_initial(std::vector(30, 1.0 / 30));
  const EpisodicTask task(model, 5);
  Fickle one(world_of(task, 200), Stream(1)), other(world_of(task, 200), Stream(2));
  run_episodes(task, one, Stream(9), {.episodes = 200});
  run_episodes(task, other, Stream(9), {.episodes = 200});
  for (std::size_t k = 0; k < 200; ++k) EXPECT_EQ(one.starts[5 * k], other.starts[5 * k]) << "episode " << k;
}

TEST(RunEpisodes, PlaysTheModelThatItMeasures) {
  const auto model = mdp::make_instance("garnet", {{"states", "4"}, {"actions", "2"}, {"successors", "3"}}).model;
  const EpisodicTask task(model, 50);
  Fickle agent(world_of(task, 4000), Stream(1));
  run_episodes(task, agent, Stream(2), {.episodes = 4000});
  std::vector<double> visits(static_cast<std::size_t>(model.num_choices())), moves(model.successor().size());
  for (const Step& step : agent.seen) {
    const auto c = static_cast<std::size_t>(step.choice);
    ++visits[c];
    for (auto t = model.choice_begin()[c]; t < model.choice_begin()[c + 1]; ++t)
      if (model.successor()[static_cast<std::size_t>(t)] == step.next) ++moves[static_cast<std::size_t>(t)];
  }
  for (std::size_t c = 0; c < visits.size(); ++c) {
    for (auto t = model.choice_begin()[c]; t < model.choice_begin()[c + 1]; ++t) {
      const double p = model.probability()[static_cast<std::size_t>(t)];
      EXPECT_NEAR(moves[static_cast<std::size_t>(t)] / visits[c], p, 5 * std::sqrt(p * (1 - p) / visits[c]));
    }
  }
}

TEST(RunEpisodes, StopsWhenTheObserverSaysSo) {
  const EpisodicTask task = riverswim(20);
  const auto agent = find_episodic("uniform").make(task, world_of(task, 100'000), {}, Stream(1));
  const EpisodicRun run = run_episodes(
      task, *agent, Stream(5), {.episodes = 100'000, .observer = [](std::int64_t done) { return done < 3000; }});
  EXPECT_GE(run.last.episodes, 3000);
  EXPECT_LT(run.last.episodes, 6000);
  EXPECT_FALSE(run.finished);
}

}  // namespace
}  // namespace bellwether::online
