#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/constrained/first_order/flow_polytope.h"
#include "solvers/constrained/first_order/methods.h"
#include "solvers/constrained/occupancy_lp.h"
#include "tests/unit/solvers/constrained/examples.h"

namespace bellwether::solvers {
namespace {

ConstrainedProblem bandit() { return {.model = mdp::bandit_cmdp(), .discount = 0}; }

/// |V - 1/2| + |y - 1| in the bandit.
double distance_at(const ConstrainedSolution& run, std::int64_t k) {
  const PathRow& row = run.path.at(static_cast<std::size_t>(k));
  EXPECT_EQ(row.iteration, k);
  return std::abs(row.value - 0.5) + std::abs(row.multipliers[0] - 1);
}
double worst_distance(const ConstrainedSolution& run, std::int64_t from) {
  double worst = 0;
  for (auto k = from; k < static_cast<std::int64_t>(run.path.size()); ++k) worst = std::max(worst, distance_at(run, k));
  return worst;
}

ReloadOptions reload_options(double step, double dual_step, std::int64_t iterations, bool optimistic = true) {
  ReloadOptions options;
  options.step = step;
  options.dual_step = dual_step;
  options.iterations = iterations;
  options.record = 1;
  options.cap = 100;
  options.optimistic = optimistic;
  return options;
}

const SolveOptions kToTheEnd{.tolerance = 0};

TEST(Reload, SettlesInTheBandit) {
  const ConstrainedSolution half = reload(bandit(), reload_options(.5, .5, 3000), kToTheEnd);
  EXPECT_LE(distance_at(half, 300), 1e-3);
  EXPECT_LE(distance_at(half, 1000), 1e-12);
  const ConstrainedSolution quarter = reload(bandit(), reload_options(.25, .25, 3000), kToTheEnd);
  EXPECT_LE(distance_at(quarter, 1000), 1e-3);
  EXPECT_LE(distance_at(quarter, 3000), 1e-8);
}

TEST(Reload, WithoutOptimismCirclesForEver) {
  const ConstrainedSolution plain = reload(bandit(), reload_options(.5, .5, 3000, false), kToTheEnd);
  EXPECT_GT(worst_distance(plain, 2000), 0.5);
  double mean = 0;
  const ConstrainedSolution small = reload(bandit(), reload_options(.1, .1, 5000, false), kToTheEnd);
  for (const PathRow& row : small.path) mean += row.value / static_cast<double>(small.path.size());
  EXPECT_NEAR(mean, 0.5, 0.02);
}

TEST(Reload, FallsGeometrically) {
  const ConstrainedSolution run = reload(bandit(), reload_options(.25, .25, 2000), kToTheEnd);
  // Straight line through log10 of the distance: the largest in windows of fifty, since it swings.
  std::vector<double> x, y;
  for (int k = 500; k < 2000; k += 50) {
    double most = 0;
    for (int j = k; j < k + 50; ++j) most = std::max(most, distance_at(run, j));
    x.push_back(k);
    y.push_back(std::log10(most));
  }
  const auto n = static_cast<double>(x.size());
  double mx = 0, my = 0, sxx = 0, sxy = 0, syy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) mx += x[i] / n, my += y[i] / n;
  for (std::size_t i = 0; i < x.size(); ++i)
    sxx += (x[i] - mx) * (x[i] - mx), sxy += (x[i] - mx) * (y[i] - my), syy += (y[i] - my) * (y[i] - my);
  EXPECT_GT(sxy * sxy / (sxx * syy), 0.95);
  EXPECT_LT(sxy / sxx, 0);
}

/// Largest distances from the linear program over the last 500 iterates.
struct Late {
  double value = 0, violation = 0, multiplier = 0;
};
Late late(const ConstrainedProblem& problem, const ReloadOptions& options) {
  const ConstrainedSolution exact = occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-9});
  const ConstrainedSolution run = reload(problem, options, kToTheEnd);
  Late worst;
  for (std::size_t k = run.path.size() - 500; k < run.path.size(); ++k) {
    worst.value = std::max(worst.value, std::abs(run.path[k].value - exact.expected.value));
    worst.violation = std::max(worst.violation, run.path[k].violation);
    for (std::size_t i = 0; i < exact.budgets.size(); ++i)
      worst.multiplier = std::max(worst.multiplier, std::abs(run.path[k].multipliers[i] - exact.budgets[i].multiplier));
  }
  return worst;
}

