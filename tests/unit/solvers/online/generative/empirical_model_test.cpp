#include "solvers/online/generative/empirical_model.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/online/generative/model_based.h"
#include "tests/unit/solvers/online/generative/small_tasks.h"

namespace bellwether::online {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;
using testing::Pointwise;
using testing::ThrowsMessage;

TEST(EmpiricalModel, CountsWhatTheSourceGives) {
  const GenerativeTask task = garnet_task();
  const GenerativeWorld world = world_of(task, 1000);
  EmpiricalModel model(world);
  SampleSource source(task.simulator(), Stream(1)), same(task.simulator(), Stream(1));
  model.draw(source, 300);
  model.draw(source, 700);
  EXPECT_EQ(model.samples(), 1000);
  EXPECT_EQ(source.drawn(), 1000 * task.num_choices());
  for (std::int64_t c = 0; c < task.num_choices(); ++c) {
    std::vector<std::int64_t> seen(8, 0), counted(8, 0);
    for (int i = 0; i < 1000; ++i) ++seen[static_cast<std::size_t>(same.next(c))];
    for (std::int64_t i = world.choice_begin[c]; i < world.choice_begin[c + 1]; ++i)
      counted[static_cast<std::size_t>(world.successor[i])] += model.counts()[static_cast<std::size_t>(i)];
    EXPECT_EQ(seen, counted) << "choice " << c;
  }
}

TEST(EmpiricalModel, CountsFollowTheRows) {
  const GenerativeTask task = garnet_task();
  EmpiricalModel model(world_of(task, 1));
  SampleSource source(task.simulator(), Stream(2));
  constexpr int kSamples = 40'000;
  model.draw(source, kSamples);
  double chi = 0;
  int freedom = 0;
  for (std::int64_t c = 0; c < task.num_choices(); ++c) {
    const auto row = task.model().probabilities(c);
    const auto first = static_cast<std::size_t>(task.model().choice_begin()[static_cast<std::size_t>(c)]);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double expected = kSamples * row[i], seen = static_cast<double>(model.counts()[first + i]);
      chi += (seen - expected) * (seen - expected) / expected;
    }
    freedom += static_cast<int>(row.size()) - 1;
  }
  EXPECT_LT(std::abs(chi - freedom), 5 * std::sqrt(2.0 * freedom)) << chi << " with " << freedom;
}

/// Value iteration over dense tables.
std::vector<double> naive_plan(const GenerativeWorld& world, const EmpiricalModel& model,
                               std::span<const double> rewards) {
  std::vector<double> q(rewards.size(), 0.0);
  for (int sweep = 0; sweep < 400; ++sweep) {
    const std::vector<double> values = values_of(world, q);
    for (std::size_t c = 0; c < q.size(); ++c) {
      double sum = 0;
      for (std::int64_t i = world.choice_begin[c]; i < world.choice_begin[c + 1]; ++i)
        sum += static_cast<double>(model.counts()[static_cast<std::size_t>(i)]) *
               values[static_cast<std::size_t>(world.successor[i])];
      q[c] = rewards[c] + world.discount * sum / static_cast<double>(model.samples());
    }
  }
  return q;
}

TEST(EmpiricalModel, PlansAsValueIterationDoes) {
  const GenerativeTask task = garnet_task();
  const GenerativeWorld world = world_of(task, 100);
  EmpiricalModel model(world);
  SampleSource source(task.simulator(), Stream(3));
  std::vector<double> q(static_cast<std::size_t>(task.num_choices()));
  for (const int more : {1, 1, 3, 20, 75}) {  // rows that have never seen some successors, and warm starts
    model.draw(source, more);
    model.plan(task.unit_rewards(), q);
    EXPECT_THAT(q, Pointwise(DoubleNear(1e-12), naive_plan(world, model, task.unit_rewards()))) << model.samples();
  }
}

TEST(EmpiricalModel, PlansLargeModelsToo) {
  const GenerativeTask task(mdp::garnet({.states = EmpiricalModel::kMostStatesForLu + 1, .seed = 3}).model, 0.8);
  const GenerativeWorld world = world_of(task, 4);
  EmpiricalModel model(world);
  SampleSource source(task.simulator(), Stream(3));
  model.draw(source, 4);
  std::vector<double> q(static_cast<std::size_t>(task.num_choices()));
  model.plan(task.unit_rewards(), q);
  EXPECT_THAT(q, Pointwise(DoubleNear(1e-9), naive_plan(world, model, task.unit_rewards())));
}

