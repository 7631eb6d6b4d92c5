// What every learner of bandits owes, on every bandit that it is made for.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "bandits/registry.h"
#include "bandits/trial.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

constexpr std::int64_t kRounds = 300;

/// The bandits, at their defaults, that the learner is made for; "loss-sequence" needs a file.
std::vector<NamedBandit> fitting(const Learner& learner) {
  std::vector<NamedBandit> out;
  for (const Family& family : family_table()) {
    try {
      NamedBandit made = family.make();
      (void)make_agent(*made.bandit, learner.name, {}, kRounds, Stream(0));
      out.push_back(std::move(made));
    } catch (const InvalidOption&) {
    }
  }
  return out;
}

class EveryBanditLearner : public testing::TestWithParam<std::string> {};

TEST_P(EveryBanditLearner, HasAPageAFormulaAndSomethingToPlay) {
  const Learner& learner = find_learner(GetParam());
  EXPECT_FALSE(learner.title.empty() || learner.summary.empty() || learner.index.empty());
  EXPECT_TRUE(std::filesystem::exists(fmt::format("{}/papers/{}.md", BELLWETHER_DOCS, learner.page))) << learner.page;
  EXPECT_FALSE(fitting(learner).empty());
}

TEST_P(EveryBanditLearner, GivesTheSameBitsAgainAndAtOtherCheckpoints) {
  const Learner& learner = find_learner(GetParam());
  for (const NamedBandit& made : fitting(learner)) {
    const TrialOptions often{.length = kRounds, .checkpoints = {1, 100, kRounds}};
    const Series first = play(*made.bandit, learner.name, {}, Stream(3), often);
    EXPECT_EQ(first, play(*made.bandit, learner.name, {}, Stream(3), often)) << made.bandit->content();
    const Series last = play(*made.bandit, learner.name, {}, Stream(3), {.length = kRounds, .checkpoints = {kRounds}});
    for (std::size_t m = 0; m < first.metrics.size(); ++m) {
      const double a = first.value(first.at.size() - 1, m), b = last.value(last.at.size() - 1, m);
      EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << first.metrics[m] << " of " << made.bandit->content();
    }
  }
}

TEST_P(EveryBanditLearner, LosesNothingWhereAllArmsAreAlike) {
  const Learner& learner = find_learner(GetParam());
  if (learner.kind != Kind::kArms) GTEST_SKIP() << "plays " << to_string(learner.kind);
  const NamedBandit made = find_family("bernoulli-arms")->make({{"arms", "3"}, {"gap", "0"}});
  try {
    const Series run = play(*made.bandit, learner.name, {}, Stream(9), {.length = kRounds});
    const auto regret = std::ranges::find(run.metrics, "pseudo-regret") - run.metrics.begin();
    EXPECT_EQ(run.value(run.at.size() - 1, static_cast<std::size_t>(regret)), 0);
  } catch (const InvalidOption& refused) {
    GTEST_SKIP() << refused.what();
  }
}

TEST_P(EveryBanditLearner, RefusesUnknownSettings) {
  const Learner& learner = find_learner(GetParam());
  for (const NamedBandit& made : fitting(learner)) {
    EXPECT_THROW((void)make_agent(*made.bandit, learner.name, {{"no-such-setting", "1"}}, kRounds, Stream(0)),
                 InvalidOption);
    break;
  }
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const Learner& learner : learner_table()) out.emplace_back(learner.name);
  return out;
}

std::string identifier(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, EveryBanditLearner, testing::ValuesIn(names()), identifier);

TEST(BanditTables, NamesAreUnique) {
  std::vector<std::string> learners = names(), families;
  for (const Family& family : family_table()) families.push_back(family.name);
  for (auto* all : {&learners, &families}) {
    std::ranges::sort(*all);
    EXPECT_EQ(std::ranges::adjacent_find(*all), all->end());
  }
}

}  // namespace
}  // namespace bellwether::bandits
