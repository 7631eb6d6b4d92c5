#include "solvers/online/discounted/ravi_ucb.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/linear.h"
#include "mdp/instances/riverswim.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/online/discounted/run.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

DiscountedTask river() { return DiscountedTask(mdp::riverswim({.states = 5}).model, 0.9); }

// V = <pi', Q> - KL(pi' || pi) / eta, and no policy moves further than eta H / 2.
TEST(RegularisedStep, IsTheBestPolicyUnderAPriceOnChange) {
  const std::vector<std::int64_t> begin{0, 3, 5};
  Stream stream(1);
  for (const double eta : {0.01, 0.5, 30.0}) {
    std::vector<double> q(5), log_policy{std::log(0.2), std::log(0.5), std::log(0.3), std::log(0.9), std::log(0.1)};
    const std::vector<double> before = log_policy;
    std::vector<double> value(2);
    for (double& x : q) x = 10 * stream.uniform();
    regularised_step(begin, q, eta, log_policy, value);
    for (std::size_t s = 0; s < 2; ++s) {
      double sum = 0, free = 0, moved = 0;
      for (auto c = static_cast<std::size_t>(begin[s]); c < static_cast<std::size_t>(begin[s + 1]); ++c) {
        const double p = std::exp(log_policy[c]);
        sum += p;
        free += p * (q[c] - (log_policy[c] - before[c]) / eta);
        moved += std::abs(p - std::exp(before[c]));
      }
      EXPECT_NEAR(sum, 1, 1e-12);
      EXPECT_NEAR(value[s], free, 1e-10);
      EXPECT_LE(moved, eta * 10 / 2);
    }
  }
}

TEST(RaviUcb, BacksUpOnceAnEpoch) {
  const std::vector<std::int64_t> begin{0, 1, 2};
  const std::vector<double> reward{0.25, 1};
  const EpochSize size{.states = 2, .choices = 2, .horizon = 2, .epochs = 100};
  RaviUcb learner({.state_begin = begin, .mean_reward = reward, .discount = 0.5, .epochs = 100},
                  std::make_unique<CountEstimate>(size), {.constant = "0.01"});
  const double L = 2 * std::log(2.0) + std::log(2 * 2 * 200 / 0.05);
  for (const int next : {1, 1, 0, 1}) learner.observe(0, next);
  EXPECT_NEAR(learner.bonus(0), 0.01 * 0.5 * 2 * std::sqrt(2 * L / 4), 1e-14);
  EXPECT_NEAR(learner.bonus(1), 0.01 * 0.5 * 2 * std::sqrt(2 * L), 1e-14);
  learner.end_epoch();  // V_0 = H = 2; what was never taken leads nowhere
  const double first = 0.25 + learner.bonus(0) + 0.5 * 2, second = 1 + learner.bonus(1);
  EXPECT_NEAR(learner.values()[0], first, 1e-12);
  EXPECT_NEAR(learner.values()[1], second, 1e-12);
  learner.end_epoch();
  EXPECT_NEAR(learner.values()[0], 0.25 + learner.bonus(0) + 0.5 * (0.75 * second + 0.25 * first), 1e-12);
}

TEST(RaviUcb, TakesTheStepSizeOfTheTheorem) {
  const std::vector<std::int64_t> begin{0, 1, 4};
  const std::vector<double> reward{0, 0, 0, 0};
  const EpochWorld world{.state_begin = begin, .mean_reward = reward, .discount = 0.75, .epochs = 50};
  EXPECT_NEAR(ravi_step_size(world), std::sqrt(std::log(3.0) / (64 * 50)), 1e-15);
  const RaviUcb learner(world, std::make_unique<CountEstimate>(EpochSize{.states = 2, .choices = 4}),
                        {.eta_factor = 10});
  EXPECT_NEAR(learner.eta(), 10 * ravi_step_size(world), 1e-15);
  EXPECT_NEAR(learner.probability(2), 1.0 / 3, 1e-15);
}

