#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/constrained/instances.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/constrained/pareto/c_morl.h"
#include "solvers/constrained/pareto/coverage_set.h"
#include "solvers/constrained/pareto/pareto_value_iteration.h"
#include "solvers/constrained/pareto/points.h"
#include "solvers/lp/linear_program.h"

namespace bellwether::solvers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const std::vector<Objectives> kTreasures = {{.7, -1},   {8.2, -3},   {11.5, -5},  {14, -7},    {15.1, -8},
                                            {16.1, -9}, {19.6, -13}, {20.3, -14}, {22.4, -17}, {23.7, -19}};

MultiObjectiveProblem treasure(int horizon = 25) {
  return {.question = {.model = mdp::deep_sea_treasure(), .criterion = Criterion::kFinite, .horizon = horizon},
          .objectives = {"treasure", "time"}};
}

MultiObjectiveProblem random_objectives(std::uint64_t seed, int objectives, int states = 10) {
  const mdp::TabularMdp model =
      mdp::random_cmdp(Stream(seed), {.states = states, .actions = 3, .budgets = objectives}).model();
  MultiObjectiveProblem problem{.question = {.model = model, .discount = .9}, .objectives = {}};
  for (const mdp::Column& cost : model.data().costs) problem.objectives.push_back(cost.name);
  return problem;
}

void expect_points(const std::vector<Objectives>& got, const std::vector<Objectives>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    for (std::size_t k = 0; k < got[i].size(); ++k) EXPECT_NEAR(got[i][k], expected[i][k], 1e-9) << i;
}

TEST(Points, MeasuresOfTheTreasureFront) {
  const std::vector<double> reference = {0, -25};
  EXPECT_NEAR(hypervolume(kTreasures, reference), 401.8, 1e-9);
  EXPECT_NEAR(sparsity(kTreasures), 15.38222, 1e-5);
  EXPECT_NEAR(expected_utility(kTreasures, weight_grid(2, 100)), 6.765792, 1e-6);
  std::vector<Objectives> twice = kTreasures;
  twice.insert(twice.end(), kTreasures.begin(), kTreasures.end());
  EXPECT_EQ(hypervolume(twice, reference), hypervolume(kTreasures, reference));
  EXPECT_EQ(non_dominated(twice).size(), 10u);
}

TEST(Points, HypervolumeIsTheShareOfRandomPoints) {
  for (const std::size_t m : {2u, 3u, 4u}) {
    Stream draw(m);
    std::vector<Objectives> points;
    for (int i = 0; i < 12; ++i) {
      points.emplace_back();
      for (std::size_t k = 0; k < m; ++k) points.back().push_back(draw.uniform());
    }
    const std::vector<double> reference(m, 0.0);
    const double volume = hypervolume(points, reference);
    constexpr int kTrials = 20'000;
    int inside = 0;
    for (int t = 0; t < kTrials; ++t) {
      Objectives x;
      for (std::size_t k = 0; k < m; ++k) x.push_back(draw.uniform());
      inside += std::any_of(points.begin(), points.end(), [&](const Objectives& p) {
        for (std::size_t k = 0; k < m; ++k)
          if (p[k] < x[k]) return false;
        return true;
      });
    }
    EXPECT_NEAR(static_cast<double>(inside) / kTrials, volume, 3 * std::sqrt(volume * (1 - volume) / kTrials)) << m;
  }
}

TEST(Points, SmallOnesByHand) {
  EXPECT_TRUE(dominates(std::vector<double>{1, 2}, std::vector<double>{1, 1}));
  EXPECT_FALSE(dominates(std::vector<double>{1, 1}, std::vector<double>{1, 1}));
  EXPECT_EQ(weight_grid(3, 2).size(), 6u);
  for (const auto& w : weight_grid(3, 10)) EXPECT_NEAR(w[0] + w[1] + w[2], 1, 1e-15);
  EXPECT_EQ(weight_grid(3, 10).size(), 66u);
  const std::vector<Objectives> line = {{0, 3}, {1, 1}, {3, 0}};
  EXPECT_THAT(crowding_distance(line), ElementsAre(lp::kInfinity, 2, lp::kInfinity));
  const std::vector<Objectives> flat = {{0, 1}, {1, 1}};
  EXPECT_THAT(crowding_distance(flat), ElementsAre(lp::kInfinity, lp::kInfinity));
  EXPECT_EQ(hypervolume(line, std::vector<double>{0, 0}), 1 + 0 + 0);
}

