// Models in which nature pays for leaving the nominal rows: all planners, the Z recursion, risk, gradients.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/sampling.h"
#include "mdp/robust/penalty.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/mirror/policy_values.h"
#include "solvers/risk/nested_risk.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/fixed_nature/fixed_nature.h"
#include "solvers/robust/policy_gradient/robust_policy_gradient.h"
#include "solvers/robust/registry.h"
#include "solvers/robust/regularised/rfzi.h"
#include "solvers/robust/robust_backward_induction.h"
#include "solvers/robust/robust_policy_iteration.h"
#include "solvers/robust/robust_value_iteration.h"

namespace bellwether::solvers {
namespace {

using mdp::SetKind;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::pair<SetKind, double> kPrices[] = {
    {SetKind::kKl, 10},          {SetKind::kKl, 0.2},           {SetKind::kChiSquare, 1.4},
    {SetKind::kChiSquare, 0.05}, {SetKind::kTotalVariation, 1}, {SetKind::kL1, 0.3}};

RobustProblem priced(mdp::TabularMdp model, SetKind kind, double price, double discount = 0.9,
                     Direction direction = Direction::kMaximise) {
  return {.model = mdp::RobustMdp(std::move(model), {.kind = kind, .price = {price}}),
          .direction = direction,
          .discount = discount};
}

RobustProblem garnet(std::uint64_t seed, SetKind kind, double price, double discount = 0.9,
                     Direction direction = Direction::kMaximise) {
  Stream stream(seed);
  return priced(claims::drawn_reward_garnet(static_cast<int>(6 + stream.below(5)), 3, 4, stream), kind, price, discount,
                direction);
}

/// Entropic: price 1 / beta.
RobustProblem entropic(std::uint64_t seed, double beta) { return garnet(seed, SetKind::kKl, 1 / beta); }

std::vector<double> uniform_start(const RobustProblem& problem) {
  const int states = problem.model.num_states();
  return std::vector<double>(static_cast<std::size_t>(states), 1.0 / states);
}

Eigen::VectorXd value_of(const RobustProblem& problem, const std::vector<double>& weights) {
  return evaluate_robust(problem, mdp::Policy::randomised(weights), {}, {.tolerance = 1e-11}).value;
}

TEST(Regularised, AllPlannersProveOneValueAndAPolicyThatEarnsIt) {
  for (const auto& [kind, price] : kPrices) {
    for (const auto direction : {Direction::kMaximise, Direction::kMinimise}) {
      for (const double discount : {0.0, 0.9, 0.99}) {
        const RobustProblem problem = garnet(4, kind, price, discount, direction);
        const RobustSolution one = robust_value_iteration(problem, {}, {.tolerance = 1e-9});
        EXPECT_EQ(one.status, Status::kConverged);
        for (const char* name : {"robust-modified-policy-iteration", "partial-policy-iteration",
                                 "robust-policy-iteration", "worst-case-search"}) {
          const RobustSolution other =
              find_robust_solver(name, Criterion::kDiscounted).run(problem, {}, {.tolerance = 1e-9});
          EXPECT_EQ(other.status, Status::kConverged) << name << ' ' << to_string(kind) << ' ' << discount;
          EXPECT_LE((one.value - other.value).lpNorm<Eigen::Infinity>(), 2e-9) << name;
          for (Eigen::Index s = 0; s < one.value.size(); ++s) {
            EXPECT_LE(other.lower[s], one.upper[s]);
            EXPECT_GE(other.upper[s], one.lower[s]);
          }
        }
        // By a route of its own: nature's rows frozen, what she pays in the rewards, an ordinary linear solve.
        const RobustSolution own = evaluate_robust(problem, one.policy, {{.worst_case = "all"}}, {.tolerance = 1e-10});
        EXPECT_LE((own.value - one.value).lpNorm<Eigen::Infinity>(), 2e-9);
        const mdp::TabularMdp frozen = robust::frozen(problem.model, own.worst_case);
        const auto weights = mirror::weights_of(frozen, one.policy);
        EXPECT_LE((mirror::PolicyValues(frozen, discount, weights).value() - one.value).lpNorm<Eigen::Infinity>(), 2e-9)
            << to_string(kind) << ' ' << discount;
        Stream stream(9);
        for (int i = 0; i < 5; ++i) {  // no policy is better
          const Eigen::VectorXd other = value_of(problem, claims::drawn_weights(problem.model.nominal(), stream));
          EXPECT_GE((direction == Direction::kMaximise ? one.value - other : other - one.value).minCoeff(), -2e-9);
        }
      }
    }
  }
}

TEST(Regularised, BothRecursionsHaveOneFixedPoint) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (const double beta : {0.1, 1.0, 5.0, 200.0}) {
      const RobustProblem problem = entropic(seed, beta);
      const RobustSolution direct = robust_policy_iteration(problem, {}, {.tolerance = 1e-11});
      const RfziResult z = z_fixed_point(problem.model.nominal(), 0.9, beta, 1e-12);
      EXPECT_LE((direct.value - z.value).lpNorm<Eigen::Infinity>(), 1e-10);
      for (const double u : z.certainty) {  // Z = exp(-beta U) in [exp(-beta / (1 - discount)), 1]
        EXPECT_GE(u, 0);
        EXPECT_LE(u, 10);
      }
    }
  }
}

