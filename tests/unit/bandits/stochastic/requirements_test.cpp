#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/stationary.h"
#include "bandits/registry.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

void refuses(const Law& law, const std::string& learner, const std::vector<Setting>& settings,
             const std::string& words) {
  const StationaryBandit bandit({law, law});
  EXPECT_THAT([&] { play(bandit, learner, settings, Stream(1), {.length = 10}); },
              ThrowsMessage<InvalidOption>(HasSubstr(words)))
      << learner;
}

TEST(Requirements, LearnersSayWhatTheyNeedAndWhatThereIs) {
  const Law gaussian{Law::Family::kGaussian, 0, 1}, wide{Law::Family::kUniform, 1, 1},
      student{Law::Family::kStudent, 0, 1, 3};
  refuses(gaussian, "ucb1", {}, "ucb1 needs rewards in [0, 1], those of this bandit lie in [-inf, inf]");
  refuses(wide, "ucb1", {}, "lie in [0, 2]");
  refuses(gaussian, "kl-ucb", {{"law", "bernoulli"}}, "kl-ucb needs rewards in [0, 1]");
  refuses(gaussian, "ucb-v", {}, "ucb-v needs rewards in a bounded range");
  for (const char* learner :
       {"ucb", "ucb-delta", "moss", "kl-ucb", "kl-ucb-pp", "imed", "thompson", "bayes-ucb", "successive-elimination"})
    refuses(student, learner, {}, std::string(learner) + " needs to know a sigma");
  refuses(gaussian, "uniform", {{"constant", "1"}}, "uniform has no options");
}

TEST(Requirements, EveryLearnerPlaysWhatItIsMadeFor) {
  for (const Learner& row : learner_table()) {
    if (row.protocol != Protocol::kRounds || row.page != "stochastic-bandits") continue;
    EXPECT_FALSE(row.index.empty()) << row.name;
    EXPECT_FALSE(row.title.empty()) << row.name;
    for (const Law& law : {Law{Law::Family::kBernoulli, 0.3}, Law{Law::Family::kBeta, 0.3, 4}}) {
      Law better = law;
      better.mean = 0.8;
      const Series series = play(StationaryBandit({law, better}), row.name, {}, Stream(2), {.length = 300});
      EXPECT_EQ(series.at.back(), 300) << row.name;
      EXPECT_GE(series.value(series.at.size() - 1, 0), 0) << row.name;
    }
  }
}

}  // namespace
}  // namespace bellwether::bandits
