#include "solvers/online/generative/batch_learners.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/linear.h"
#include "tests/unit/solvers/online/generative/small_tasks.h"

namespace bellwether::online {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::HasSubstr;
using testing::Pointwise;
using testing::ThrowsMessage;

mdp::NamedInstance linear_instance() {
  return mdp::linear_mdp({.states = 12, .actions = 4, .dimension = 3, .seed = 5});
}

GenerativeTask linear_task() {
  const auto made = linear_instance();
  return GenerativeTask(made.model, 0.9, made.linear);
}

std::vector<double> answer(const GenerativeTask& task, std::string_view learner, std::int64_t samples,
                           const std::vector<Setting>& settings, std::uint64_t seed = 3) {
  const auto agent = make(learner, world_of(task, samples), settings);
  SampleSource source(task.simulator(), Stream(seed));
  agent->learn(source, samples / 3);
  agent->plan();  // leaves no trace
  agent->learn(source, samples - samples / 3);
  agent->plan();
  EXPECT_EQ(source.drawn(), samples * task.num_choices());
  return copy(agent->q());
}

/// The model that was seen, from samples taken one by one.
mdp::TabularMdp seen_model(const GenerativeTask& task, std::int64_t samples, std::uint64_t seed) {
  SampleSource source(task.simulator(), Stream(seed));
  mdp::TabularMdpBuilder builder(task.num_states());
  for (int s = 0; s < task.num_states(); ++s) {
    for (std::int64_t c = task.model().first_choice(s); c < task.model().first_choice(s + 1); ++c) {
      std::vector<double> count(static_cast<std::size_t>(task.num_states()), 0.0);
      for (std::int64_t i = 0; i < samples; ++i) ++count[static_cast<std::size_t>(source.next(c))];
      std::vector<mdp::Entry> row;
      for (int next = 0; next < task.num_states(); ++next)
        if (const double seen = count[static_cast<std::size_t>(next)]; seen > 0)
          row.push_back({next, seen / static_cast<double>(samples)});
      builder.add_choice(s, task.unit_rewards()[static_cast<std::size_t>(c)], row);
    }
  }
  return std::move(builder).build();
}

const std::vector<Setting> kExactLspi = {{"ridge", "0"}};
const std::vector<Setting> kExactFittedQ = {{"ridge", "0"}, {"tolerance", "1e-13"}};

TEST(BatchLearners, InTablesPlanInTheModelThatWasSeen) {
  const GenerativeTask task = garnet_task();
  for (const std::int64_t samples : {3, 40, 1000}) {
    const auto seen = answer(task, "empirical-qvi", samples, {});
    EXPECT_THAT(answer(task, "lspi", samples, kExactLspi), Pointwise(DoubleNear(1e-10), seen)) << samples;
    EXPECT_THAT(answer(task, "fitted-q", samples, kExactFittedQ), Pointwise(DoubleNear(1e-10), seen)) << samples;
    // Defaults: a ridge of 1e-8 shrinks values by 1e-8 / (1 - discount), and fits stop at changes of 1e-9.
    EXPECT_THAT(answer(task, "lspi", samples, {}), Pointwise(DoubleNear(1e-6), seen)) << samples;
    EXPECT_THAT(answer(task, "fitted-q", samples, {}), Pointwise(DoubleNear(1e-6), seen)) << samples;
  }
}

TEST(BatchLearners, WithFeaturesAreTheMethodsOnTheModelThatWasSeen) {
  const GenerativeTask task = linear_task();
  const mdp::TabularMdp seen = seen_model(task, 60, 3);
  const mdp::FeatureMap& features = *task.linear().features;
  const solvers::SampleBatch batch = solvers::exact_batch(seen);
  const auto values = [&](const Eigen::VectorXd& w) {
    const Eigen::VectorXd q = features.matrix() * w;
    return std::vector<double>(q.begin(), q.end());
  };
  const double ridge = 0.02;  // in proportion to the samples, so of no unit
  EXPECT_THAT(answer(task, "lspi", 60, {{"ridge", "0.02"}}),
              Pointwise(DoubleNear(1e-9),
                        values(solvers::lspi(seen.state_begin(), features, batch, 0.9, {.ridge = ridge}).weights)));
  EXPECT_THAT(
      answer(task, "fitted-q", 60, {{"ridge", "0.02"}, {"iterations", "7"}}),
      Pointwise(
          DoubleNear(1e-9),
          values(
              solvers::fitted_q(seen.state_begin(), features, batch, 0.9, {.ridge = ridge, .iterations = 7}).weights)));
}

TEST(BatchLearners, TakeUnitVectorsWhereThereAreNoFeatures) {
  const mdp::TabularMdp model = mdp::garnet({.states = 8, .actions = 3, .successors = 3, .seed = 4}).model;
  const GenerativeTask table(model, 0.8);
  const GenerativeTask vectors(model, 0.8, {.features = std::make_shared<const mdp::FeatureMap>(mdp::one_hot(24))});
  for (const char* learner : {"lspi", "fitted-q"})
    EXPECT_EQ(answer(table, learner, 50, {}), answer(vectors, learner, 50, {})) << learner;
}

/// Q of a linear MDP is linear, so that the error is that of the sampled backups alone: 1/10 at 100 times the samples.
TEST(BatchLearners, ErrorsFallLikeTheRootOfTheSamplesOnALinearMdp) {
  const GenerativeTask task = linear_task();
  const auto mean_error = [&](std::string_view learner, std::int64_t samples) {
    double sum = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed)
      sum += run_generative(task, *make(learner, world_of(task, samples)), Stream(seed),
                            {.samples = samples, .checkpoints = {samples}})
                 .back()
                 .value_error;
    return sum / 40;
  };
  for (const char* learner : {"lspi", "fitted-q"}) {
    const double slope = std::log(mean_error(learner, 10'000) / mean_error(learner, 100)) / std::log(100);
    EXPECT_NEAR(slope, -0.5, 0.06) << learner;
    EXPECT_LT(mean_error(learner, 1000), 0.7 * mean_error("empirical-qvi", 1000)) << learner;
  }
}

TEST(BatchLearners, RefuseMoreFeaturesThanTheyCanFactor) {
  const GenerativeTask table(mdp::garnet({.states = 251, .actions = 2, .successors = 2}).model, 0.9);
  EXPECT_THAT([&] { make("lspi", world_of(table, 1)); },
              ThrowsMessage<InvalidModel>(HasSubstr(
                  "lspi takes 500 features at most, 502 choices without features make as many; empirical-qvi plans")));
  const mdp::FeatureMap many(501, std::vector<double>(501UL * 502, 1.0));
  const GenerativeTask featured(table.model(), 0.9, {.features = std::make_shared<const mdp::FeatureMap>(many)});
  EXPECT_THAT([&] { make("fitted-q", world_of(featured, 1)); },
              ThrowsMessage<InvalidModel>(HasSubstr("fitted-q takes 500 features at most, the model has 501")));
  const mdp::FeatureMap few(2, std::vector<double>(2UL * 502, 1.0));
  const GenerativeTask small(table.model(), 0.9, {.features = std::make_shared<const mdp::FeatureMap>(few)});
  EXPECT_NO_THROW(make("fitted-q", world_of(small, 1)));
}

TEST(BatchLearners, FitsEndWhenTheirCallerSaysSo) {
  const GenerativeTask task(mdp::garnet({.states = 100, .actions = 2, .successors = 2, .seed = 1}).model, 0.99);
  for (const char* learner : {"lspi", "fitted-q"}) {
    const auto agent = make(learner, world_of(task, 5));
    SampleSource source(task.simulator(), Stream(1));
    agent->plan();  // nothing to learn from
    EXPECT_THAT(agent->q(), Each(0.0));
    agent->learn(source, 5);
    agent->ask([] { return false; });
    agent->plan();
    EXPECT_THAT(agent->q(), Each(0.0)) << learner;
    agent->ask([] { return true; });
    agent->plan();
    EXPECT_THAT(agent->q(), Each(testing::Gt(0.0))) << learner;
  }
}

}  // namespace
}  // namespace bellwether::online
