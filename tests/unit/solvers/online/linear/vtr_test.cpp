#include "solvers/online/linear/vtr.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Cholesky>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/linear.h"
#include "solvers/online/episodic/run.h"
#include "solvers/online/linear/mixture_features.h"
#include "solvers/online/linear/radius.h"
#include "tests/unit/solvers/online/optimistic/small_world.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

mdp::NamedInstance small_mixture() {
  return mdp::linear_mixture({.states = 6, .actions = 2, .dimension = 3, .successors = 4, .horizon = 4});
}

TEST(MixtureFeatures, ExplainTheModelExactly) {
  const auto instance = small_mixture();
  const EpisodicTask task(instance.model, 4, instance.linear);
  const MixtureFeatures features(world_of(task, 1));
  Stream stream(1);
  std::vector<double> v(6), x(3);
  for (double& entry : v) entry = stream.uniform();
  const std::vector<double>& theta = instance.linear.mixture_theta.front();
  const double scale = features.parameter_bound(1);
  EXPECT_EQ(features.blocks(), 1);
  for (std::int64_t c = 0; c < 12; ++c) {
    features.expected(c, v.data(), x);
    double fitted = 0, expected = 0, length = 0;
    for (std::size_t i = 0; i < 3; ++i) fitted += x[i] * theta[i] * scale, length += x[i] * x[i];
    const auto next = instance.model.successors(c);
    for (std::size_t i = 0; i < next.size(); ++i)
      expected += instance.model.probabilities(c)[i] * v[static_cast<std::size_t>(next[i])];
    EXPECT_NEAR(fitted, expected, 1e-12);
    EXPECT_LE(std::sqrt(length), 1);
  }
}

/// Regularised least squares from a list.
struct Fit {
  Eigen::MatrixXd sigma;
  Eigen::VectorXd b;

  Fit(Eigen::Index d, double lambda) : sigma(lambda * Eigen::MatrixXd::Identity(d, d)), b(Eigen::VectorXd::Zero(d)) {}
  void add(const Eigen::VectorXd& x, double y, double weight = 1) {
    sigma += weight * x * x.transpose();
    b += weight * y * x;
  }
  double mean(const Eigen::VectorXd& x) const { return Eigen::LLT<Eigen::MatrixXd>(sigma).solve(b).dot(x); }
  double norm(const Eigen::VectorXd& x) const { return std::sqrt(x.dot(Eigen::LLT<Eigen::MatrixXd>(sigma).solve(x))); }
};

/// The two learners as they are written down, on a mixture whose features need no scaling but by `divisor`.
class NaiveVtr {
 public:
  NaiveVtr(const EpisodicWorld& world, double divisor) : world_(world), divisor_(divisor) {
    v.assign(static_cast<std::size_t>(world.horizon) + 1,
             std::vector<double>(static_cast<std::size_t>(world.num_states())));
    q.assign(static_cast<std::size_t>(world.horizon),
             std::vector<double>(static_cast<std::size_t>(world.num_choices())));
  }
  Eigen::VectorXd phi(std::int64_t c, const std::vector<double>& values, bool square = false) const {
    std::vector<double> u = values, x(static_cast<std::size_t>(world_.mixture->dimension()));
    if (square)
      for (double& y : u) y *= y;
    world_.mixture->expected(c, u, x);
    return Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size())) / divisor_;
  }
  template <class FitOf>
  void plan(FitOf fit, double radius) {
    for (int h = world_.horizon - 1; h >= 0; --h) {
      const auto stage = static_cast<std::size_t>(h);
      for (std::int64_t c = 0; c < world_.num_choices(); ++c) {
        const Eigen::VectorXd x = phi(c, v[stage + 1]);
        const double r = world_.mean_reward[static_cast<std::size_t>(c)];
        q[stage][static_cast<std::size_t>(c)] = std::clamp(r + fit(stage).mean(x) + radius * fit(stage).norm(x), 0.0,
                                                           world_.horizon - static_cast<double>(h));
      }
      for (std::size_t s = 0; s < v[stage].size(); ++s)
        v[stage][s] =
            *std::max_element(q[stage].begin() + world_.state_begin[s], q[stage].begin() + world_.state_begin[s + 1]);
    }
  }
  std::vector<std::vector<double>> v, q;

 private:
  EpisodicWorld world_;
  double divisor_;
};

