#include "solvers/linear/exact.h"

#include <cmath>

#include <Eigen/LU>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/unit/solvers/linear/support.h"

namespace bellwether::solvers {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// D and the moments of TD(lambda) against what a long play of the behaviour policy shows.
TEST(FeatureChain, MomentsAreTheMeansOfAPlay) {
  for (const double lambda : {0.0, 0.6}) {
    const PredictionTask task = drawn_task(3, true);
    const TdMoments exact = td_moments(task.chain(), lambda);
    PredictionPlay play(task, Stream(5));
    Eigen::MatrixXd a = Eigen::MatrixXd::Zero(4, 4), c = a;
    Eigen::VectorXd b = Eigen::VectorXd::Zero(4), e = b;
    constexpr int kSteps = 400'000;
    for (int t = 0; t < kSteps; ++t) {
      const FeatureStep step = play.step();
      e = step.ratio * (task.discount() * lambda * e + step.from);
      a += e * (step.from - task.discount() * step.to).transpose() / kSteps;
      b += e * step.reward / kSteps;
      c += step.from * step.from.transpose() / kSteps;
    }
    EXPECT_LT((a - exact.a).norm(), 0.03 * exact.a.norm()) << lambda;
    EXPECT_LT((b - exact.b).norm(), 0.03 * exact.b.norm()) << lambda;
    EXPECT_LT((c - exact.c).norm(), 0.03 * exact.c.norm()) << lambda;
  }
}

// With episodes: the share of time of a walk that begins anew in the middle falls linearly to both sides.
TEST(FeatureChain, EpisodesBeginAnew) {
  const PredictionTask task = task_of("random-walk", {{"states", "5"}, {"groups", "5"}});
  const FeatureChain& chain = task.chain();
  ASSERT_EQ(chain.num_states(), 7);
  for (int s = 0; s < 7; ++s) EXPECT_NEAR(chain.weight[s], (3 - std::abs(s - 3)) / 9.0, 1e-14) << s;
  EXPECT_EQ(chain.weight[0] + chain.weight[6], 0);
  PredictionPlay play(task, Stream(1));
  int last = 0;
  constexpr int kSteps = 90'000;
  for (int t = 0; t < kSteps; ++t) {
    const FeatureStep step = play.step();
    last += step.last ? 1 : 0;
    EXPECT_EQ(step.to.norm(), step.last ? 0 : 1);
    EXPECT_EQ(step.from.norm(), 1);
    EXPECT_EQ(std::abs(step.reward), step.last ? 1 : 0);
  }
  EXPECT_NEAR(last / static_cast<double>(kSteps), 1.0 / 9, 0.005);  // an episode takes nine steps
}

TEST(FeatureChain, SaysWhatIsWrong) {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, 1.0, {{1, 1.0}}).add_choice(0, 1.0, {{2, 1.0}});
  builder.add_choice(1, 1.0, {{1, 1.0}}).add_choice(2, 2.0, {{2, 1.0}}).initial({1, 0, 0});
  const mdp::TabularMdp model = std::move(builder).build();
  const mdp::FeatureMap features = mdp::one_hot(3);
  const mdp::Policy uniform = mdp::Policy::uniform(model), first = mdp::Policy::deterministic({0, 0, 0});
  const auto made = [&](const mdp::Policy& target, const mdp::Policy& behaviour, const mdp::FeatureMap& phi,
                        double discount) { return [=] { feature_chain(model, target, behaviour, phi, discount); }; };
  EXPECT_THAT(made(uniform, uniform, features, .9), ThrowsMessage<InvalidModel>(HasSubstr("2 recurrent classes")));
  EXPECT_THAT(made(uniform, first, features, .9), ThrowsMessage<InvalidModel>(HasSubstr("choice 1 of state 0")));
  EXPECT_THAT(made(first, first, mdp::one_hot(4), .9), ThrowsMessage<InvalidModel>(HasSubstr("4 rows")));
  EXPECT_THAT(made(first, first, features, 1.1), ThrowsMessage<InvalidOption>(HasSubstr("discount is 1.1")));
  mdp::TabularMdpBuilder over(1);
  over.add_choice(0, 0.0, {{0, 1.0}});
  const mdp::TabularMdp nothing = std::move(over).build();
  const mdp::Policy only = mdp::Policy::deterministic({0});
  EXPECT_THAT([&] { feature_chain(nothing, only, only, mdp::one_hot(1), .9); },
              ThrowsMessage<InvalidModel>(HasSubstr("over before it begins")));
}

