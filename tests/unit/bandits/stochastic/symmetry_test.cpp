#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bandits/arms/stationary.h"
#include "bandits/trial.h"
#include "core/statistics.h"

namespace bellwether::bandits {
namespace {

StationaryBandit arms(Law::Family family, const std::vector<double>& means, double spread = 1) {
  std::vector<Law> laws;
  for (const double mean : means) laws.push_back({family, mean, spread});
  return StationaryBandit(std::move(laws));
}

double regret(const StationaryBandit& bandit, const std::string& learner, std::int64_t seed, std::int64_t rounds) {
  return play(bandit, learner, {}, Stream(17).child(seed), {.length = rounds, .checkpoints = {rounds}}).value(0, 0);
}

const char* const kLearners[] = {"ucb1",     "ucb",       "ucb-delta",      "ucb-v",
                                 "moss",     "kl-ucb",    "kl-ucb-pp",      "imed",
                                 "thompson", "bayes-ucb", "epsilon-greedy", "explore-then-commit"};

TEST(Symmetry, EqualArmsCostNothing) {
  for (const char* learner : kLearners)
    EXPECT_EQ(regret(arms(Law::Family::kBernoulli, {0.4, 0.4, 0.4}), learner, 1, 500), 0) << learner;
}

TEST(Symmetry, TheOrderOfArmsDoesNotMatterOnAverage) {
  constexpr int kRuns = 200, kRounds = 1000;
  for (const char* learner : kLearners) {
    std::vector<double> first, last;
    for (int i = 0; i < kRuns; ++i) {
      first.push_back(regret(arms(Law::Family::kBernoulli, {0.7, 0.4, 0.5}), learner, i, kRounds));
      last.push_back(regret(arms(Law::Family::kBernoulli, {0.5, 0.4, 0.7}), learner, kRuns + i, kRounds));
    }
    EXPECT_NEAR(mean(first), mean(last), 4 * std::hypot(standard_error(first), standard_error(last)) + 0.6) << learner;
  }
}

// Ten times the rewards at ten times the sigma is the same game in another unit.
TEST(Symmetry, RegretScalesWithTheUnitOfRewards) {
  for (const char* learner :
       {"ucb", "ucb-delta", "moss", "kl-ucb", "kl-ucb-pp", "imed", "thompson", "bayes-ucb", "successive-elimination"}) {
    const double one = regret(arms(Law::Family::kGaussian, {1, 0.6, 0.2}), learner, 3, 3000);
    const double ten = regret(arms(Law::Family::kGaussian, {10, 6, 2}, 10), learner, 3, 3000);
    EXPECT_GT(one, 0) << learner;
    EXPECT_NEAR(ten, 10 * one, 1e-8 * ten) << learner;
  }
}

TEST(Symmetry, TheSameStreamGivesTheSameRun) {
  const auto bandit = arms(Law::Family::kBernoulli, {0.7, 0.4, 0.5});
  for (const char* learner : kLearners)
    EXPECT_EQ(play(bandit, learner, {}, Stream(9), {.length = 700}),
              play(bandit, learner, {}, Stream(9), {.length = 700}))
        << learner;
}

}  // namespace
}  // namespace bellwether::bandits
