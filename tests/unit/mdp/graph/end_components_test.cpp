#include "mdp/graph/end_components.h"

#include <cstdint>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/graph/induced_chain.h"
#include "mdp/graph/quotient.h"

#include "random_graphs.h"

namespace bellwether::mdp {
namespace {

using ::testing::ElementsAre;

/// Is the set of states (bits), with all allowed choices that stay in it, an end component?
bool is_end_component(const TabularMdp& model, unsigned set, const ChoiceSet& allowed) {
  const auto n = static_cast<unsigned>(model.num_states());
  const auto moves = [&](unsigned s) {
    unsigned reached = 0;
    bool any = false;
    for (std::int64_t c = model.first_choice(static_cast<int>(s)); c < model.first_choice(static_cast<int>(s) + 1);
         ++c) {
      if (!allowed.empty() && !allowed[static_cast<std::size_t>(c)]) continue;
      unsigned row = 0;
      for (const std::int32_t t : model.successors(c)) row |= 1u << t;
      if ((row & ~set) != 0) continue;
      any = true;
      reached |= row;
    }
    return std::pair{any, reached};
  };
  for (unsigned s = 0; s < n; ++s) {
    if (!(set >> s & 1)) continue;
    if (!moves(s).first) return false;
    unsigned seen = 1u << s;
    for (unsigned round = 0; round < n; ++round) {
      for (unsigned t = 0; t < n; ++t)
        if (seen >> t & 1) seen |= moves(t).second;
    }
    if (seen != set) return false;
  }
  return true;
}

TEST(EndComponents, AgreeWithAllSetsOfStates) {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const int n = 1 + static_cast<int>(seed % 7);
    const TabularMdp model = test::random_graph_model(n, 3, Stream(seed));
    ChoiceSet allowed;
    if (seed % 2 == 0) {
      Stream random = Stream(seed).child(1);
      for (std::int64_t c = 0; c < model.num_choices(); ++c) allowed.push_back(random.below(4) > 0);
    }
    std::set<unsigned> all, maximal;
    for (unsigned set = 1; set < 1u << n; ++set)
      if (is_end_component(model, set, allowed)) all.insert(set);
    for (const unsigned set : all) {
      bool inside_another = false;
      for (const unsigned other : all) inside_another |= other != set && (set & other) == set;
      if (!inside_another) maximal.insert(set);
    }
    const EndComponents got = maximal_end_components(model, ReverseTransitions(model), allowed);
    std::set<unsigned> sets;
    for (int k = 0; k < got.count(); ++k) {
      unsigned set = 0;
      for (const std::int32_t s : got.members_of(k)) {
        set |= 1u << s;
        EXPECT_EQ(got.component[static_cast<std::size_t>(s)], k);
      }
      sets.insert(set);
    }
    EXPECT_EQ(sets, maximal) << "seed " << seed;
    found += got.count();
    for (int s = 0; s < n; ++s) {
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        const std::int32_t home = got.component[static_cast<std::size_t>(s)];
        bool stays = home >= 0 && (allowed.empty() || allowed[static_cast<std::size_t>(c)]);
        for (const std::int32_t t : model.successors(c)) stays &= got.component[static_cast<std::size_t>(t)] == home;
        EXPECT_EQ(got.choices[static_cast<std::size_t>(c)] != 0, stays) << "seed " << seed << " choice " << c;
      }
    }
  }
  EXPECT_GT(found, 300);
}

TEST(EndComponents, AreFastOnAMillionStates) {
  // A long cycle with one leak to a sink: the leak is cut, the cycle stays.
  const int n = 1'000'000;
  TabularMdpBuilder builder(n + 1);
  for (int s = 0; s < n; ++s) {
    builder.add_choice(s, 0, {{s + 1 < n ? s + 1 : 0, 1.0}});
    if (s == n / 2) builder.add_choice(s, 0, {{s, .5}, {n, .5}});
  }
  builder.add_choice(n, 0, {{n, 1.0}});
  const TabularMdp model = std::move(builder).build();
  const EndComponents got = maximal_end_components(model, ReverseTransitions(model));
  EXPECT_EQ(got.count(), 2);
  EXPECT_EQ(got.members_of(0).size(), static_cast<std::size_t>(n));
  EXPECT_FALSE(got.choices[static_cast<std::size_t>(n / 2 + 1)]);
}