// r + discount (-1/beta) log E exp(-beta V) is the entropic risk of r + discount V at beta / discount.
TEST(Regularised, KlPricesAreNestedEntropicRisk) {
  for (const auto direction : {Direction::kMaximise, Direction::kMinimise}) {
    const RobustProblem problem = garnet(8, SetKind::kKl, 0.5, 0.9, direction);
    const Solution risk =
        plan_for_nested_risk(problem.nominal(), {.measure = "entropic", .beta = 2 / 0.9}, {.tolerance = 1e-9});
    const RobustSolution paid = robust_automatic(problem, {}, {.tolerance = 1e-9});
    EXPECT_LE((risk.value - paid.value).lpNorm<Eigen::Infinity>(), 2e-9);
  }
}

// For a fixed policy: nature's answer with its price spelled out gives V, every other kernel more.
TEST(Regularised, NatureCannotPayLess) {
  for (const auto& [kind, price] : kPrices) {
    const RobustProblem problem = garnet(11, kind, price);
    const mdp::TabularMdp& model = problem.model.nominal();
    Stream stream(2);
    const std::vector<double> weights = claims::drawn_weights(model, stream);
    const RobustSolution at =
        evaluate_robust(problem, mdp::Policy::randomised(weights), {{.worst_case = "all"}}, {.tolerance = 1e-11});
    const auto value_with = [&, kind = kind, price = price](const NatureRows& rows) {
      mdp::TabularMdpBuilder builder(model.num_states());
      for (int s = 0; s < model.num_states(); ++s) {
        for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
          std::vector<mdp::Entry> row;
          for (std::size_t i = 0; i < rows.size(c); ++i)
            row.push_back({.next = rows.successors(c)[i], .probability = rows.probabilities(c)[i]});
          // The price is paid one step later: with the factor of the discount.
          const double distance = mdp::robust::divergence(kind, rows.probabilities(c), model.probabilities(c));
          builder.add_choice(s, model.reward(c) + 0.9 * price * distance, row);
        }
      }
      return mirror::PolicyValues(std::move(builder).build(), 0.9, weights).value();
    };
    EXPECT_LE((value_with(at.worst_case) - at.value).lpNorm<Eigen::Infinity>(), 1e-10) << to_string(kind);
    for (int trial = 0; trial < 170; ++trial) {
      const double t = std::pow(10, -3 * stream.uniform());
      NatureRows moved = at.worst_case;
      for (std::int64_t c = 0; c < model.num_choices(); ++c) {
        std::vector<double> other(moved.size(c)), ones(moved.size(c), 1.0);
        sample_dirichlet(stream, ones, other);
        double* row = moved.probability.data() + moved.begin[static_cast<std::size_t>(c)];
        for (std::size_t i = 0; i < other.size(); ++i) row[i] += t * (other[i] - row[i]);
      }
      EXPECT_GE((value_with(moved) - at.value).minCoeff(), -1e-10) << to_string(kind);
    }
  }
}

