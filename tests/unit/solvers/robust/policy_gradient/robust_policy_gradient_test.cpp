#include "solvers/robust/policy_gradient/robust_policy_gradient.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/rate_fit.h"
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/fixed_nature/fixed_nature.h"
#include "solvers/robust/policy_gradient/set_projection.h"
#include "solvers/robust/robust_policy_iteration.h"
#include "solvers/robust/robust_value_iteration.h"
#include "tests/support/abandoned_work.h"

namespace bellwether::solvers {
namespace {

using claims::drawn_robust_garnet;
using claims::drawn_weights;
using mdp::Rectangular;

/// The card's step on costs of [0, 5].
double eta_of(const RobustProblem& problem, double step) { return step * robust::reward_range(problem.model); }

double optimum_at_start(const RobustProblem& problem) {
  return partial_policy_iteration(problem, {}, {.tolerance = 1e-10}).value.mean();
}

struct Curve {
  std::vector<double> objective, best;
  RobustSolution answer;
};

Curve run(const RobustProblem& problem, RobustPolicyGradientOptions options, double tolerance = 0) {
  Curve curve;
  options.watch = [&](const RobustIterate& at) {
    curve.objective.push_back(at.objective);
    curve.best.push_back(at.best);
  };
  curve.answer = robust_policy_gradient(problem, options, {.tolerance = tolerance});
  return curve;
}

/// Options with this step on the problem's own costs and so many policies.
RobustPolicyGradientOptions steps_of(const RobustProblem& problem, double step, std::int64_t iterations) {
  RobustPolicyGradientOptions options;
  options.eta = eta_of(problem, step);
  options.iterations = iterations;
  return options;
}

TEST(RobustPolicyGradient, ClosesTheGapOnGarnetsWithTheStepOfThePaper) {
  int within_200 = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Stream stream(seed);
    const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream);
    const double best = optimum_at_start(problem);
    const Curve curve = run(problem, steps_of(problem, 0.05, 4000), 1e-7);
    EXPECT_EQ(curve.answer.status, Status::kConverged) << seed;
    EXPECT_LE(curve.best.back() - best, 1e-6) << seed;
    EXPECT_GE(curve.best.back() - best, -1e-8) << seed;
    EXPECT_GT(curve.objective.front() - best, 1) << seed;
    EXPECT_LE(curve.best[std::min<std::size_t>(20, curve.best.size() - 1)] - best,
              0.1 * (curve.objective.front() - best))
        << seed;
    within_200 += curve.best[std::min<std::size_t>(199, curve.best.size() - 1)] - best <= 1e-6 ? 1 : 0;
    for (std::size_t t = 1; t < curve.best.size(); ++t) EXPECT_LE(curve.best[t], curve.best[t - 1]);
    EXPECT_LE(curve.answer.gap, 1e-7) << seed;
  }
  EXPECT_GE(within_200, 14);  // choices that nearly tie take longer
}

TEST(RobustPolicyGradient, BoundsHoldTheOptimumAndWhatItsPolicyIsWorth) {
  for (const auto direction : {Direction::kMaximise, Direction::kMinimise}) {
    for (const auto side : {NatureSide::kWorst, NatureSide::kBest}) {
      for (const auto by : {Rectangular::kChoice, Rectangular::kState}) {
        for (const double scale : {1e-6, 1.0, 1e6}) {
          Stream stream(3);
          mdp::TabularMdp model = claims::drawn_reward_garnet(6, 3, 4, stream);
          std::vector<double> reward(model.reward().begin(), model.reward().end());
          for (double& r : reward) r *= scale;
          model = model.with_expected_rewards(reward);
          const RobustProblem problem{
              .model = mdp::RobustMdp(model, {.kind = mdp::SetKind::kL1, .rectangular = by, .radius = {0.4}}),
              .direction = direction,
              .nature = side,
              .discount = 0.9};
          const auto truth = robust_value_iteration(problem, {}, {.tolerance = 1e-10 * scale});
          for (const int iterations : {1, 7, 100}) {
            const auto got =
                robust_policy_gradient(problem, steps_of(problem, 0.25, iterations), {.tolerance = 1e-7 * scale});
            const auto own = evaluate_robust(problem, got.policy, {}, {.tolerance = 1e-10 * scale});
            for (int s = 0; s < 6; ++s) {
              EXPECT_LE(got.lower[s], truth.upper[s]);
              EXPECT_GE(got.upper[s], truth.lower[s]);
              EXPECT_LE(got.lower[s], own.upper[s]);
              EXPECT_GE(got.upper[s], own.lower[s]);
              // Not wider than what the policy loses.
              EXPECT_LE(got.upper[s] - got.lower[s],
                        10 * (truth.value - own.value).lpNorm<Eigen::Infinity>() + 1e-6 * scale);
            }
            EXPECT_EQ(got.status == Status::kConverged, got.gap <= 1e-7 * scale);
          }
        }
      }
    }
  }
}

