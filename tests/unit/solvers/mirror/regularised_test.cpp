#include "solvers/mirror/regularised.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/solvers/mirror/models.h"

namespace bellwether::test {
namespace {

using namespace solvers;

/// V_tau* by value iteration in long double: no code shared.
std::vector<long double> soft_optimum(const Problem& problem, double temperature) {
  const mdp::TabularMdp& model = problem.model;
  const long double sign = problem.sign(), tau = temperature;
  std::vector<long double> v(static_cast<std::size_t>(model.num_states()), 0.0L);
  for (int k = 0; k < 3000; ++k) {
    std::vector<long double> next(v.size());
    for (int s = 0; s < model.num_states(); ++s) {
      long double top = -1e300L, sum = 0;
      std::vector<long double> q;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        long double mean = model.reward(c);
        for (std::size_t i = 0; i < model.successors(c).size(); ++i)
          mean += problem.discount * model.probabilities(c)[i] * v[static_cast<std::size_t>(model.successors(c)[i])];
        q.push_back(sign * mean);
        top = std::max(top, q.back());
      }
      for (const long double x : q) sum += std::exp((x - top) / tau);
      next[static_cast<std::size_t>(s)] = sign * (top + tau * std::log(sum));
    }
    v = next;
  }
  return v;
}

TEST(Regularised, EncloseTheSoftOptimumInBothDirections) {
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    for (const double temperature : {1e-3, 0.1, 10.0}) {
      Problem problem = ragged_problem(3);
      problem.direction = direction;
      const std::vector<long double> truth = soft_optimum(problem, temperature);
      const SolveOptions run{.tolerance = 1e-9};
      for (const RegularisedSolution& got :
           {soft_value_iteration(problem, {.temperature = temperature}, run),
            regularised_mirror_descent(problem, {.temperature = temperature}, run),
            regularised_mirror_descent(problem, {.temperature = temperature, .eta = 2 / temperature}, run),
            soft_value_iteration(problem, {.temperature = temperature}, {.max_iterations = 5}),
            regularised_mirror_descent(problem, {.temperature = temperature, .eta = 1}, {.max_iterations = 3})}) {
        EXPECT_TRUE(got.solution.status == Status::kConverged || got.solution.iterations <= 5)
            << got.solution.algorithm;
        for (int s = 0; s < problem.model.num_states(); ++s) {
          EXPECT_LE(got.solution.lower[s], truth[static_cast<std::size_t>(s)]) << got.solution.algorithm;
          EXPECT_GE(got.solution.upper[s], truth[static_cast<std::size_t>(s)]) << got.solution.algorithm;
        }
      }
    }
  }
}

// In one state the upper end is the optimum itself, whatever the policy: T v + g / (1 - g) (T v - v).
TEST(Regularised, BoundsAreTightInOneState) {
  const Problem problem{.model = bandit({1, 0.5, 0}), .discount = 0.5};
  const double best = 2 * (0.1 * std::log(std::exp(10.0) + std::exp(5.0) + 1));
  const RegularisedSolution first = regularised_mirror_descent(problem, {.temperature = 0.1}, {.max_iterations = 1});
  EXPECT_GE(first.solution.upper[0], best * (1 - 1e-15));
  EXPECT_LE(first.solution.upper[0], best + 1e-12);
  // From the uniform policy.
  EXPECT_NEAR(first.solution.lower[0], 2 * (0.5 + 0.1 * std::log(3)), 1e-12);
}