// Policies are the soft maximum of the sum of all Q so far: with steep steps V is what their largest grows by, which is
// not the largest of the last Q.
TEST(RaviUcb, FollowsTheLeaderInTheLimitOfLargeSteps) {
  const auto made = mdp::garnet({.states = 5, .actions = 3, .successors = 2, .reward_density = 1, .seed = 2});
  const mdp::TabularMdp& model = made.model;
  const EpochWorld world{
      .state_begin = model.state_begin(), .mean_reward = model.reward(), .discount = 0.9, .epochs = 30};
  RaviUcb steep(world, std::make_unique<KnownTransitions>(model), {.eta_factor = 1e12});
  RaviUcb greedy(world, std::make_unique<KnownTransitions>(model), {.rule = "greedy"});
  const KnownTransitions known(model);
  std::vector<double> v(5, 10.0), best(5, 0.0), sum(15, 0.0), w(v);
  for (int k = 0; k < 30; ++k) {
    steep.end_epoch();
    greedy.end_epoch();
    const std::vector<double> before = v, plain = w;
    for (std::int64_t c = 0; c < 15; ++c)
      sum[static_cast<std::size_t>(c)] += model.reward(c) + 0.9 * known.mean(c, before);
    for (std::size_t s = 0; s < 5; ++s) {
      const double leader = std::max({sum[3 * s], sum[3 * s + 1], sum[3 * s + 2]});
      v[s] = leader - best[s];
      best[s] = leader;
      w[s] = 0;
      for (std::int64_t c = static_cast<std::int64_t>(3 * s); c < static_cast<std::int64_t>(3 * s) + 3; ++c)
        w[s] = std::max(w[s], model.reward(c) + 0.9 * known.mean(c, plain));
      EXPECT_NEAR(steep.values()[s], v[s], 1e-6) << k;
      EXPECT_NEAR(greedy.values()[s], w[s], 1e-12) << k;
    }
  }
}

// Values at the end of every epoch are those of the optimum, if the model is known.
TEST(RaviUcb, FullPlanningInAKnownModelIsOptimalAtOnce) {
  const mdp::TabularMdp model = mdp::riverswim({.states = 5}).model;
  const DiscountedTask task(model, 0.9);
  const auto run = run_ravi_ucb(task, {.rule = "full", .knowledge = "model"}, {.epochs = 20}, Stream(1));
  EXPECT_NEAR(run.optimistic[1], task.optimum(), 1e-6);
  EXPECT_NEAR(run.regret[19], run.regret[0], 1e-6);
  EXPECT_EQ(run.broken_bonuses.back(), 0);
  EXPECT_EQ(run.bonus[19], 0);
  EXPECT_GT(run.regret[0], 0.01);
}

// The last state pays 1 for ever, which is the largest value H; states before it lose 1 a step. As many backups as
// would settle every model are more than an int counts.
TEST(RaviUcb, FullPlanningSettlesAtDiscountsNearOne) {
  mdp::TabularMdpBuilder builder(4);
  for (int s = 0; s < 4; ++s) builder.add_choice(s, s == 3 ? 1 : 0, {{std::min(s + 1, 3), 1.0}});
  const mdp::TabularMdp model = std::move(builder).build();
  RaviUcb learner(
      {.state_begin = model.state_begin(), .mean_reward = model.reward(), .discount = 1 - 0x1p-30, .epochs = 10},
      std::make_unique<KnownTransitions>(model), {.rule = "full"});
  learner.end_epoch();
  for (std::size_t s = 0; s < 4; ++s) EXPECT_NEAR(learner.values()[s], 0x1p30 - 3 + static_cast<double>(s), 1e-4) << s;
}

TEST(RaviUcb, PlaysEpochsOfGeometricLength) {
  const auto run = run_ravi_ucb(river(), {}, {.epochs = 4000}, Stream(7));
  double sum = 0, square = 0;
  std::int64_t before = 0;
  for (const std::int64_t steps : run.steps) {
    const auto n = static_cast<double>(steps - std::exchange(before, steps));
    sum += n, square += n * n;
  }
  const double mean = sum / 4000;
  EXPECT_NEAR(mean, 10, 3 * std::sqrt(90.0 / 4000));
  EXPECT_NEAR(square / 4000 - mean * mean, 90, 15);
  EXPECT_EQ(run.broken_bonuses.back(), 0);
}

TEST(RaviUcb, LearnsRiverSwim) {
  const DiscountedTask task = river();
  const RaviUcbOptions learner{.constant = "practical", .eta_factor = 10};
  const auto run = run_ravi_ucb(task, learner, {.epochs = 3000}, Stream(1));
  EXPECT_LT(run.regret[2999] - run.regret[2699], 0.3 * 300 * task.optimum());
  EXPECT_EQ(run.regret, run_ravi_ucb(task, learner, {.epochs = 3000}, Stream(1)).regret);
}

