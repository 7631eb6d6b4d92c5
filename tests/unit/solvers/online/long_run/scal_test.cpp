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

/// The plan of docs/papers/scal.md written down state by state, laws as long as the states.
struct NaivePlan {
  std::vector<std::vector<double>> low, high;  ///< bounds of the law of each choice
  std::vector<double> reward;
  double eta, span, tau = 0.9;

  /// max (or min, sign -1) p u of a choice, perturbed.
  double law_value(std::size_t c, const std::vector<double>& u, double sign) const {
    std::vector<std::size_t> order(u.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return sign * u[a] > sign * u[b]; });
    double rest = 1 - std::accumulate(low[c].begin(), low[c].end(), 0.0), sum = 0;
    for (const std::size_t y : order) {
      const double more = std::min(rest, high[c][y] - low[c][y]);
      sum += (low[c][y] + more) * u[y];
      rest -= more;
    }
    return (1 - eta) * sum + eta * u[0];
  }

  double gain = 0;
  std::vector<double> probability;

  void run(double tolerance) {
    const std::size_t states = reward.size() / 2;
    std::vector<double> u(states, 0.0), next(states);
    while (true) {
      std::vector<std::size_t> best(states);
      for (std::size_t s = 0; s < states; ++s) {
        const double left = reward[2 * s] + tau * law_value(2 * s, u, 1);
        const double right = reward[2 * s + 1] + tau * law_value(2 * s + 1, u, 1);
        best[s] = right > left ? 2 * s + 1 : 2 * s;
        next[s] = std::max(left, right) + (1 - tau) * u[s];
      }
      const double ceiling = *std::ranges::min_element(next) + span / tau;
      double least = 1e300, most = -1e300;
      for (std::size_t s = 0; s < states; ++s) {
        least = std::min(least, std::min(next[s], ceiling) - u[s]);
        most = std::max(most, std::min(next[s], ceiling) - u[s]);
      }
      if (most - least < tolerance) {
        gain = most + eta * span;
        mix(u, next, best, ceiling);
        return;
      }
      for (std::size_t s = 0; s < states; ++s) u[s] = std::min(next[s], ceiling);
    }
  }

  void mix(const std::vector<double>& u, const std::vector<double>& next, const std::vector<std::size_t>& best,
           double ceiling) {
    probability.assign(reward.size(), 0.0);
    for (std::size_t s = 0; s < u.size(); ++s) {
      const double left = law_value(2 * s, u, -1), right = law_value(2 * s + 1, u, -1);
      const std::size_t worst = right < left ? 2 * s + 1 : 2 * s;
      const double lowest = tau * std::min(left, right) + (1 - tau) * u[s];
      // (1 - w) next + w lowest = ceiling
      const double w = std::max(0.0, (next[s] - ceiling) / (next[s] - lowest));
      probability[best[s]] += 1 - w;
      probability[worst] += w;
    }
  }
};

TEST(Scal, PlansAsWrittenDown) {
  const AverageTask& task = riverswim();
  const AverageWorld world = world_of(task, 1000);
  int mixed = 0;
  for (const double span : {0.4, 0.7, 1.0, 2.0, 3.0, 100.0}) {
    for (const int steps : {6, 15, 40, 100, 300, 1000}) {
      const auto agent = make_scal(world, {.constant = "0.02", .span_bound = span, .warm_start = false}, Stream(1));
      NaivePlan naive{.low = {}, .high = {}, .reward = {}, .eta = 1.0 / (steps + 1), .span = span, .probability = {}};
      std::vector<std::vector<double>> count(12, std::vector<double>(6, 0.0));
      std::vector<double> n(12, 0.0);
      Stream stream(70), choices(71);
      std::int32_t s = 5;
      for (int t = 0; t < steps; ++t) {
        const auto c = static_cast<std::int32_t>(2 * s + static_cast<int>(choices.below(2)));
        const mdp::Step outcome = task.simulator().draw_step(c, stream);
        const AverageStep step{s, c, outcome.next, outcome.reward};
        agent->learn({&step, 1});
        ++count[static_cast<std::size_t>(c)][static_cast<std::size_t>(outcome.next)];
        ++n[static_cast<std::size_t>(c)];
        s = outcome.next;
      }
      const double l = std::log(2 * 12 * (steps + 1) / 0.05);
      for (std::size_t c = 0; c < 12; ++c) {
        const double visits = std::max(1.0, n[c]), fixed = 0.02 * 49 * l / (3 * std::max(1.0, visits - 1));
        naive.low.emplace_back();
        naive.high.emplace_back();
        for (std::size_t y = 0; y < 6; ++y) {
          const double p = count[c][y] / visits, width = 0.02 * std::sqrt(14 * p * (1 - p) * l / visits) + fixed;
          naive.low[c].push_back(std::max(0.0, p - width));
          naive.high[c].push_back(n[c] == 0 ? 1 : std::min(1.0, p + width));
        }
        const double seen = task.unit_rewards()[c];  // rewards of RiverSwim do not vary
        naive.reward.push_back(n[c] == 0 ? 1 : std::min(1.0, seen + fixed));
      }
      agent->plan(steps, s);
      naive.run(1 / std::sqrt(steps + 1.0));
      EXPECT_NEAR(*agent->optimistic_gain(), naive.gain, 1e-12) << "span " << span << ", " << steps << " steps";
      for (std::size_t c = 0; c < 12; ++c) {
        EXPECT_NEAR(agent->epoch().probability[c], naive.probability[c], 1e-9) << "choice " << c << ", span " << span;
        mixed += naive.probability[c] > 0.01 && naive.probability[c] < 0.99 ? 1 : 0;
      }
    }
  }
  EXPECT_GT(mixed, 10);
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
