#include "solvers/mirror/dynamic_policy_gradient.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/evaluate/finite.h"
#include "solvers/exact/finite/backward_induction.h"
#include "solvers/mirror/policy_values.h"
#include "tests/support/reference.h"
#include "tests/unit/solvers/mirror/models.h"

namespace bellwether::test {
namespace {

using namespace solvers;
using namespace solvers::mirror;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Four states, three choices, five stages that all differ; rewards on [0, 1].
Problem staged_problem(std::uint64_t seed, double discount = 1, Direction direction = Direction::kMaximise) {
  std::vector<mdp::TabularMdp> stages;
  for (int h = 0; h < 5; ++h)
    stages.push_back(
        mdp::random_dense({.states = 4, .actions = 3, .seed = static_cast<std::int64_t>(seed) * 5 + h}).model);
  return {.model = stages[0],
          .criterion = Criterion::kFinite,
          .direction = direction,
          .discount = discount,
          .horizon = 5,
          .stages = stages};
}

/// Offers 1 .. 5 come uniformly; take one, or wait for another, twenty times at most.
Problem stopping_problem() {
  mdp::TabularMdpBuilder builder(6);
  for (int s = 0; s < 5; ++s) {
    builder.add_choice(s, s + 1, {{5, 1.0}});
    builder.add_choice(s, 0, {{0, .2}, {1, .2}, {2, .2}, {3, .2}, {4, .2}});
  }
  builder.add_choice(5, 0, {{5, 1.0}});
  return {.model = std::move(builder).build(), .criterion = Criterion::kFinite, .discount = 1, .horizon = 20};
}

double loss(const Problem& problem, const Solution& got) {
  const Eigen::VectorXd best = backward_induction(problem).value;
  const auto v = mdp::evaluate_finite(problem.stages.empty() ? mdp::FiniteHorizonMdp(problem.model, problem.horizon)
                                                             : mdp::FiniteHorizonMdp(problem.stages),
                                      got.stages, problem.discount);
  return (problem.sign() * (best - v[0].value)).maxCoeff();
}

TEST(DynamicGradient, KeepsItsBoundAndNeverUnlearns) {
  double largest_ratio = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Problem problem = staged_problem(seed);
    const UnitProblem unit(problem);
    int stage = -1;
    Table q;
    dynamic_policy_gradient(problem,
                            {.steps = 2000, .watch = [&](const StageIterate& at) {
                               const Table& weights = at.weights[static_cast<std::size_t>(at.stage)];
                               if (at.stage != stage) {
                                 const auto values = stage_values(unit, at.weights);
                                 stage = at.stage;
                                 q = choice_values(unit.stage(stage), 1, values[static_cast<std::size_t>(stage) + 1]);
                               }
                               double gap = 0;
                               for (int s = 0; s < 4; ++s) {
                                 const auto own = of_state(unit.stage(stage), q, s);
                                 const auto pi = of_state(unit.stage(stage), weights, s);
                                 const auto best =
                                     static_cast<std::size_t>(std::max_element(own.begin(), own.end()) - own.begin());
                                 EXPECT_GE(pi[best], 1.0 / 3 - 1e-12);
                                 double v = 0;
                                 for (std::size_t i = 0; i < 3; ++i) v += pi[i] * own[i];
                                 gap += (own[best] - v) / 4;
                               }
                               if (at.step == 0) return;
                               const double bound = 4.0 * (5 - at.stage) * 4 * 9 / static_cast<double>(at.step);
                               largest_ratio = std::max(largest_ratio, gap / bound);
                             }});
  }
  EXPECT_LE(largest_ratio, 0.1);
  EXPECT_GT(largest_ratio, 0);
}

TEST(DynamicGradient, FallsLikeOneOverN) {
  const Problem problem = staged_problem(1);
  std::vector<double> n = {300, 1000, 3000, 10'000, 30'000}, gap;
  for (const double steps : n)
    gap.push_back(loss(problem, dynamic_policy_gradient(problem, {.steps = static_cast<std::int64_t>(steps)})));
  EXPECT_NEAR(log_log_slope(n, gap), -1, 0.2);
  // As many updates of stages, all at once, with the theorem's step: further away, and no faster than 1/n.
  const double joint = loss(problem, simultaneous_policy_gradient(problem, {.steps = 3000}));
  EXPECT_GT(joint, gap[2]);
  const double earlier = loss(problem, simultaneous_policy_gradient(problem, {.steps = 300}));
  EXPECT_GE(std::log(joint / earlier) / std::log(10.0), -1.2);
}

// The first step of every stage: its length is the theorem's, its rewards are those of the policies learned after it.
TEST(DynamicGradient, StepsAsTheTheoremSaysOnWhatWasLearned) {
  const Problem problem = staged_problem(3, 0.8);
  const UnitProblem unit(problem);
  const std::vector<double> mu(4, 0.25);
  int stages = 0;
  dynamic_policy_gradient(problem, {.steps = 20, .watch = [&](const StageIterate& at) {
                                      if (at.step != 1) return;
                                      ++stages;
                                      const auto h = static_cast<std::size_t>(at.stage);
                                      const mdp::TabularMdp& model = unit.stage(at.stage);
                                      const Table q = choice_values(model, 0.8, stage_values(unit, at.weights)[h + 1]);
                                      Table want = bandit_gradient(model, mu, q, uniform_weights(model));
                                      for (double& x : want) x /= 2 * longest_return(0.8, 5 - at.stage);
                                      normalise_logits(model, want);
                                      for (std::size_t i = 0; i < want.size(); ++i)
                                        EXPECT_NEAR(std::log(at.weights[h][i]), want[i], 1e-13) << "stage " << at.stage;
                                    }});
  EXPECT_EQ(stages, 5);
  simultaneous_policy_gradient(problem, {.steps = 1, .watch = [&](const StageIterate& at) {
                                           if (at.step != 1) return;
                                           const std::vector<Table> uniform(5, uniform_weights(unit.model()));
                                           Table want = stage_gradient(unit, uniform, mu).gradient[2];
                                           for (double& x : want) x /= 5 * 25 * std::sqrt(5.0);
                                           normalise_logits(unit.model(), want);
                                           for (std::size_t i = 0; i < want.size(); ++i)
                                             EXPECT_NEAR(std::log(at.weights[2][i]), want[i], 1e-14);
                                         }});
  EXPECT_NEAR(longest_return(0.5, 3), 1.75, 1e-15);
}

// V_0* - V_0 is at most the sum of the largest one-stage gaps.
TEST(DynamicGradient, GapsOfStagesAddUp) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Problem problem = staged_problem(seed);
    const UnitProblem unit(problem);
    std::vector<Table> last;
    const Solution got =
        dynamic_policy_gradient(problem, {.steps = 50, .watch = [&](const StageIterate& at) { last = at.weights; }});
    const auto v = stage_values(unit, last);
    double sum = 0;
    for (int h = 0; h < 5; ++h) {
      const Table q = choice_values(unit.stage(h), 1, v[static_cast<std::size_t>(h) + 1]);
      double most = 0;
      for (int s = 0; s < 4; ++s) {
        const auto own = of_state(unit.stage(h), q, s);
        most = std::max(most, *std::max_element(own.begin(), own.end()) - v[static_cast<std::size_t>(h)][s]);
      }
      sum += most * unit.scale();
    }
    const double gap = loss(problem, got);
    EXPECT_LE(gap, sum + 1e-12);
    EXPECT_GT(gap, 0);
  }
}

