#include "mdp/latent/instances.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

/// How much of the weight still stands in state t after t of these actions, and what is earned at the end.
std::pair<std::vector<double>, double> survival(const LatentMdp& lock, const std::vector<int>& actions) {
  const int contexts = lock.num_contexts();
  std::vector<double> alive(actions.size() + 1, 0.0);
  double earned = 0;
  for (int m = 0; m < contexts; ++m) {
    int s = 0;
    for (std::size_t t = 0; t <= actions.size(); ++t) {
      if (s == static_cast<int>(t)) alive[t] += lock.weight(m);
      const std::int64_t c = lock.context(m).first_choice(s) + (t < actions.size() ? actions[t] : 0);
      earned += lock.weight(m) * lock.context(m).reward(c);
      s = lock.context(m).successors(c)[0];
    }
  }
  return {alive, earned};
}

// Enumerates all 27 sequences against several of the 27 secrets.
TEST(CombinationLock, SurvivalSaysNothingOfTheSecret) {
  for (const std::vector<int>& secret : {std::vector<int>{0, 0, 0}, {2, 1, 0}, {1, 1, 2}}) {
    const LatentMdp lock = combination_lock(3, secret);
    ASSERT_EQ(lock.num_contexts(), 4);
    for (int code = 0; code < 27; ++code) {
      const std::vector<int> actions = {code % 3, code / 3 % 3, code / 9};
      const auto [alive, earned] = survival(lock, actions);
      for (std::size_t t = 0; t < alive.size(); ++t)
        EXPECT_DOUBLE_EQ(alive[t], (4.0 - static_cast<double>(t)) / 4) << t;
      EXPECT_DOUBLE_EQ(earned, actions == secret ? .25 : 0.0);
    }
  }
  const std::vector<int> bad = {0, 3};
  EXPECT_THROW(combination_lock(3, bad), InvalidOption);
}

TEST(RandomLatent, IsDecidedByTheStreamAndKeepsTotalsBelowOne) {
  const RandomLatentShape shape{.contexts = 2, .states = 3, .actions = 2, .horizon = 4, .reward_density = .4};
  const LatentMdp a = random_latent(Stream(1), shape), b = random_latent(Stream(1), shape);
  int zeros = 0;
  for (int m = 0; m < 2; ++m) {
    EXPECT_EQ(a.context(m).data(), b.context(m).data());
    for (std::int64_t c = 0; c < 6; ++c) {
      EXPECT_LE(a.context(m).reward(c), .25);
      zeros += a.context(m).reward(c) == 0 ? 1 : 0;
    }
  }
  EXPECT_GT(zeros, 0);
  EXPECT_NE(a.context(0).data(), a.context(1).data());
}

TEST(NoisyChain, IsSharpWithPerfectEyes) {
  const Pomdp chain = noisy_chain(5, 1.0);
  for (int s = 0; s < 5; ++s) EXPECT_DOUBLE_EQ(chain.seen(0, s)[0].probability, 1) << s;
  EXPECT_EQ(chain.model().reward(chain.model().first_choice(4) + 1), 1);
}

TEST(RandomPomdp, SameEyesDoNotDependOnTheAction) {
  const Pomdp pomdp = random_pomdp(Stream(2), {.states = 3, .actions = 2, .observations = 4, .same_eyes = true});
  for (int s = 0; s < 3; ++s) {
    for (std::size_t o = 0; o < 4; ++o) {
      EXPECT_EQ(pomdp.seen(0, s)[o], pomdp.seen(1, s)[o]);
      EXPECT_EQ(pomdp.seen(0, s)[o], pomdp.seen_first(s)[o]);
    }
  }
}

}  // namespace
}  // namespace bellwether::mdp