TEST(Reload, SettlesOnRandomModelsAndDescentAscentDoesNot) {
  int circling = 0;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const ConstrainedProblem problem = binding_problem(seed, {.states = 6, .actions = 3}, .8);
    const Late settled = late(problem, reload_options(1, .5, 10'000));
    EXPECT_LT(settled.value, 1e-4) << seed;
    EXPECT_LT(settled.violation, 1e-4) << seed;
    EXPECT_LT(settled.multiplier, 1e-3) << seed;
    circling += late(problem, reload_options(.5, .2, 10'000, false)).violation > .02;
  }
  EXPECT_GE(circling, 3);
}

TEST(Reload, SettlesWithTwoBudgetsAndForgetsSlackOnes) {
  const ConstrainedProblem two = binding_problem(1, {.states = 10, .actions = 4, .budgets = 2}, .8);
  const Late settled = late(two, reload_options(1, .5, 10'000));
  EXPECT_LT(settled.value, 1e-3);
  EXPECT_LT(settled.violation, 1e-3);
  ConstrainedProblem slack = binding_problem(1, {.states = 6, .actions = 3}, .8);
  slack.model = slack.model.with_limits({5});
  const Late free = late(slack, reload_options(1, .5, 2000));
  EXPECT_LT(free.value, 1e-6);
  EXPECT_EQ(free.multiplier, 0);
}

TEST(Reload, OccupancyFormSettlesInTheBanditToo) {
  for (const char* geometry : {"euclidean", "entropy"}) {
    ReloadOccupancyOptions options;
    options.geometry = geometry;
    options.step = options.dual_step = .25;
    options.iterations = 3000;
    options.record = 1;
    const ConstrainedSolution run = reload_occupancy(bandit(), options, kToTheEnd);
    EXPECT_LE(distance_at(run, 3000), 1e-6) << geometry;
    options.optimistic = false;
    EXPECT_GT(worst_distance(reload_occupancy(bandit(), options, kToTheEnd), 2000), 0.3) << geometry;
  }
}

TEST(RpgPd, SettlesAtTheRegularisedSaddle) {
  RpgPdOptions options;
  options.tau = .05;
  options.step = options.dual_step = .01;
  options.iterations = 50'000;
  const ConstrainedSolution run = rpg_pd(bandit(), options, kToTheEnd);
  EXPECT_NEAR(run.path.back().value, 0.5495, 1e-3);
  EXPECT_NEAR(run.path.back().multipliers[0], 0.9901, 1e-3);
}

TEST(OpgPd, ConvergesLinearlyInTheBandit) {
  OpgPdOptions options;
  options.step = options.dual_step = .5;
  options.iterations = 300;
  options.record = 1;
  EXPECT_LT(distance_at(opg_pd(bandit(), options, kToTheEnd), 300), 1e-9);
  ExtraGradientOptions extra;
  extra.step = extra.dual_step = .5;
  extra.iterations = 500;
  extra.record = 1;
  EXPECT_LT(distance_at(extra_gradient(bandit(), extra, kToTheEnd), 500), 1e-9);
}

std::vector<double> drawn_policy(const constrained::Game& game, Stream& draw) {
  std::vector<double> p(game.num_choices());
  for (int s = 0; s < game.model().num_states(); ++s) {
    double total = 0;
    for (auto c = game.model().first_choice(s); c < game.model().first_choice(s + 1); ++c)
      total += p[static_cast<std::size_t>(c)] = draw.uniform();
    for (auto c = game.model().first_choice(s); c < game.model().first_choice(s + 1); ++c)
      p[static_cast<std::size_t>(c)] /= total;
  }
  return p;
}

// Up to 150 states by factors, beyond by sweeps: both are the exact evaluation.
TEST(Game, EvaluatesSmallAndLargeModels) {
  for (const int states : {40, 160}) {
    const ConstrainedProblem problem = binding_problem(1, {.states = states, .actions = 2, .concentration = .1}, .95);
    const constrained::Lagrangian on(problem);
    const constrained::Game game(on, "test");
    Stream draw(3);
    constrained::View view;
    for (int trial = 0; trial < 3; ++trial) {  // each but the first starts from the one before
      const std::vector<double> policy = drawn_policy(game, draw);
      game.evaluate(policy, view, true);
      const auto exact = on.planner().evaluate({.stationary = mdp::Policy::randomised(policy)});
      EXPECT_NEAR(view.total[0] * game.reward_unit(), exact[0].value, 1e-9);
      EXPECT_NEAR(view.total[1] * game.cost_unit(0), exact[1].value, 1e-9);
      EXPECT_NEAR(view.occupancy.sum(), 20, 1e-9);
      double cost = 0;
      for (int s = 0; s < states; ++s)
        for (auto c = game.model().first_choice(s); c < game.model().first_choice(s + 1); ++c)
          cost += view.occupancy[s] * policy[static_cast<std::size_t>(c)] * game.entry(1, c);
      EXPECT_NEAR(cost, view.total[1], 1e-9);
    }
  }
}

TEST(FlowPolytope, ProjectsOntoTheNearestOccupancy) {
  const ConstrainedProblem problem = binding_problem(2, {.states = 6, .actions = 3}, .9);
  const constrained::Lagrangian on(problem);
  const constrained::Game game(on, "test");
  constrained::FlowPolytope polytope(game, "test");
  Stream draw(7);
  for (int trial = 0; trial < 20; ++trial) {
    Eigen::VectorXd z(18);
    for (double& x : z) x = draw.uniform() - .5;
    const Eigen::VectorXd near = polytope.nearest(z);
    const Eigen::VectorXd log_near = polytope.nearest_in_entropy(z);
    const Eigen::VectorXd entropic = log_near.array().exp();
    EXPECT_LE(polytope.distance(near), 1e-12);
    EXPECT_LE(polytope.distance(entropic), 1e-12);
    for (int other = 0; other < 20; ++other) {  // the angle to every other occupancy is obtuse
      const std::vector<double> policy = drawn_policy(game, draw);
      constrained::View view;
      game.evaluate(policy, view, true);
      Eigen::VectorXd y(18);
      for (int c = 0; c < 18; ++c) y[c] = .1 * view.occupancy[c / 3] * policy[static_cast<std::size_t>(c)];
      EXPECT_LE(polytope.distance(y), 1e-12);
      EXPECT_LE((z - near).dot(y - near), 1e-10);
      EXPECT_LE((z - log_near).dot(y - entropic), 1e-10);
    }
  }
}

TEST(FlowPolytope, AndCriteriaAreRefusedWhereTheyDoNotFit) {
  ConstrainedProblem finite = bandit();
  finite.criterion = Criterion::kFinite;
  finite.horizon = 3;
  EXPECT_THROW(reload(finite), InvalidOption);
  const ConstrainedProblem large = binding_problem(1, {.states = 401, .actions = 1, .concentration = .01}, .5);
  EXPECT_THROW(reload_occupancy(large), InvalidOption);
}

using Method = ConstrainedSolution (*)(const ConstrainedProblem&, const SolveOptions&);

struct Row {
  const char* name;
  Method run;
  double gap;  ///< what the proof must reach, of values up to 5
};

class Methods : public ::testing::TestWithParam<Row> {};

TEST_P(Methods, ProveTheirAnswersOnRandomModels) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const ConstrainedProblem problem = binding_problem(seed, {.states = 6, .actions = 3}, .8);
    const ConstrainedSolution lp = occupancy_lp(problem, {.sensitivity = false}, {.tolerance = 1e-8});
    const ConstrainedSolution got = GetParam().run(problem, {.tolerance = 1e-6});
    EXPECT_LE(got.optimum.lower, lp.optimum.upper) << seed;
    EXPECT_GE(got.optimum.upper, lp.optimum.lower) << seed;
    EXPECT_LE(got.gap, GetParam().gap) << "seed " << seed << " " << got.note;
    EXPECT_EQ(got.violation, 0);
    EXPECT_FALSE(got.path.empty());
    EXPECT_FALSE(got.trace.empty());
  }
}

TEST_P(Methods, AreTheSameInOtherUnitsAndWhenMinimising) {
  const ConstrainedProblem plain = binding_problem(3, {.states = 5, .actions = 3}, .8);
  const ConstrainedProblem scaled = binding_problem(3, {.states = 5, .actions = 3}, .8, .4, 1 << 20, 1.0 / (1 << 20));
  const ConstrainedSolution a = GetParam().run(plain, {.tolerance = 1e-2});
  const ConstrainedSolution b = GetParam().run(scaled, {.tolerance = 1e-2 * (1 << 20)});
  EXPECT_NEAR(b.expected.value / (1 << 20), a.expected.value, 1e-6);
  EXPECT_NEAR(b.budgets[0].multiplier / std::ldexp(1.0, 40), a.budgets[0].multiplier, 1e-6);
  mdp::ModelData data = plain.model.model().data();
  std::vector<double> negative(data.rewards[0].expected.begin(), data.rewards[0].expected.end());
  for (double& r : negative) r = -r;
  ConstrainedProblem mirrored = plain;
  mirrored.model = {plain.model.model().with_expected_rewards(negative),
                    std::vector<double>{plain.model.budgets()[0].limit}};
  mirrored.direction = Direction::kMinimise;
  const ConstrainedSolution c = GetParam().run(mirrored, {.tolerance = 1e-2});
  EXPECT_DOUBLE_EQ(c.expected.value, -a.expected.value);
  EXPECT_DOUBLE_EQ(c.budgets[0].multiplier, -a.budgets[0].multiplier);
}

INSTANTIATE_TEST_SUITE_P(
    All, Methods,
    ::testing::Values(
        Row{"npg", [](const ConstrainedProblem& p, const SolveOptions& run) { return npg_primal_dual(p, {}, run); },
            .3},
        Row{"pid", [](const ConstrainedProblem& p, const SolveOptions& run) { return pid_lagrangian(p, {}, run); },
            .15},
        Row{"rpg", [](const ConstrainedProblem& p, const SolveOptions& run) { return rpg_pd(p, {}, run); }, .2},
        Row{"opg", [](const ConstrainedProblem& p, const SolveOptions& run) { return opg_pd(p, {}, run); }, 1e-5},
        Row{"extra", [](const ConstrainedProblem& p, const SolveOptions& run) { return extra_gradient(p, {}, run); },
            1e-5},
        Row{"crpo", [](const ConstrainedProblem& p, const SolveOptions& run) { return crpo(p, {}, run); }, .3},
        Row{"reload", [](const ConstrainedProblem& p, const SolveOptions& run) { return reload(p, {}, run); }, 1e-5},
        Row{"occupancy",
            [](const ConstrainedProblem& p, const SolveOptions& run) {
              return reload_occupancy(p, ReloadOccupancyOptions(), run);
            },
            1e-5}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace bellwether::solvers