TEST(StageGradients, AgreeWithCentralDifferences) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const UnitProblem unit(staged_problem(seed, seed % 2 == 0 ? 1 : 0.8));
    Stream stream(seed);
    std::vector<Table> logits;
    for (int h = 0; h < 5; ++h) logits.push_back(random_logits(unit.stage(h), stream));
    const std::vector<double> mu = random_start(4, stream);
    const auto value = [&](const std::vector<Table>& x) {
      std::vector<Table> weights;
      for (int h = 0; h < 5; ++h) {
        Table own = x[static_cast<std::size_t>(h)];
        normalise_logits(unit.stage(h), own);
        weights.push_back(probabilities(own));
      }
      const Eigen::VectorXd v = stage_values(unit, weights)[0];
      return Eigen::Map<const Eigen::VectorXd>(mu.data(), 4).dot(v);
    };
    std::vector<Table> weights;
    for (const Table& x : logits) weights.push_back(probabilities(x));
    const auto gradient = stage_gradient(unit, weights, mu).gradient;
    for (std::size_t h = 0; h < 5; ++h) {
      for (std::size_t i = 0; i < logits[h].size(); ++i) {
        auto above = logits, below = logits;
        above[h][i] += 1e-5;
        below[h][i] -= 1e-5;
        EXPECT_NEAR(gradient[h][i], (value(above) - value(below)) / 2e-5, 1e-9) << "stage " << h;
      }
    }
  }
}

