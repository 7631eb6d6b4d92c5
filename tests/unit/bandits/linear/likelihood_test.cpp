#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/linear.h"
#include "bandits/linear/glm.h"
#include "bandits/run.h"
#include "core/sampling.h"

namespace bellwether::bandits {
namespace {

TEST(LikelihoodFit, FindsTheMaximum) {
  Stream stream(3);
  LikelihoodFit fit(3, Link::kLogistic, 0);
  const LinearRewards truth{.theta = {1, -0.5, 0.25}, .link = Link::kLogistic};
  std::vector<double> x(3);
  for (int i = 0; i < 20'000; ++i) {
    draw_direction(stream, x);
    fit.add(x, sample_bernoulli(stream, truth.mean(x)) ? 1 : 0, -1);
    if (i % 500 == 499) {
      fit.fit();
      EXPECT_LT(fit.gradient_norm(), 1e-8);
    }
  }
  for (Eigen::Index i = 0; i < 3; ++i) EXPECT_NEAR(fit.theta()[i], truth.theta[static_cast<std::size_t>(i)], 0.15);
}

// One feature x = 1: the maximum is where the mean is the average, theta = ln(3).
TEST(LikelihoodFit, OneDimensionByHand) {
  LikelihoodFit fit(1, Link::kLogistic, 0), keyed(1, Link::kLogistic, 0);
  for (const double y : {1.0, 1.0, 0.0, 1.0}) {
    fit.add(std::vector<double>{1}, y, -1);
    keyed.add(std::vector<double>{1}, y, 5);
  }
  EXPECT_NEAR(fit.fit()[0], std::log(3), 1e-9);
  EXPECT_NEAR(keyed.fit()[0], std::log(3), 1e-9);
}

TEST(LikelihoodFit, SeparableDataHaveAnEstimateUnderAPenalty) {
  LikelihoodFit fit(1, Link::kLogistic, 1e-6);
  for (int i = 0; i < 50; ++i) fit.add(std::vector<double>{1}, 1, -1);
  EXPECT_TRUE(std::isfinite(fit.fit()[0]));
  EXPECT_GT(fit.theta()[0], 5);
  EXPECT_LT(fit.gradient_norm(), 1e-8);
}

/// Least squares with a width alpha, from the V and b of the first rounds on.
class PlainLinUcb {
 public:
  PlainLinUcb(const World& world, const Eigen::MatrixXd& precision, const Eigen::VectorXd& target, double alpha)
      : model_(world, Ridge(precision, target)), alpha_(alpha) {}
  int choose(const Round& round) {
    model_.look(round);
    return first_largest(model_.means() + alpha_ * model_.squared_norms().sqrt());
  }
  void learn(const Feedback& feedback) { model_.learn(feedback.feature, feedback.reward); }
  const Ridge& ridge() const { return model_.ridge(); }

 private:
  LinearModel model_;
  double alpha_;
};

TEST(UcbGlm, WithTheIdentityLinkIsLinUcbToTheLastBit) {
  for (const char* family : {"subset-arms", "contextual-arms"}) {
    const auto bandit = find_family(family)->make().bandit;
    const World world = bandit->world(2000);
    UcbGlm agent(world, {.growth = 0}, Stream(5));
    const auto game = bandit->start(2000, Stream(6));
    Eigen::MatrixXd precision = Eigen::MatrixXd::Zero(world.dimension, world.dimension);
    Eigen::VectorXd target = Eigen::VectorXd::Zero(world.dimension);
    std::optional<PlainLinUcb> plain;
    for (int t = 1; t <= 2000; ++t) {
      const Round& round = game->next();
      const int arm = agent.choose(round);
      if (plain) {
        ASSERT_EQ(plain->choose(round), arm);
      }
      const Feedback feedback{.round = t, .arm = arm, .reward = game->play(arm).reward, .feature = round.feature(arm)};
      if (agent.exploring()) {
        const Eigen::Map<const Eigen::VectorXd> x(feedback.feature.data(), world.dimension);
        precision += x * x.transpose();
        target += feedback.reward * x;
      }
      if (plain) plain->learn(feedback);
      agent.learn(feedback);
      if (!plain && !agent.exploring()) plain.emplace(world, precision, target, agent.alpha());
    }
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->ridge().theta(), agent.model().ridge().theta());
  }
}

TEST(UcbGlm, ExploresUntilEveryDirectionIsSeen) {
  const LinearBandit bandit({.theta = {1, 0, 0}}, {1, 0, 0, 0, 0.5, 0});  // one coordinate is nobody's
  UcbGlm agent(bandit.world(1000), {}, Stream(5));
  const auto game = bandit.start(1000, Stream(6));
  int second = 0, first = 0;
  while (agent.exploring()) {
    const Round& round = game->next();
    const int arm = agent.choose(round);
    ++(arm == 1 ? second : first);
    agent.learn({.round = 1, .arm = arm, .reward = game->play(arm).reward, .feature = round.feature(arm)});
  }
  EXPECT_GE(first, 1);
  EXPECT_GE(second, 4);  // 4 * (1/2)^2 = 1
}

TEST(UcbGlm, WidthOfTheLogisticLink) {
  const auto bandit = find_family("circle-arms")->make({{"logistic", "true"}}).bandit;
  const UcbGlm agent(bandit->world(1000), {.delta = 0.1}, Stream(0));
  const double m = 1 / (1 + std::exp(-2)), kappa = m * (1 - m);
  EXPECT_NEAR(agent.alpha(), 0.5 / kappa * std::sqrt(1 * std::log(1 + 2 * 1000 / 2.0) + std::log(10)), 1e-12);
}

TEST(UcbGlm, LearnsLogisticRewards) {
  for (const char* family : {"circle-arms", "contextual-arms"}) {
    const auto bandit = find_family(family)->make({{"logistic", "true"}, {"length", "3"}}).bandit;
    UcbGlm agent(bandit->world(3000), {.constant = "0.02"}, Stream(1));
    const auto run = run_rounds(*bandit, agent, Stream(8), {.length = 3000, .checkpoints = {1500, 3000}});
    // Arms at random lose some 0.4 a round, 1200 in all.
    EXPECT_LT(run.rows[1].pseudo_regret, 135) << family;
    EXPECT_LT(run.rows[1].pseudo_regret - run.rows[0].pseudo_regret, run.rows[0].pseudo_regret) << family;
  }
}

}  // namespace
}  // namespace bellwether::bandits