// The value has kinks where the optimum mixes, so constant steps end at a distance that their length decides.
TEST(RobustPolicyGradient, MixesWhereOneBudgetCoversAState) {
  int mixed = 0;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    Stream stream(seed);
    const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream, Rectangular::kState);
    const double best = optimum_at_start(problem);
    const Curve coarse = run(problem, steps_of(problem, 0.05, 1500)),
                fine = run(problem, steps_of(problem, 0.002, 1500));
    EXPECT_LE(fine.best.back() - best, 0.01 * (fine.objective.front() - best)) << seed;
    EXPECT_LE(fine.best.back() - best, 0.3 * (coarse.best.back() - best)) << seed;
    EXPECT_GE(fine.best.back(), best - 1e-7) << seed;
    const auto weights = fine.answer.policy.choice_probabilities();
    mixed += std::ranges::any_of(weights, [](double w) { return w > 0.05 && w < 0.95; }) ? 1 : 0;
  }
  EXPECT_GE(mixed, 3);
}

/// Phi(pi) to the last digits.
double robust_value(const RobustProblem& problem, const std::vector<double>& weights) {
  robust::Operator op(problem);
  const std::vector<double> start(static_cast<std::size_t>(problem.model.num_states()),
                                  1.0 / problem.model.num_states());
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states());
  robust::exact_answer(op, weights, start, 0, v);
  return v.mean();
}

TEST(RobustPolicyGradient, GradientIsTheDirectionalDerivative) {
  for (const auto by : {Rectangular::kChoice, Rectangular::kState}) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      Stream stream(seed);
      const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream, by);
      const std::vector<double> weights = drawn_weights(problem.model.nominal(), stream),
                                other = drawn_weights(problem.model.nominal(), stream);
      robust::Operator op(problem);
      const std::vector<double> start(5, 0.2);
      Eigen::VectorXd v = Eigen::VectorXd::Zero(5);
      const NatureRows rows = robust::exact_answer(op, weights, start, 0, v);
      const auto gradient = robust::policy_gradient(problem, robust::play(problem, rows, weights, start));
      double expected = 0;
      std::vector<double> above = weights, below = weights;
      constexpr double kStep = 1e-6;
      for (std::size_t i = 0; i < weights.size(); ++i) {
        expected += gradient[i] * (other[i] - weights[i]);
        above[i] += kStep * (other[i] - weights[i]);
        below[i] -= kStep * (other[i] - weights[i]);
      }
      const double got = (robust_value(problem, above) - robust_value(problem, below)) / (2 * kStep);
      EXPECT_NEAR(got, expected, 1e-4 * std::max(1.0, std::abs(expected))) << seed;
    }
  }
}

TEST(RobustPolicyGradient, NaturesGradientMatchesDifferences) {
  Stream stream(5);
  const RobustProblem problem = drawn_robust_garnet(4, 3, 3, stream);
  const std::vector<double> weights = drawn_weights(problem.model.nominal(), stream), start(4, 0.25);
  const NatureRows rows = robust::nominal_rows(problem.model);
  const auto gradient = robust::nature_gradient(problem, robust::play(problem, rows, weights, start), rows, weights);
  const auto value = [&](const NatureRows& at) { return robust::play(problem, at, weights, start).value.mean(); };
  for (std::int64_t c = 0; c < problem.model.nominal().num_choices(); ++c) {
    const auto i = static_cast<std::size_t>(rows.begin[static_cast<std::size_t>(c)]);
    NatureRows above = rows, below = rows;  // along the simplex: what one entry gains another loses
    above.probability[i] += 1e-6;
    above.probability[i + 1] -= 1e-6;
    below.probability[i] -= 1e-6;
    below.probability[i + 1] += 1e-6;
    const double slope = (value(above) - value(below)) / 2e-6, expected = gradient[i] - gradient[i + 1];
    EXPECT_NEAR(slope, expected, 1e-5 * std::max(1.0, std::abs(expected))) << c;
  }
}

