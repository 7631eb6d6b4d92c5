#include "solvers/online/long_run/scal.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/average/run.h"
#include "solvers/online/long_run/extended_value_iteration.h"
#include "solvers/online/long_run/l1_balls.h"
#include "solvers/online/registry.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const AverageTask& riverswim() {
  static const AverageTask task(mdp::make_instance("riverswim").model);
  return task;
}

std::vector<AverageRow> run(const std::vector<Setting>& settings, std::uint64_t seed, std::int64_t steps) {
  const AverageTask& task = riverswim();
  const auto agent = find_average("scal").make(task, world_of(task, steps), settings, Stream(seed).child("learner"));
  return run_average(task, *agent, Stream(seed), {.steps = steps, .checkpoints = {steps / 2, steps}});
}

/// Steps around a river whose far end pays: the learner has seen all of it.
std::unique_ptr<AverageAgent> experienced(const AverageTask& task, const ScalOptions& options, std::int64_t steps) {
  auto agent = make_scal(world_of(task, steps), options, Stream(1));
  const auto uniform = find_average("uniform").make(task, world_of(task, steps), {}, Stream(1));
  Stream stream(2), choices(3);
  std::int32_t s = 0;
  std::vector<AverageStep> seen;
  for (std::int64_t t = 0; t < steps; ++t) {
    const auto c =
        static_cast<std::int32_t>(task.model().first_choice(s)) + static_cast<std::int32_t>(choices.below(2));
    const mdp::Step outcome = task.simulator().draw_step(c, stream);
    seen.push_back({s, c, outcome.next, outcome.reward});
    s = outcome.next;
  }
  agent->learn(seen);
  agent->plan(steps, s);
  return agent;
}

TEST(Scal, WithALooseBoundIsUcrl2b) {
  const AverageTask& task = riverswim();
  const auto scal = run({{"constant", "0.1"}, {"span_bound", "1000"}}, 5, 50'000);
  const auto agent = find_average("ucrl2b").make(task, world_of(task, 50'000),
                                                 {{"constant", "0.1"}, {"widths", "2018"}}, Stream(5).child("learner"));
  const auto plain = run_average(task, *agent, Stream(5), {.steps = 50'000, .checkpoints = {50'000}});
  EXPECT_NEAR(scal.back().gap_regret, plain.back().gap_regret, 0.05 * plain.back().gap_regret);
}

TEST(Scal, MixesWhereTheBoundIsFelt) {
  // The optimal bias of RiverSwim spans 6.3. With 3 and sharp sets some states must be worth less than they could.
  const auto agent = experienced(riverswim(), {.constant = "0.001", .span_bound = 3}, 400'000);
  const auto& probability = agent->epoch().probability;
  int mixed = 0;
  for (int s = 0; s < 6; ++s) {
    const double left = probability[static_cast<std::size_t>(2 * s)],
                 right = probability[static_cast<std::size_t>(2 * s + 1)];
    EXPECT_NEAR(left + right, 1, 1e-15);
    EXPECT_GE(std::min(left, right), 0);
    mixed += left > 0 && right > 0 ? 1 : 0;
  }
  EXPECT_GT(mixed, 0);
  EXPECT_GT(probability[11], 0) << "the last state is worth going to";
  EXPECT_GT(probability[1], 0.999) << "the first is below the ceiling: right for sure";

  const auto loose = experienced(riverswim(), {.constant = "0.001", .span_bound = 10}, 400'000);
  for (const double p : loose->epoch().probability) EXPECT_TRUE(p == 0 || p == 1);
  EXPECT_LT(*agent->optimistic_gain(), *loose->optimistic_gain());
  EXPECT_NEAR(*loose->optimistic_gain(), riverswim().gain(), 0.01);
}

TEST(Scal, MixturesAreWorthExactlyTheCeiling) {
  // Two states; going to the good one pays later. By hand, laws known: L u(1) above the ceiling c / tau over L u(0).
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, 0.0, {{0, 0.9}, {1, 0.1}}).add_choice(1, 1.0, {{1, 0.9}, {0, 0.1}});
  const mdp::TabularMdp model = std::move(builder).build();
  L1Balls balls;
  for (std::int64_t c = 0; c < 2; ++c) {
    for (std::size_t i = 0; i < 2; ++i) balls.push(model.successors(c)[i], model.probabilities(c)[i]);
    balls.end_row(0);
  }
  const std::vector<double> reward{0, 1};
  ExtendedValueIteration evi(model.state_begin());
  // Free: g = 1/2, h(1) - h(0) = 5. Within span 2: state 0 earns g = .1 * 2, and state 1 is held at h(0) + 2.
  EXPECT_TRUE(evi.run(reward, balls, {.tolerance = 1e-12, .span = 100}));
  EXPECT_NEAR(evi.gain_high(), 0.5, 1e-11);
  EXPECT_NEAR(0.9 * (evi.values()[1] - evi.values()[0]), 5, 1e-9);
  EXPECT_TRUE(evi.run(reward, balls, {.tolerance = 1e-12, .span = 2}));
  EXPECT_NEAR(evi.gain_high(), 0.2, 1e-11);
  EXPECT_NEAR(evi.gain_low(), 0.2, 1e-11);
  EXPECT_NEAR(0.9 * (evi.values()[1] - evi.values()[0]), 2, 1e-9);
  EXPECT_GT(evi.untruncated()[1], evi.ceiling());
}

TEST(Scal, IsOptimisticWhenTheBoundHolds) {
  for (const char* bound : {"6.32", "8", "50"})
    for (const std::uint64_t seed : {1, 2, 3})
      EXPECT_EQ(run({{"span_bound", bound}}, seed, 20'000).back().violations, 0) << bound;
  // It bounds nothing when the bound is false: at span 1 no policy earns the optimal gain.
  EXPECT_GT(run({{"span_bound", "1"}, {"constant", "0.01"}}, 1, 100'000).back().violations, 0);
}

TEST(Scal, ATighterBoundLearnsSooner) {
  double tight = 0, loose = 0;
  for (const std::uint64_t seed : {1, 2, 3}) {
    tight += run({{"span_bound", "6.32"}, {"constant", "0.3"}}, seed, 100'000).back().gap_regret;
    loose += run({{"span_bound", "100"}, {"constant", "0.3"}}, seed, 100'000).back().gap_regret;
  }
  EXPECT_LT(tight, 1.05 * loose);
}

TEST(Scal, NamesABadBound) {
  EXPECT_THAT([] { run({{"span_bound", "0"}}, 1, 10); }, ThrowsMessage<InvalidOption>(HasSubstr("span_bound")));
}

}  // namespace
}  // namespace bellwether::online
