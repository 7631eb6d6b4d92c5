#include "mdp/linear/linear_check.h"

#include <cmath>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Two states, two choices each, all of which lead to state 1 with the probabilities given.
TabularMdp two_states(const std::vector<double>& p, const std::vector<double>& r) {
  TabularMdpBuilder builder(2);
  for (std::size_t c = 0; c < 4; ++c) builder.add_choice(c < 2 ? 0 : 1, r[c], {{0, 1 - p[c]}, {1, p[c]}});
  return std::move(builder).build();
}

// One feature that is 1 everywhere: least squares are means.
TEST(LinearMdpCheck, MeasuresTheDistanceFromTheSpan) {
  const FeatureMap ones(1, std::vector<double>(4, 1.0));
  const TabularMdp model = two_states({0.1, 0.3, 0.5, 0.7}, {0, 0, 0, 2});
  const auto check = check_linear_mdp(ones, {&model, 1}, {.horizon = 1}, Stream(1));
  EXPECT_EQ(check.dimension, 1);
  EXPECT_EQ(check.rank, 1);
  EXPECT_EQ(check.feature_norm, 1);
  EXPECT_NEAR(check.reward_norm, 0.5, 1e-12);
  EXPECT_NEAR(check.measure_norm, 1, 1e-12);
  EXPECT_NEAR(check.reward_error, 1.5, 1e-12);
  EXPECT_NEAR(check.transition_error, 2 * 0.3, 1e-12);  // P(1 | .) is off by .3, P(0 | .) too
  EXPECT_NEAR(check.value_error, 1.5 / 2, 1e-12);       // one stage: Q = r
}

TEST(LinearMdpCheck, KnowsLinearModelsOfLowRank) {
  // The third coordinate is the sum of the others.
  const FeatureMap phi(3, std::vector<double>{1, 0, 1, 0, 1, 1, 0.5, 0.5, 1, 0.25, 0.75, 1});
  const TabularMdp model = two_states({0.2, 0.6, 0.4, 0.5}, {1, 0, 0.5, 0.25});
  for (const ValueHorizon& values : {ValueHorizon{.horizon = 7}, ValueHorizon{.discount = 0.95}}) {
    const auto check = check_linear_mdp(phi, {&model, 1}, values, Stream(2));
    EXPECT_EQ(check.rank, 2);
    EXPECT_LT(check.reward_error + check.transition_error + check.value_error, 1e-12);
  }
  // The worst of all stages.
  const std::vector<TabularMdp> stages{model, two_states({0.2, 0.6, 0.4, 0.4}, {1, 0, 0.5, 0.25})};
  EXPECT_GT(check_linear_mdp(phi, stages, {.horizon = 2}, Stream(2)).transition_error, 0.01);
  EXPECT_THAT([&] { check_linear_mdp(one_hot(3), stages, {}, Stream(2)); },
              ThrowsMessage<InvalidModel>(HasSubstr("features of 3 choices, the model has 4")));
}

TEST(LinearMdpCheck, ValuesOfGenericModelsAreNotLinear) {
  const FeatureMap phi(2, std::vector<double>{1, 0, 0, 1, 0.5, 0.5, 0.25, 0.75});
  const TabularMdp model = two_states({0.2, 0.6, 0.9, 0.1}, {1, 0, 0.5, 0.25});
  const auto check = check_linear_mdp(phi, {&model, 1}, {.discount = 0.9}, Stream(3));
  EXPECT_LT(check.reward_error, 1e-12);
  EXPECT_GT(check.value_error, 1e-3);
}

// Both states are kept for ever, one pays 1 and the other 0: Q = (1, 0) / (1 - g), half of which a mean leaves.
TEST(LinearMdpCheck, ValuesOfEveryDiscount) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 1, {{0, 1}});
  builder.add_choice(1, 0, {{1, 1}});
  const TabularMdp model = std::move(builder).build();
  const FeatureMap ones(1, std::vector<double>{1, 1});
  for (const double discount : {0.0, 1e-9, 0.5, 0.99, 1 - 0x1p-20, 1 - 0x1p-40})
    EXPECT_NEAR(check_linear_mdp(ones, {&model, 1}, {.discount = discount}, Stream(4)).value_error, 0.5, 1e-12)
        << discount;
}

TEST(MixtureCheck, ComparesWithTheModel) {
  const TabularMdp model = two_states({0.1, 0.3, 0.5, 0.7}, {0, 0, 0, 0});
  std::vector<double> features;
  for (const double p : {0.1, 0.3, 0.5, 0.7}) features.insert(features.end(), {1 - p, p - 0.5, p, 0.5 - p});
  LinearStructure linear{
      .mixture = std::make_shared<const MixtureBasis>(2, 2, std::vector<std::int64_t>{0, 2, 4, 6, 8},
                                                      std::vector<std::int32_t>{0, 1, 0, 1, 0, 1, 0, 1}, features),
      .mixture_theta = {{1, 0}}};
  EXPECT_LT(check_mixture(linear, {&model, 1}).transition_error, 1e-15);
  linear.mixture_theta = {{1, 0.5}};  // off by .5 |p - .5|, twice
  const auto check = check_mixture(linear, {&model, 1});
  EXPECT_NEAR(check.transition_error, 2 * 0.5 * 0.4, 1e-12);
  EXPECT_NEAR(check.theta_norm, std::sqrt(1.25), 1e-15);
  EXPECT_EQ(check.rank, 2);
  EXPECT_EQ(check.norm_bound, linear.mixture->norm_bound());
  linear.mixture_theta = {{1, 0}, {1, 0}};
  EXPECT_THAT([&] { check_mixture(linear, {&model, 1}); }, ThrowsMessage<InvalidModel>(HasSubstr("2 vectors theta")));
}

}  // namespace
}  // namespace bellwether::mdp