/// So many states that planning iterates, which a caller must be able to end.
TEST(EmpiricalModel, PlanningEndsWhenItsCallerSaysSo) {
  const GenerativeTask task(
      mdp::garnet({.states = EmpiricalModel::kMostStatesForLu + 1, .actions = 2, .successors = 3, .seed = 1}).model,
      0.9);
  EmpiricalModel model(world_of(task, 1));
  SampleSource source(task.simulator(), Stream(3));
  model.draw(source, 1);
  std::vector<double> q(static_cast<std::size_t>(task.num_choices()), 7.0);
  EXPECT_FALSE(model.plan(task.unit_rewards(), q, [] { return false; }));
  EXPECT_THAT(q, testing::Each(7.0));
  EXPECT_TRUE(model.plan(task.unit_rewards(), q, [] { return true; }));
  EXPECT_THAT(q, testing::Not(testing::Contains(7.0)));
  for (const char* learner : {"empirical-qvi", "perturbed-planner"}) {
    int asked = 0;
    const auto agent = make(learner, world_of(task, 1));
    // One sample of each choice: too few for the observer to hear of any before the plan.
    const auto rows = run_generative(task, *agent, Stream(1), {.samples = 1, .observer = [&](std::int64_t done) {
                                                                 EXPECT_EQ(done, 1);
                                                                 ++asked;
                                                                 return false;
                                                               }});
    EXPECT_TRUE(rows.empty()) << learner;
    EXPECT_EQ(asked, 1) << learner;
  }
}

TEST(EmpiricalQvi, IsExactAfterOneSampleWhereNothingIsRandom) {
  const GenerativeTask task(switching(), 0.9);
  const auto agent = make("empirical-qvi", world_of(task, 1));
  const auto rows = run_generative(task, *agent, Stream(1), {.samples = 1});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_LT(rows[0].value_error, 1e-12);
  EXPECT_EQ(rows[0].policy_loss, 0);
  EXPECT_NEAR(agent->q()[2], 10, 1e-12);
  EXPECT_NEAR(agent->q()[1], 9, 1e-12);
}

TEST(PerturbedPlanner, AddsRewardsOfThePublishedSize) {
  const GenerativeTask task(switching(), 0.9);
  const GenerativeWorld world = world_of(task, 1);
  EXPECT_DOUBLE_EQ(perturbation_size(world, 0.5, 1), 0.1 * 0.5 / 1024);  // (1 - discount) epsilon / 4^5
  const auto plain = make("empirical-qvi", world);
  const auto planner = make("perturbed-planner", world, {{"epsilon", "0.5"}, {"constant", "2"}});
  for (GenerativeAgent* agent : {plain.get(), planner.get()}) {
    SampleSource source(task.simulator(), Stream(1));
    agent->learn(source, 1);
    agent->plan();
  }
  // Choice 2 stays with its reward for ever.
  const double added = (planner->q()[2] - plain->q()[2]) * (1 - world.discount);
  EXPECT_GT(added, 0);
  EXPECT_LT(added, 2 * perturbation_size(world, 0.5, 1));
  const double other = planner->q()[1] - plain->q()[1] - world.discount * (planner->q()[2] - plain->q()[2]);
  EXPECT_GT(std::abs(other - added), 1e-8) << "each choice has a reward of its own";
}

TEST(PerturbedPlanner, FactorZeroIsEmpiricalQvi) {
  const GenerativeTask task = garnet_task();
  const auto rows = [&](std::string_view learner, const std::vector<Setting>& settings) {
    return run_generative(task, *make(learner, world_of(task, 100), settings), Stream(1), {.samples = 100});
  };
  EXPECT_EQ(rows("perturbed-planner", {{"constant", "0"}}), rows("empirical-qvi", {}));
  EXPECT_THAT(
      [&] {
        rows("perturbed-planner", {{"constant", "-1"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("perturbed-planner: constant is \"-1\"")));
  EXPECT_THAT(
      [&] {
        rows("empirical-qvi", {{"constant", "1"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("no constant to set")));
}

}  // namespace
}  // namespace bellwether::online
