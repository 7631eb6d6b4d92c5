#include "solvers/online/generative/q_learning.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tests/unit/solvers/online/generative/small_tasks.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

double step(std::vector<Setting> settings, std::int64_t t) {
  const GenerativeTask task(switching(), 0.9);
  SynchronousQOptions options;
  apply_settings("q-learning", options, settings);
  return StepSizes(world_of(task, 1000), options)(t);
}

TEST(StepSizes, AreThoseOfThePapers) {
  const double log = std::log(1000.0), slowness = 1 - 0.9;
  EXPECT_DOUBLE_EQ(step({}, 1), 1 / 1.1);
  EXPECT_DOUBLE_EQ(step({}, 40), 1 / 5.0);
  EXPECT_DOUBLE_EQ(step({{"steps", "rescaled-log"}}, 40), 1 / (1 + slowness * 40 / (log * log)));
  EXPECT_DOUBLE_EQ(step({{"steps", "linear"}}, 3), 0.25);
  EXPECT_DOUBLE_EQ(step({{"steps", "polynomial"}, {"exponent", "0.5"}}, 16), 0.25);
  EXPECT_DOUBLE_EQ(step({{"steps", "constant"}, {"size", "0.3"}}, 7), 0.3);
  EXPECT_DOUBLE_EQ(step({{"steps", "constant"}}, 7), 1 / (1 + slowness * 1000 / (log * log)));
  EXPECT_THAT([] { step({{"steps", "quadratic"}}, 1); }, ThrowsMessage<InvalidOption>(HasSubstr("quadratic")));
}

/// One state, one choice that pays 1: the errors of Q-learning from 0 telescope.
TEST(QLearning, HasItsClosedFormOnASingleLoop) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}});
  const GenerativeTask task(std::move(builder).build(), 0.9);
  const auto agent = make("q-learning", world_of(task, 5000));
  for (const GenerativeRow& row : run_generative(task, *agent, Stream(1), {.samples = 5000}))
    EXPECT_NEAR(row.value_error, 10 / (1 + 0.1 * static_cast<double>(row.samples)), 1e-11) << row.samples;
  // With a constant step the error falls by the same factor each round.
  const auto constant = make("q-learning", world_of(task, 100), {{"steps", "constant"}, {"size", "0.25"}});
  EXPECT_NEAR(run_generative(task, *constant, Stream(1), {.samples = 100}).back().value_error,
              10 * std::pow(1 - 0.25 * 0.1, 100), 1e-12);
}

/// Every target from a full copy of the values before the round.
std::vector<double> naive_q(const GenerativeTask& task, SampleSource& source, std::int64_t rounds) {
  const GenerativeWorld world = world_of(task, rounds);
  std::vector<double> q(static_cast<std::size_t>(task.num_choices()), 0.0);
  for (std::int64_t t = 1; t <= rounds; ++t) {
    const double step = 1 / (1 + (1 - world.discount) * static_cast<double>(t));
    const std::vector<double> values = values_of(world, q);
    for (std::size_t c = 0; c < q.size(); ++c) {
      const double target =
          world.mean_reward[c] +
          world.discount * values[static_cast<std::size_t>(source.next(static_cast<std::int64_t>(c)))];
      q[c] += step * (target - q[c]);
    }
  }
  return q;
}

TEST(QLearning, IsTheSynchronousRecursionBitForBit) {
  const GenerativeTask task = garnet_task();
  SampleSource one(task.simulator(), Stream(8)), two(task.simulator(), Stream(8));
  const auto agent = make("q-learning", world_of(task, 500));
  agent->learn(one, 500);
  EXPECT_EQ(copy(agent->q()), naive_q(task, two, 500));
  EXPECT_EQ(one.drawn(), 500 * task.num_choices());
}

}  // namespace
}  // namespace bellwether::online
