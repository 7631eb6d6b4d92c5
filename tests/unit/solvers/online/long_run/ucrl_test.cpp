#include "solvers/online/long_run/ucrl.h"

#include <cmath>
#include <functional>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/registry.h"
#include "solvers/online/average/run.h"
#include "solvers/online/long_run/experience.h"
#include "solvers/online/registry.h"
#include "solvers/online/trial.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const AverageTask& riverswim() {
  static const AverageTask task(mdp::make_instance("riverswim").model);
  return task;
}
constexpr double kRiverSwimDiameter = 14.72234;

std::vector<AverageRow> run(const AverageTask& task, std::string_view learner, const std::vector<Setting>& settings,
                            std::uint64_t seed, std::int64_t steps, std::vector<std::int64_t> checkpoints = {}) {
  const auto agent = find_average(learner).make(task, world_of(task, steps), settings, Stream(seed).child("learner"));
  return run_average(task, *agent, Stream(seed), {.steps = steps, .checkpoints = std::move(checkpoints)});
}

/// Plays an agent as its interface says, in the plainest way; `planned` is called after every plan.
void follow(const AverageTask& task, AverageAgent& agent, Stream stream, std::int64_t steps,
            const std::function<void(std::int64_t, const Experience&)>& planned) {
  const AverageWorld world = world_of(task, steps);
  Experience seen(world);
  std::int32_t s = task.simulator().draw_initial(stream);
  std::vector<std::int64_t> taken;
  bool over = true;
  for (std::int64_t t = 0; t < steps; ++t) {
    if (over) {
      agent.plan(t, s);
      seen.settle();
      planned(t, seen);
      taken.assign(static_cast<std::size_t>(task.num_choices()), 0);
    }
    const std::int32_t c = agent.epoch().choice[static_cast<std::size_t>(s)];
    const mdp::Step outcome = task.simulator().draw_step(c, stream);
    const AverageStep step{s, c, outcome.next, task.to_unit(outcome.reward)};
    agent.learn({&step, 1});
    seen.add({&step, 1});
    s = outcome.next;
    over = ++taken[static_cast<std::size_t>(c)] == agent.epoch().most[static_cast<std::size_t>(c)];
  }
}

/// Whether UCRL2's sets hold the truth, from their definition.
bool inside(const AverageTask& task, const Experience& seen, double t, double delta) {
  const double states = task.num_states(), choices = static_cast<double>(task.num_choices());
  const double actions = world_of(task, 1).largest_num_actions;
  for (std::int64_t c = 0; c < task.num_choices(); ++c) {
    const auto n = static_cast<double>(std::max<std::int64_t>(1, seen.visits(c)));
    const double reward = std::abs(seen.rewards(c).mean() - task.unit_rewards()[static_cast<std::size_t>(c)]);
    if (reward > std::sqrt(7 * std::log(2 * choices * t / delta) / (2 * n))) return false;
    double distance = seen.visits(c) == 0 ? 1 : 0;
    const auto& model = task.model();
    for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
      double p = 0;
      for (const auto& next : seen.successors(c))
        if (next.state == model.successors(c)[i]) p = next.count / n;
      distance += std::abs(p - model.probabilities(c)[i]);
    }
    if (distance > std::sqrt(14 * states * std::log(2 * actions * t / delta) / n)) return false;
  }
  return true;
}

