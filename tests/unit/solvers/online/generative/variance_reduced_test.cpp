#include "solvers/online/generative/variance_reduced.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/solvers/online/generative/small_tasks.h"

namespace bellwether::online {
namespace {

TEST(EpochLengths, FollowTheTheorem) {
  const GenerativeTask task(switching(), 0.9);  // four choices
  const EpochLengths two(world_of(task, 80'000), {});
  EXPECT_EQ(two.epochs(), 2);
  EXPECT_EQ(two.rounds(), std::ceil(std::log(8 * 2 * 4 / (0.1 * 0.05)) * 1000 - 1e-6));
  EXPECT_EQ(two.recentring(1), std::ceil(4 * std::log(8 * 2 * 4 / 0.05) * 100 - 1e-6));
  EXPECT_EQ(two.recentring(2), std::ceil(16 * std::log(8 * 2 * 4 / 0.05) * 100 - 1e-6));
  const auto needs = [](const EpochLengths& l, std::int64_t epochs) {
    std::int64_t sum = 0;
    for (std::int64_t m = 1; m <= epochs; ++m) sum += l.recentring(m) + l.rounds();
    return sum;
  };
  EXPECT_LE(needs(two, 2), 80'000);
  EXPECT_GT(needs(two, 3), 80'000);
  EXPECT_EQ(EpochLengths(world_of(task, 1), {}).epochs(), 1);
  const EpochLengths scaled(world_of(task, 1), {.recentring = 0.25, .epoch = 0.5, .delta = 0.1});
  EXPECT_EQ(scaled.recentring(1), std::ceil(std::log(8 * 4 / 0.1) * 100 - 1e-6));
  EXPECT_EQ(scaled.rounds(), std::ceil(0.5 * std::log(8 * 4 / (0.1 * 0.1)) * 1000 - 1e-6));
}

const VarianceReducedQOptions kShort{.recentring = 0.02, .epoch = 0.02};
const std::vector<Setting> kShortSettings = {{"recentring", "0.02"}, {"epoch", "0.02"}};

/// Phase by phase, with full copies of everything.
std::vector<double> naive(const GenerativeTask& task, SampleSource& source, std::int64_t rounds) {
  const GenerativeWorld world = world_of(task, rounds);
  const EpochLengths lengths(world, kShort);
  const auto choices = static_cast<std::size_t>(task.num_choices());
  std::vector<double> q(choices, 0.0);
  std::int64_t left = rounds;
  for (std::int64_t epoch = 1; left > 0; ++epoch) {
    const std::int64_t samples = lengths.recentring(epoch);
    if (samples > left) break;
    left -= samples;
    const std::vector<double> reference = values_of(world, q);
    std::vector<double> target(choices, 0.0);
    for (std::size_t c = 0; c < choices; ++c) {
      for (std::int64_t i = 0; i < samples; ++i)
        target[c] += reference[static_cast<std::size_t>(source.next(static_cast<std::int64_t>(c)))];
      target[c] = world.mean_reward[c] + world.discount * (target[c] / static_cast<double>(samples));
    }
    for (std::int64_t k = 1; k <= lengths.rounds() && left > 0; ++k, --left) {
      const double step = 1 / (1 + (1 - world.discount) * static_cast<double>(k));
      const std::vector<double> values = values_of(world, q);
      for (std::size_t c = 0; c < choices; ++c) {
        const auto next = static_cast<std::size_t>(source.next(static_cast<std::int64_t>(c)));
        q[c] += step * (target[c] + world.discount * (values[next] - reference[next]) - q[c]);
      }
    }
  }
  return q;
}

TEST(VarianceReducedQ, IsTheRecursionOfThePaperBitForBit) {
  const GenerativeTask task = garnet_task();
  for (const std::int64_t rounds : {30, 200, 1000}) {
    SampleSource one(task.simulator(), Stream(8)), two(task.simulator(), Stream(8));
    const auto agent = make("variance-reduced-q-learning", world_of(task, rounds), kShortSettings);
    agent->learn(one, rounds);
    EXPECT_EQ(copy(agent->q()), naive(task, two, rounds)) << rounds;
    EXPECT_EQ(one.drawn(), rounds * task.num_choices());
  }
}

/// E[Q after the first round of the second epoch | Q before] = (1 - step) Q + step T Q with the true model's T.
TEST(VarianceReducedQ, TheRecentredOperatorIsUnbiased) {
  const GenerativeTask task = garnet_task();
  const GenerativeWorld world = world_of(task, 1);
  const EpochLengths lengths(world, kShort);
  const double step = 1 / (1 + (1 - world.discount));
  constexpr int kRuns = 4000;
  std::vector<double> sum(static_cast<std::size_t>(task.num_choices()), 0.0), squares = sum;
  for (int run = 0; run < kRuns; ++run) {
    SampleSource source(task.simulator(), Stream(1).child(static_cast<std::uint64_t>(run)));
    const auto agent = make("variance-reduced-q-learning", world, kShortSettings);
    agent->learn(source, lengths.recentring(1) + lengths.rounds() + lengths.recentring(2));
    const std::vector<double> before = copy(agent->q());
    agent->learn(source, 1);
    const std::vector<double> backup = backed_up(task, values_of(world, before));
    for (std::size_t c = 0; c < before.size(); ++c) {
      const double off = agent->q()[c] - ((1 - step) * before[c] + step * backup[c]);
      sum[c] += off;
      squares[c] += off * off;
    }
  }
  for (std::size_t c = 0; c < sum.size(); ++c)
    EXPECT_LT(std::abs(sum[c]), 4.5 * std::sqrt(squares[c]) + 1e-9) << "choice " << c;
}

/// Without randomness each epoch is Q-learning from where it begins, whose errors telescope on a single loop.
TEST(VarianceReducedQ, RestartsItsStepsInEachEpoch) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}});
  const GenerativeTask task(std::move(builder).build(), 0.9);
  const GenerativeWorld world = world_of(task, 1);
  const EpochLengths lengths(world, kShort);
  const auto agent = make("variance-reduced-q-learning", world, kShortSettings);
  SampleSource source(task.simulator(), Stream(1));
  const double factor = 1 / (1 + 0.1 * static_cast<double>(lengths.rounds()));
  agent->learn(source, lengths.recentring(1) + lengths.rounds());
  EXPECT_NEAR(10 - agent->q()[0], 10 * factor, 1e-12);
  agent->learn(source, lengths.recentring(2));
  EXPECT_NEAR(10 - agent->q()[0], 10 * factor, 1e-12);
  agent->learn(source, lengths.rounds());
  EXPECT_NEAR(10 - agent->q()[0], 10 * factor * factor, 1e-12);
}

}  // namespace
}  // namespace bellwether::online