// |Q_tau* - Q_k| falls by beta + g (1 - beta), beta = 1 / (1 + eta tau), and ends at the soft optimum.
TEST(Regularised, ConvergesWithTheFactorOfTheTheorem) {
  for (const double eta : {0.5, 3.0, 20.0}) {
    constexpr double kTau = 0.1;
    const Problem problem = garnet_problem(4);
    const std::vector<long double> truth = soft_optimum(problem, kTau);
    std::vector<double> distance;
    const auto watch = [&](const RegularisedIterate& at) {
      double most = 0;
      for (int s = 0; s < 20; ++s)
        most = std::max(most, static_cast<double>(truth[static_cast<std::size_t>(s)] - at.value[s]));
      distance.push_back(most);
    };
    const auto got = regularised_mirror_descent(
        problem, {.temperature = kTau, .eta = eta, .iterations = 4000, .watch = watch}, {.tolerance = 1e-11});
    EXPECT_LT(distance.back(), 1e-9);
    const double beta = 1 / (1 + eta * kTau), factor = beta + 0.9 * (1 - beta);
    for (std::size_t k = 10; k < distance.size() && distance[k] > 1e-8; ++k) {
      EXPECT_LE(distance[k], 60 * std::pow(factor + 1e-3, k)) << "eta " << eta << " k " << k;
    }
    EXPECT_EQ(got.solution.status, Status::kConverged);
  }
}

TEST(SoftPolicyIteration, ContractsByTheDiscountAndIsQuadraticInTheEnd) {
  const Problem problem = garnet_problem(4);
  const std::vector<long double> truth = soft_optimum(problem, 0.1);
  std::vector<double> distance;
  regularised_mirror_descent(problem,
                             {.temperature = 0.1,
                              .watch =
                                  [&](const RegularisedIterate& at) {
                                    double most = 0;
                                    for (int s = 0; s < 20; ++s)
                                      most = std::max(
                                          most, static_cast<double>(truth[static_cast<std::size_t>(s)] - at.value[s]));
                                    distance.push_back(most);
                                  }},
                             {.tolerance = 1e-11});
  for (std::size_t k = 1; k < distance.size(); ++k) EXPECT_LE(distance[k], 0.9 * distance[k - 1] + 1e-12);
  EXPECT_LE(distance.size(), 12);
}

TEST(Regularised, OneEndlessStepIsTheSoftmaxOfQ) {
  const Problem problem = ragged_problem(6);
  std::vector<Table> seen;
  Table q;
  regularised_mirror_descent(problem, {.temperature = 0.3, .eta = 1e9, .iterations = 2, .watch = [&](const auto& at) {
                                         if (at.iteration == 0) q.assign(at.q.begin(), at.q.end());
                                         seen.emplace_back(at.log_weights.begin(), at.log_weights.end());
                                       }});
  ASSERT_EQ(seen.size(), 2);
  for (double& x : q) x /= 0.3;
  mirror::normalise_logits(problem.model, q);
  for (std::size_t i = 0; i < q.size(); ++i) EXPECT_NEAR(seen[1][i], q[i], 1e-6);
}

TEST(Regularised, AllMethodsAgreeOnThePolicy) {
  const Problem problem = ragged_problem(9);
  // Values are flat at their top: a policy is known to the square root of what its value is.
  const SolveOptions run{.tolerance = 1e-12};
  const auto a = soft_value_iteration(problem, {.temperature = 0.2}, run);
  for (const double eta : {0.0, 0.3, 100.0}) {
    const auto b = regularised_mirror_descent(problem, {.temperature = 0.2, .eta = eta}, run);
    for (std::size_t i = 0; i < a.log_weights.size(); ++i) EXPECT_NEAR(a.log_weights[i], b.log_weights[i], 3e-5);
  }
}

TEST(Regularised, DoesNotDependOnTheUnitOfRewards) {
  const Problem problem = ragged_problem(2);
  for (const double unit : {1e-6, 1e6}) {
    Problem scaled = problem;
    std::vector<double> reward(problem.model.reward().begin(), problem.model.reward().end());
    for (double& r : reward) r *= unit;
    scaled.model = problem.model.with_expected_rewards(reward);
    const auto a = regularised_mirror_descent(problem, {.temperature = 0.2, .eta = 2}, {.tolerance = 1e-8}),
               b = regularised_mirror_descent(scaled, {.temperature = 0.2 * unit, .eta = 2 / unit},
                                              {.tolerance = 1e-8 * unit});
    EXPECT_EQ(b.solution.status, Status::kConverged);
    for (int s = 0; s < problem.model.num_states(); ++s)
      EXPECT_NEAR(b.solution.value[s] / unit, a.solution.value[s], 1e-7);
  }
}

}  // namespace
}  // namespace bellwether::test
