#include "mdp/instances/linear.h"

#include <cmath>
#include <vector>

#include <Eigen/Dense>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Eigen::MatrixXd transition_matrix(const TabularMdp& model) {
  Eigen::MatrixXd p = Eigen::MatrixXd::Zero(model.num_choices(), model.num_states());
  for (std::int64_t c = 0; c < model.num_choices(); ++c)
    for (std::size_t k = 0; k < model.successors(c).size(); ++k)
      p(c, model.successors(c)[k]) += model.probabilities(c)[k];
  return p;
}

double largest_residual(const Eigen::MatrixXd& features, const Eigen::MatrixXd& targets) {
  const Eigen::MatrixXd weights = features.colPivHouseholderQr().solve(targets);
  return (features * weights - targets).cwiseAbs().maxCoeff();
}

TEST(LinearMdp, TransitionsAndRewardsAreLinearInTheFeatures) {
  for (const int seed : {0, 1, 2}) {
    const NamedInstance made = linear_mdp({.states = 12, .actions = 3, .dimension = 4, .seed = seed});
    ASSERT_NE(made.linear.features, nullptr);
    const Eigen::MatrixXd phi = made.linear.features->matrix();
    EXPECT_LE(made.linear.features->largest_norm(), 1 + 1e-12);
    EXPECT_LT(largest_residual(phi, transition_matrix(made.model)), 1e-12);
    Eigen::VectorXd reward(made.model.num_choices());
    for (std::int64_t c = 0; c < reward.size(); ++c) reward[c] = made.model.reward(c);
    EXPECT_LT(largest_residual(phi, reward), 1e-12);
    // Not because the features could tell all choices apart.
    EXPECT_GT(largest_residual(phi, Eigen::MatrixXd::Identity(phi.rows(), phi.rows())), 0.1);
  }
}

TEST(LinearMixture, ThetaMixesTheBaseKernels) {
  const NamedInstance made = linear_mixture({.states = 9, .actions = 2, .dimension = 3, .successors = 4, .seed = 5});
  const MixtureBasis& basis = *made.linear.mixture;
  const std::vector<double>& theta = made.linear.mixture_theta.at(0);
  std::vector<double> v(9), phi(3);
  for (std::size_t s = 0; s < v.size(); ++s) v[s] = std::sin(static_cast<double>(s));
  for (std::int64_t c = 0; c < made.model.num_choices(); ++c) {
    double expected = 0, mixed = 0;
    for (std::size_t k = 0; k < made.model.successors(c).size(); ++k)
      expected += made.model.probabilities(c)[k] * v[static_cast<std::size_t>(made.model.successors(c)[k])];
    basis.expected(c, v, phi);
    for (std::size_t i = 0; i < phi.size(); ++i) mixed += theta[i] * phi[i];
    EXPECT_NEAR(mixed, expected, 1e-14);
  }
  EXPECT_LE(basis.norm_bound(), std::sqrt(3) + 1e-12);
}

TEST(LinearInstances, RefuseWhatCannotBe) {
  EXPECT_THAT([] { linear_mixture({.states = 3, .successors = 4}); },
              ThrowsMessage<InvalidOption>(HasSubstr("at most the number of states, 3")));
  EXPECT_THAT([] { linear_mdp({.concentration = 0}); }, ThrowsMessage<InvalidOption>(HasSubstr("concentration")));
}

}  // namespace
}  // namespace bellwether::mdp