TEST(RaviUcb, LearnsAMixtureByItsKernels) {
  const auto made = mdp::linear_mixture({.states = 10, .actions = 3, .dimension = 4, .successors = 10, .seed = 1});
  const auto run =
      run_ravi_ucb(DiscountedTask(made.model, 0.9, made.linear),
                   {.constant = "0.01", .eta_factor = 100, .knowledge = "mixture"}, {.epochs = 2000}, Stream(1));
  EXPECT_LT(run.regret[1999] - run.regret[1799], 0.1 * run.regret[199]);
}

// Regret and bonus sums against plain sums over a long rollout's law: nu by powers of P.
TEST(RaviUcb, MeasuresRegretExactly) {
  const auto made = mdp::garnet({.states = 6, .actions = 2, .successors = 3, .seed = 4});
  const DiscountedTask task(made.model, 0.8);
  const auto run = run_ravi_ucb(task, {}, {.epochs = 1}, Stream(5));
  // Epoch 0 plays the uniform policy.
  std::vector<double> law = made.model.initial();
  double value = 0, weight = 0.2;
  for (int t = 0; t < 300; ++t, weight *= 0.8) {
    std::vector<double> next(6, 0.0);
    for (int s = 0; s < 6; ++s) {
      for (std::int64_t c = made.model.first_choice(s); c < made.model.first_choice(s + 1); ++c) {
        const double mass = law[static_cast<std::size_t>(s)] / made.model.num_choices(s);
        value += weight * mass * made.model.reward(c);
        for (std::size_t i = 0; i < made.model.successors(c).size(); ++i)
          next[static_cast<std::size_t>(made.model.successors(c)[i])] += mass * made.model.probabilities(c)[i];
      }
    }
    law = next;
  }
  EXPECT_NEAR(task.optimum() - run.regret[0], value, 1e-10);
  EXPECT_GE(run.regret[0], 0);
  EXPECT_NEAR(run.optimistic[0], 1, 1e-15);  // (1 - gamma) H
  const auto longer = run_ravi_ucb(task, {}, {.epochs = 50}, Stream(5)).bonus;
  EXPECT_GT(longer[49], 20 * longer[0]) << "a sum of bonuses, each half as large after some visits";
}

// V_0 = H everywhere: what was never taken is off by gamma H, what was taken by nothing.
TEST(RaviUcb, CountsBrokenBonuses) {
  const double L = 5 * std::log(2.0) + std::log(2 * 10 * 10 / 0.05);
  for (const auto& [share, broken] : {std::pair(1.5, 0), std::pair(0.9, 1)}) {
    const auto run =
        run_ravi_ucb(river(), {.constant = std::to_string(share / std::sqrt(2 * L))}, {.epochs = 1}, Stream(1));
    EXPECT_EQ(run.broken_bonuses.back(), broken);
  }
}

TEST(RaviUcb, BoundsRegretByItsBonuses) {
  EpochRun run;
  run.regret = {0, 0, 0, 0};
  run.bonus = {1, 2, 3, 5};
  EXPECT_NEAR(ravi_regret_bound(run, 0.5, 3, 0.1), 2 + std::log(3) / 0.1 + 0.1 * 8 * 4 / 4 + 10, 1e-12);
}

TEST(RaviUcb, NamesTheBadOption) {
  const auto run = [](const RaviUcbOptions& learner) { return [=] { run_ravi_ucb(river(), learner, {}, Stream(1)); }; };
  EXPECT_THAT(run({.rule = "lazy"}), ThrowsMessage<InvalidOption>(HasSubstr("rule")));
  EXPECT_THAT(run({.knowledge = "hearsay"}), ThrowsMessage<InvalidOption>(HasSubstr("knowledge")));
  EXPECT_THAT(run({.knowledge = "mixture"}), ThrowsMessage<InvalidOption>(HasSubstr("brings no kernels")));
}

TEST(RaviUcb, StopsWhenAsked) {
  const auto run =
      run_ravi_ucb(river(), {}, {.epochs = 100, .observer = [](std::int64_t k) { return k < 7; }}, Stream(1));
  EXPECT_EQ(run.regret.size(), 7U);
}

}  // namespace
}  // namespace bellwether::online