TEST(Regularised, GradientMatchesDifferences) {
  for (const auto& [kind, price] : kPrices) {
    for (const auto direction : {Direction::kMaximise, Direction::kMinimise}) {
      const RobustProblem problem = garnet(5, kind, price, 0.9, direction);
      Stream stream(6);
      const auto weights = claims::drawn_weights(problem.model.nominal(), stream),
                 other = claims::drawn_weights(problem.model.nominal(), stream), start = uniform_start(problem);
      robust::Operator op(problem);
      Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states());
      const NatureRows rows = robust::exact_answer(op, weights, start, 0, v);
      const auto gradient = robust::policy_gradient(problem, robust::play(problem, rows, weights, start));
      double expected = 0;
      for (std::size_t i = 0; i < weights.size(); ++i) expected += gradient[i] * (other[i] - weights[i]);
      const auto moved = [&](double by) {
        std::vector<double> w = weights;
        for (std::size_t i = 0; i < w.size(); ++i) w[i] += by * (other[i] - weights[i]);
        robust::exact_answer(op, w, start, 0, v);
        return v.mean();
      };
      EXPECT_NEAR((moved(1e-5) - moved(-1e-5)) / 2e-5, expected, 1e-5 * std::abs(expected) + 1e-9) << to_string(kind);
    }
  }
}

// Gradient domination: V* - V <= |x* / x| max over pi' of <pi' - pi, grad>, x* the visits of the optimal policy under
// nature's answer to the policy at hand.
TEST(Regularised, PolicyGradientFindsTheOptimumAndTheGradientDominatesTheGap) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RobustProblem problem = entropic(seed, 1);
    const mdp::TabularMdp& model = problem.model.nominal();
    const RobustSolution truth = robust_policy_iteration(problem, {}, {.tolerance = 1e-11});
    const std::vector<double> start = uniform_start(problem);
    RobustPolicyGradientOptions options;
    options.eta = 1;
    options.iterations = 8000;
    Stream anywhere(seed + 100);
    options.first = claims::drawn_weights(model, anywhere);
    std::int64_t violated = 0, seen = 0;
    robust::Operator op(problem);
    options.watch = [&](const RobustIterate& at) {
      if (++seen % 10 != 1) return;
      Eigen::VectorXd v = at.value;
      const NatureRows rows = robust::exact_answer(op, at.weights, start, 0, v);
      const auto pair = robust::play(problem, rows, at.weights, start);
      const auto gradient = robust::policy_gradient(problem, pair);
      const auto best = robust::play(problem, rows, mirror::weights_of(model, truth.policy), start).visits;
      double mismatch = 0, reach = 0;
      for (int s = 0; s < model.num_states(); ++s) {
        mismatch = std::max(mismatch, best[static_cast<std::size_t>(s)] / pair.visits[static_cast<std::size_t>(s)]);
        double most = -kInfinity, mean = 0;
        for (auto c = static_cast<std::size_t>(model.first_choice(s));
             c < static_cast<std::size_t>(model.first_choice(s + 1)); ++c) {
          most = std::max(most, gradient[c]);
          mean += at.weights[c] * gradient[c];
        }
        reach += most - mean;
      }
      violated += truth.value.mean() - v.mean() <= mismatch * reach + 1e-10 ? 0 : 1;
    };
    const RobustSolution got = robust_policy_gradient(problem, options, {.tolerance = 1e-6});
    EXPECT_EQ(violated, 0) << seed;
    EXPECT_EQ(got.status, Status::kConverged) << seed;
    EXPECT_LE((got.value - truth.value).lpNorm<Eigen::Infinity>(), 1e-6) << seed;
  }
}

