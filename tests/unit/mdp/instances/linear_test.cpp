#include "mdp/instances/linear.h"

#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/linear_hard.h"
#include "mdp/instances/registry.h"
#include "mdp/instances/riverswim.h"
#include "mdp/linear/linear_check.h"

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

std::span<const TabularMdp> stages_of(const NamedInstance& made) {
  return made.stages.empty() ? std::span(&made.model, 1) : std::span<const TabularMdp>(made.stages);
}

TEST(LinearInstances, AreWhatTheySay) {
  int features = 0, mixtures = 0;
  for (const Instance& family : instance_table()) {
    if (family.name == "lspi-chain") continue;  // its features make no linear MDP, and `show` says so
    const NamedInstance made = family.make();
    const double d = made.linear.features != nullptr ? made.linear.features->dimension() : 1;
    if (made.linear.features != nullptr) {
      ++features;
      const auto check =
          check_linear_mdp(*made.linear.features, stages_of(made), {.horizon = made.question.horizon}, Stream(1));
      EXPECT_LT(check.reward_error, 1e-12) << family.name;
      EXPECT_LT(check.transition_error, 1e-12) << family.name;
      EXPECT_LT(check.value_error, 1e-12) << family.name;
      EXPECT_EQ(check.rank, d) << family.name;
      EXPECT_LT(check.rank, made.model.num_choices()) << family.name;
      EXPECT_LE(check.reward_norm, std::sqrt(d) + 1e-9) << family.name;
      EXPECT_LE(check.measure_norm, std::sqrt(d) + 1e-9) << family.name;
      if (family.name != "linear-two-state") {
        EXPECT_LE(check.feature_norm, 1 + 1e-12) << family.name;
      }
    }
    if (made.linear.mixture != nullptr) {
      ++mixtures;
      const auto check = check_mixture(made.linear, stages_of(made));
      EXPECT_LT(check.transition_error, 1e-12) << family.name;
      EXPECT_EQ(check.rank, check.dimension) << family.name;
    }
  }
  EXPECT_EQ(features, 4);
  EXPECT_EQ(mixtures, 3);
}

TEST(HardLinear, EscapesAreWhatThePaperSays) {
  const HardLinearOptions options{.dimension = 3, .horizon = 4, .episodes = 50, .seed = 2};
  const double D = 1 / std::sqrt(32.0 * 4 * 50);
  for (const bool mixture : {false, true}) {
    const NamedInstance made = mixture ? hard_linear_mixture(options) : hard_linear_mdp(options);
    ASSERT_EQ(made.stages.size(), 4U);
    for (std::size_t h = 0; h < 4; ++h) {
      const TabularMdp& stage = made.stages[h];
      EXPECT_EQ(stage.num_choices(), 4 * 4 + 2);
      EXPECT_THAT(stage.successors(4 * static_cast<std::int64_t>(h)), testing::ElementsAre(h + 1, 5));
      EXPECT_EQ(stage.successors(0)[0], mixture ? 1 : static_cast<int>(h) + 1);
      double largest = 0, sum = 0;
      for (std::int64_t c = 0; c < 4; ++c) {
        largest = std::max(largest, stage.probabilities(c)[1]);
        sum += stage.probabilities(c)[1];
        EXPECT_NEAR(stage.probabilities(c)[1] + stage.probabilities(3 - c)[1], 0.5, 1e-15);
      }
      EXPECT_NEAR(largest, 0.25 + 2 * D, 1e-15);
      EXPECT_NEAR(sum, 1, 1e-15);
    }
  }
  // |theta| and |phi_V| as the theorems want them.
  const NamedInstance made = hard_linear_mixture(options);
  EXPECT_LE(made.linear.mixture->norm_bound(), 1 + 1e-12);
  // Another seed, other signs; the same signs in both forms.
  EXPECT_NE(made.linear.mixture_theta,
            hard_linear_mixture({.dimension = 3, .horizon = 4, .episodes = 50}).linear.mixture_theta);
  EXPECT_EQ(made.stages[2].probabilities(1)[1], hard_linear_mdp(options).stages[2].probabilities(1)[1]);
  // Bit i of a word: the sign of mu_i; bit i of a choice: that of a_i.
  const NamedInstance named = hard_linear_mixture_of(options, {1, 2, 3, 0});
  for (const auto& [stage, best] : {std::pair(0, 1), std::pair(1, 2), std::pair(2, 3), std::pair(3, 0)})
    EXPECT_NEAR(named.stages[static_cast<std::size_t>(stage)].probabilities(best)[1], 0.25 + 2 * D, 1e-15);
}