TEST(RobustPolicyGradient, BothAnswersOfNatureAgree) {
  for (const auto by : {Rectangular::kChoice, Rectangular::kState}) {
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      Stream stream(seed);
      const RobustProblem problem = drawn_robust_garnet(5, 3, 3, stream, by);
      const std::vector<double> weights = drawn_weights(problem.model.nominal(), stream), start(5, 0.2);
      robust::Operator op(problem);
      const NatureRows nominal = robust::nominal_rows(problem.model);
      Eigen::VectorXd exact = Eigen::VectorXd::Zero(5), climbed = exact;
      robust::exact_answer(op, weights, start, 0, exact);
      robust::gradient_answer(op, weights, start, 1e-6, 0.1, 2000, nominal, nominal, climbed);
      EXPECT_NEAR(exact.mean(), climbed.mean(), 1e-4) << seed;
      EXPECT_LE(climbed.mean(), exact.mean() + 1e-9);  // nothing outside the sets
    }
  }
}

TEST(RobustPolicyGradient, GradientAnswersLeadToTheSameOptimum) {
  Stream stream(8);
  const RobustProblem problem = drawn_robust_garnet(10, 6, 3, stream);
  const double best = optimum_at_start(problem);
  RobustPolicyGradientOptions options = steps_of(problem, 0.05, 100);
  options.inner = "gradient";
  options.accuracy = 0.5;
  options.inner_eta = eta_of(problem, 0.1);
  options.inner_steps = 50;
  const Curve curve = run(problem, options);
  const auto own = evaluate_robust(problem, curve.answer.policy, {}, {.tolerance = 1e-9});
  EXPECT_LE(own.value.mean() - best, 0.02 * (curve.objective.front() - best));
}

TEST(RobustPolicyGradient, RoughAnswersThatBecomeExactLoseNothingCrudeOnesDo) {
  double lost = 0;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    Stream stream(seed);
    const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream);
    const double best = optimum_at_start(problem);
    const auto loss = [&](RobustPolicyGradientOptions options) {
      const auto got = robust_policy_gradient(problem, options, {.tolerance = 1e-8});
      return evaluate_robust(problem, got.policy, {}, {.tolerance = 1e-10}).value.mean() - best;
    };
    RobustPolicyGradientOptions rough = steps_of(problem, 0.05, 4000);
    rough.accuracy = 1;
    EXPECT_LE(loss(rough), 1e-6) << seed;
    // For ever one answer to the values of the nominal model.
    RobustPolicyGradientOptions crude = steps_of(problem, 0.05, 600);
    crude.answer = [&](robust::Operator& op, const robust::Decision& policy, std::span<const double>) {
      const robust::PlayedPair pair =
          robust::play(problem, robust::nominal_rows(problem.model), policy.weight, std::vector<double>(5, 0.2));
      return op.respond(policy, {pair.value.data(), 5}, true);
    };
    const double of_crude = loss(crude);
    EXPECT_GE(of_crude, -1e-9);
    lost += of_crude;
  }
  EXPECT_GT(lost, 1e-5);
}

TEST(RobustPolicyGradient, TheStepOfTheTheoryFallsAtLeastAsFastAsItPromises) {
  Stream stream(21);
  const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream);
  const double best = optimum_at_start(problem);
  std::vector<double> budget, gap;
  for (const int iterations : {4, 16, 64, 256}) {
    RobustPolicyGradientOptions options = steps_of(problem, 0.01, iterations);
    options.rule = "theory";
    const Curve curve = run(problem, options);
    budget.push_back(iterations);
    gap.push_back(curve.best.back() - best);
  }
  EXPECT_LE(power_line(budget, gap).slope, -0.25);
}

TEST(RobustPolicyGradient, PlainGradientsAreNoBetterInTheWorstCase) {
  for (std::uint64_t seed = 30; seed < 40; ++seed) {
    Stream stream(seed);
    const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream);
    const auto plain = policy_iteration(problem.nominal(), {}, {.tolerance = 1e-9});
    const auto robust = robust_policy_gradient(problem, steps_of(problem, 0.05, 1000), {.tolerance = 1e-8});
    const double worst = evaluate_robust(problem, plain.policy, {}, {.tolerance = 1e-9}).value.mean(),
                 own = evaluate_robust(problem, robust.policy, {}, {.tolerance = 1e-9}).value.mean();
    EXPECT_GE(worst, own - 1e-6) << seed;
  }
}