TEST(ParetoValueIteration, FindsTheTenTreasures) {
  const std::vector<ParetoPlan> plans = pareto_value_iteration(treasure());
  std::vector<Objectives> values;
  for (const ParetoPlan& plan : plans) values.push_back(plan.value);
  // Staying at sea for ever costs 25 and finds nothing: dominated, like everything but the ten.
  expect_points(values, kTreasures);
  const mdp::TabularMdp model = mdp::deep_sea_treasure();
  for (const ParetoPlan& plan : plans) {  // the plans do what they say
    int s = 0;
    double found = 0, time = 0;
    for (const std::int32_t choice : plan.choices) {
      const std::int64_t c = model.first_choice(s) + choice;
      found += model.data().rewards[0].expected[static_cast<std::size_t>(c)];
      time += model.data().rewards[1].expected[static_cast<std::size_t>(c)];
      s = model.successors(c)[0];
    }
    EXPECT_NEAR(found, plan.value[0], 1e-12);
    EXPECT_NEAR(time, plan.value[1], 1e-12);
  }
}

TEST(ParetoValueIteration, FindsTheBestLeavesOfATree) {
  const mdp::TabularMdp tree = mdp::fruit_tree(5, 6, Stream(1));
  MultiObjectiveProblem problem{.question = {.model = tree, .criterion = Criterion::kFinite, .horizon = 6},
                                .objectives = {}};
  std::vector<Objectives> leaves(32);
  for (const mdp::Column& column : tree.data().rewards) {
    problem.objectives.push_back(column.name);
    for (int leaf = 0; leaf < 32; ++leaf)
      leaves[static_cast<std::size_t>(leaf)].push_back(
          column.expected[static_cast<std::size_t>(tree.first_choice(31 + leaf))]);
  }
  EXPECT_EQ(pareto_value_iteration(problem).size(), non_dominated(leaves).size());
}