TEST(Exact, TracesSumThePowersOfTheChain) {
  const FeatureChain chain = drawn_task(1, true).chain();
  const double lambda = 0.7;
  Eigen::MatrixXd left = chain.weight.asDiagonal() * chain.features, a = Eigen::MatrixXd::Zero(4, 4);
  Eigen::VectorXd b = Eigen::VectorXd::Zero(4);
  for (int k = 0; k < 300; ++k) {
    a += left.transpose() * (chain.features - chain.discount * chain.transition * chain.features);
    b += left.transpose() * chain.reward;
    left = chain.discount * lambda * chain.transition.transpose() * left;
  }
  const TdMoments moments = td_moments(chain, lambda);
  EXPECT_LT((moments.a - a).norm(), 1e-12);
  EXPECT_LT((moments.b - b).norm(), 1e-12);
}

// Traces to the end are least squares against the values; on policy and off.
TEST(Exact, LambdaOneIsRegressionOnValues) {
  for (std::int64_t seed = 0; seed < 20; ++seed) {
    for (const bool off : {false, true}) {
      const FeatureChain chain = drawn_task(seed, off).chain();
      const Eigen::VectorXd best = nearest_weights(chain, true_values(chain));
      EXPECT_LT((td_fixed_point(td_moments(chain, 1)) - best).norm(), 1e-10 * (1 + best.norm())) << seed;
    }
  }
}

// All criteria are zero where features span the values.
TEST(Exact, FeaturesThatSpanGiveTheValues) {
  const PredictionTask boyan = task_of("boyan-chain");
  for (int s = 0; s < 13; ++s) EXPECT_NEAR(boyan.values()[s], -2 * s, 1e-11);
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(boyan.fixed_point()[i], -8 * i, 1e-10);  // hats over 0, 4, 8, 12
  EXPECT_LT(projected_bellman_error(boyan.moments(), boyan.fixed_point()), 1e-18);
  EXPECT_LT(bellman_error(boyan.chain(), boyan.fixed_point()), 1e-18);
  EXPECT_LT((bellman_residual_weights(boyan.chain()) - boyan.fixed_point()).tail(3).norm(), 1e-9);
}

// The criteria by their definitions: projections of backups, and minima that no small change improves.
TEST(Exact, CriteriaAreDistancesAndTheirMinimisersMinimise) {
  for (std::int64_t seed = 0; seed < 10; ++seed) {
    const PredictionTask task = drawn_task(seed, true);
    const FeatureChain& chain = task.chain();
    Stream stream(static_cast<std::uint64_t>(seed));
    const Eigen::VectorXd w = Eigen::VectorXd::NullaryExpr(4, [&](auto) { return sample_normal(stream); });
    const Eigen::VectorXd v = chain.features * w;
    const Eigen::VectorXd backup = chain.reward + chain.discount * (chain.transition * v);
    const Eigen::VectorXd projected = chain.features * nearest_weights(chain, backup);
    EXPECT_NEAR(projected_bellman_error(task.moments(), w), std::pow(weighted_norm(chain, projected - v), 2), 1e-10);
    EXPECT_NEAR(bellman_error(chain, w), std::pow(weighted_norm(chain, backup - v), 2), 1e-10);
    EXPECT_LT(projected_bellman_error(task.moments(), task.fixed_point()), 1e-16);
    const Eigen::VectorXd least = bellman_residual_weights(chain), best = nearest_weights(chain, task.values());
    for (int i = 0; i < 4; ++i) {
      const Eigen::VectorXd step = 1e-3 * Eigen::VectorXd::Unit(4, i);
      for (const double sign : {-1.0, 1.0}) {
        EXPECT_GT(bellman_error(chain, least + sign * step), bellman_error(chain, least));
        EXPECT_GT(weighted_norm(chain, chain.features * (best + sign * step) - task.values()),
                  weighted_norm(chain, chain.features * best - task.values()));
      }
    }
  }
}

