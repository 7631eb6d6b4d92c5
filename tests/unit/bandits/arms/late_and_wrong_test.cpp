#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/corrupted.h"
#include "bandits/arms/delayed.h"
#include "bandits/arms/family.h"
#include "bandits/arms/stationary.h"
#include "bandits/run.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::shared_ptr<const Bandit> coins(std::vector<double> means) {
  std::vector<Law> laws;
  for (const double mean : means) laws.push_back({Law::Family::kBernoulli, mean});
  return std::make_shared<const StationaryBandit>(std::move(laws));
}

/// Takes turns, and writes down in which round feedback came, and which.
class Listener : public Agent {
 public:
  int choose(const Round& round) override {
    now_ = round.number;
    return static_cast<int>(round.number % 2);
  }
  void learn(const Feedback& feedback) override { heard.push_back({now_ - feedback.round, feedback}); }

  struct Heard {
    std::int64_t delay = 0;
    Feedback feedback = {};
  };
  std::vector<Heard> heard;

 private:
  std::int64_t now_ = 0;
};

TEST(Delayed, FeedbackOfARoundComesSoManyRoundsLater) {
  Listener prompt, late;
  run_rounds(*coins({0.3, 0.6}), prompt, Stream(2), {.length = 200});
  run_rounds(*delayed(coins({0.3, 0.6}), {DelayLaw::Family::kConstant, 7}), late, Stream(2), {.length = 200});
  ASSERT_EQ(late.heard.size(), 193u);
  for (std::size_t i = 0; i < late.heard.size(); ++i) {
    EXPECT_EQ(late.heard[i].delay, 7);
    EXPECT_EQ(late.heard[i].feedback.round, prompt.heard[i].feedback.round);
    EXPECT_EQ(late.heard[i].feedback.reward, prompt.heard[i].feedback.reward);
  }
}

TEST(Delayed, DrawsFromTheLawItSays) {
  using Law = DelayLaw::Family;
  const std::int64_t rounds = 40'000, mean = 6;
  for (const auto& [family, variance] : {std::pair{Law::kUniform, 14.0}, std::pair{Law::kGeometric, 42.0}}) {
    const auto bandit = delayed(coins({0.3, 0.6}), {family, mean, 300});
    const World world = bandit->world(rounds);
    EXPECT_EQ(world.largest_delay, family == Law::kUniform ? 12 : 300);
    EXPECT_EQ(world.total_delay, mean * rounds);
    Listener agent;
    run_rounds(*bandit, agent, Stream(3), {.length = rounds});
    double sum = 0, squares = 0;
    std::int64_t largest = 0;
    for (const auto& heard : agent.heard) {
      const auto d = static_cast<double>(heard.delay);
      sum += d;
      squares += d * d;
      largest = std::max(largest, heard.delay);
    }
    const double n = static_cast<double>(agent.heard.size()), average = sum / n;
    EXPECT_NEAR(average, 6, 0.15);
    EXPECT_NEAR(squares / n - average * average, variance, 0.06 * variance);
    EXPECT_LE(largest, world.largest_delay);
  }
}

TEST(Corrupted, ShowsWrongRewardsOnlyAtFirst) {
  // What is shown in the first 2000 rounds has means 1 and 0, what is true 0.3 and 0.6.
  Listener honest, fooled;
  const auto wrong = corrupted(coins({0.3, 0.6}), {2000, {1, 0}});
  const auto truth = run_rounds(*coins({0.3, 0.6}), honest, Stream(2), {.length = 3000});
  const auto run = run_rounds(*wrong, fooled, Stream(2), {.length = 3000});
  for (std::size_t i = 0; i < 3000; ++i) {
    const auto& heard = fooled.heard[i].feedback;
    if (i < 2000) {
      EXPECT_EQ(heard.reward, heard.arm == 0 ? 1 : 0);
    } else {
      EXPECT_EQ(heard.reward, honest.heard[i].feedback.reward);
    }
  }
  EXPECT_EQ(run.last.pseudo_regret, truth.last.pseudo_regret);
  EXPECT_TRUE(std::isnan(run.last.hindsight_regret));
  EXPECT_EQ(wrong->means().size(), 2u);
}

TEST(Corrupted, OrTurnsThemUpsideDown) {
  Listener honest, fooled;
  run_rounds(*coins({0.3, 0.6}), honest, Stream(2), {.length = 100});
  run_rounds(*corrupted(coins({0.3, 0.6}), {50, {}}), fooled, Stream(2), {.length = 100});
  for (std::size_t i = 0; i < 100; ++i) {
    const double truth = honest.heard[i].feedback.reward;
    EXPECT_EQ(fooled.heard[i].feedback.reward, i < 50 ? 1 - truth : truth);
  }
}

TEST(Around, RefusesWhatDoesNotFit) {
  const auto refuses = [](const std::string& family, const std::vector<Setting>& settings, const std::string& words) {
    EXPECT_THAT([&] { find_family(family)->make(settings); }, ThrowsMessage<InvalidOption>(HasSubstr(words)));
  };
  refuses("corrupted-arms", {{"shown", "0.1/0.2"}}, "2 corrupted means are shown, the base has 5 arms");
  refuses("corrupted-arms", {{"shown", "0.1/0.9/0.5/0.5/1.5"}}, "a corrupted mean is 1.5, must be in [0, 1]");
  refuses("corrupted-arms", {{"base", "arms"}, {"with", "arms=5"}}, "rewards must be bounded to be corrupted");
  refuses("corrupted-arms", {{"with", "arms=3;means"}},
          "option 'with' is 'arms=3;means': 'means' (character 8) must be");
  refuses("delayed-arms", {{"base", "nothing"}}, "there is no bandit \"nothing\"");
  refuses("delayed-arms", {{"base", "delayed-arms"}, {"with", ""}}, "is delayed already");
  refuses("delayed-arms", {{"law", "geometric"}, {"delay", "10"}, {"largest", "5"}}, "must be at least twice the mean");
  refuses("delayed-arms", {{"with", "mean=1"}}, "mean");
}

TEST(Around, KeepsTheBaseAndItsSettings) {
  const auto made =
      find_family("delayed-arms")->make({{"base", "piecewise-arms"}, {"with", "problem=smpybandits-1 against=fixed"}});
  EXPECT_EQ(made.facts.at(0).value, 4);
  Listener agent;
  const auto run = run_rounds(*made.bandit, agent, Stream(1), {.length = 300});
  EXPECT_FALSE(std::isnan(run.last.hindsight_regret));
  EXPECT_EQ(agent.heard.size(), 200u);
}

}  // namespace
}  // namespace bellwether::bandits
