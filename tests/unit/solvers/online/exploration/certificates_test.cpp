// What learners say before an episode that it will lose at the most.

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/instances/registry.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/episodic/value.h"
#include "solvers/online/exploration/orlc.h"
#include "solvers/online/registry.h"
#include "solvers/online/trial.h"

namespace bellwether::online {
namespace {

std::vector<EpisodicTask> tasks() {
  std::vector<EpisodicTask> all;
  all.emplace_back(mdp::make_instance("riverswim").model, 20);
  all.emplace_back(
      mdp::make_instance("garnet", {{"states", "6"}, {"actions", "3"}, {"successors", "3"}, {"seed", "4"}}).model, 8);
  return all;
}

TEST(Certificates, HoldInEveryEpisode) {
  for (const EpisodicTask& task : tasks()) {
    for (const char* learner : {"orlc", "bpi-ucbvi", "euler"}) {
      for (const char* constant : {"theory", "0.3"}) {
        const auto agent = find_episodic(learner).make(task, world_of(task, 2000), {{"constant", constant}}, Stream(1));
        const EpisodicRow row = run_episodes(task, *agent, Stream(2), {.episodes = 2000}).last;
        EXPECT_EQ(row.broken_certificates, 0) << learner << " " << constant;
        EXPECT_GE(row.certified, row.value_regret) << learner;
        EXPECT_LE(row.certified, 2000 * task.horizon()) << learner;
      }
    }
  }
}

TEST(Certificates, OfOrlcEncloseInEveryState) {
  for (const EpisodicTask& task : tasks()) {
    const auto agent = make_orlc(world_of(task, 5000), {.constant = "0.03"}, Stream(1));
    PolicyValue value(task);
    Stream noise(7);
    for (int k = 0; k < 2000; ++k) {
      agent->plan(k);
      value.update(agent->policy(), task.horizon() - 1);
      for (int s = 0; s < task.num_states(); ++s) {
        ASSERT_LE(*agent->pessimistic_value(s), value.initial_value(s) + 1e-9);
        ASSERT_GE(*agent->optimistic_value(s), task.optimal_value(0, s) - 1e-9);
      }
      std::vector<Step> steps;
      std::int32_t s = task.simulator(0).draw_initial(noise);
      for (int h = 0; h < task.horizon(); ++h) {
        const std::int32_t c = agent->policy().choice(h, s);
        const mdp::Step outcome = task.simulator(h).draw_step(c, noise);
        steps.push_back({s, c, outcome.next, task.to_unit(outcome.reward)});
        s = outcome.next;
      }
      agent->learn(steps);
    }
  }
}

TEST(Certificates, ShrinkAsOrlcLearns) {
  const EpisodicTask task(mdp::make_instance("riverswim").model, 20);
  const auto agent = make_orlc(world_of(task, 20'000), {.constant = "practical"}, Stream(1));
  const auto run = run_episodes(task, *agent, Stream(3), {.episodes = 20'000, .checkpoints = {10'000, 20'000}});
  const double first = run.rows[0].certified, second = run.rows[1].certified - run.rows[0].certified;
  EXPECT_LT(second, 0.6 * first);
  EXPECT_LT(run.rows[1].value_regret - run.rows[0].value_regret, 0.2 * run.rows[0].value_regret);
  EXPECT_EQ(run.last.broken_certificates, 0);
}

TEST(Certificates, AreInTheUnitsOfTheModel) {
  mdp::TabularMdp model = mdp::make_instance("riverswim").model;
  std::vector<double> rewards(model.reward().begin(), model.reward().end());
  for (double& r : rewards) r = 10 * r - 4;
  const EpisodicTask plain(model, 10), scaled(model.with_expected_rewards(rewards), 10);
  std::vector<EpisodicRow> rows;
  for (const EpisodicTask* task : {&plain, &scaled}) {
    const auto agent = make_orlc(world_of(*task, 300), {.constant = "0.01"}, Stream(1));
    rows.push_back(run_episodes(*task, *agent, Stream(2), {.episodes = 300}).last);
  }
  EXPECT_GT(rows[1].certified, rows[1].value_regret);
  // The scaled rewards span 9.95, the plain ones .995 of [0, 1], which are left alone.
  EXPECT_NEAR(rows[1].certified, 10 * rows[0].certified, 0.05 * rows[1].certified);
}

TEST(Certificates, AreNoNumbersWhereThereAreNone) {
  const Arena arena(mdp::make_instance("riverswim"), Protocol::kEpisodic, 5);
  const auto last_two = [](const Series& series) {
    return std::vector<double>(series.values.end() - 2, series.values.end());
  };
  EXPECT_THAT(last_two(play(arena, "uniform", {}, Stream(1), {.length = 10})), testing::Each(testing::IsNan()));
  const auto certified = last_two(play(arena, "orlc", {}, Stream(1), {.length = 10}));
  EXPECT_GT(certified[0], 0);
  EXPECT_EQ(certified[1], 0);
}

}  // namespace
}  // namespace bellwether::online
