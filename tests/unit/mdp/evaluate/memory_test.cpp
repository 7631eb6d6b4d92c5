#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/evaluate/finite.h"
#include "mdp/finite_memory_policy.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/unit/mdp/evaluate/dense_truth.h"

namespace bellwether::mdp {
namespace {

TEST(FiniteMemoryPolicy, AMixtureIsWorthTheMeanOfItsParts) {
  const TabularMdp model = test::random_model(Stream(11));
  const Policy a = truth::random_policy(model, Stream(12)), b = truth::random_choices(model, Stream(13));
  const PolicyChain chain(model, mixture(model, {a, b}, {0.3, 0.7}));
  ASSERT_EQ(chain.num_states(), 2 * model.num_states());
  const Evaluation got = evaluate_discounted(chain, 0.9);
  const truth::Vector mu = truth::initial(model);
  const long double mean =
      0.3L * mu.dot(truth::discounted(model, a, 0.9)) + 0.7L * mu.dot(truth::discounted(model, b, 0.9));
  EXPECT_NEAR(got.expected(chain.initial()), static_cast<double>(mean), 1e-13);
}

TEST(FiniteMemoryPolicy, StagesAreAMemoryThatCounts) {
  const TabularMdp model = test::random_model(Stream(14));
  StagePolicy stages;
  for (std::uint64_t h = 0; h < 6; ++h) stages.push_back(truth::random_policy(model, Stream(15).child(h)));
  const auto direct = evaluate_finite(FiniteHorizonMdp(model, 6), stages, 0.95);
  const auto by_memory = evaluate_finite(PolicyChain(model, staged(model, stages)), 6, 0.95);
  for (int s = 0; s < model.num_states(); ++s)
    EXPECT_NEAR(direct[0].value[s], by_memory[0].value[s], 1e-14) << s;  // node 0 comes first
}

/// Pairs (node, state) as the states of a model of their own, one choice each.
truth::Vector product_values(const TabularMdp& model, const FiniteMemoryPolicy& policy, long double discount) {
  const int states = model.num_states(), pairs = states * policy.num_nodes();
  truth::Matrix p = truth::Matrix::Zero(pairs, pairs);
  truth::Vector r = truth::Vector::Zero(pairs);
  for (int node = 0; node < policy.num_nodes(); ++node) {
    const auto k = static_cast<std::size_t>(node);
    r.segment(node * states, states) = truth::rewards(model, policy.policy[k]);
    for (int s = 0; s < states; ++s) {
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        const std::int64_t first = model.choice_begin()[static_cast<std::size_t>(c)];
        for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
          const std::int32_t next = model.successors(c)[i];
          const std::size_t place = policy.input == MemoryInput::kNextState ? static_cast<std::size_t>(next)
                                                                            : static_cast<std::size_t>(first) + i;
          p(node * states + s, policy.update[k][place] * states + next) +=
              truth::share(model, policy.policy[k], s, c) * model.probabilities(c)[i];
        }
      }
    }
  }
  return truth::solve(truth::Matrix::Identity(pairs, pairs) - discount * p, r);
}

TEST(FiniteMemoryPolicy, IsTheProductOfModelAndMemory) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Stream stream = Stream(16).child(seed);
    const TabularMdp model = test::random_model(stream, {.states = 6});
    FiniteMemoryPolicy policy;
    policy.input = seed % 2 == 0 ? MemoryInput::kNextState : MemoryInput::kTransition;
    Stream draws = stream.child("memory");
    const auto entries =
        static_cast<std::size_t>(seed % 2 == 0 ? std::int64_t{model.num_states()} : model.num_transitions());
    for (std::uint64_t node = 0; node < 3; ++node) {
      policy.policy.push_back(truth::random_policy(model, stream.child(node)));
      policy.update.emplace_back();
      for (std::size_t i = 0; i < entries; ++i)
        policy.update.back().push_back(static_cast<std::int32_t>(draws.below(3)));
    }
    truth::expect_encloses(evaluate_discounted(PolicyChain(model, policy), 0.9), product_values(model, policy, 0.9L),
                           1e-12, "seed " + std::to_string(seed));
  }
}

void expect_refused(const TabularMdp& model, const FiniteMemoryPolicy& policy, const std::string& message) {
  try {
    policy.require_fits(model);
    FAIL() << message;
  } catch (const InvalidModel& e) {
    EXPECT_EQ(e.what(), message);
  }
}

TEST(FiniteMemoryPolicy, SaysWhatDoesNotFit) {
  const TabularMdp model =
      std::move(TabularMdpBuilder(2).add_choice(0, 1.0, {{0, 0.5}, {1, 0.5}}).add_choice(1, 1.0, {{0, 1.0}})).build();
  const Policy policy = Policy::uniform(model);
  expect_refused(model, {}, "FiniteMemoryPolicy: 0 policies with 0 updates");
  expect_refused(model, {{policy}, {{0}}, {}}, "FiniteMemoryPolicy: node 0 has 1 updates for 2 states");
  expect_refused(model, {{policy}, {{0, 1}}, {}}, "FiniteMemoryPolicy: node 0 moves to node 1 on state 1, there are 1");
  expect_refused(model, {{policy}, {{0, 0, -1}}, {}, MemoryInput::kTransition},
                 "FiniteMemoryPolicy: node 0 moves to node -1 on transition 2, there are 1");
  expect_refused(model, {{policy}, {{0, 0}}, {0.5, 0.5}}, "FiniteMemoryPolicy: 2 initial probabilities for 1 nodes");
  expect_refused(model, {{policy}, {{0, 0}}, {-1}},
                 "FiniteMemoryPolicy: the initial probability of node 0 is -1, must not be negative");
  expect_refused(model, {{policy}, {{0, 0}}, {0.5}}, "FiniteMemoryPolicy: the initial probabilities sum to 0.5, not 1");
}

}  // namespace
}  // namespace bellwether::mdp
