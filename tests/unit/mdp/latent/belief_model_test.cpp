#include "mdp/latent/belief_model.h"

#include <cmath>
#include <map>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/latent/instances.h"

namespace bellwether::mdp {
namespace {

/// P(observations o_1 .. o_n, state now | actions), by walking all state paths: no code of the belief model.
std::vector<double> by_paths(const Pomdp& pomdp, const std::vector<int>& actions, const std::vector<int>& seen) {
  const TabularMdp& model = pomdp.model();
  std::vector<double> now = model.initial();
  for (std::size_t t = 0; t < actions.size(); ++t) {
    std::vector<double> next(now.size(), 0.0);
    for (int s = 0; s < model.num_states(); ++s) {
      const std::int64_t c = model.first_choice(s) + actions[t];
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        for (const Seen& o : pomdp.seen(model.action(c), model.successors(c)[i]))
          if (o.observation == seen[t])
            next[static_cast<std::size_t>(model.successors(c)[i])] +=
                now[static_cast<std::size_t>(s)] * model.probabilities(c)[i] * o.probability;
    }
    now = next;
  }
  return now;
}

TEST(BeliefModel, UpdatesByBayesRule) {
  Stream stream(5);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Pomdp pomdp = random_pomdp(Stream(seed), {.states = 3, .actions = 2, .observations = 3});
    const BeliefModel beliefs(pomdp);
    ASSERT_EQ(beliefs.num_cells(), 1);
    std::vector<double> belief(beliefs.starts()[0].belief.begin(), beliefs.starts()[0].belief.end());
    std::vector<int> actions, seen;
    for (int t = 0; t < 5; ++t) {
      actions.push_back(static_cast<int>(stream.below(2)));
      seen.push_back(static_cast<int>(stream.below(3)));
      const auto& choice = beliefs.cell(0).choices[static_cast<std::size_t>(actions.back())];
      double total = 0;
      std::vector<double> after(3), kept;
      for (const auto& message : choice.messages) {
        advance(message, belief, after);
        total += mass(after);
        if (message.observation == seen.back()) kept = after;
      }
      EXPECT_NEAR(total, mass(belief), 1e-14) << "messages exhaust what may happen";
      belief = kept;
      const std::vector<double> expected = by_paths(pomdp, actions, seen);
      for (int s = 0; s < 3; ++s)
        EXPECT_NEAR(belief[static_cast<std::size_t>(beliefs.place_of(s))], expected[static_cast<std::size_t>(s)],
                    1e-15);
    }
  }
}

TEST(BeliefModel, LatentStatesAreCellsWithOnePlaceAContext) {
  const LatentMdp latent = random_latent(Stream(1), {.contexts = 3, .states = 4});
  const BeliefModel beliefs(latent.pomdp());
  ASSERT_EQ(beliefs.num_cells(), 4);
  EXPECT_EQ(beliefs.starts().size(), 4U);
  for (int m = 0; m < 3; ++m) {
    for (int s = 0; s < 4; ++s) {
      EXPECT_EQ(beliefs.cell(beliefs.cell_of(m * 4 + s)).size(), 3);
      EXPECT_EQ(beliefs.cell_of(m * 4 + s), beliefs.cell_of(s));
    }
  }
}

TEST(BeliefModel, AddBackIsTheAdjointOfAdvance) {
  const BeliefModel beliefs(random_pomdp(Stream(3), {.states = 4, .observations = 3}));
  Stream stream(9);
  for (const auto& choice : beliefs.cell(0).choices) {
    for (const auto& message : choice.messages) {
      std::vector<double> b(4), alpha(4), after(4), back(4, 0.0);
      for (double& x : b) x = stream.uniform();
      for (double& x : alpha) x = stream.uniform() - .5;
      advance(message, b, after);
      add_back(message, alpha, 2.0, back);
      EXPECT_NEAR(2 * dot(after, alpha), dot(b, back), 1e-14);
    }
  }
}

TEST(BeliefModel, SignTurnsRewardsRound) {
  const BeliefModel costs(tiger(), -1);
  EXPECT_EQ(costs.highest_reward(), 100);
  EXPECT_EQ(costs.lowest_reward(), -10);
  EXPECT_EQ(costs.largest_reward(), 100);
}

}  // namespace
}  // namespace bellwether::mdp
