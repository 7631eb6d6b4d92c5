#include "bandits/bold.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/nested_settings.h"
#include "bandits/registry.h"
#include "bandits/run.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::ThrowsMessage;

std::shared_ptr<const Bandit> late(const std::string& delay, const std::string& law = "constant") {
  return find_family("delayed-arms")->make({{"delay", delay}, {"law", law}}).bandit;
}

TEST(Bold, EachCopyPlaysAsIfAlone) {
  // With a delay of 2 always, three copies of UCB1 take turns: each begins with arm 0, then arm 1 and so on.
  const auto bandit = late("2");
  const auto agent = bold_learner().make(*bandit, bandit->world(60), {}, Stream(1));
  std::vector<int> arms;
  for (std::int64_t t = 1; t <= 15; ++t) {
    arms.push_back(agent->choose({.number = t, .arms = 5}));
    if (t > 2) agent->learn({.round = t - 2, .arm = arms[static_cast<std::size_t>(t - 3)], .reward = 0});
  }
  EXPECT_THAT(arms, ElementsAre(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4));
}

TEST(Bold, UsesNoMoreCopiesThanAreOutstanding) {
  const auto bandit = late("10");
  const auto agent = bold_learner().make(*bandit, bandit->world(60), {}, Stream(1));
  std::vector<int> arms;
  for (std::int64_t t = 1; t <= 5; ++t) {
    arms.push_back(agent->choose({.number = t, .arms = 5}));
    agent->learn({.round = t, .arm = arms.back(), .reward = 0});  // at once: one copy is enough
  }
  EXPECT_THAT(arms, ElementsAre(0, 1, 2, 3, 4));
}

TEST(Bold, CopiesCountTheirOwnRounds) {
  // Rates of Tsallis-INF fall with the round, also in what is learnt from it.
  const auto bandit = late("2");
  const World world = bandit->world(60), part = {.arms = 5, .rounds = 20};
  const Learner& base = find_learner("tsallis-inf");
  const auto agent = bold_learner().make(*bandit, world, {{"base", "tsallis-inf"}}, Stream(1));
  std::vector<std::unique_ptr<Agent>> alone;
  for (std::uint64_t i = 0; i < 3; ++i) alone.push_back(base.make(*bandit, part, {}, Stream(1).child(i)));
  std::vector<int> arms;
  for (std::int64_t t = 1; t <= 60; ++t) {
    const std::int64_t own = (t - 1) / 3 + 1;
    Agent& copy = *alone[static_cast<std::size_t>((t - 1) % 3)];
    arms.push_back(agent->choose({.number = t, .arms = 5}));
    ASSERT_EQ(arms.back(), copy.choose({.number = own, .arms = 5})) << t;
    ASSERT_TRUE(std::ranges::equal(agent->probabilities(), copy.probabilities())) << t;
    const double reward = arms.back() / 4.0;
    copy.learn({.round = own, .arm = arms.back(), .reward = reward});
    if (t > 2) {
      const int old = arms[static_cast<std::size_t>(t - 3)];
      agent->learn({.round = t - 2, .arm = old, .reward = old / 4.0});
    }
  }
}

TEST(Bold, PlaysAnyDelayAndKeepsToTheBoundOfItsCopies) {
  // d + 1 copies with at most d + 1 times the regret of one: pulls of an arm are at most those of d + 1 copies.
  for (const char* law : {"constant", "uniform", "geometric"}) {
    const double slow =
        play(*late("10", law), "bold", {}, Stream(3), {.length = 4000, .checkpoints = {4000}}).value(0, 0);
    const double prompt =
        play(*late("0", law), "bold", {}, Stream(3), {.length = 4000, .checkpoints = {4000}}).value(0, 0);
    EXPECT_GT(slow, prompt) << law;
    EXPECT_LT(slow, 0.1 * 4000) << law;
  }
}

TEST(Bold, GivesSettingsToItsBase) {
  const auto bandit = late("3");
  const auto series = [&](const std::vector<Setting>& settings) {
    return play(*bandit, "bold", settings, Stream(4), {.length = 500});
  };
  EXPECT_EQ(series({}), series({{"base", "ucb1"}, {"with", "constant=theory"}}));
  EXPECT_NE(series({}), series({{"with", "constant=0.1"}}));
  EXPECT_NE(series({}), series({{"base", "exp3"}, {"with", "eta=0.1; schedule=anytime"}}));
  EXPECT_THAT([&] { series({{"base", "bold"}}); }, ThrowsMessage<InvalidOption>(HasSubstr("base is bold")));
  EXPECT_THAT([&] { series({{"base", "exp4x"}}); }, ThrowsMessage<InvalidOption>(HasSubstr("exp4")));
  EXPECT_THAT(
      [&] {
        series({{"with", "constant"}});
      },
      ThrowsMessage<InvalidOption>(
          HasSubstr("bold: option 'with' is 'constant': 'constant' (character 1) must be name=value")));
}

TEST(NestedSettings, StandBetweenSpacesOrSemicolons) {
  EXPECT_THAT(nested_settings("x", "y", " a=1;b=2/3  c=d=e", "a=1"),
              ElementsAre(Pair("a", "1"), Pair("b", "2/3"), Pair("c", "d=e")));
}

// Phases that count feedback would count the wrong pulls.
TEST(Delays, AreRefusedByLearnersThatCountFeedback) {
  const auto late = find_family("delayed-arms")->make({{"delay", "20"}}).bandit;
  for (const char* learner : {"successive-elimination", "wtb-se", "barbar", "phased-elimination", "sequential-halving",
                              "successive-rejects", "uniform-budget", "dp-bai", "lucb", "track-and-stop", "top-two"})
    EXPECT_THROW(make_agent(*late, learner, {}, 4000, Stream(1)), InvalidOption) << learner;
  for (const char* learner : {"ucb1", "thompson", "exp3-delay", "bold"})
    EXPECT_NO_THROW(make_agent(*late, learner, {}, 4000, Stream(1))) << learner;
}

}  // namespace
}  // namespace bellwether::bandits
