#include "mdp/simulate/rollout.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/evaluate/finite.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"

namespace bellwether::mdp {
namespace {

const ReturnOptions kOptions{.episodes = 100'000, .steps = 12, .discount = 0.9};

TEST(Rollout, IsAPlayOfTheModel) {
  const TabularMdp model = test::random_model(Stream(41));
  const Trajectory play = rollout(Simulator(model), Policy::uniform(model), 500, Stream(42));
  ASSERT_EQ(play.states.size(), 501U);
  ASSERT_EQ(play.choices.size(), 500U);
  ASSERT_EQ(play.rewards.size(), 500U);
  for (std::size_t t = 0; t < play.choices.size(); ++t) {
    ASSERT_EQ(model.state_of(play.choices[t]), play.states[t]) << t;
    const auto next = model.successors(play.choices[t]);
    ASSERT_NE(std::find(next.begin(), next.end(), play.states[t + 1]), next.end()) << t;
    ASSERT_EQ(play.rewards[t], model.reward(play.choices[t]));
  }
  EXPECT_EQ(rollout(Simulator(model), Policy::uniform(model), 500, Stream(42)).states, play.states);
  EXPECT_NE(rollout(Simulator(model), Policy::uniform(model), 500, Stream(43)).states, play.states);
  EXPECT_THROW(rollout(Simulator(model), Policy::uniform(model), -1, Stream(1)), InvalidOption);
}

TEST(EstimateReturn, AgreesWithExactEvaluation) {
  const TabularMdp model = test::random_model(Stream(44));
  const Policy uniform = Policy::uniform(model);
  const ReturnEstimate got = estimate_return(Simulator(model), uniform, kOptions, Stream(45));
  const double exact = evaluate_finite(PolicyChain(model, uniform), 12, 0.9)[0].expected(model.initial());
  EXPECT_NEAR(got.mean, exact, 5 * got.standard_error);
  EXPECT_GT(got.standard_error, 0);
  EXPECT_LT(got.standard_error, 0.02);
  EXPECT_EQ(got.episodes, kOptions.episodes);
}

TEST(EstimateReturn, OfStagesAndOfMemories) {
  const TabularMdp model = test::random_model(Stream(46));
  StagePolicy stages;
  for (int h = 0; h < 12; ++h) {
    std::vector<std::int32_t> choice;
    for (int s = 0; s < model.num_states(); ++s) choice.push_back((h + s) % model.num_choices(s));
    stages.push_back(Policy::deterministic(choice));
  }
  const double exact = evaluate_finite(FiniteHorizonMdp(model, 12), stages, 0.9)[0].expected(model.initial());
  const Simulator simulator(model);
  const ReturnEstimate by_stage = estimate_return(simulator, stages, kOptions, Stream(47));
  EXPECT_NEAR(by_stage.mean, exact, 5 * by_stage.standard_error);
  const ReturnEstimate by_memory = estimate_return(simulator, staged(model, stages), kOptions, Stream(48));
  EXPECT_NEAR(by_memory.mean, exact, 5 * by_memory.standard_error);

  const FiniteMemoryPolicy mixed = mixture(model, {stages[0], stages[1]}, {0.2, 0.8});
  const PolicyChain chain(model, mixed);
  const ReturnEstimate of_mixture = estimate_return(simulator, mixed, kOptions, Stream(49));
  EXPECT_NEAR(of_mixture.mean, evaluate_finite(chain, 12, 0.9)[0].expected(chain.initial()),
              5 * of_mixture.standard_error);
}

TEST(EstimateReturn, TheStandardErrorIsThatOfTheSample) {
  // One step, worth 1 or 0 with even odds: variance 1/4.
  const TabularMdp model = std::move(TabularMdpBuilder(1).add_choice(0, 0.5, {{0, 1.0}}).bernoulli_reward(1)).build();
  const ReturnEstimate got =
      estimate_return(Simulator(model), Policy::uniform(model), {.episodes = 40'000, .steps = 1}, Stream(50));
  EXPECT_NEAR(got.standard_error, 0.5 / 200, 1e-5);
  EXPECT_NEAR(got.mean, 0.5, 5 * got.standard_error);
}

TEST(EstimateReturn, ThreadsChangeNoBit) {
  const TabularMdp model = test::random_model(Stream(51));
  const Simulator simulator(model);
  const auto with = [&](int threads) {
    const ThreadCount guard(threads);
    return estimate_return(simulator, Policy::uniform(model), kOptions, Stream(52));
  };
  const ReturnEstimate one = with(1), two = with(2);
  EXPECT_EQ(one.mean, two.mean);
  EXPECT_EQ(one.standard_error, two.standard_error);
}

TEST(EstimateReturn, SaysWhatIsWrong) {
  const TabularMdp model = test::random_model(Stream(53));
  const Simulator simulator(model);
  const auto message = [&](const ReturnOptions& options) -> std::string {
    try {
      estimate_return(simulator, Policy::uniform(model), options, Stream(1));
    } catch (const InvalidOption& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(message({.episodes = 1}), "estimate_return: 'episodes' is 1, must be at least 2");
  EXPECT_EQ(message({.steps = -1}), "estimate_return: 'steps' is -1, must be at least 0");
  EXPECT_EQ(message({.discount = 2}), "estimate_return: 'discount' is 2, must be between 0 and 1");
  try {
    estimate_return(simulator, StagePolicy(3, Policy::uniform(model)), {.steps = 4}, Stream(1));
    FAIL();
  } catch (const InvalidModel& e) {
    EXPECT_STREQ(e.what(), "estimate_return: 3 policies for 4 steps; one a stage is needed");
  }
}

}  // namespace
}  // namespace bellwether::mdp