TEST(RobustPolicyGradient, SolvesDegenerateModels) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 0.0, {{1, 1.0}});
  builder.add_choice(1, 1.0, {{1, 0.5}, {2, 0.5}});
  builder.add_choice(1, 1.0, {{1, 0.5}, {2, 0.5}});
  builder.add_choice(2, 0.0, {{2, 1.0}});
  const mdp::TabularMdp model = std::move(builder).build();
  for (const double k : {0.0, 0.3, 2.0}) {
    for (const double discount : {0.0, 0.5, 0.9999}) {
      const RobustProblem problem{.model = mdp::RobustMdp(model, {.kind = mdp::SetKind::kL1, .radius = {k}}),
                                  .discount = discount};
      const auto got = robust_policy_gradient(problem, steps_of(problem, 0.25, 20), {.tolerance = 1e-6});
      const double q = 0.5 - std::min(k / 2, 0.5);
      EXPECT_EQ(got.status, Status::kConverged) << k << ' ' << discount;
      EXPECT_NEAR(got.value[1], 1 / (1 - discount * q), 1e-6);
    }
  }
}

TEST(RobustPolicyGradient, StopsWhenAskedAndNamesBadOptions) {
  Stream stream(2);
  const RobustProblem problem = drawn_robust_garnet(5, 3, 3, stream);
  const auto got = robust_policy_gradient(
      problem, {}, {.tolerance = 0, .observer = [](const TraceRow& row) { return row.iteration < 3; }});
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_EQ(got.iterations, 3);
  EXPECT_TRUE(std::isfinite(got.gap));
  int asked = 0;
  const auto none =
      robust_policy_gradient(problem, {}, {.tolerance = 0, .observer = [&](const TraceRow&) { return ++asked < 1; }});
  EXPECT_EQ(none.status, Status::kStoppedByCaller);
  EXPECT_EQ(none.iterations, 0) << "heard between nature's answers";
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(std::isfinite(none.gap));
  EXPECT_THAT([&] { robust_policy_gradient(problem, steps_of(problem, 0, 1)); },
              ::testing::ThrowsMessage<InvalidOption>(::testing::HasSubstr("'eta'")));
  RobustProblem finite = problem;
  finite.criterion = Criterion::kFinite;
  finite.horizon = 3;
  EXPECT_THROW(robust_policy_gradient(finite), InvalidOption);
}

// The linear systems of a policy and nature could take minutes.
TEST(RobustPolicyGradient, LinearSolvesCanBeAbandoned) {
  const RobustProblem problem{.model = mdp::RobustMdp(mdp::garnet({.states = 600, .actions = 2, .successors = 3}).model,
                                                      {.kind = mdp::SetKind::kL1, .radius = {.2}}),
                              .discount = .9};
  for (const std::string inner : {"exact", "gradient"}) {
    const test::AbandonedWork waiting;
    RobustPolicyGradientOptions options;
    options.inner = inner;
    int asked = 0;
    const auto got = robust_policy_gradient(
        problem, options, {.tolerance = 0, .observer = [&](const TraceRow&) { return ++asked < 12; }});
    EXPECT_EQ(got.status, Status::kStoppedByCaller) << inner;
    EXPECT_EQ(got.iterations, 0) << inner << ": the first answer of nature was never found";
    EXPECT_EQ(asked, 12) << inner;
    EXPECT_TRUE(std::isfinite(got.gap)) << inner;
  }
}

TEST(RobustPolicyGradient, LongPassesOfNatureAskOnTheWay) {
  const RobustProblem problem{
      .model = mdp::RobustMdp(mdp::garnet({.states = 2000, .actions = 3, .successors = 2}).model,
                              {.kind = mdp::SetKind::kL2, .support = mdp::Support::kAll, .radius = {.2}}),
      .discount = .9};
  int asked = 0;
  const auto got = robust_policy_gradient(problem, {}, {.observer = [&](const TraceRow&) { return ++asked, false; }});
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(got.status, Status::kStoppedByCaller);
  EXPECT_THAT(got.note, ::testing::HasSubstr("bounds are those of the rewards alone"));
  EXPECT_NEAR(got.upper[0] - got.lower[0], 10 * robust::reward_range(problem.model), 1e-9);
}

}  // namespace
}  // namespace bellwether::solvers
