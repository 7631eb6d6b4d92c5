#include "bandits/contextual/exp4_policies.h"

#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"
#include "core/errors.h"

namespace bellwether::bandits {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// Losses of policies by hand, from what they took and how likely the arm was when it was played.
TEST(Exp4Policies, WeighsPoliciesByTheirEstimatedLosses) {
  const auto bandit =
      find_family("contextual-arms")->make({{"logistic", "true"}, {"arms", "4"}, {"dimension", "3"}}).bandit;
  const int rounds = 200, policies = 7;
  Exp4Policies agent(bandit->world(rounds), {.policies = policies}, Stream(2));
  const auto game = bandit->start(rounds, Stream(3));
  const double eta = std::sqrt(2 * std::log(7.0) / (4.0 * rounds));
  std::vector<double> losses(policies);
  for (int t = 1; t <= rounds; ++t) {
    const int arm = agent.choose(game->next());
    std::vector<double> expected(4);
    double sum = 0;
    for (std::size_t p = 0; p < losses.size(); ++p) {
      expected[static_cast<std::size_t>(agent.taken()[p])] += std::exp(-eta * losses[p]);
      sum += std::exp(-eta * losses[p]);
    }
    for (std::size_t a = 0; a < 4; ++a) ASSERT_NEAR(agent.probabilities()[a], expected[a] / sum, 1e-12) << t;
    ASSERT_GT(agent.probabilities()[static_cast<std::size_t>(arm)], 0);
    const double reward = game->play(arm).reward;
    for (std::size_t p = 0; p < losses.size(); ++p)
      if (agent.taken()[p] == arm) losses[p] += (1 - reward) / agent.probabilities()[static_cast<std::size_t>(arm)];
    agent.learn({.round = t, .arm = arm, .reward = reward});
  }
  EXPECT_GT(*std::ranges::max_element(losses) - *std::ranges::min_element(losses), 10) << "nothing was told apart";
}

TEST(Exp4Policies, RefusesUnboundedRewardsAndLateFeedback) {
  const auto refused = [](const World& world) { return [&] { make_exp4_policies(world, {}, Stream(1)); }; };
  const World normal = find_family("contextual-arms")->make().bandit->world(10);
  EXPECT_THAT(refused(normal), ThrowsMessage<InvalidOption>(HasSubstr("exp4-policies needs rewards in a bounded")));
  const World late{.arms = 2, .rounds = 10, .largest_delay = 3};
  EXPECT_THAT(refused(late), ThrowsMessage<InvalidOption>(HasSubstr("3 rounds late")));
}

}  // namespace
}  // namespace bellwether::bandits