std::vector<Step> drawn_episode(Stream& stream) {
  std::vector<Step> steps;
  for (int h = 0; h < 4; ++h) {
    const auto c = static_cast<std::int32_t>(stream.below(12));
    steps.push_back({c / 2, c, static_cast<std::int32_t>(stream.below(6)), 0});
  }
  return steps;
}

void expect_same(const LinearAgent& agent, const NaiveVtr& naive, int k) {
  for (int h = 0; h < 4; ++h)
    for (std::int64_t c = 0; c < 12; ++c)
      ASSERT_NEAR(agent.q(h, c), naive.q[static_cast<std::size_t>(h)][static_cast<std::size_t>(c)], 1e-8) << k;
}

TEST(UcrlVtr, KeepsTheRegressorsOfTheirTime) {
  const auto instance = small_mixture();
  const EpisodicTask task(instance.model, 4, instance.linear);
  const EpisodicWorld world = world_of(task, 400);
  const auto agent = ucrl_vtr(world, {.constant = "0.1", .lambda = 0.7, .theta_norm = 2});
  const double divisor = instance.linear.mixture->norm_bound();
  const double radius =
      0.1 * vtr_radius({.dimension = 3, .horizon = 4, .episodes = 400, .delta = 0.05}, 0.7, 2 * divisor, 1);
  NaiveVtr naive(world, divisor);
  Fit fit(3, 0.7);
  Stream stream(3);
  for (int k = 0; k < 400; ++k) {
    agent->plan(k);
    naive.plan([&](std::size_t) -> const Fit& { return fit; }, radius);
    if (k % 40 == 0 || k == 251) expect_same(*agent, naive, k);
    const auto steps = drawn_episode(stream);
    agent->learn(steps);
    for (std::size_t h = 0; h < 4; ++h)
      fit.add(naive.phi(steps[h].choice, naive.v[h + 1]), naive.v[h + 1][static_cast<std::size_t>(steps[h].next)]);
  }
}

TEST(UcrlVtrPlus, WeighsStepsAsWrittenDown) {
  const auto instance = small_mixture();
  const EpisodicTask task(instance.model, 4, instance.linear);
  const EpisodicWorld world = world_of(task, 150);
  const auto agent = ucrl_vtr_plus(world, {.constant = "0.004", .theta_norm = 1.5});
  const double divisor = instance.linear.mixture->norm_bound(), bound = 1.5 * divisor, lambda = 1 / (bound * bound);
  NaiveVtr naive(world, divisor);
  std::vector<Fit> value(4, Fit(3, lambda)), square(4, Fit(3, lambda));
  Stream stream(3);
  double least = 1e9, largest = 0;
  for (int k = 0; k < 150; ++k) {
    agent->plan(k);
    const auto radii = vtr_plus_radii({.dimension = 3, .horizon = 4, .episodes = 150, .delta = 0.05}, bound, 4, k + 1);
    naive.plan([&](std::size_t h) -> const Fit& { return value[h]; }, 0.004 * radii.value);
    if (k % 10 == 0 || k == 149) expect_same(*agent, naive, k);
    const auto steps = drawn_episode(stream);
    agent->learn(steps);
    for (std::size_t h = 0; h < 4; ++h) {
      const auto& next = naive.v[h + 1];
      const Eigen::VectorXd x = naive.phi(steps[h].choice, next), x2 = naive.phi(steps[h].choice, next, true);
      const double m = std::clamp(value[h].mean(x), 0.0, 4.0),
                   variance = std::clamp(square[h].mean(x2), 0.0, 16.0) - m * m;
      const double error = std::min(16.0, 8 * 0.004 * radii.variance * value[h].norm(x)) +
                           std::min(16.0, 0.004 * radii.square * square[h].norm(x2));
      const double sb2 = std::max(16.0 / 3, variance + error), y = next[static_cast<std::size_t>(steps[h].next)];
      least = std::min(least, sb2);
      largest = std::max(largest, sb2);
      value[h].add(x, y, 1 / sb2);
      square[h].add(x2, y * y);
    }
  }
  EXPECT_EQ(least, 16.0 / 3);
  EXPECT_GT(largest, 6);
}

