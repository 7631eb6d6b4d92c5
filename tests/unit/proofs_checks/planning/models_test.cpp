#include "proofs_checks/planning/models.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/evaluate/discounted.h"

namespace bellwether::claims {
namespace {

using ::testing::Each;
using ::testing::Ge;
using ::testing::Le;

TEST(DiscountedCases, AreTheSameForTheSameStreamAndMoreInTheFullTier) {
  const auto fast = discounted_cases({.stream = Stream(1)}), again = discounted_cases({.stream = Stream(1)});
  ASSERT_EQ(fast.size(), again.size());
  std::set<std::string> names;
  for (std::size_t i = 0; i < fast.size(); ++i) {
    EXPECT_EQ(fast[i].model().data(), again[i].model().data());
    EXPECT_TRUE(names.insert(fast[i].name).second) << "streams are derived from names: " << fast[i].name;
  }
  EXPECT_NE(fast.back().model().data(), discounted_cases({.stream = Stream(2)}).back().model().data());
  EXPECT_GT(discounted_cases({.tier = Tier::kFull, .stream = Stream(1)}).size(), fast.size());
}

TEST(DrawnPolicies, FitTheirModelAndDiffer) {
  Stream stream(3);
  const mdp::TabularMdp model = drawn_garnet(30, 3, 4, stream);
  const mdp::Policy first = drawn_policy(model, stream), second = drawn_policy(model, stream);
  EXPECT_NO_THROW(first.require_fits(model));
  EXPECT_NE(first, second);
  const mdp::Policy randomised = drawn_randomised_policy(model, stream);
  EXPECT_NO_THROW(randomised.require_fits(model));
  EXPECT_FALSE(randomised.is_deterministic());
}

TEST(DrawnValues, FillTheirInterval) {
  Stream stream(4);
  const auto values = drawn_values(1000, 10, stream);
  EXPECT_THAT(values, Each(Ge(-10.0)));
  EXPECT_THAT(values, Each(Le(10.0)));
  EXPECT_GT(norm(values), 9.9);
}

TEST(Norms, AreLargestDifferences) {
  const std::vector<double> a = {1, -5, 2}, b = {2, -5, 0};
  EXPECT_EQ(norm(a), 5);
  EXPECT_EQ(distance(a, b), 2);
}

TEST(Truth, IsTheValueOfAPolicyThatNothingImproves) {
  const Case on = discounted_cases({.stream = Stream(5)}).front();
  const Truth truth(on);
  std::vector<double> backed_up(truth.value.size());
  for (int s = 0; s < on.model().num_states(); ++s) {
    double best = -1e9;
    for (std::int64_t c = on.model().first_choice(s); c < on.model().first_choice(s + 1); ++c) {
      double q = on.model().reward(c);
      for (std::size_t i = 0; i < on.model().successors(c).size(); ++i) {
        q += on.discount() * on.model().probabilities(c)[i] *
             truth.value[static_cast<std::size_t>(on.model().successors(c)[i])];
      }
      best = std::max(best, q);
    }
    backed_up[static_cast<std::size_t>(s)] = best;
  }
  EXPECT_LE(distance(truth.value, backed_up), 1e-12);
  EXPECT_LE(truth.error, 1e-11);
}

}  // namespace
}  // namespace bellwether::claims