TEST(Exact, ContractionOfTraces) {
  EXPECT_DOUBLE_EQ(lambda_contraction(0.9, 0), 0.9);
  EXPECT_DOUBLE_EQ(lambda_contraction(0.9, 1), 0);
  EXPECT_DOUBLE_EQ(lambda_contraction(0.5, 0.5), 0.25 / 0.75);
}

// A = (5 - 6 g) / 2 with equal shares: steps diverge from a discount of 5/6 on.
TEST(Exact, TwoStatesDivergeAboveFiveSixths) {
  for (const char* discount : {"0.5", "0.83", "0.84", "0.99"}) {
    const PredictionTask task = task_of("tsitsiklis-van-roy", {{"discount", discount}});
    EXPECT_NEAR(stability(task.moments()), (5 - 6 * std::stod(discount)) / 2, 1e-12) << discount;
  }
}

// The star: TD doubles and doubles, the gradient methods do not, and only values matter: features have rank 7 of 8.
TEST(Exact, BairdsStarUnderExpectedUpdates) {
  const PredictionTask task = task_of("baird-star");
  EXPECT_LT(stability(task.moments()), 0);
  EXPECT_LT(projected_bellman_error(task.moments(), task.fixed_point()), 1e-20);
  TdWeights td{task.start(), Eigen::VectorXd::Zero(8)}, gtd2 = td, tdc = td;
  int left = 0;
  for (int t = 0; t < 20'000 && left == 0; ++t) {
    expected_update(TdMethod::kTd, task.moments(), 0.01, 0, td);
    if (td.w.lpNorm<Eigen::Infinity>() > 1e6) left = t;
  }
  EXPECT_GT(left, 100);
  for (int t = 0; t < 100'000; ++t) {
    expected_update(TdMethod::kGtd2, task.moments(), 0.05, 0.5, gtd2);
    expected_update(TdMethod::kTdc, task.moments(), 0.05, 0.5, tdc);
  }
  EXPECT_LT(projected_bellman_error(task.moments(), gtd2.w), 1e-3);
  EXPECT_LT(projected_bellman_error(task.moments(), tdc.w), 1e-3);
}

// Features that nearly tell the values, and a fixed point that is off by a hundred.
TEST(Exact, KoltersFixedPointIsArbitrarilyBad) {
  double low = 0.01, high = 0.99;  // A changes its sign between
  const auto a = [](double share) { return task_of("kolter", {{"share", std::to_string(share)}}).moments().a(0, 0); };
  ASSERT_LT(a(high) * a(low), 0);
  for (int i = 0; i < 18; ++i) (a((low + high) / 2) * a(low) > 0 ? low : high) = (low + high) / 2;
  const PredictionTask near = task_of("kolter", {{"share", std::to_string(low)}});
  const FeatureChain& chain = near.chain();
  EXPECT_NEAR(near.values()[0], 1, 1e-12);
  EXPECT_NEAR(near.values()[1], 1.05, 1e-12);
  const Eigen::VectorXd best = nearest_weights(chain, near.values());
  EXPECT_LT(weighted_norm(chain, chain.features * best - near.values()), 1e-3);
  EXPECT_GT(weighted_norm(chain, chain.features * near.fixed_point() - near.values()), 1);
}

}  // namespace
}  // namespace bellwether::solvers