TEST(ParetoValueIteration, SaysWhatItCannotDo) {
  MultiObjectiveProblem random = random_objectives(1, 2);
  random.question.criterion = Criterion::kFinite;
  random.question.horizon = 2;
  EXPECT_THAT([&] { pareto_value_iteration(random); },
              ThrowsMessage<InvalidModel>(HasSubstr("the play begins in 10 states")));
  random.question.model = random.question.model.with_initial({1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_THAT([&] { pareto_value_iteration(random); },
              ThrowsMessage<InvalidModel>(HasSubstr("stage 1, state 0, action 0 has 10 successors, must have one")));
  EXPECT_THAT([&] { pareto_value_iteration(treasure(), {.most_points = 5}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'most_points' is 5")));
}

TEST(LinearSupport, FindsTheVerticesOfTheTreasures) {
  std::vector<Objectives> vertices = kTreasures;
  vertices.erase(vertices.begin() + 7);  // (20.3, -14) lies on a segment
  for (const CoverageSet& set : {linear_support(treasure()), two_objective_sweep(treasure())}) {
    EXPECT_EQ(set.status, Status::kConverged);
    EXPECT_LE(set.gap, 1e-7);
    expect_points(set.values(), vertices);
  }
}

/// The best mixture of the points that is at least `target` in all objectives by t: t.
double room_above(const std::vector<Objectives>& points, const Objectives& target) {
  lp::LinearProgram program;
  for (const double x : target) program.add_row(x, lp::kInfinity);
  const int sum = program.add_row(1, 1);
  for (const Objectives& p : points) {
    program.add_column(0, 0, lp::kInfinity);
    for (std::size_t k = 0; k < p.size(); ++k) program.add_entry(static_cast<int>(k), p[k]);
    program.add_entry(sum, 1);
  }
  program.add_column(-1, -lp::kInfinity, lp::kInfinity);
  for (std::size_t k = 0; k < target.size(); ++k) program.add_entry(static_cast<int>(k), -1);
  return -lp::solve(program).objective;
}

TEST(LinearSupport, HoldsWhatTheProgramFinds) {
  for (const int objectives : {2, 3}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const MultiObjectiveProblem problem = random_objectives(seed, objectives, 6);
      const CoverageSet set = linear_support(problem);
      ASSERT_EQ(set.status, Status::kConverged);
      EXPECT_LE(set.gap, 1e-7);
      const std::vector<Objectives> points = set.values();
      Stream draw(seed);
      for (int trial = 0; trial < 5; ++trial) {
        // Thresholds at a random mixture, lowered: a point on the boundary beyond it.
        Objectives at_least(static_cast<std::size_t>(objectives), 0.0);
        double total = 0;
        for (const Objectives& p : points) {
          const double w = draw.uniform();
          total += w;
          for (std::size_t k = 0; k < p.size(); ++k) at_least[k] += w * p[k];
        }
        for (double& x : at_least) x = x / total - .1;
        const Extension extension = extend_by_program(problem, trial % objectives, at_least);
        ASSERT_TRUE(extension.found);
        EXPECT_NEAR(room_above(points, extension.point.at()), 0, 1e-5) << "on the boundary of what the vertices span";
      }
      if (objectives == 2) {
        const CoverageSet sweep = two_objective_sweep(problem);
        expect_points(sweep.values(), points);
      }
    }
  }
}

/// One state whose three choices have these objectives at every step.
MultiObjectiveProblem three_choices(double scale) {
  mdp::TabularMdpBuilder builder(1);
  const std::pair<double, double> choices[] = {{1, -1}, {0.7, -0.4}, {0, 0}};
  for (const auto& [gain, saved] : choices)
    builder.add_choice(0, scale * gain, {{0, 1.0}}).cost("saved", scale * saved);
  return {.question = {.model = std::move(builder).build(), .discount = .9}, .objectives = {"reward", "saved"}};
}

TEST(LinearSupport, IsConvergedOnlyWithinTheTolerance) {
  for (const auto& planner : {linear_support, two_objective_sweep}) {
    const CoverageSet small = planner(three_choices(1), {}, {});
    EXPECT_EQ(small.status, Status::kConverged);
    EXPECT_LE(small.gap, 1e-6);
    // What one corner loses to rounding is more than the tolerance here.
    const CoverageSet large = planner(three_choices(1e12), {}, {});
    EXPECT_EQ(large.status, Status::kRoundingLimited);
    EXPECT_GT(large.gap, 1e-6);
    EXPECT_LT(large.gap, 1e3);
    EXPECT_EQ(large.points.size(), 3U);
    EXPECT_EQ(planner(three_choices(1e12), {}, {.tolerance = 1e4}).status, Status::kConverged);
    // Between: the share of `precision` would leave more open than was asked for.
    const CoverageSet middle = planner(three_choices(1e4), {.precision = 1e-3}, {});
    EXPECT_EQ(middle.status, Status::kConverged);
    EXPECT_LE(middle.gap, 1e-6);
    EXPECT_EQ(planner(three_choices(1), {}, {.max_iterations = 1}).status, Status::kBudgetExhausted);
  }
}

TEST(LinearSupport, RefusesWhatItCannotDo) {
  EXPECT_THAT([] { linear_support(random_objectives(1, 5)); },
              ThrowsMessage<InvalidOption>(HasSubstr("there are 5 objectives, at most 4")));
  EXPECT_THAT([] { two_objective_sweep(random_objectives(1, 3)); },
              ThrowsMessage<InvalidOption>(HasSubstr("must be 2; choose linear-support")));
  EXPECT_THAT([] { linear_support(random_objectives(1, 1)); },
              ThrowsMessage<InvalidOption>(HasSubstr("there is 1 objective, at least 2")));
  const CoverageSet cut = linear_support(random_objectives(1, 3), {}, {.max_iterations = 4});
  EXPECT_EQ(cut.status, Status::kBudgetExhausted);
  EXPECT_EQ(cut.gap, lp::kInfinity);
}

TEST(CMorl, ExtendsFromATreasureToTheHull) {
  std::vector<Objectives> vertices = kTreasures;
  vertices.erase(vertices.begin() + 7);
  const Objectives from = {16.1, -9};
  for (const int l : {0, 1}) {
    const Extension extension = extend_by_program(treasure(), l, relaxed(from, .9));
    ASSERT_TRUE(extension.found);
    const Objectives got = extension.point.at();
    for (const Objectives& p : kTreasures) EXPECT_FALSE(dominates(p, Objectives{got[0] + 1e-6, got[1] + 1e-6}));
    EXPECT_NEAR(room_above(vertices, got), 0, 1e-6);
    EXPECT_GT(got[static_cast<std::size_t>(l)], from[static_cast<std::size_t>(l)]);
  }
}

TEST(CMorl, ThresholdsRelaxNegativeValuesDownwards) {
  EXPECT_THAT(relaxed({10, -10}, .9), ElementsAre(::testing::DoubleNear(9, 1e-12), ::testing::DoubleNear(-11, 1e-12)));
}

TEST(CMorl, ListsNoPointTwice) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const MultiObjectiveProblem problem = random_objectives(seed, 3, 6);
    const std::vector<Objectives> front = c_morl(problem, {.selected = 5, .rounds = 2}).fronts.back();
    double nearest = lp::kInfinity;
    for (std::size_t i = 0; i < front.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        double apart = 0;
        for (std::size_t k = 0; k < 3; ++k) apart = std::max(apart, std::abs(front[i][k] - front[j][k]));
        nearest = std::min(nearest, apart);
      }
    }
    EXPECT_GT(nearest, 1e-7) << seed;
  }
}

TEST(CMorl, GrowsTheHypervolumeAndBeatsTheGrid) {
  int better = 0;
  constexpr int kSeeds = 20;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const MultiObjectiveProblem problem = random_objectives(seed, 3, 6);
    const CMorlResult run = c_morl(problem, {.selected = 5, .rounds = 2});
    const std::vector<double> reference(3, 0.0);
    double last = 0;
    for (const auto& front : run.fronts) {
      const double volume = hypervolume(front, reference);
      EXPECT_GE(volume, last * (1 - 1e-12)) << seed;
      last = volume;
    }
    // As many solves spent on a finer grid.
    int divisions = 2;
    while (static_cast<std::int64_t>(weight_grid(3, divisions + 1).size()) <= run.solves) ++divisions;
    const CMorlResult grid = c_morl(problem, {.divisions = divisions, .rounds = 0});
    better += last >= hypervolume(grid.fronts.back(), reference);
  }
  EXPECT_GE(better, kSeeds * 8 / 10);
}

