#include "solvers/online/generative/run.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "solvers/online/trial.h"
#include "tests/unit/solvers/online/generative/small_tasks.h"

namespace bellwether::online {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(GenerativeTask, KnowsTheOptimalValues) {
  const auto gadget = mdp::make_instance("generative-gadget", {{"advantage", "0"}, {"copies", "2"}});
  const GenerativeTask task(gadget.model, 0.9);
  EXPECT_NEAR(task.optimal_value(2), 7.5, 1e-10);
  EXPECT_NEAR(task.optimal_value(0), 6.75, 1e-10);
  EXPECT_NEAR(task.optimal_q(4), 7.5, 1e-10);
  EXPECT_LT(task.optimal_gap(), 1e-9);
  for (const double discount : {0.0, 1.0, -0.5, std::nan("")})
    EXPECT_THAT([&] { GenerativeTask(gadget.model, discount); },
                ThrowsMessage<InvalidOption>(HasSubstr("must be above 0 and below 1")));
}

/// Rewards far from [0, 1] change the answers by their scale and shift alone.
TEST(GenerativeTask, LearnersSeeRewardsInTheUnitInterval) {
  const GenerativeTask plain(switching(), 0.9);
  const mdp::TabularMdp model = switching();
  std::vector<double> rewards(model.reward().begin(), model.reward().end());
  for (double& r : rewards) r = 50 * r - 20;
  const GenerativeTask scaled(model.with_expected_rewards(rewards), 0.9);
  EXPECT_THAT(scaled.unit_rewards(), testing::Pointwise(testing::DoubleNear(1e-15), plain.unit_rewards()));
  EXPECT_NEAR(scaled.to_unit_value(scaled.from_unit_value(3.5)), 3.5, 1e-12);
  for (const char* learner : {"empirical-qvi", "q-learning", "variance-reduced-q-learning", "lspi", "fitted-q"}) {
    const auto error = [&](const GenerativeTask& task) {
      return run_generative(task, *make(learner, world_of(task, 200)), Stream(1), {.samples = 200}).back().value_error;
    };
    EXPECT_NEAR(error(scaled), 50 * error(plain), 1e-9) << learner;
  }
}

/// An answer that never changes.
class Stubborn final : public GenerativeAgent {
 public:
  Stubborn(const GenerativeWorld& world, std::vector<double> q) : GenerativeAgent(world) { estimates() = std::move(q); }
  void learn(SampleSource&, std::int64_t) override {}
};

TEST(RunGenerative, MeasuresErrorAndLossExactly) {
  const GenerativeTask task(switching(), 0.9);  // Q* = (8.2, 9), (10, 8.8)
  const auto row = [&](std::vector<double> q) {
    Stubborn agent(world_of(task, 1), std::move(q));
    return run_generative(task, agent, Stream(1), {.samples = 1}).back();
  };
  EXPECT_NEAR(row({8.2, 9, 10, 8.8}).value_error, 0, 1e-11);
  EXPECT_NEAR(row({8.2, 9, 10, 11}).value_error, 2.2, 1e-11);
  EXPECT_NEAR(row({8.2, 3, 10, 8.8}).value_error, 6, 1e-11);
  EXPECT_EQ(row({8.2, 8.3, 10, 8.8}).policy_loss, 0);
  // Staying in state 0 for ever is worth 1.
  EXPECT_NEAR(row({8.2, 3, 10, 8.8}).policy_loss, 8, 1e-11);
  // There and back again: (0 + 0.9 * 0.7) / (1 - 0.81) against 9, and (0.7 + 0) / (1 - 0.81) against 10.
  EXPECT_NEAR(row({8.2, 9, 10, 11}).policy_loss, 10 - 0.7 / 0.19, 1e-11);
  // The first of equals.
  EXPECT_NEAR(row({1, 1, 1, 1}).policy_loss, 8, 1e-11);
  EXPECT_TRUE(std::isnan(row({8.2, 9, std::nan(""), 8.8}).value_error));
}

TEST(RunGenerative, RoundingAloneIsNoLoss) {
  for (int seed = 0; seed < 20; ++seed) {
    const GenerativeTask task(mdp::garnet({.states = 30, .actions = 3, .successors = 4, .seed = seed}).model, 0.99);
    std::vector<double> q;
    for (std::int64_t c = 0; c < task.num_choices(); ++c) q.push_back(task.to_unit_value(task.optimal_q(c)));
    Stubborn agent(world_of(task, 1), std::move(q));
    const GenerativeRow row = run_generative(task, agent, Stream(1), {.samples = 1}).back();
    EXPECT_LT(row.value_error, 1e-9);
    EXPECT_EQ(row.policy_loss, 0) << "seed " << seed;
  }
}

TEST(RunGenerative, LearnersDependOnTheStreamAloneAndPiecesDoNotMatter) {
  const GenerativeTask task = garnet_task();
  for (const GenerativeLearner& learner : generative_table()) {
    std::vector<Setting> settings;
    if (learner.name == "variance-reduced-q-learning") settings = {{"epoch", "0.02"}, {"recentring", "0.02"}};
    const auto rows = [&](std::uint64_t seed, std::vector<std::int64_t> checkpoints) {
      return run_generative(task, *make(learner.name, world_of(task, 700), settings), Stream(seed),
                            {.samples = 700, .checkpoints = std::move(checkpoints)});
    };
    EXPECT_EQ(rows(1, {}), rows(1, {})) << learner.name;
    EXPECT_EQ(rows(1, {}).back(), rows(1, {700}).back()) << learner.name;
    EXPECT_NE(rows(1, {700}), rows(2, {700})) << learner.name;
    EXPECT_EQ(learner.protocol, Protocol::kGenerative);
    EXPECT_EQ(protocol_of(learner.name), Protocol::kGenerative);
  }
}

TEST(RunGenerative, ObserversHearAndStop) {
  const GenerativeTask task(switching(), 0.9);
  std::vector<std::int64_t> heard;
  const auto agent = make("empirical-qvi", world_of(task, 1'000'000));
  const auto rows =
      run_generative(task, *agent, Stream(1),
                     {.samples = 1'000'000, .checkpoints = {10, 300'000, 1'000'000}, .observer = [&](auto done) {
                        heard.push_back(done);
                        return heard.size() < 2;
                      }});
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_GE(heard[0], 1 << 18);
  EXPECT_LT(heard[1], 1'000'000);
  EXPECT_EQ(rows.size(), 2U);
}

TEST(Samples, MeetTheSameNoiseInAnyOrder) {
  const GenerativeTask task = garnet_task();
  SampleSource rounds(task.simulator(), Stream(4)), choices(task.simulator(), Stream(4));
  std::vector<std::vector<std::int32_t>> by_round(24), by_choice(24);
  for (int i = 0; i < 50; ++i)
    for (std::size_t c = 0; c < 24; ++c) by_round[c].push_back(rounds.next(static_cast<std::int64_t>(c)));
  for (std::size_t c = 24; c-- > 0;)
    for (int i = 0; i < 50; ++i) by_choice[c].push_back(choices.next(static_cast<std::int64_t>(c)));
  EXPECT_EQ(by_round, by_choice);
}

TEST(GenerativeArena, TakesTheDiscountOfTheQuestionOfTheModelOrOfTheCaller) {
  EXPECT_EQ(Arena::for_samples(mdp::make_instance("garnet")).generative()->discount(), 0.99);
  EXPECT_EQ(Arena::for_samples(mdp::make_instance("riverswim")).generative()->discount(), 0.95);
  EXPECT_EQ(Arena::for_samples(mdp::make_instance("riverswim"), 0.5).generative()->discount(), 0.5);
  EXPECT_THAT([] { Arena::for_samples(mdp::make_instance("maze")); },
              ThrowsMessage<InvalidOption>(HasSubstr("no discount of its own")));
  EXPECT_THAT([] { Arena::for_samples(mdp::make_instance("hard-tree"), 0.9); },
              ThrowsMessage<InvalidOption>(HasSubstr("stages of this instance differ")));
}

TEST(GenerativeArena, MinimisesByMaximisingTheNegative) {
  const auto grid = mdp::make_instance("gridworld", {{"side", "4"}, {"discount", "0.9"}});
  ASSERT_TRUE(grid.question.minimise);
  const Arena arena = Arena::for_samples(grid);
  double best = 0;
  const std::vector<double> initial = grid.model.initial();
  for (int s = 0; s < grid.model.num_states(); ++s)
    best += initial[static_cast<std::size_t>(s)] * arena.generative()->optimal_value(s);
  mdp::NamedInstance negative{.model = grid.model, .question = mdp::discounted(0.9)};
  EXPECT_LT(best, 0) << "costs";
  EXPECT_GT(best, -Arena::for_samples(negative).generative()->optimal_value(0)) << "the least, not the largest, cost";
}

TEST(GenerativeTrial, MeasuresWhatItsColumnsSay) {
  EXPECT_THAT(metrics_of(Protocol::kGenerative), ElementsAre("value-error", "policy-loss"));
  const Arena arena = Arena::for_samples(mdp::make_instance("garnet", {{"states", "6"}, {"discount", "0.8"}}));
  const Series series = play(arena, "q-learning", {}, Stream(3), {.length = 400, .checkpoints = {20, 400}});
  EXPECT_THAT(series.at, ElementsAre(20, 400));
  const auto rows = run_generative(*arena.generative(), *make("q-learning", world_of(*arena.generative(), 400)),
                                   Stream(3), {.samples = 400, .checkpoints = {20, 400}});
  EXPECT_EQ(series.value(1, 0), rows[1].value_error);
  EXPECT_EQ(series.value(0, 1), rows[0].policy_loss);
  EXPECT_LT(series.value(1, 0), series.value(0, 0));
}

}  // namespace
}  // namespace bellwether::online