TEST(Regularised, HoeffdingBoundsWhatRiskCostsAndMoreOfItCostsMore) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem free = entropic(seed, 1).nominal();
    const Eigen::VectorXd nominal = policy_iteration(free, {}, {.tolerance = 1e-12}).value;
    const auto value = [&](double price) {
      return robust_policy_iteration(garnet(seed, SetKind::kKl, price), {}, {.tolerance = 1e-11}).value;
    };
    EXPECT_LE((value(kInfinity) - nominal).lpNorm<Eigen::Infinity>(), 1e-10);
    Eigen::VectorXd before = nominal;
    for (const double beta : {1e-6, 1e-3, 0.1, 1.0, 5.0, 1e3}) {
      const Eigen::VectorXd v = value(1 / beta);
      EXPECT_LE((v - nominal).lpNorm<Eigen::Infinity>(), 0.9 * beta / (8 * 0.1 * 0.1 * 0.1) + 1e-10);
      EXPECT_GE((before - v).minCoeff(), -1e-10);
      before = v;
    }
    const Eigen::VectorXd worst = value(0);
    EXPECT_GE((before - worst).minCoeff(), -1e-10);
    EXPECT_LE((before - worst).maxCoeff(), 0.1);  // log(1 / p) / 1000 a step
  }
}

TEST(Regularised, FiniteHorizonsRecurse) {
  const RobustProblem discounted = garnet(7, SetKind::kKl, 0.5, 1);
  RobustProblem problem = discounted;
  problem.criterion = Criterion::kFinite;
  problem.horizon = 4;
  const RobustSolution got = robust_backward_induction(problem, {}, {.tolerance = 1e-9});
  const mdp::TabularMdp& model = problem.model.nominal();
  std::vector<double> v(static_cast<std::size_t>(model.num_states()), 0), next = v;
  for (int h = 0; h < 4; ++h) {
    for (int s = 0; s < model.num_states(); ++s) {
      double best = -kInfinity;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        double sum = 0;
        for (std::size_t i = 0; i < model.successors(c).size(); ++i)
          sum += model.probabilities(c)[i] * std::exp(-v[static_cast<std::size_t>(model.successors(c)[i])] / 0.5);
        best = std::max(best, model.reward(c) - 0.5 * std::log(sum));
      }
      next[static_cast<std::size_t>(s)] = best;
    }
    v = next;
  }
  for (int s = 0; s < model.num_states(); ++s) EXPECT_NEAR(got.value[s], v[static_cast<std::size_t>(s)], 1e-12);
}

TEST(Regularised, ScalesWithTheRewardsAndStopsWhereRoundingDoes) {
  const RobustProblem unit = garnet(3, SetKind::kKl, 0.5);
  const RobustSolution a = robust_automatic(unit, {}, {.tolerance = 1e-9});
  for (const double scale : {1e-6, 1e6}) {
    std::vector<double> reward(unit.model.nominal().reward().begin(), unit.model.nominal().reward().end());
    for (double& r : reward) r *= scale;
    const RobustProblem scaled = priced(unit.model.nominal().with_expected_rewards(reward), SetKind::kKl, 0.5 * scale);
    const RobustSolution b = robust_automatic(scaled, {}, {.tolerance = 1e-9 * scale});
    EXPECT_EQ(b.status, Status::kConverged);
    EXPECT_LE((a.value - b.value / scale).lpNorm<Eigen::Infinity>(), 3e-9);
  }
  const RobustSolution patient = robust_automatic(garnet(3, SetKind::kKl, 0.5, 0.9999), {}, {.tolerance = 1e-5});
  EXPECT_EQ(patient.status, Status::kConverged);
  const RobustSolution impossible = robust_automatic(unit, {}, {.tolerance = 0});
  EXPECT_EQ(impossible.status, Status::kRoundingLimited);
  EXPECT_LE(impossible.gap, 1e-11);
  RobustPolicyGradientOptions projected;
  projected.inner = "gradient";
  EXPECT_THROW(robust_policy_gradient(unit, projected), InvalidOption);
}

}  // namespace
}  // namespace bellwether::solvers