TEST(CMorl, BarriersStayInsideAndComeAsCloseAsTheyPromise) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const MultiObjectiveProblem problem = random_objectives(seed, 3, 6);
    const CMorlResult grid = c_morl(problem, {.rounds = 0});
    const FrontPoint& start = grid.points[grid.points.size() / 2];
    const Objectives thresholds = relaxed(start.at(), .9);
    const Extension exact = extend_by_program(problem, 0, thresholds);
    ASSERT_TRUE(exact.found);
    for (const double t : {20.0, 200.0}) {
      const BarrierRun run =
          extend_by_barrier(problem, 0, thresholds, start.policy.stationary, {.sharpness = t, .steps = 5000});
      EXPECT_GT(run.smallest_slack, 0);
      EXPECT_GE(run.point.at()[0], exact.point.at()[0] - 2 / t - 1e-3)
          << "seed " << seed << " t " << t << " steps " << run.steps;
      EXPECT_LE(run.point.at()[0], exact.point.at()[0] + 1e-6);
    }
  }
  const MultiObjectiveProblem problem = random_objectives(1, 2);
  EXPECT_THAT(
      [&] {
        extend_by_barrier(problem, 0, {0, 1e9}, mdp::Policy::uniform(problem.question.model));
      },
      ThrowsMessage<InvalidOption>(HasSubstr("does not exceed every threshold")));
}