TEST(Ucrl2, IsOptimisticWheneverTheTruthIsPossible) {
  for (const char* name : {"riverswim", "garnet"}) {
    const AverageTask task(mdp::make_instance(name).model);
    for (const std::uint64_t seed : {1, 2, 3}) {
      const auto agent = make_ucrl2(world_of(task, 20'000), {}, Stream(seed));
      int plans = 0;
      follow(task, *agent, Stream(seed), 20'000, [&](std::int64_t step, const Experience& seen) {
        ++plans;
        const auto t = static_cast<double>(step + 1);
        ASSERT_TRUE(inside(task, seen, t, 0.05)) << "never left in these runs";
        ASSERT_GE(*agent->optimistic_gain(), task.unit_gain());
        // The gain that is promised for the policy may fall short by the tolerance only.
        ASSERT_GE(*agent->optimistic_gain() - 1 / std::sqrt(t), task.unit_gain() - 1 / std::sqrt(t));
        for (std::int64_t c = 0; c < task.num_choices(); ++c)
          ASSERT_EQ(agent->epoch().most[static_cast<std::size_t>(c)], std::max<std::int64_t>(1, seen.visits(c)));
      });
      EXPECT_GT(plans, 30) << name;
    }
  }
}

TEST(Ucrl2, TheSetsLoseTheTruthWhenTheyAreTooSmall) {
  // What the test before looks for does happen: with a hundredth of the widths the truth is soon impossible.
  const AverageTask& task = riverswim();
  int violations = 0;
  for (const std::uint64_t seed : {1, 2, 3, 4, 5})
    violations += static_cast<int>(run(task, "ucrl2", {{"constant", "0.003"}}, seed, 5000).back().violations);
  EXPECT_GT(violations, 0);
}

TEST(Ucrl2, TheLoopPlaysWhatThePlainLoopPlays) {
  const AverageTask& task = riverswim();
  const auto agent = make_ucrl2(world_of(task, 30'000), {.constant = "0.1"}, Stream(7).child("learner"));
  std::int64_t plans = 0;
  double gaps = 0;
  follow(task, *agent, Stream(7).child("environment"), 30'000, [&](std::int64_t, const Experience& seen) {
    ++plans;
    gaps = 0;
    for (std::int64_t c = 0; c < task.num_choices(); ++c) gaps += static_cast<double>(seen.visits(c)) * task.gap(c);
  });
  const auto rows = run(task, "ucrl2", {{"constant", "0.1"}}, 7, 30'000);
  EXPECT_EQ(rows.back().epochs, plans);
  EXPECT_GE(rows.back().gap_regret, gaps - 1e-6);
}

class LongRunLearner : public testing::TestWithParam<const char*> {};

TEST_P(LongRunLearner, IsNeverPessimisticAtTheTheoremsConstant) {
  for (const char* name : {"riverswim", "garnet"}) {
    const AverageTask task(mdp::make_instance(name).model);
    for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6})
      EXPECT_EQ(run(task, GetParam(), {}, seed, 30'000).back().violations, 0) << name << ", seed " << seed;
  }
}

TEST_P(LongRunLearner, TakesTheLowestChoiceAmongEquals) {
  const AverageWorld world = world_of(riverswim(), 100);
  const auto agent = find_average(GetParam()).make(riverswim(), world, {}, Stream(1));
  agent->plan(0, 0);
  const auto& probability = agent->epoch().probability;
  for (std::size_t s = 0; s < 6; ++s) {
    if (probability.empty()) {
      EXPECT_EQ(agent->epoch().choice[s], static_cast<std::int32_t>(2 * s));
    } else {
      EXPECT_EQ(probability[2 * s], 1);
    }
  }
  EXPECT_GE(*agent->optimistic_gain(), 1) << "nothing is known";
}

TEST_P(LongRunLearner, PlansNoMoreOftenThanVisitsDouble) {
  for (const std::int64_t steps : {12, 100, 3000, 100'000}) {
    for (const char* constant : {"theory", "0.03"}) {
      const auto rows = run(riverswim(), GetParam(), {{"constant", constant}}, 11, steps);
      EXPECT_LE(static_cast<double>(rows.back().epochs), 12 * std::log2(8 * static_cast<double>(steps) / 12))
          << constant << ", " << steps << " steps";
    }
  }
}

TEST_P(LongRunLearner, LearnsWithAPracticalConstant) {
  double first = 0, both = 0;
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    const auto rows = run(riverswim(), GetParam(), {{"constant", "practical"}}, seed, 200'000, {100'000, 200'000});
    first += rows[0].gap_regret;
    both += rows[1].gap_regret;
  }
  EXPECT_LT(both - first, 0.25 * first);
  EXPECT_LT(both / 5, 0.05 * 200'000 * riverswim().gain());
}

TEST_P(LongRunLearner, TheSameStreamGivesTheSameBits) {
  const auto rows = run(riverswim(), GetParam(), {{"constant", "0.1"}}, 21, 20'000);
  EXPECT_EQ(rows, run(riverswim(), GetParam(), {{"constant", "0.1"}}, 21, 20'000));
  EXPECT_NE(rows.back().reward_regret,
            run(riverswim(), GetParam(), {{"constant", "0.1"}}, 22, 20'000).back().reward_regret);
  EXPECT_EQ(rows.back(), run(riverswim(), GetParam(), {{"constant", "0.1"}}, 21, 20'000, {777, 20'000}).back());
}

TEST_P(LongRunLearner, WarmStartsFindPoliciesAsGood) {
  double warm = 0, cold = 0;
  for (const std::uint64_t seed : {1, 2, 3}) {
    warm += run(riverswim(), GetParam(), {{"constant", "0.1"}}, seed, 50'000).back().gap_regret;
    cold +=
        run(riverswim(), GetParam(), {{"constant", "0.1"}, {"warm_start", "false"}}, seed, 50'000).back().gap_regret;
  }
  EXPECT_NEAR(warm, cold, 0.3 * cold);
}

TEST_P(LongRunLearner, NamesABadOption) {
  EXPECT_THAT(
      [&] {
        run(riverswim(), GetParam(), {{"delta", "0"}}, 1, 10);
      },
      ThrowsMessage<InvalidOption>(HasSubstr("delta")));
  EXPECT_THAT(
      [&] {
        run(riverswim(), GetParam(), {{"constant", "some"}}, 1, 10);
      },
      ThrowsMessage<InvalidOption>(HasSubstr("theory, practical or a number")));
}

INSTANTIATE_TEST_SUITE_P(All, LongRunLearner, testing::Values("ucrl2", "ucrl2b", "kl-ucrl", "scal"),
                         [](const auto& learner) {
                           std::string name = learner.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(Ucrl2, RegretStaysBelowItsBound) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto rows = run(riverswim(), "ucrl2", {}, seed, 200'000);
    for (const AverageRow& row : rows) {
      const auto T = static_cast<double>(row.steps);
      if (T < 2) continue;
      EXPECT_LE(row.reward_regret, 34 * kRiverSwimDiameter * 6 * std::sqrt(2 * T * std::log(T / 0.05)));
    }
  }
}

TEST(Ucrl2b, BothConstantSetsAreOptimistic) {
  for (const std::uint64_t seed : {1, 2, 3})
    EXPECT_EQ(run(riverswim(), "ucrl2b", {{"widths", "2018"}}, seed, 20'000).back().violations, 0);
  const auto older = run(riverswim(), "ucrl2b", {{"widths", "2018"}}, 1, 50'000);
  const auto newer = run(riverswim(), "ucrl2b", {{"widths", "2020"}}, 1, 50'000);
  EXPECT_LT(newer.back().gap_regret, older.back().gap_regret) << "6 l / n against 49 l / 3 n";
  EXPECT_THAT(
      [&] {
        run(riverswim(), "ucrl2b", {{"widths", "2019"}}, 1, 10);
      },
      ThrowsMessage<InvalidOption>(HasSubstr("2020")));
}

TEST(LongRunLearners, PlayTheLowerBoundGadgets) {
  for (const int diameter : {10, 20, 40}) {
    const std::string advantage = std::to_string(0.25 / diameter);
    const auto gadget = mdp::make_instance(
        "jao-gadget", {{"diameter", std::to_string(diameter)}, {"advantage", advantage}, {"actions", "5"}});
    const Arena arena(gadget, Protocol::kAverage);
    for (const char* learner : {"ucrl2", "ucrl2b", "kl-ucrl", "scal", "tsde"}) {
      const Series series = play(arena, learner, {}, Stream(31), {.length = 100'000, .checkpoints = {100'000}});
      // Never finding the good choice loses the whole gain above 1/2 a step, and no more.
      const double most = arena.average()->gain() - 0.5;
      EXPECT_LT(series.value(0, 1), most * 100'000 * 1.1) << learner << ", diameter " << diameter;
      EXPECT_GT(series.value(0, 1), 0) << learner;
      if (std::string_view(learner) != "tsde") {
        EXPECT_EQ(series.value(0, 3), 0) << learner;
      }
    }
  }
}

}  // namespace
}  // namespace bellwether::online
