#include "solvers/online/generative/vwls_mdvi.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/linear.h"
#include "mdp/instances/linear_hard.h"
#include "tests/unit/solvers/online/generative/small_tasks.h"

namespace bellwether::online {
namespace {

GenerativeTask two_state() {
  const auto made = mdp::linear_two_state({.actions = 6, .seed = 1});
  return GenerativeTask(made.model, 0.9, made.linear);
}

Eigen::MatrixXd drawn_features(Eigen::Index rows, Eigen::Index d, Stream& stream) {
  Eigen::MatrixXd phi(rows, d);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < d; ++j) phi(i, j) = stream.uniform() - 0.3;
  return phi;
}

/// By hand: weights 1/4 and 3/4 at the points 1 and 2 of a line, f = 1 and 2.
TEST(CoreSet, IsWeightedLeastSquares) {
  Eigen::MatrixXd phi(3, 1);
  phi << 1, 2, -3;
  const std::vector<double> f{1, 2, 1}, rho{0.25, 0.75, 0};
  const CoreSet core(phi, f, rho);
  EXPECT_THAT(core.choices(), testing::ElementsAre(0, 1));
  // G = .25 + .75 * 4 / 4 = 1, z = .25 q_0 + .75 * 2 q_1 / 4.
  const double z = 0.25 * 8 + 0.375 * 4;
  const Eigen::VectorXd got = core.predict(Eigen::Vector2d(8, 4));
  EXPECT_NEAR(got[0], z, 1e-12);
  EXPECT_NEAR(got[1], 2 * z, 1e-12);
  EXPECT_NEAR(got[2], -3 * z, 1e-12);
  EXPECT_NEAR(core.largest_leverage(), 9, 1e-12);
}

TEST(CoreSet, IsAnOptimalDesignWhateverTheWeights) {
  Stream stream(3);
  for (const bool weighted : {false, true}) {
    Eigen::MatrixXd phi = drawn_features(60, 5, stream);
    phi.col(4) = phi.col(0) + phi.col(1);  // rank 4
    std::vector<double> f(60, 1.0);
    if (weighted)
      for (double& x : f) x = 1 + 9 * stream.uniform();
    const CoreSet core(phi, f);
    EXPECT_EQ(core.rank(), 4);
    EXPECT_LE(core.largest_leverage(), 4 * 1.011);
    EXPECT_GE(core.largest_leverage(), 4);
    EXPECT_LE(core.choices().size(), 10U);
    // What is linear is found exactly.
    const Eigen::VectorXd truth = phi * drawn_features(5, 1, stream);
    Eigen::VectorXd targets(static_cast<Eigen::Index>(core.choices().size()));
    for (Eigen::Index i = 0; i < targets.size(); ++i) targets[i] = truth[core.choices()[static_cast<std::size_t>(i)]];
    EXPECT_LT((core.predict(targets) - truth).cwiseAbs().maxCoeff(), 1e-12);
  }
}

TEST(LeastSquaresMdvi, FollowsItsRecursion) {
  const std::vector<std::int64_t> begin{0, 2, 3};
  LeastSquaresMdvi run(begin, CoreSet(3), 0.5);
  EXPECT_THAT(run.mean_scores(), testing::ElementsAre(0, 0, 0));
  run.advance(Eigen::Vector3d(1, 2, 4));
  EXPECT_THAT(run.values(), testing::ElementsAre(2, 4));
  run.advance(Eigen::Vector3d(3, 1, 2));
  EXPECT_THAT(run.scores(), testing::ElementsAre(3.5, 2, 4));
  EXPECT_THAT(run.values(), testing::ElementsAre(3.5 - 0.5 * 2, 4 - 0.5 * 4));
  EXPECT_THAT(run.mean_scores(), testing::ElementsAre(3.5 / 1.5, 2 / 1.5, 4 / 1.5));
  EXPECT_EQ(run.iterations(), 2);
}

/// In unit vectors least squares does nothing: the same numbers as the table, from the same samples.
TEST(Mdvi, InUnitVectorsIsTheTable) {
  const mdp::TabularMdp model = mdp::garnet({.states = 8, .actions = 3, .successors = 3, .seed = 4}).model;
  const GenerativeTask table(model, 0.8);
  const GenerativeTask vectors(model, 0.8, {.features = std::make_shared<const mdp::FeatureMap>(mdp::one_hot(24))});
  for (const char* alpha : {"-1", "0"}) {
    std::vector<std::vector<double>> q;
    for (const GenerativeTask* task : {&table, &vectors}) {
      const auto agent = make("mdvi", world_of(*task, 600), {{"alpha", alpha}, {"iterations", "30"}});
      SampleSource source(task->simulator(), Stream(7));
      agent->learn(source, 600);
      agent->plan();
      EXPECT_EQ(source.drawn(), 600 * 24);
      q.push_back(copy(agent->q()));
    }
    for (std::size_t c = 0; c < 24; ++c) EXPECT_NEAR(q[0][c], q[1][c], 1e-10);
  }
}

/// alpha = 0 in a table: v <- max over actions of the sampled backup, step by step.
TEST(Mdvi, WithoutMemoryIsSampledValueIteration) {
  const GenerativeTask task = garnet_task();
  const auto world = world_of(task, 50);
  const auto agent = make("mdvi", world, {{"alpha", "0"}, {"iterations", "10"}});
  SampleSource source(task.simulator(), Stream(2)), again(task.simulator(), Stream(2));
  agent->learn(source, 50);
  agent->plan();
  std::vector<double> v(8, 0.0), q(24);
  for (int k = 0; k < 10; ++k) {
    for (std::size_t c = 0; c < 24; ++c) {
      double sum = 0;
      for (int i = 0; i < 5; ++i) sum += v[static_cast<std::size_t>(again.next(static_cast<std::int64_t>(c)))];
      q[c] = world.mean_reward[c] + 0.8 * sum / 5;
    }
    v = values_of(world, q);
  }
  for (std::size_t c = 0; c < 24; ++c) EXPECT_NEAR(agent->q()[c], q[c], 1e-12);
}

/// 12 / (1 - discount) iterations are more than an int counts, and more than there are samples: one sample each.
TEST(Mdvi, DiscountsNearOne) {
  const GenerativeTask task(switching(), 0.9);
  GenerativeWorld world = world_of(task, 20);
  world.discount = 1 - 0x1p-40;
  const auto agent = make("mdvi", world, {{"alpha", "0"}});
  SampleSource source(task.simulator(), Stream(2));
  agent->learn(source, 20);
  agent->plan();
  EXPECT_NEAR(agent->q()[2], 20 * world.mean_reward[2], 1e-6);  // stays where it pays most, 20 times
}

TEST(VwlsMdvi, SpendsItsSamplesInThreeParts) {
  const GenerativeTask task = two_state();
  const auto world = world_of(task, 100'000);
  const auto agent = make("vwls-mdvi", world);
  SampleSource source(task.simulator(), Stream(3));
  agent->learn(source, 30'000);
  agent->plan();
  const auto early = copy(agent->q());
  agent->learn(source, 70'000);
  agent->plan();
  // All but what does not divide.
  EXPECT_LE(source.drawn(), 1'200'000);
  EXPECT_GT(source.drawn(), 1'150'000);
  const std::int64_t drawn = source.drawn();
  agent->learn(source, 50'000);
  EXPECT_EQ(source.drawn(), drawn) << "all iterations were made";
  double worst = 0, before = 0;
  for (std::size_t c = 0; c < 12; ++c) {
    worst = std::max(worst, std::abs(agent->q()[c] - task.optimal_q(static_cast<std::int64_t>(c))));
    before = std::max(before, std::abs(early[c] - task.optimal_q(static_cast<std::int64_t>(c))));
  }
  EXPECT_LT(worst, 0.1);
  EXPECT_LT(before, 1) << "while the last run is young the first one answers";
}

TEST(VwlsMdvi, EstimatesVariancesWithoutBias) {
  const auto made = mdp::linear_mdp({.states = 10, .actions = 2, .dimension = 3, .seed = 5});
  const GenerativeTask task(made.model, 0.9, made.linear);
  SampleSource source(task.simulator(), Stream(4));
  std::vector<double> v(10);
  for (std::size_t s = 0; s < 10; ++s) v[s] = static_cast<double>(s * s % 7);
  const std::vector<std::int64_t> core{3, 11};
  const Eigen::VectorXd got = sampled_variances(source, core, v, 40'000);
  EXPECT_EQ(source.drawn(), 2 * 2 * 40'000);
  for (std::size_t i = 0; i < 2; ++i) {
    double mean = 0, square = 0;
    for (std::size_t k = 0; k < 10; ++k) {
      mean += made.model.probabilities(core[i])[k] * v[k];
      square += made.model.probabilities(core[i])[k] * v[k] * v[k];
    }
    EXPECT_NEAR(got[static_cast<Eigen::Index>(i)], square - mean * mean, 0.1);
  }
}

TEST(VwlsMdvi, WeightsLieBetweenTheRootOfTheHorizonAndTheHorizon) {
  EXPECT_THAT(variance_weights(std::vector<double>{-1, 0, 4, 1000}, 16), testing::ElementsAre(4, 4, 6, 16));
}

TEST(VwlsMdvi, RefusesImpossibleShares) {
  const GenerativeTask task = two_state();
  EXPECT_THAT(
      [&] {
        make("vwls-mdvi", world_of(task, 10), {{"variance", "1"}});
      },
      testing::ThrowsMessage<InvalidOption>(testing::HasSubstr("variance")));
}

}  // namespace
}  // namespace bellwether::online