TEST(CMorl, TrustRegionsEndAtTheProgramAndKeepEveryThreshold) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const int objectives = 2 + static_cast<int>(seed % 3);
    const MultiObjectiveProblem problem = random_objectives(seed, objectives, 6);
    const CMorlResult grid = c_morl(problem, {.rounds = 0});
    const FrontPoint& start = grid.points[grid.points.size() / 2];
    const Objectives thresholds = relaxed(start.at(), .9);
    for (int l = 0; l < objectives; ++l) {
      const Extension exact = extend_by_program(problem, l, thresholds);
      ASSERT_TRUE(exact.found);
      for (const double radius : {.01, .1}) {
        const TrustRegionRun run =
            extend_by_trust_region(problem, l, thresholds, start.policy.stationary, {.radius = radius});
        const auto at = static_cast<std::size_t>(l);
        EXPECT_TRUE(run.found);
        EXPECT_EQ(run.repairs, 0);
        EXPECT_GE(run.smallest_slack, 0);
        EXPECT_LE(run.largest_divergence, radius);
        EXPECT_GT(run.largest_divergence, radius / 8);
        EXPECT_NEAR(run.point.at()[at], exact.point.at()[at], 1e-4)
            << "seed " << seed << " objective " << l << " radius " << radius << " steps " << run.steps;
        for (std::size_t i = 0; i < thresholds.size(); ++i) {
          if (i == at) continue;
          EXPECT_GE(run.point.at()[i], thresholds[i] - 1e-9);
        }
      }
    }
  }
}

TEST(CMorl, TrustRegionsRepairAStartThatIsTooLow) {
  const MultiObjectiveProblem problem = random_objectives(2, 3, 6);
  const CMorlResult grid = c_morl(problem, {.rounds = 0});
  const Objectives thresholds = relaxed(grid.points[grid.points.size() / 2].at(), .95);
  const TrustRegionRun run =
      extend_by_trust_region(problem, 0, thresholds, mdp::Policy::uniform(problem.question.model));
  EXPECT_TRUE(run.found);
  EXPECT_GT(run.repairs, 0);
  EXPECT_GE(run.smallest_slack, 0);
  EXPECT_NEAR(run.point.at()[0], extend_by_program(problem, 0, thresholds).point.at()[0], 1e-4);
  const TrustRegionRun never =
      extend_by_trust_region(problem, 0, {0, 1e9, 1e9}, mdp::Policy::uniform(problem.question.model), {.steps = 50});
  EXPECT_FALSE(never.found);
  EXPECT_LT(never.smallest_slack, 0);
}

/// One small step raises the objective by what the linear model says.
TEST(CMorl, ATrustRegionStepIsTheBestOfTheLinearModel) {
  const MultiObjectiveProblem problem = random_objectives(5, 2, 6);
  const mdp::Policy start = mdp::Policy::uniform(problem.question.model);
  const auto gain = [&](double radius) {
    const TrustRegionRun none = extend_by_trust_region(problem, 0, {0, 0}, start, {.radius = 1e-12, .steps = 1});
    const TrustRegionRun one = extend_by_trust_region(problem, 0, {0, 0}, start, {.radius = radius, .steps = 1});
    EXPECT_NEAR(one.largest_divergence, .9 * radius, .01 * radius);
    return one.point.at()[0] - none.point.at()[0];
  };
  // Twice the length, twice the gain; the length is the root of the radius.
  EXPECT_NEAR(gain(4e-6) / gain(1e-6), 2, .01);
}

TEST(CMorl, RunsWithTrustRegions) {
  const MultiObjectiveProblem problem = random_objectives(3, 2, 5);
  const CMorlResult run = c_morl(problem, {.selected = 2, .rounds = 1, .form = "trust-region"});
  const CMorlResult exact = c_morl(problem, {.selected = 2, .rounds = 1});
  const std::vector<double> reference = {0, 0};
  EXPECT_NEAR(hypervolume(run.fronts[1], reference), hypervolume(exact.fronts[1], reference), 1e-3);
  MultiObjectiveProblem finite = problem;
  finite.question.criterion = Criterion::kFinite;
  finite.question.horizon = 3;
  EXPECT_THAT([&] { c_morl(finite, {.form = "trust-region"}); },
              ThrowsMessage<InvalidOption>(HasSubstr("trust-region: the criterion is finite")));
}

TEST(CMorl, RunsWithBarriers) {
  const MultiObjectiveProblem problem = random_objectives(3, 2, 5);
  const CMorlResult run = c_morl(problem, {.selected = 2, .rounds = 1, .form = "barrier"});
  EXPECT_GE(hypervolume(run.fronts[1], std::vector<double>{0, 0}),
            hypervolume(run.fronts[0], std::vector<double>{0, 0}));
}

}  // namespace
}  // namespace bellwether::solvers
