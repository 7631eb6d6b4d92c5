#include "mdp/graph/reachability.h"

#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/graph/induced_chain.h"

#include "random_graphs.h"

namespace bellwether::mdp {
namespace {

using ::testing::ElementsAre;

/// Calls visit(policy) for every deterministic policy.
template <class Visit>
void for_each_policy(const TabularMdp& model, Visit&& visit) {
  std::vector<std::int32_t> choice(static_cast<std::size_t>(model.num_states()), 0);
  while (true) {
    visit(Policy::deterministic(choice));
    int s = 0;
    for (; s < model.num_states(); ++s) {
      if (++choice[static_cast<std::size_t>(s)] < model.num_choices(s)) break;
      choice[static_cast<std::size_t>(s)] = 0;
    }
    if (s == model.num_states()) return;
  }
}

struct Qualitative {
  std::vector<char> positive, sure;
};

/// One chain: forward reachability, and "surely" as "nothing reachable before the target loses sight of it".
Qualitative by_search(const MarkovChain& chain, const StateSet& target) {
  const auto n = static_cast<std::size_t>(chain.num_states());
  std::vector<std::vector<char>> sees(n, std::vector<char>(n, 0));
  for (std::size_t start = 0; start < n; ++start) {
    std::vector<std::size_t> stack{start};
    sees[start][start] = 1;
    while (!stack.empty()) {
      const std::size_t s = stack.back();
      stack.pop_back();
      if (target[s]) continue;
      for (std::int64_t i = chain.row_begin[s]; i < chain.row_begin[s + 1]; ++i) {
        const auto next = static_cast<std::size_t>(chain.successor[static_cast<std::size_t>(i)]);
        if (!sees[start][next]) stack.push_back(next);
        sees[start][next] = 1;
      }
    }
  }
  Qualitative result{std::vector<char>(n, 0), std::vector<char>(n, 1)};
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t t = 0; t < n; ++t)
      if (sees[s][t] && target[t]) result.positive[s] = 1;
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t t = 0; t < n; ++t)
      if (sees[s][t] && !result.positive[t]) result.sure[s] = 0;
  return result;
}

TEST(Reachability, AgreesWithAllDeterministicPolicies) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const int n = 2 + static_cast<int>(seed % 5);
    const TabularMdp model = test::random_graph_model(n, 3, Stream(seed));
    const ReverseTransitions reverse(model);
    const std::vector<std::int32_t> goal{static_cast<std::int32_t>(seed % static_cast<std::uint64_t>(n))};
    const StateSet target = state_set(model, goal);
    const auto states = static_cast<std::size_t>(n);
    StateSet some_positive(states, 0), all_positive(states, 1), some_sure(states, 0), all_sure(states, 1);
    for_each_policy(model, [&](const Policy& policy) {
      const Qualitative one = by_search(induced_chain(model, policy), target);
      for (std::size_t s = 0; s < states; ++s) {
        some_positive[s] |= one.positive[s];
        all_positive[s] &= one.positive[s];
        some_sure[s] |= one.sure[s];
        all_sure[s] &= one.sure[s];
      }
    });
    for (char& flag : all_positive) flag = !flag;
    EXPECT_EQ(can_reach(model, reverse, target), some_positive) << "seed " << seed;
    EXPECT_EQ(can_avoid(model, reverse, target), all_positive) << "seed " << seed;
    EXPECT_EQ(can_reach_surely(model, reverse, target), some_sure) << "seed " << seed;
    EXPECT_EQ(must_reach_surely(model, reverse, target), all_sure) << "seed " << seed;
  }
}

TEST(Reachability, ApproachingChoicesReachTheTargetSurelyInsideTheRegion) {
  int proper_states = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const TabularMdp model = test::random_graph_model(12, 3, Stream(seed));
    const ReverseTransitions reverse(model);
    const std::vector<std::int32_t> goal{3};
    const StateSet target = state_set(model, goal);
    const StateSet region = can_reach_surely(model, reverse, target);
    const auto choice = approaching_choices(model, reverse, target, choices_within(model, region));
    std::vector<std::int32_t> local(12, 0);
    for (std::size_t s = 0; s < 12; ++s) {
      EXPECT_EQ(choice[s] >= 0, region[s] && !target[s]) << "seed " << seed;
      if (choice[s] >= 0) local[s] = static_cast<std::int32_t>(choice[s] - model.first_choice(static_cast<int>(s)));
    }
    const Qualitative one = by_search(induced_chain(model, Policy::deterministic(local)), target);
    for (std::size_t s = 0; s < 12; ++s) {
      if (!region[s]) continue;
      EXPECT_TRUE(one.sure[s]) << "seed " << seed << " state " << s;
      ++proper_states;
    }
  }
  EXPECT_GT(proper_states, 400);
}

TEST(Reachability, HonoursTheAllowedChoices) {
  TabularMdpBuilder builder(3);
  builder.add_choice(0, 0, {{1, 1.0}}).add_choice(0, 0, {{2, 1.0}});
  builder.add_choice(1, 0, {{1, 1.0}}).add_choice(2, 0, {{2, 1.0}});
  const TabularMdp model = std::move(builder).build();
  const ReverseTransitions reverse(model);
  const StateSet target{0, 1, 0};
  EXPECT_THAT(can_reach(model, reverse, target), ElementsAre(1, 1, 0));
  const ChoiceSet not_the_first{0, 1, 1, 1};
  EXPECT_THAT(can_reach(model, reverse, target, not_the_first), ElementsAre(0, 1, 0));
  EXPECT_THAT(can_reach_surely(model, reverse, target, not_the_first), ElementsAre(0, 1, 0));
  const ChoiceSet not_the_second{1, 0, 1, 1};
  EXPECT_THAT(must_reach_surely(model, reverse, target, not_the_second), ElementsAre(1, 1, 0));
  EXPECT_THAT(can_avoid(model, reverse, target, not_the_second), ElementsAre(0, 0, 1));
  EXPECT_THAT(choices_within(model, {1, 1, 0}), ElementsAre(1, 0, 1, 0));
}

}  // namespace
}  // namespace bellwether::mdp