TEST(LinearTwoState, StaysByTheLastChoice) {
  const LinearTwoStateOptions options{.actions = 5, .dimension = 4, .advantage = 0.02, .seed = 3};
  const NamedInstance made = linear_two_state(options);
  const FeatureMap& phi = *made.linear.features;
  const auto last = phi.row(4);
  for (std::int64_t a = 0; a < 5; ++a) {
    EXPECT_NEAR(made.model.probabilities(a)[0], 0.9 + 0.02 * (phi.row(a)[2] * last[2] + phi.row(a)[3] * last[3]),
                1e-15);
    EXPECT_EQ(made.model.reward(a), 1);
    EXPECT_EQ(made.model.successors(5 + a)[0], 1);
    EXPECT_THAT(phi.row(5 + a), testing::ElementsAre(0, 1, 0, 0));
  }
  EXPECT_THAT([] { linear_two_state({.advantage = 0.06}); }, ThrowsMessage<InvalidOption>(HasSubstr("(d - 2) = 0.05")));
}

TEST(LinearAggregation, StatesOfOneClusterAreAlike) {
  // Every state wholly in some cluster: as many different rows as clusters, choice by choice.
  const NamedInstance made =
      linear_aggregation({.states = 15, .actions = 2, .clusters = 3, .concentration = 1e-4, .seed = 1});
  EXPECT_EQ(made.linear.features->dimension(), 6);
  const Eigen::MatrixXd phi = made.linear.features->matrix(), p = transition_matrix(made.model);
  int alike = 0;
  for (int s = 1; s < 15; ++s) {
    for (int a = 0; a < 2; ++a) {
      EXPECT_NEAR(phi.row(2 * s + a).segment(3 * a, 3).sum(), 1, 1e-12);
      EXPECT_EQ(phi.row(2 * s + a).segment(3 * (1 - a), 3).sum(), 0);
    }
    if ((phi.row(2 * s) - phi.row(0)).norm() > 1e-9) continue;
    ++alike;
    EXPECT_LT((p.row(2 * s + 1) - p.row(1)).norm(), 1e-8);
  }
  EXPECT_GT(alike, 1);
}

TEST(RiverSwimMixture, IsTheRiverOfItsPaper) {
  const NamedInstance made = riverswim_mixture({.states = 7}), river = riverswim_wvtr(WvtrRiverOptions());
  for (std::int64_t c = 0; c < 6; ++c) {  // left bank and what follows
    EXPECT_THAT(made.model.successors(c), testing::ElementsAreArray(river.model.successors(c)));
    for (std::size_t k = 0; k < made.model.successors(c).size(); ++k)
      EXPECT_NEAR(made.model.probabilities(c)[k], river.model.probabilities(c)[k], 1e-15);
  }
  EXPECT_THAT(made.model.probabilities(13),
              testing::ElementsAre(testing::DoubleNear(0.05, 1e-15), testing::DoubleNear(0.95, 1e-15)));
  EXPECT_THAT([] { riverswim_mixture({.down = 0.2}); }, ThrowsMessage<InvalidOption>(HasSubstr("at most 1 - up")));
}

TEST(LinearInstances, RefuseWhatCannotBe) {
  EXPECT_THAT([] { hard_linear_mdp({.dimension = 8, .horizon = 50, .episodes = 20}); },
              ThrowsMessage<InvalidOption>(HasSubstr("(d-1)^2 H / 32 = 76.5625")));
  EXPECT_THAT([] { linear_mixture({.states = 3, .successors = 4}); },
              ThrowsMessage<InvalidOption>(HasSubstr("at most the number of states, 3")));
  EXPECT_THAT([] { linear_mdp({.concentration = 0}); }, ThrowsMessage<InvalidOption>(HasSubstr("concentration")));
}

}  // namespace
}  // namespace bellwether::mdp