TEST(UcrlVtrPlus, VariancesNeverFallBelowTheirFloor) {
  EXPECT_EQ(vtr_plus_variance(4, 8, 3, 5, 0, 0), 2) << "estimates that contradict each other";
  EXPECT_EQ(vtr_plus_variance(4, 8, 1, 5, 0.25, 0.5), 6.5);
  EXPECT_EQ(vtr_plus_variance(4, 8, -1, 99, 100, 100), 48) << "all clipped";
}

// A world that is no mixture is one of unit vectors: blocks of it are the same as one long vector.
TEST(UcrlVtr, TakesUnitVectorsBlockByBlock) {
  RandomWorld random(4, 3, true, 2);
  const std::int64_t C = random.world.num_choices();
  const int d = static_cast<int>(4 * C);
  std::vector<std::int64_t> begin{0};
  std::vector<std::int32_t> successor;
  std::vector<double> features(static_cast<std::size_t>(4 * C * d), 0.0);
  for (std::int64_t c = 0; c < C; ++c) {
    begin.push_back(begin.back() + 4);
    for (int s = 0; s < 4; ++s) {
      successor.push_back(s);
      features[static_cast<std::size_t>((4 * c + s) * d + 4 * c + s)] = 1;
    }
  }
  const mdp::MixtureBasis basis(d, 4, std::move(begin), std::move(successor), std::move(features));
  EpisodicWorld known = random.world;
  known.mixture = &basis;
  // Without a bonus: the radius of one long vector is another.
  const auto blocks = ucrl_vtr(random.world, {.constant = "0"}), whole = ucrl_vtr(known, {.constant = "0"});
  for (int k = 0; k < 60; ++k) {
    blocks->plan(k);
    whole->plan(k);
    const auto steps = random.episode();
    blocks->learn(steps);
    whole->learn(steps);
  }
  for (int h = 0; h < 3; ++h)
    for (std::int64_t c = 0; c < C; ++c) EXPECT_NEAR(blocks->q(h, c), whole->q(h, c), 1e-9);
}

TEST(UcrlVtr, PlansWhenADeterminantHasDoubled) {
  const auto instance = small_mixture();
  const EpisodicTask task(instance.model, 4, instance.linear);
  const auto plans = [&](double growth) {
    const auto agent = ucrl_vtr(world_of(task, 1000), {.constant = "0.03", .growth = growth});
    Stream stream(3);
    int changes = 0;
    double last = 0;
    for (int k = 0; k < 1000; ++k) {
      agent->plan(k);
      changes += agent->value(0, 0) != last ? 1 : 0;
      last = agent->value(0, 0);
      agent->learn(drawn_episode(stream));
    }
    return changes;
  };
  EXPECT_LE(plans(2), 3 / std::log(2.0) * std::log(1 + 1000 * 64 / 3.0) + 1);
  EXPECT_GE(plans(2), 5);
  EXPECT_GE(plans(1), 500);
}

TEST(UcrlVtr, NamesTheBadOption) {
  const SmallWorld small;
  EXPECT_THAT([&] { ucrl_vtr(small.world, {.theta_norm = 0}); }, ThrowsMessage<InvalidOption>(HasSubstr("theta_norm")));
  EXPECT_THAT([&] { ucrl_vtr_plus(small.world, {.delta = 1}); }, ThrowsMessage<InvalidOption>(HasSubstr("delta")));
}

}  // namespace
}  // namespace bellwether::online
