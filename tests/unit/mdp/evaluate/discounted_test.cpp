#include "mdp/evaluate/discounted.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/evaluate/finite.h"
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/unit/mdp/evaluate/dense_truth.h"

namespace bellwether::mdp {
namespace {

TEST(EvaluateDiscounted, EnclosesTheTruthForAnyDiscountAndScale) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const double scale = seed % 3 == 0 ? 1e-6 : seed % 3 == 1 ? 1.0 : 1e6;
    const Stream stream = Stream(1).child(seed);
    const TabularMdp model = test::random_model(stream, {.states = 5 + static_cast<int>(seed), .reward_scale = scale});
    const Policy policy = seed % 2 == 0 ? truth::random_policy(model, stream.child("policy"))
                                        : truth::random_choices(model, stream.child("policy"));
    for (const double discount : {0.0, 0.5, 0.95, 0.9999, 1 - 0x1p-30}) {
      const Evaluation got = evaluate_discounted(PolicyChain(model, policy), discount);
      truth::expect_encloses(got, truth::discounted(model, policy, discount),
                             1e-13 * scale / (1 - discount) + 3e-16 * scale / ((1 - discount) * (1 - discount)),
                             "seed " + std::to_string(seed) + " discount " + std::to_string(discount));
    }
  }
}

// Two states, one way: v(1) = 1 / (1 - g), v(0) = g v(1).
TEST(EvaluateDiscounted, ByHand) {
  const TabularMdp model = std::move(TabularMdpBuilder(2)
                                         .add_choice(0, 7.0, {{0, 1.0}})
                                         .add_choice(0, 0.0, {{1, 1.0}})
                                         .add_choice(1, 1.0, {{1, 1.0}}))
                               .build();
  const Evaluation got = evaluate_discounted(PolicyChain(model, Policy::deterministic({1, 0})), 0.75);
  EXPECT_DOUBLE_EQ(got.value[1], 4);
  EXPECT_DOUBLE_EQ(got.value[0], 3);
  EXPECT_DOUBLE_EQ(got.expected(model.initial()), 3);  // state 0 where nothing else is said
  EXPECT_GT(got.gap(), 0);
  EXPECT_LT(got.gap(), 1e-13);
}

TEST(EvaluateDiscounted, ReadsAnyColumnByName) {
  const TabularMdp model = std::move(TabularMdpBuilder(2)
                                         .add_choice(0, 1.0, {{1, 1.0}})
                                         .cost("fuel", 3)
                                         .cost("risk", 0.5)
                                         .add_choice(1, -2.0, {{0, 1.0}})
                                         .cost("fuel", 5)
                                         .cost("risk", 0))
                               .build();
  const PolicyChain chain(model, Policy::uniform(model));
  // From 0 the costs come as a, b, a, b, ...: (a + g b) / (1 - g^2).
  EXPECT_NEAR(evaluate_discounted(chain, 0.5, "fuel").value[0], (3 + 2.5) / 0.75, 1e-13);
  const std::vector<std::string> both{"risk", "fuel"};
  const auto several = evaluate_discounted(chain, 0.5, both);
  ASSERT_EQ(several.size(), 2U);
  EXPECT_NEAR(several[0].value[0], 0.5 / 0.75, 1e-13);
  EXPECT_NEAR(several[1].value[1], (5 + 1.5) / 0.75, 1e-13);
  try {
    evaluate_discounted(chain, 0.5, "time");
    FAIL();
  } catch (const InvalidModel& e) {
    EXPECT_STREQ(e.what(),
                 "TabularMdp: no reward or cost column is named 'time'; there is 'reward', 'fuel' and 'risk'");
  }
}

TEST(EvaluateDiscounted, RefusesADiscountOfOne) {
  const TabularMdp model = std::move(TabularMdpBuilder(1).add_choice(0, 1.0, {{0, 1.0}})).build();
  const PolicyChain chain(model, Policy::uniform(model));
  try {
    evaluate_discounted(chain, 1);
    FAIL();
  } catch (const InvalidOption& e) {
    EXPECT_STREQ(e.what(), "evaluate_discounted: 'discount' is 1, must be at least 0 and below 1");
  }
}

// A stored discount stands for any number that rounds to it, which values of 1 / (1 - discount) feel.
TEST(EvaluateDiscounted, CoversHowTheDiscountWasRounded) {
  const TabularMdp model = test::random_model(Stream(2));
  const Policy policy = truth::random_policy(model, Stream(3));
  const double discount = 1 - 0x1p-25;
  const Evaluation got = evaluate_discounted(PolicyChain(model, policy), discount);
  for (const long double half_a_place : {-0x1p-54L, 0x1p-54L})
    truth::expect_encloses(got, truth::discounted(model, policy, discount + half_a_place), 1, "rounded");
}

// Too large for the direct solvers' dense and sparse factorisations to be chosen: the iterative path, proven all the
// same, and within the tail of a long finite horizon.
TEST(EvaluateDiscounted, LargeModelsAreProvenToo) {
  const TabularMdp model = garnet({.states = 20000, .actions = 2, .successors = 4}).model;
  const PolicyChain chain(model, truth::random_policy(model, Stream(3)));
  const Evaluation got = evaluate_discounted(chain, 0.9);
  EXPECT_LT(got.gap(), 1e-12);
  const std::vector<Evaluation> finite = evaluate_finite(chain, 300, 0.9);
  const double tail = std::pow(0.9, 300) * 10;
  for (Eigen::Index s = 0; s < got.value.size(); ++s) {
    ASSERT_LE(std::abs(got.value[s] - finite[0].value[s]), got.error[s] + finite[0].error[s] + tail) << s;
  }
}

}  // namespace
}  // namespace bellwether::mdp
