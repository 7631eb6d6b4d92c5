#include "bandits/tallying/repeated_exposure.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/arms/tallying.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Mean complete policy regret over seeds, each with a good arm of its own.
double mean_regret(const std::string& family, int memory, int burn_in, std::int64_t rounds, int seeds,
                   const std::string& learner = "wtb-se") {
  double sum = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    const auto bandit =
        find_family(family)->make({{"memory", std::to_string(memory)}, {"seed", std::to_string(seed)}}).bandit;
    std::vector<Setting> settings;
    if (learner == "wtb-se") settings = {{"memory", std::to_string(burn_in)}};
    sum += play(*bandit, learner, settings, Stream(21).child(seed), {.length = rounds, .checkpoints = {rounds}})
               .value(0, 0);
  }
  return sum / seeds;
}

TEST(RepeatedExposure, PlaysMAndThenTwoToTheE) {
  // Radii far above the difference: nobody is dropped.
  RepeatedExposure agent({.arms = 2, .rounds = 1000, .sigma = 1}, {.memory = 3}, 1);
  std::vector<int> arms;
  for (int t = 1; t <= 24; ++t) {
    const int arm = agent.choose({.number = t, .arms = 2});
    arms.push_back(arm);
    agent.learn({.round = t, .arm = arm, .reward = t <= 3 || (t > 5 && t <= 8) ? 100.0 : 1.0 - arm});
  }
  const std::vector<int> expected = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(arms, expected);
  EXPECT_EQ(agent.mean(0), 1);  // what was earned on the way to full exposure is forgotten
  EXPECT_EQ(agent.mean(1), 0);
  EXPECT_EQ(agent.epoch(), 3);
}

TEST(RepeatedExposure, DropsAnArmJustBeyondTwoRadii) {
  constexpr double kSigma = .01;
  const double radius = exposure_radius(kSigma, 2, 1000, 2);
  EXPECT_DOUBLE_EQ(radius, std::sqrt(2 * 1e-4 * std::log(2 * 2 * 1000 * std::log2(1000.0)) / 2));
  for (const double share : {.999, 1.001}) {
    RepeatedExposure agent({.arms = 2, .rounds = 1000, .sigma = kSigma}, {.memory = 0}, 1);
    for (int t = 1; t <= 4; ++t) {
      const int arm = agent.choose({.number = t, .arms = 2});
      agent.learn({.round = t, .arm = arm, .reward = arm == 1 ? 2 * radius * share : 0});
    }
    EXPECT_EQ(agent.active().size(), share < 1 ? 2u : 1u);
    EXPECT_EQ(agent.choose({.number = 5, .arms = 2}), share < 1 ? 0 : 1);
  }
}

// m, M, and the regret after 1000, 4000 and 16000 rounds that an independent program found.
struct Reference {
  int memory, burn_in;
  std::vector<double> regret;
};

class TrapTable : public testing::TestWithParam<Reference> {};

