// Gradients against central differences of values that another evaluation computes.
#include "solvers/mirror/gradients.h"

#include <cmath>
#include <functional>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "tests/unit/solvers/mirror/models.h"

namespace bellwether::test {
namespace {

using namespace solvers;
using namespace solvers::mirror;

/// V_tau(mu) by dense LU, for any non-negative weights (rows that do not sum to one included).
double dense_value(const Problem& problem, const Table& weights, std::span<const double> mu, double temperature = 0) {
  const mdp::TabularMdp& model = problem.model;
  const int S = model.num_states();
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(S, S);
  Eigen::VectorXd reward = Eigen::VectorXd::Zero(S);
  for (int s = 0; s < S; ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const double w = weights[static_cast<std::size_t>(c)];
      reward[s] += w * (model.reward(c) - (w > 0 ? temperature * std::log(w) : 0));
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        system(s, model.successors(c)[i]) -= problem.discount * w * model.probabilities(c)[i];
    }
  }
  return Eigen::Map<const Eigen::VectorXd>(mu.data(), S).dot(system.partialPivLu().solve(reward));
}

void expect_gradient(const Table& gradient, Table at, const std::function<double(const Table&)>& f,
                     const std::string& what) {
  double size = 0;
  for (const double g : gradient) size = std::max(size, std::abs(g));
  for (std::size_t i = 0; i < at.size(); ++i) {
    constexpr double kStep = 1e-5;
    const double kept = at[i];
    at[i] = kept + kStep;
    const double above = f(at);
    at[i] = kept - kStep;
    const double below = f(at);
    at[i] = kept;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * kStep), 1e-6 * size) << what << ", choice " << i;
  }
}

Table softmax(const mdp::TabularMdp& model, Table logits) {
  normalise_logits(model, logits);
  return probabilities(logits);
}

TEST(Gradients, AgreeWithCentralDifferences) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Problem problem = ragged_problem(seed, seed % 2 == 0 ? 0.9 : 0.5);
    const mdp::TabularMdp& model = problem.model;
    Stream stream = Stream(seed).child("policy");
    const Table logits = random_logits(model, stream, 2);
    const std::vector<double> mu = random_start(model.num_states(), stream);
    const std::string where = "seed " + std::to_string(seed);
    expect_gradient(
        direct_gradient(model, problem.discount, probabilities(logits), mu), probabilities(logits),
        [&](const Table& w) { return dense_value(problem, w, mu); }, "direct, " + where);
    expect_gradient(
        softmax_gradient(model, problem.discount, logits, mu), logits,
        [&](const Table& x) { return dense_value(problem, softmax(model, x), mu); }, "softmax, " + where);
    expect_gradient(
        entropy_gradient(model, problem.discount, logits, mu, 0.3), logits,
        [&](const Table& x) { return dense_value(problem, softmax(model, x), mu, 0.3); }, "entropy, " + where);
    Table barrier = softmax_gradient(model, problem.discount, logits, mu);
    add_barrier_gradient(model, logits, 0.7, barrier);
    expect_gradient(
        barrier, logits,
        [&](const Table& x) {
          Table log_weights = x;
          normalise_logits(model, log_weights);
          return dense_value(problem, probabilities(log_weights), mu) + log_barrier(model, log_weights, 0.7);
        },
        "log barrier, " + where);
  }
}

TEST(Gradients, TheBarrierIsNothingForTheUniformPolicyAndNegativeElsewhere) {
  const Problem problem = ragged_problem(5);
  EXPECT_NEAR(log_barrier(problem.model, logarithms(uniform_weights(problem.model)), 2), 0, 1e-14);
  Stream stream(1);
  EXPECT_LT(log_barrier(problem.model, random_logits(problem.model, stream), 2), 0);
}

TEST(PolicyValues, AreThoseOfADenseSolve) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem problem = ragged_problem(seed, 0.95);
    Stream stream(seed);
    const Table weights = probabilities(random_logits(problem.model, stream, 3));
    const std::vector<double> mu = random_start(problem.model.num_states(), stream);
    PolicyValues values(problem.model, problem.discount, weights);
    const Eigen::Map<const Eigen::VectorXd> start(mu.data(), static_cast<Eigen::Index>(mu.size()));
    EXPECT_NEAR(start.dot(values.value()), dense_value(problem, weights, mu), 1e-12);
    EXPECT_NEAR(start.dot(values.regularised_value(0.5)), dense_value(problem, weights, mu, 0.5), 1e-12);
    double mass = 0;
    for (const double x : values.visits(mu)) mass += x;
    EXPECT_NEAR(mass, 1 / (1 - problem.discount), 1e-10);
  }
}

TEST(PerformanceDifference, IsTheDifferenceOfValues) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Problem problem = ragged_problem(seed, 0.95);
    Stream stream(seed);
    const Table one = probabilities(random_logits(problem.model, stream, 3)),
                other = probabilities(random_logits(problem.model, stream, 3));
    const std::vector<double> mu = random_start(problem.model.num_states(), stream);
    EXPECT_NEAR(performance_difference(problem.model, problem.discount, mdp::Policy::randomised(one),
                                       mdp::Policy::randomised(other), mu),
                dense_value(problem, one, mu) - dense_value(problem, other, mu), 1e-10)
        << "seed " << seed;
  }
}

// The natural gradient is A / (1 - g) in every state, up to a constant of the state.
TEST(Gradients, PseudoInverseOfTheFisherMatrixGivesAdvantages) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Problem problem = ragged_problem(seed);
    const mdp::TabularMdp& model = problem.model;
    Stream stream(seed);
    const Table logits = random_logits(model, stream);
    const std::vector<double> mu = random_start(model.num_states(), stream);
    const Table gradient = softmax_gradient(model, problem.discount, logits, mu), pi = probabilities(logits);
    PolicyValues values(model, problem.discount, pi);
    const Eigen::VectorXd v = values.value();
    const Table q = choice_values(model, problem.discount, v);
    const std::vector<double> x = values.visits(mu);
    const auto n = static_cast<Eigen::Index>(gradient.size());
    Eigen::MatrixXd fisher = Eigen::MatrixXd::Zero(n, n);
    for (int s = 0; s < model.num_states(); ++s) {
      const double d = (1 - problem.discount) * x[static_cast<std::size_t>(s)];
      for (std::int64_t a = model.first_choice(s); a < model.first_choice(s + 1); ++a)
        for (std::int64_t b = model.first_choice(s); b < model.first_choice(s + 1); ++b)
          fisher(a, b) = d * ((a == b ? pi[a] : 0.0) - pi[a] * pi[b]);
    }
    const Eigen::VectorXd natural =
        fisher.completeOrthogonalDecomposition().solve(Eigen::Map<const Eigen::VectorXd>(gradient.data(), n));
    for (int s = 0; s < model.num_states(); ++s) {
      const std::int64_t first = model.first_choice(s);
      const auto excess = [&](std::int64_t c) {
        return natural[c] - (q[static_cast<std::size_t>(c)] - v[s]) / (1 - problem.discount);
      };
      for (std::int64_t c = first; c < model.first_choice(s + 1); ++c)
        EXPECT_NEAR(excess(c), excess(first), 1e-8) << "seed " << seed << " state " << s;
    }
  }
}

}  // namespace
}  // namespace bellwether::test
