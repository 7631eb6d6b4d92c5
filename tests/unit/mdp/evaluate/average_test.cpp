#include "mdp/evaluate/average.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/evaluate/gain_and_bias.h"
#include "mdp/instances/garnet.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/unit/mdp/evaluate/dense_truth.h"

namespace bellwether::mdp {
namespace {

/// Gain by powers of (P + I) / 2, which has the same stationary distributions: squared until nothing moves, the rows
/// kept at one (their sums drift twice as far with each squaring).
truth::Vector limit_gain(const truth::Matrix& p, const truth::Vector& r) {
  truth::Matrix power = (p + truth::Matrix::Identity(p.rows(), p.cols())) / 2;
  for (int k = 0; k < 60; ++k) {
    power = (power * power).eval();
    for (Eigen::Index s = 0; s < power.rows(); ++s) power.row(s) /= power.row(s).sum();
  }
  return power * r;
}

TEST(EvaluateAverage, EnclosesTheLimitOfPowers) {
  int several = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Stream stream = Stream(9).child(seed);
    const double scale = seed % 3 == 0 ? 1e-6 : seed % 3 == 1 ? 1.0 : 1e6;
    const TabularMdp model =
        test::random_model(stream, {.states = 8, .most_successors = seed % 2 == 0 ? 1 : 3, .reward_scale = scale});
    const Policy policy = truth::random_choices(model, stream.child("policy"));
    const PolicyChain chain(model, policy);
    const AverageEvaluation got = evaluate_average(chain);
    several += got.classes.count() > 1 ? 1 : 0;
    const truth::Matrix p = truth::transitions(model, policy);
    const truth::Vector r = truth::rewards(model, policy), gain = limit_gain(p, r);
    const std::string what = "seed " + std::to_string(seed);
    for (int s = 0; s < 8; ++s) {
      ASSERT_LE(std::abs(got.gain.value[s] - gain[s]), got.gain.error[s] + 1e-17L * scale) << what << " state " << s;
      ASSERT_LE(got.gain.error[s], 1e-12 * scale) << what;
      ASSERT_LE(got.bias.error[s], 1e-9 * scale) << what;
    }
    // gain + h = r + P h up to the errors stated, and h is 0 where each class begins.
    const truth::Vector h = got.bias.value.cast<long double>();
    const truth::Vector rest = r + p * h - h - gain;
    const truth::Vector allowed = got.bias.error.cast<long double>() + p * got.bias.error.cast<long double>() +
                                  got.gain.error.cast<long double>();
    for (int s = 0; s < 8; ++s) ASSERT_LE(std::abs(rest[s]), allowed[s] + 1e-17L * scale) << what << " state " << s;
    for (const auto& members : got.classes.members) ASSERT_EQ(got.bias.value[members.front()], 0);
    const GainAndBias fast = gain_and_bias(chain.chain());
    ASSERT_LE((fast.gain - got.gain.value).cwiseAbs().maxCoeff(), 1e-11 * scale) << what;
    ASSERT_LE((fast.bias - got.bias.value).cwiseAbs().maxCoeff(), 1e-8 * scale) << what;
  }
  EXPECT_GT(several, 5);
}

TEST(EvaluateAverage, ATwoStateChainByHand) {
  // 0 -> 1 with 1/4, 1 -> 0 with 1/2: in 0 two thirds of the time. Gain (2 * 3 + 0) / 3 = 2, h(1) - h(0) = -4.
  const TabularMdp model =
      std::move(
          TabularMdpBuilder(2).add_choice(0, 3.0, {{0, 0.75}, {1, 0.25}}).add_choice(1, 0.0, {{0, 0.5}, {1, 0.5}}))
          .build();
  const AverageEvaluation got = evaluate_average(PolicyChain(model, Policy::uniform(model)));
  EXPECT_NEAR(got.gain.value[0], 2, 1e-14);
  EXPECT_EQ(got.bias.value[0], 0);
  EXPECT_NEAR(got.bias.value[1], -4, 1e-13);
}

TEST(EvaluateAverage, LargeChainsHaveOneGain) {
  const TabularMdp model = garnet({.states = 20000, .actions = 2, .successors = 4}).model;
  const AverageEvaluation got = evaluate_average(PolicyChain(model, Policy::uniform(model)));
  ASSERT_EQ(got.classes.count(), 1);
  EXPECT_LT(got.gain.gap(), 1e-10);
  EXPECT_LT(got.bias.gap(), 1e-4);
  EXPECT_NEAR(got.gain.value[0], 0.5, 0.02);  // rewards are uniform on [0, 1]
}

// Biases that overflow in some states: nothing may be proven from the others alone.
TEST(EvaluateAverage, OverflowProvesNothing) {
  const TabularMdp model = std::move(TabularMdpBuilder(5)
                                         .add_choice(0, 0.0, {{1, .495}, {2, .495}, {4, .01}})
                                         .add_choice(1, 1e300, {{0, 1.0}, {3, 1e-30}})
                                         .add_choice(2, -1e300 * (1 - 1e-10), {{0, 1.0}, {3, 1e-30}})
                                         .add_choice(3, 0.0, {{3, 1.0}, {0, 1e-19}})
                                         .add_choice(4, 0.0, {{0, 1.0}}))
                               .build();
  const AverageEvaluation got = evaluate_average(PolicyChain(model, Policy::uniform(model)));
  EXPECT_LE(std::abs(got.gain.value[0] - 2.4749988608e289), got.gain.error[0]);
}

TEST(EvaluateAverage, ManySmallClassesCostWhatTheirSizeAsksFor) {
  const int classes = 50'000;
  TabularMdpBuilder builder(2 * classes);
  for (int k = 0; k < classes; ++k) {
    builder.add_choice(2 * k, k, {{2 * k + 1, 1.0}}).add_choice(2 * k + 1, 0.0, {{2 * k, 0.5}, {2 * k + 1, 0.5}});
  }
  const TabularMdp model = std::move(builder).build();
  const AverageEvaluation got = evaluate_average(PolicyChain(model, Policy::uniform(model)));
  ASSERT_EQ(got.classes.count(), classes);
  for (int k = 0; k < classes; k += 997) EXPECT_NEAR(got.gain.value[2 * k], k / 3.0, 1e-9);
}

TEST(PolicyChain, RefusesWhatUnderflows) {
  const TabularMdp model = std::move(TabularMdpBuilder(2)
                                         .add_choice(0, 0.0, {{0, 1.0}})
                                         .add_choice(0, 0.0, {{0, 1.0}, {1, 1e-200}})
                                         .add_choice(1, 1.0, {{1, 1.0}}))
                               .build();
  const Policy policy = Policy::randomised({1, 1e-200, 1});
  try {
    const PolicyChain chain(model, policy);
    FAIL();
  } catch (const InvalidModel& e) {
    EXPECT_STREQ(
        e.what(),
        "policy: state 0 plays choice 1 with probability 1e-200, which with a transition of probability 1e-200 "
        "is below what double arithmetic can hold");
  }
  EXPECT_THROW(induced_chain(model, policy), InvalidModel);
}

TEST(EvaluateAverage, RefusesAClassThatDoesNotExist) {
  const TabularMdp model = std::move(TabularMdpBuilder(1).add_choice(0, 1.0, {{0, 1.0}})).build();
  const PolicyChain chain(model, Policy::uniform(model));
  try {
    absorption_probability(chain, recurrent_classes(chain.chain()), 1);
    FAIL();
  } catch (const InvalidOption& e) {
    EXPECT_STREQ(e.what(), "absorption_probability: 'index' is 1, there are 1 recurrent classes");
  }
}

}  // namespace
}  // namespace bellwether::mdp