TEST_P(TrapTable, RegretIsTheKnownOne) {
  const Reference& reference = GetParam();
  std::vector<double> regret;
  for (const std::int64_t rounds : {1000, 4000, 16'000})
    regret.push_back(mean_regret("tallying-trap", reference.memory, reference.burn_in, rounds, 100));
  for (std::size_t i = 0; i < regret.size(); ++i)
    EXPECT_NEAR(regret[i], reference.regret[i], .25 * reference.regret[i]);
  EXPECT_LT(regret.back(), 1.6 * regret.front());
}

INSTANTIATE_TEST_SUITE_P(Reference, TrapTable,
                         testing::Values(Reference{1, 1, {35, 40, 41}}, Reference{5, 5, {64, 73, 86}},
                                         Reference{20, 20, {175, 187, 201}}, Reference{20, 60, {392, 411, 492}}));

/// m + sqrt(4 sigma^2 ln t / N).
class PlainUpperConfidence : public Agent {
 public:
  PlainUpperConfidence(int arms, double sigma)
      : count_(static_cast<std::size_t>(arms)), sum_(count_.size()), sigma_(sigma) {}
  int choose(const Round& round) override {
    std::size_t best = 0;
    double most = -1e300;
    for (std::size_t a = 0; a < count_.size(); ++a) {
      if (count_[a] == 0) return static_cast<int>(a);
      const double index =
          sum_[a] / count_[a] + sigma_ * std::sqrt(4 * std::log(static_cast<double>(round.number)) / count_[a]);
      if (index > most) most = index, best = a;
    }
    return static_cast<int>(best);
  }
  void learn(const Feedback& feedback) override {
    count_[static_cast<std::size_t>(feedback.arm)] += 1;
    sum_[static_cast<std::size_t>(feedback.arm)] += feedback.reward;
  }

 private:
  std::vector<double> count_, sum_;
  double sigma_;
};

double upper_confidence_regret(const std::string& family, const std::string& memory, const std::string& arms,
                               std::int64_t rounds, int seeds) {
  double sum = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    const auto bandit =
        find_family(family)->make({{"memory", memory}, {"arms", arms}, {"seed", std::to_string(seed)}}).bandit;
    PlainUpperConfidence agent(bandit->world(rounds).arms, .1);
    sum += run_rounds(*bandit, agent, Stream(22).child(seed), {.length = rounds}).last.pseudo_regret;
  }
  return sum / seeds;
}

TEST(RepeatedExposure, IndicesThatForgetExposureNeverLeaveTheTrap) {
  for (const std::string memory : {"5", "20"}) {
    for (const std::int64_t rounds : {1000, 4000, 16'000})
      EXPECT_GE(upper_confidence_regret("tallying-trap", memory, "6", rounds, 20), .49 * static_cast<double>(rounds));
  }
  const double without_memory = upper_confidence_regret("tallying-trap", "1", "6", 16'000, 20);
  EXPECT_GT(without_memory, 2);
  EXPECT_LT(without_memory, 8);
}

TEST(RepeatedExposure, RegretGrowsLinearlyWithM) {
  const std::int64_t rounds = 4000;
  const double at20 = mean_regret("tallying-trap", 20, 20, rounds, 200);
  const double at40 = mean_regret("tallying-trap", 20, 40, rounds, 200);
  const double at60 = mean_regret("tallying-trap", 20, 60, rounds, 200);
  // 40 further rounds for each of 6 arms in each of 2 to 4 epochs: 5 of them cost .5 each, the good one nothing.
  const double one_epoch = 40 * 5 * .5;
  EXPECT_GT(at60 - at20, .6 * 2 * one_epoch);
  EXPECT_LT(at60 - at20, 1.4 * 4 * one_epoch);
  EXPECT_NEAR(at40 - at20, (at60 - at20) / 2, .2 * (at60 - at20));
}

TEST(RepeatedExposure, TheGoodArmIsNotDropped) {
  for (const std::string family : {"tallying-trap", "tallying-smooth"}) {
    int dropped = 0;
    constexpr int kSeeds = 500;
    for (int seed = 0; seed < kSeeds; ++seed) {
      const auto bandit = find_family(family)->make({{"memory", "5"}, {"seed", std::to_string(seed)}}).bandit;
      const int best = dynamic_cast<const TallyingBandit&>(*bandit).best();
      RepeatedExposure agent(bandit->world(2000), {.memory = 5}, 1);
      run_rounds(*bandit, agent, Stream(31).child(seed), {.length = 2000});
      dropped += std::ranges::find(agent.active(), best) == agent.active().end() ? 1 : 0;
    }
    EXPECT_LE(dropped, kSeeds / 100) << family;
  }
}

TEST(RepeatedExposure, TooShortABurnInIsBiased) {
  // m = 20, M = 5: the losses that are measured are those of arms on their way.
  const auto bandit = find_family("tallying-smooth")->make({{"memory", "20"}, {"sigma", "0"}}).bandit;
  const auto& smooth = dynamic_cast<const TallyingBandit&>(*bandit);
  const auto largest_bias = [&](std::int64_t burn_in) {
    const World world = bandit->world(10'000);
    RepeatedExposure agent({.arms = world.arms, .rounds = world.rounds, .sigma = 1}, {.memory = burn_in}, 1);
    const auto game = bandit->start(10'000, Stream(1));
    double bias = 0;
    while (agent.epoch() < 3) {
      const int arm = agent.choose(game->next());
      agent.learn({.arm = arm, .reward = game->play(arm).reward});
    }
    for (int i = 0; i < world.arms; ++i) bias = std::max(bias, std::abs(1 - agent.mean(i) - smooth.full_loss(i)));
    return bias;
  };
  EXPECT_GT(largest_bias(5), .01);
  EXPECT_LT(largest_bias(20), 1e-12);
}

TEST(RepeatedExposure, IndicesThatForgetExposureFailOnSomeSmoothArms) {
  const double ordinary = upper_confidence_regret("tallying-smooth", "1", "10", 32'000, 10);
  EXPECT_GT(upper_confidence_regret("tallying-smooth", "40", "10", 32'000, 10), 5 * ordinary);
}

TEST(RepeatedExposure, OneArmHasNothingToDrop) {
  const auto bandit = find_family("tallying-smooth")->make({{"arms", "1"}, {"weights", "1"}}).bandit;
  EXPECT_EQ(play(*bandit, "wtb-se", {}, Stream(1), {.length = 1}).value(0, 0), 0);
  EXPECT_EQ(play(*bandit, "wtb-se", {}, Stream(1), {.length = 100, .checkpoints = {100}}).value(0, 0), 0);
}

TEST(FullExposure, PaysForTheWayToFullExposureAlone) {
  EXPECT_EQ(mean_regret("tallying-trap", 5, 5, 1000, 10, "full-exposure"), 4);
  const auto ordinary = find_family("bernoulli-arms")->make().bandit;
  EXPECT_THAT([&] { play(*ordinary, "full-exposure", {}, Stream(1), {}); },
              ThrowsMessage<InvalidOption>(HasSubstr("tallying bandit")));
}

TEST(RepeatedExposure, RefusesNoiseWithoutSigma) {
  const auto heavy = find_family("arms")->make({{"law", "student"}}).bandit;
  EXPECT_THAT([&] { play(*heavy, "wtb-se", {}, Stream(1), {}); },
              ThrowsMessage<InvalidOption>(HasSubstr("finite sigma")));
}

}  // namespace
}  // namespace bellwether::bandits
