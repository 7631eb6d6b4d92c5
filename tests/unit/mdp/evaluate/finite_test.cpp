#include "mdp/evaluate/finite.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/unit/mdp/evaluate/dense_truth.h"

namespace bellwether::mdp {
namespace {

TEST(EvaluateFinite, EnclosesTheTruthAtEveryStage) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const Stream stream = Stream(5).child(seed);
    const int horizon = 1 + static_cast<int>(seed) * 4;
    const double discount = seed % 2 == 0 ? 1.0 : 0.9;
    std::vector<TabularMdp> stages;
    StagePolicy policy;
    for (int h = 0; h < horizon; ++h) {  // other actions and other rows in every stage
      stages.push_back(test::random_model(stream.child(static_cast<std::uint64_t>(h)), {.states = 7}));
      policy.push_back(
          truth::random_policy(stages.back(), stream.child("policy").child(static_cast<std::uint64_t>(h))));
    }
    const auto got = evaluate_finite(FiniteHorizonMdp(stages), policy, discount);
    ASSERT_EQ(got.size(), static_cast<std::size_t>(horizon) + 1);
    truth::Vector value = truth::Vector::Zero(7);
    truth::expect_encloses(got.back(), value, 0, "the end");
    for (int h = horizon - 1; h >= 0; --h) {
      const auto i = static_cast<std::size_t>(h);
      value = truth::rewards(stages[i], policy[i]) +
              static_cast<long double>(discount) * (truth::transitions(stages[i], policy[i]) * value);
      truth::expect_encloses(got[i], value, 1e-12, "seed " + std::to_string(seed) + " stage " + std::to_string(h));
    }
  }
}

TEST(EvaluateFinite, OnePolicyForAllStagesIsTheSame) {
  const TabularMdp model = test::random_model(Stream(6));
  const Policy policy = truth::random_policy(model, Stream(7));
  const auto one = evaluate_finite(PolicyChain(model, policy), 9, 0.8);
  const auto each = evaluate_finite(FiniteHorizonMdp(model, 9), StagePolicy(9, policy), 0.8);
  ASSERT_EQ(one.size(), each.size());
  for (std::size_t h = 0; h < one.size(); ++h) EXPECT_EQ(one[h].value, each[h].value) << h;
}

TEST(EvaluateFinite, ThreadsChangeNoBit) {
  const TabularMdp model = garnet({.states = 30000, .actions = 2, .successors = 5}).model;
  const PolicyChain chain(model, Policy::uniform(model));
  std::vector<Evaluation> one, two;
  {
    const ThreadCount guard(1);
    one = evaluate_finite(chain, 5);
  }
  {
    const ThreadCount guard(2);
    two = evaluate_finite(chain, 5);
  }
  EXPECT_EQ(one[0].value, two[0].value);
  EXPECT_EQ(one[0].error, two[0].error);
}

TEST(EvaluateFinite, OverflowProvesNothing) {
  const TabularMdp model = std::move(TabularMdpBuilder(3)
                                         .add_choice(0, 1e308, {{0, 1.0}})
                                         .add_choice(1, -1e308, {{1, 1.0}})
                                         .add_choice(2, 0.0, {{0, 0.5}, {1, 0.5}}))
                               .build();
  const auto got = evaluate_finite(PolicyChain(model, Policy::uniform(model)), 4);
  for (int s = 0; s < 3; ++s) EXPECT_EQ(got[0].error[s], std::numeric_limits<double>::infinity());
}

TEST(EvaluateFinite, SaysWhatDoesNotFit) {
  const TabularMdp model = std::move(TabularMdpBuilder(1).add_choice(0, 1.0, {{0, 1.0}})).build();
  const Policy policy = Policy::uniform(model);
  try {
    evaluate_finite(FiniteHorizonMdp(model, 3), StagePolicy(2, policy));
    FAIL();
  } catch (const InvalidModel& e) {
    EXPECT_STREQ(e.what(), "evaluate_finite: 2 policies for 3 stages; one a stage is needed");
  }
  try {
    evaluate_finite(PolicyChain(model, policy), 3, 1.5);
    FAIL();
  } catch (const InvalidOption& e) {
    EXPECT_STREQ(e.what(), "evaluate_finite: 'discount' is 1.5, must be between 0 and 1");
  }
  EXPECT_THROW(evaluate_finite(PolicyChain(model, policy), -1), InvalidOption);
}

}  // namespace
}  // namespace bellwether::mdp