// J_h is smooth with constant 2 (H - h), and its gradient dominates the gap.
TEST(StageGradients, AreSmoothAndDominateTheGap) {
  const Problem problem = staged_problem(2);
  const UnitProblem unit(problem);
  const mdp::TabularMdp& model = unit.stage(0);
  Stream stream(3);
  const std::vector<double> mu(4, 0.25);
  for (int trial = 0; trial < 1000; ++trial) {
    Table q(12);
    for (double& x : q) x = 5 * stream.uniform();
    const Table x = random_logits(model, stream, 4), y = random_logits(model, stream, 4);
    const auto objective = [&](const Table& logits) {
      double sum = 0;
      for (std::size_t i = 0; i < 12; ++i) sum += 0.25 * std::exp(logits[i]) * q[i];
      return sum;
    };
    const Table g = bandit_gradient(model, mu, q, probabilities(x));
    double linear = objective(y) - objective(x), distance = 0, norm = 0, gap = 0, least = 1;
    for (std::size_t i = 0; i < 12; ++i) {
      linear -= g[i] * (y[i] - x[i]);
      distance += (y[i] - x[i]) * (y[i] - x[i]);
      norm += g[i] * g[i];
    }
    for (int s = 0; s < 4; ++s) {
      const auto own = of_state(model, q, s);
      const auto best = std::max_element(own.begin(), own.end()) - own.begin();
      least = std::min(least, std::exp(x[static_cast<std::size_t>(3 * s + best)]));
      gap += 0.25 * own[static_cast<std::size_t>(best)];
    }
    gap -= objective(x);
    EXPECT_LE(std::abs(linear), 2 * 5 / 2.0 * distance);
    EXPECT_GE(std::sqrt(norm), least / 2 * gap * (1 - 1e-12));
  }
}

TEST(SampledStageGradients, AreUnbiased) {
  const UnitProblem unit(staged_problem(4, 0.9));
  Stream stream(6);
  std::vector<Table> weights;
  for (int h = 0; h < 5; ++h) weights.push_back(probabilities(random_logits(unit.stage(h), stream)));
  const std::vector<double> mu = random_start(4, stream);
  const auto values = stage_values(unit, weights);
  const auto simulators = stage_simulators(unit);
  const auto joint = stage_gradient(unit, weights, mu).gradient;
  const Table alone = bandit_gradient(unit.stage(2), mu, choice_values(unit.stage(2), 0.9, values[3]), weights[2]);
  constexpr int kBatches = 4000;
  for (const bool baseline : {false, true}) {
    struct Mean {
      double sum = 0, square = 0;
      void add(double x) { sum += x / kBatches, square += x * x / kBatches; }
      double error() const { return std::sqrt((square - sum * sum) / kBatches); }
    };
    std::vector<Mean> of_stage(12), of_all(60);
    for (int b = 0; b < kBatches; ++b) {
      const Stream draws = stream.child(static_cast<std::uint64_t>(b));
      const Table one = sampled_stage_gradient(unit, simulators, 2, weights, mu, 3, baseline ? &values[2] : nullptr,
                                               draws.child("one"));
      const auto all =
          sampled_joint_gradient(unit, simulators, weights, mu, 3, baseline ? &values : nullptr, draws.child("all"));
      for (std::size_t i = 0; i < 12; ++i) {
        of_stage[i].add(one[i]);
        for (std::size_t h = 0; h < 5; ++h) of_all[12 * h + i].add(all[h][i]);
      }
    }
    for (std::size_t i = 0; i < 12; ++i) {
      EXPECT_NEAR(of_stage[i].sum, alone[i], 4 * of_stage[i].error() + 1e-12);
      for (std::size_t h = 0; h < 5; ++h)
        EXPECT_NEAR(of_all[12 * h + i].sum, joint[h][i], 4 * of_all[12 * h + i].error() + 1e-12) << h << " " << i;
    }
  }
}

