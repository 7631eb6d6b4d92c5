#include "mdp/evaluate/total.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/evaluate/average.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/unit/mdp/evaluate/dense_truth.h"

namespace bellwether::mdp {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The gambler's ruin: up with probability p, down otherwise, 0 and n are the ends; each step earns 1.
TabularMdp ruin(int n, double p) {
  TabularMdpBuilder builder(n + 1);
  builder.add_choice(0, 0.0, {{0, 1.0}});
  for (int s = 1; s < n; ++s) builder.add_choice(s, 1.0, {{s - 1, 1 - p}, {s + 1, p}});
  builder.add_choice(n, 0.0, {{n, 1.0}});
  return std::move(builder).build();
}

TEST(EvaluateReach, GamblersRuinInClosedForm) {
  for (const double p : {0.5, 0.25, 0.75}) {
    const int n = 30;
    const TabularMdp model = ruin(n, p);
    const PolicyChain chain(model, Policy::uniform(model));
    const Evaluation got = evaluate_reach(chain, std::vector<std::int32_t>{n});
    const long double q = (1 - static_cast<long double>(p)) / p;
    truth::Vector truth(n + 1);
    for (int s = 0; s <= n; ++s) {
      truth[s] = p == 0.5 ? static_cast<long double>(s) / n : (1 - std::pow(q, s)) / (1 - std::pow(q, n));
    }
    truth::expect_encloses(got, truth, 1e-13, "p " + std::to_string(p));
    EXPECT_EQ(got.value[0], 0);
    EXPECT_EQ(got.error[0], 0);
    EXPECT_EQ(got.value[n], 1);
    EXPECT_EQ(got.error[n], 0);
    const auto classes = recurrent_classes(chain.chain());
    ASSERT_EQ(classes.count(), 2);
    truth::expect_encloses(absorption_probability(chain, classes, 1), truth, 1e-13, "absorption");
  }
}

TEST(EvaluateTotal, StepsOfTheGamblersRuin) {
  const int n = 20;
  const TabularMdp model = ruin(n, 0.5);
  const PolicyChain chain(model, Policy::uniform(model));
  truth::Vector truth(n + 1);
  for (int s = 0; s <= n; ++s) truth[s] = static_cast<long double>(s) * (n - s);
  truth::expect_encloses(evaluate_total(chain, {}), truth, 1e-11, "to either end");
  // With one end as target, the other still stops the rewards.
  truth::expect_encloses(evaluate_total(chain, std::vector<std::int32_t>{n}), truth, 1e-11, "to the upper end");
}

// A chain that leaves a pair of states once in 2^40 steps: I - P has lost a third of its digits, the leaky form none.
TEST(EvaluateReach, KeepsItsDigitsHoweverSlowlyAChainLeaks) {
  const double drop = 0x1p-40;
  const TabularMdp model = std::move(TabularMdpBuilder(4)
                                         .add_choice(0, 1.0, {{1, 1 - drop}, {2, drop}})
                                         .add_choice(1, 1.0, {{0, 1 - drop}, {3, drop}})
                                         .add_choice(2, 0.0, {{2, 1.0}})
                                         .add_choice(3, 0.0, {{3, 1.0}}))
                               .build();
  const PolicyChain chain(model, Policy::uniform(model));
  const Evaluation reach = evaluate_reach(chain, std::vector<std::int32_t>{2});
  const long double d = drop;
  EXPECT_NEAR(static_cast<double>(reach.value[0] - 1 / (2 - d)), 0, 1e-15);
  EXPECT_LT(reach.error[0], 1e-12);
  const Evaluation steps = evaluate_total(chain, {});
  EXPECT_NEAR(steps.value[0] * drop, 1, 1e-14);
  EXPECT_LT(steps.error[0] * drop, 1e-13);
}

TEST(EvaluateTotal, TellsInfinitiesFromSumsWithoutALimit) {
  // 0: gains for ever; 1: loses for ever; 2: +1, -1, ... ; 4: a coin between 0 and 5; 5: over; 6: 0 or 1.
  const TabularMdp model = std::move(TabularMdpBuilder(7)
                                         .add_choice(0, 1.0, {{0, 1.0}})
                                         .add_choice(1, -1e-300, {{1, 1.0}})
                                         .add_choice(2, 1.0, {{3, 1.0}})
                                         .add_choice(3, -1.0, {{2, 1.0}})
                                         .add_choice(4, -5.0, {{0, 0.5}, {5, 0.5}})
                                         .add_choice(5, 0.0, {{5, 1.0}})
                                         .add_choice(6, 0.0, {{0, 0.5}, {1, 0.5}}))
                               .build();
  const PolicyChain chain(model, Policy::uniform(model));
  const Evaluation got = evaluate_total(chain, {});
  EXPECT_EQ(got.value[0], kInfinity);
  EXPECT_EQ(got.value[1], -kInfinity);
  EXPECT_TRUE(std::isnan(got.value[2]));
  EXPECT_TRUE(std::isnan(got.value[3]));
  EXPECT_EQ(got.value[4], kInfinity);
  EXPECT_EQ(got.error[4], 0);
  EXPECT_EQ(got.value[5], 0);
  EXPECT_TRUE(std::isnan(got.value[6]));
  EXPECT_EQ(got.error[6], kInfinity);
  // Stopping the gains leaves finite values before them.
  const Evaluation stopped = evaluate_total(chain, std::vector<std::int32_t>{0, 1, 2});
  EXPECT_EQ(stopped.value[0], 0);
  EXPECT_EQ(stopped.value[4], -5);
  EXPECT_EQ(stopped.value[3], -1);
  EXPECT_EQ(stopped.value[6], 0);
}

// Three rewards that may cancel within what their doubles stand for: infinity would be a guess.
TEST(EvaluateTotal, DoesNotTakeRoundingForGains) {
  const TabularMdp model = std::move(TabularMdpBuilder(1)
                                         .add_choice(0, 1.0, {{0, 1.0}})
                                         .add_choice(0, -1.0, {{0, 1.0}})
                                         .add_choice(0, 1.332267629550192e-15, {{0, 1.0}}))
                               .build();
  const Evaluation got = evaluate_total(PolicyChain(model, Policy::randomised({.25, .25, .5})), {});
  EXPECT_TRUE(std::isnan(got.value[0]));
  EXPECT_EQ(got.error[0], kInfinity);
}

TEST(EvaluateTotal, RandomModelsAgainstDenseElimination) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Stream stream = Stream(8).child(seed);
    const TabularMdp model = test::random_model(stream, {.states = 9});
    const Policy policy = truth::random_policy(model, stream.child("policy"));
    const PolicyChain chain(model, policy);
    const Evaluation reach = evaluate_reach(chain, std::vector<std::int32_t>{4});
    if (reach.value.minCoeff() < 1) continue;  // the target is not sure to be entered from everywhere
    truth::Matrix p = truth::transitions(model, policy);
    truth::Vector r = truth::rewards(model, policy);
    p.row(4).setZero();
    r[4] = 0;
    truth::expect_encloses(evaluate_total(chain, std::vector<std::int32_t>{4}),
                           truth::solve(truth::Matrix::Identity(9, 9) - p, r), 1e-9, "seed " + std::to_string(seed));
  }
}

TEST(EvaluateReach, SaysWhichTargetDoesNotExist) {
  const TabularMdp model = ruin(3, 0.5);
  try {
    evaluate_reach(PolicyChain(model, Policy::uniform(model)), std::vector<std::int32_t>{1, 4});
    FAIL();
  } catch (const InvalidModel& e) {
    EXPECT_STREQ(e.what(), "target state 4 is out of range, the model has 4 states");
  }
}

}  // namespace
}  // namespace bellwether::mdp
