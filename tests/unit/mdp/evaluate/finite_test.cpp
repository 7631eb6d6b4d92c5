#include "mdp/evaluate/finite.h"

#include <cmath>
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

// One part in ten thousand, added up ten thousand times: 9.4e-14 are lost, in any order.
TEST(EvaluateFinite, LongRowsRound) {
  constexpr int kLong = 10'000;
  TabularMdpBuilder builder(kLong + 1);
  std::vector<Entry> row;
  for (int j = 1; j <= kLong; ++j) row.push_back({j, 1e-4});
  builder.add_choice(0, 0.0, row);
  for (int j = 1; j <= kLong; ++j) builder.add_choice(j, 1.0, {{j, 1.0}});
  const TabularMdp model = std::move(builder).build();
  const auto got = evaluate_finite(PolicyChain(model, Policy::uniform(model)), 2);
  EXPECT_GT(std::abs(got[0].value[0] - 1), 9e-14);
  EXPECT_LE(std::abs(got[0].value[0] - 1), got[0].error[0]);
  EXPECT_LE(got[0].error[0], 2e-12);
}

// A row may miss one by 2^-50, and stands for one that does not.
TEST(EvaluateFinite, RowsStandForThoseThatAddUpToOne) {
  const TabularMdp model = std::move(TabularMdpBuilder(1).add_choice(0, 1.0, {{0, 1 - 0x1p-50}})).build();
  ASSERT_EQ(model.probabilities(0)[0], 1 - 0x1p-50);
  const auto got = evaluate_finite(PolicyChain(model, Policy::uniform(model)), 200);
  EXPECT_LE(std::abs(got[0].value[0] - 200), got[0].error[0]);
  EXPECT_LE(got[0].error[0], 1e-10);
}

// Rewards of 1e16 cancel, and what their last digit may be off by is all that the stages before see; that row, too, may
// stand for one that passes on more of it than is stored.
TEST(EvaluateFinite, ErrorsAreCarriedThroughValuesOfZero) {
  const TabularMdp model = std::move(TabularMdpBuilder(4)
                                         .add_choice(0, 0.0, {{1, 1 - 0x1p-50}})
                                         .add_choice(1, 0.0, {{2, 0.5}, {3, 0.5}})
                                         .add_choice(2, 1e16, {{2, 1.0}})
                                         .add_choice(3, -1e16, {{3, 1.0}}))
                               .build();
  const auto got = evaluate_finite(PolicyChain(model, Policy::uniform(model)), 3);
  EXPECT_EQ(got[0].value[0], 0);
  EXPECT_GE(got[1].error[1], 1);  // the doubles next to 1e16 are two away
  EXPECT_GE(got[0].error[0], got[1].error[1]);
  EXPECT_LE(got[0].error[0], 100);
}

// Numbers too small to show in a sum: entries of a row for one successor, and weights of a policy. A thousand of them
// are worth what the sum is then off by.
TEST(EvaluateFinite, MergedEntriesAndWeightsRound) {
  constexpr int kLost = 1000;
  const double lost = 0.99 * 0x1p-54;
  const long double all = kLost * static_cast<long double>(lost);
  TabularMdpBuilder twins(3);
  std::vector<Entry> row{{1, 0.5}};
  for (int k = 0; k < kLost; ++k) row.push_back({1, lost});
  row.push_back({2, static_cast<double>(0.5L - all)});
  twins.add_choice(0, 0.0, row).add_choice(1, 1.0, {{1, 1.0}}).add_choice(2, 0.0, {{2, 1.0}});
  constexpr int kElsewhere = 32;  // states, so that neither the row nor what is merged in it is long
  TabularMdpBuilder choices(2 + kElsewhere);
  choices.add_choice(0, 0.0, {{1, 1.0}});
  std::vector<double> weights{static_cast<double>(1 - all)};
  for (int k = 0; k < kLost; ++k) {
    choices.add_choice(0, 0.0, {{2 + k % kElsewhere, 1.0}});
    weights.push_back(lost);
  }
  for (int s = 1; s < 2 + kElsewhere; ++s) choices.add_choice(s, s == 1 ? 1.0 : 0.0, {{s, 1.0}});
  weights.resize(weights.size() + 1 + kElsewhere, 1.0);
  const auto expect_covered = [](const TabularMdp& model, const Policy& policy, long double truth) {
    const auto got = evaluate_finite(PolicyChain(model, policy), 2);
    EXPECT_GT(std::abs(got[0].value[0] - truth), 5e-14);
    EXPECT_LE(std::abs(got[0].value[0] - truth), got[0].error[0]);
    EXPECT_LE(got[0].error[0], 1e-12);
  };
  const TabularMdp merging = std::move(twins).build();
  expect_covered(merging, Policy::uniform(merging), 0.5L + all);
  expect_covered(std::move(choices).build(), Policy::randomised(weights), 1 - all);
}

TEST(EvaluateFinite, UnderflowIsNotExact) {
  for (const double p : {1e-5, 1e-14, 1e-200}) {
    const TabularMdp model = std::move(TabularMdpBuilder(3)
                                           .add_choice(0, 0.0, {{1, p}, {2, 1 - p}})
                                           .add_choice(1, 3e-310, {{1, 1.0}})
                                           .add_choice(2, 0.0, {{2, 1.0}}))
                                 .build();
    const auto got = evaluate_finite(PolicyChain(model, Policy::uniform(model)), 2);
    const long double truth = 3e-310 * (p / (p + (1 - p) * 1.0L));
    EXPECT_LE(std::abs(got[0].value[0] - truth), got[0].error[0]) << p;
    EXPECT_LE(got[0].error[0], 1e-312);
    EXPECT_EQ(got[0].error[2], 0);
    // Neither is what a value of zero may be off by.
    const TabularMdp fair = std::move(TabularMdpBuilder(5)
                                          .add_choice(0, 0.0, {{1, p}, {4, 1 - p}})
                                          .add_choice(1, 0.0, {{2, 0.5}, {3, 0.5}})
                                          .add_choice(2, 3e-310, {{4, 1.0}})
                                          .add_choice(3, -3e-310, {{4, 1.0}})
                                          .add_choice(4, 0.0, {{4, 1.0}}))
                                .build();
    EXPECT_GT(evaluate_finite(PolicyChain(fair, Policy::uniform(fair)), 3)[0].error[0], 0);
    // A policy that hardly ever earns, too.
    const TabularMdp coin =
        std::move(TabularMdpBuilder(1).add_choice(0, 3e-310, {{0, 1.0}}).add_choice(0, 0.0, {{0, 1.0}})).build();
    const Evaluation step = PolicyChain(coin, Policy::randomised({p, 1 - p})).step_values();
    EXPECT_LE(std::abs(step.value[0] - truth), step.error[0]) << p;
  }
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

TEST(EvaluateFinite, AsksAtEveryStage) {
  const TabularMdp model = test::random_model(Stream(8), {.states = 5});
  const FiniteHorizonMdp task(model, 20);
  const StagePolicy policy(20, truth::random_policy(model, Stream(9)));
  for (const int most : {1, 7, 21}) {
    int asked = 0;
    const auto got = evaluate_finite(task, policy, 1, {}, [&] { return ++asked < most; });
    EXPECT_EQ(asked, std::min(most, 20));
    EXPECT_EQ(got.size(), most > 20 ? 21U : 0U);
  }
}

}  // namespace
}  // namespace bellwether::mdp