TEST(StoppingProblem, NeedsTheTime) {
  const Problem problem = stopping_problem();
  const double stationary =
      loss(problem, simultaneous_policy_gradient(problem, {.steps = 3'000, .eta = 0.25, .ignore_time = true}));
  const double dynamic = loss(problem, dynamic_policy_gradient(problem, {.steps = 10'000, .eta = 2}));
  const double joint = loss(problem, simultaneous_policy_gradient(problem, {.steps = 5'000, .eta = 10}));
  EXPECT_GT(stationary, 0.05);
  EXPECT_LT(dynamic, 0.05);
  EXPECT_LT(joint, 0.05);
}

// As many drawn actions, each with its theorem's step: 100 steps a stage make 100 (20 + 19 + ... + 1) a play of the
// batch.
TEST(StoppingProblem, SampledStagesWinOverAllAtOnceWithTheTheoremsSteps) {
  const Problem problem = stopping_problem();
  int wins = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const double dynamic = loss(problem, sampled_policy_gradient(problem, {.steps = 100}, Stream(seed)));
    const double joint =
        loss(problem, sampled_policy_gradient(problem, {.dynamic = false, .steps = 1050}, Stream(seed)));
    wins += dynamic < joint ? 1 : 0;
  }
  EXPECT_GE(wins, 7);
}

TEST(FiniteCertificate, EnclosesOptimumAndPolicy) {
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    for (const double discount : {0.0, 0.7, 1.0}) {
      for (const double scale : {1e-6, 1.0, 1e6}) {
        Problem problem = staged_problem(3, discount, direction);
        for (mdp::TabularMdp& stage : problem.stages) {
          std::vector<double> reward(stage.reward().begin(), stage.reward().end());
          for (double& r : reward) r = scale * (r - 0.3);
          stage = stage.with_expected_rewards(reward);
        }
        problem.model = problem.stages[0];
        const auto truth = reference_finite_values(problem);
        for (const std::int64_t steps : {1, 100, 3000}) {
          const Solution got = dynamic_policy_gradient(problem, {.steps = steps});
          for (int s = 0; s < 4; ++s) {
            EXPECT_LE(got.lower[s], truth[static_cast<std::size_t>(s)]);
            EXPECT_GE(got.upper[s], truth[static_cast<std::size_t>(s)]);
          }
          const double lost = loss(problem, got);
          EXPECT_LE(lost, 2 * got.gap + 1e-15 * scale);
          EXPECT_LE(got.gap, 5 * (lost + 1e-12 * scale)) << "a bound that is good for something";
        }
      }
    }
  }
}

TEST(SampledPolicyGradient, LearnsInBothOrdersAndRepeats) {
  const Problem problem = staged_problem(1);
  const double first = loss(problem, dynamic_policy_gradient(problem, {}, {.max_iterations = 0}));
  for (const bool dynamic : {true, false}) {
    const SampledPolicyGradientOptions options{
        .dynamic = dynamic, .steps = 400, .batch = 10, .eta = dynamic ? 0 : 0.1, .baseline = true};
    const Solution a = sampled_policy_gradient(problem, options, Stream(5));
    EXPECT_LT(loss(problem, a), 0.5 * first);
    EXPECT_EQ(a.value, sampled_policy_gradient(problem, options, Stream(5)).value);
  }
}

TEST(DynamicGradient, StopsAsItIsToldAndNamesWhatIsWrong) {
  const Problem problem = staged_problem(1);
  const Solution few = dynamic_policy_gradient(problem, {}, {.max_iterations = 7});
  EXPECT_EQ(few.iterations, 7);
  EXPECT_EQ(few.status, Status::kBudgetExhausted);
  const Solution stopped =
      simultaneous_policy_gradient(problem, {}, {.observer = [](const TraceRow& row) { return row.iteration < 3; }});
  EXPECT_EQ(stopped.status, Status::kStoppedByCaller);
  EXPECT_EQ(stopped.iterations, 3);
  EXPECT_TRUE(std::isfinite(stopped.gap));
  EXPECT_EQ(dynamic_policy_gradient(problem, {}, {.tolerance = 10}).status, Status::kConverged);
  EXPECT_THAT([&] { dynamic_policy_gradient({.model = problem.model, .discount = 0.9}); },
              ThrowsMessage<InvalidOption>(HasSubstr("solves finite-horizon problems only")));
  EXPECT_THAT([&] { simultaneous_policy_gradient(problem, {.ignore_time = true}); },
              ThrowsMessage<InvalidOption>(HasSubstr("stages that are all the same")));
}

TEST(DynamicGradient, GivesTheBoundsOfRewardsWhereALongProofIsNotHeardOut) {
  const mdp::TabularMdp model = mdp::random_dense({.states = 100, .actions = 10, .seed = 3}).model;
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    for (const int steps : {1, 3}) {  // 3: told while it climbs; 1: the steps are over, told during the proof
      const Problem problem{.model = model, .criterion = Criterion::kFinite, .direction = direction, .horizon = 120};
      const int heard = steps == 1 ? 2 : 3;
      int asked = 0;
      SolveOptions run{.max_iterations = steps == 1 ? 1 : 100};
      run.observer = [&](const TraceRow&) { return ++asked < heard; };
      const Solution stopped = dynamic_policy_gradient(problem, {}, run);
      EXPECT_EQ(stopped.status, Status::kStoppedByCaller);
      EXPECT_EQ(asked, heard) << "nothing is asked after a no";
      EXPECT_EQ(stopped.iterations, steps);
      const Solution truth = backward_induction(problem);
      EXPECT_TRUE((stopped.lower.array() <= truth.value.array()).all());
      EXPECT_TRUE((stopped.upper.array() >= truth.value.array()).all());
      EXPECT_LE(stopped.gap, 61);
      EXPECT_THAT(stopped.note, HasSubstr("bounds are those of the rewards"));
    }
  }
}

}  // namespace
}  // namespace bellwether::test