TEST(EndComponents, ACycleWithoutChoiceDissolvesFromItsLeakInOneRound) {
  // Every state has one choice; one of them leaks, so the whole cycle goes, backwards from the leak.
  const int n = 300'000;
  TabularMdpBuilder builder(n + 1);
  for (int s = 0; s + 1 < n; ++s) builder.add_choice(s, 0, {{s + 1, 1.0}});
  builder.add_choice(n - 1, 0, {{0, .5}, {n, .5}}).add_choice(n, 0, {{n, 1.0}});
  const TabularMdp model = std::move(builder).build();
  const EndComponents got = maximal_end_components(model, ReverseTransitions(model));
  EXPECT_EQ(got.count(), 1);
  EXPECT_EQ(got.component[0], -1);
  EXPECT_EQ(got.component[static_cast<std::size_t>(n)], 0);
}

/// 0 and 1 form a component that can be left from 1 (to 2) and from 0 (to 3); 2 and 3 absorb.
TabularMdp two_exits() {
  TabularMdpBuilder builder(4);
  builder.add_choice(0, 0, {{1, 1.0}}).add_choice(0, 7, {{3, .5}, {1, .5}});
  builder.add_choice(1, 0, {{0, .5}, {1, .5}}).add_choice(1, 5, {{2, 1.0}});
  builder.add_choice(2, 1, {{2, 1.0}}).add_choice(3, 1, {{3, 1.0}});
  return std::move(builder).build();
}

TEST(Quotient, ShrinksAComponentAndKeepsItsExits) {
  const TabularMdp model = two_exits();
  const ChoiceSet inner{1, 0, 1, 0, 0, 0};
  const EndComponents parts = maximal_end_components(model, ReverseTransitions(model), inner);
  ASSERT_EQ(parts.count(), 1);
  const Quotient small = collapse(model, parts);
  EXPECT_THAT(small.state_of, ElementsAre(0, 0, 1, 2));
  EXPECT_THAT(small.source_choice, ElementsAre(1, 3, -1, 4, 5));
  EXPECT_THAT(small.model.successors(0), ElementsAre(2, 0));
  EXPECT_THAT(small.model.successors(1), ElementsAre(1));
  EXPECT_THAT(small.model.successors(2), ElementsAre(0));
  EXPECT_EQ(small.model.reward(0), 7);
  EXPECT_EQ(small.model.reward(2), 0);
}

TEST(Quotient, LiftedPoliciesWalkToTheGateOrStay) {
  const TabularMdp model = two_exits();
  const ReverseTransitions reverse(model);
  const EndComponents parts = maximal_end_components(model, reverse, {1, 0, 1, 0, 0, 0});
  const Quotient small = collapse(model, parts);
  EXPECT_THAT(lift_choices(model, reverse, parts, small, {0, 3, 4}), ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(lift_choices(model, reverse, parts, small, {1, 3, 4}), ElementsAre(0, 3, 4, 5));
  const auto stay = lift_choices(model, reverse, parts, small, {2, 3, 4});
  EXPECT_THAT(stay, ElementsAre(0, 2, 4, 5));
  EXPECT_THAT(policy_from_choices(model, stay).choices(), ElementsAre(0, 0, 0, 0));
}

TEST(Quotient, RandomPoliciesHaveTheSameAbsorptionInBothModels) {
  // Leaving through a gate: the lifted chain reaches the gate's successors, never loops inside the component.
  int left = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const TabularMdp model = test::random_graph_model(10, 3, Stream(seed));
    const ReverseTransitions reverse(model);
    const EndComponents parts = maximal_end_components(model, reverse);
    const Quotient small = collapse(model, parts);
    Stream random = Stream(seed).child(2);
    std::vector<std::int64_t> choice;
    for (int q = 0; q < small.model.num_states(); ++q) {
      choice.push_back(small.model.first_choice(q) +
                       static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(small.model.num_choices(q)))));
    }
    const Policy policy = policy_from_choices(model, lift_choices(model, reverse, parts, small, choice));
    const RecurrentClasses classes = recurrent_classes(induced_chain(model, policy));
    const RecurrentClasses small_classes =
        recurrent_classes(induced_chain(small.model, policy_from_choices(small.model, choice)));
    for (int s = 0; s < model.num_states(); ++s) {
      const auto q = static_cast<std::size_t>(small.state_of[static_cast<std::size_t>(s)]);
      if (small_classes.class_of[q] < 0) {
        EXPECT_EQ(classes.class_of[static_cast<std::size_t>(s)], -1) << "seed " << seed;
        ++left;
      }
    }
  }
  EXPECT_GT(left, 200);
}

}  // namespace
}  // namespace bellwether::mdp
