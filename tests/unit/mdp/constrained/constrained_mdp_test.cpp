#include "mdp/constrained/constrained_mdp.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/constrained/instances.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

using ::testing::ElementsAre;
using ::testing::StrEq;
using ::testing::ThrowsMessage;

TabularMdp two_costs() {
  TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("fuel", 2.0).cost("wear", 3.0);
  builder.add_choice(0, 0.0, {{0, 1.0}}).cost("fuel", 4.0).cost("wear", 5.0);
  return std::move(builder).build();
}

TEST(ConstrainedMdp, PairsLimitsWithCostColumns) {
  const ConstrainedMdp model(two_costs(), std::vector<double>{7, 8});
  ASSERT_EQ(model.num_budgets(), 2);
  EXPECT_EQ(model.budgets()[1], (Budget{"wear", 8}));
  EXPECT_THAT(model.cost(0), ElementsAre(2, 4));
  EXPECT_THAT(model.cost(1), ElementsAre(3, 5));
}

TEST(ConstrainedMdp, TakesASelectionInItsOrder) {
  const ConstrainedMdp model(two_costs(), std::vector<Budget>{{"wear", 1}});
  ASSERT_EQ(model.num_budgets(), 1);
  EXPECT_THAT(model.cost(0), ElementsAre(3, 5));
  EXPECT_EQ(model.with_limits({4}).budgets()[0].limit, 4);
}

TEST(ConstrainedMdp, SaysWhatIsWrong) {
  const auto with = [](std::vector<Budget> budgets) { return ConstrainedMdp(two_costs(), std::move(budgets)); };
  EXPECT_THAT([] { ConstrainedMdp(two_costs(), std::vector<double>{7}); },
              ThrowsMessage<InvalidModel>(StrEq("ConstrainedMdp: 1 limit for 2 cost columns; one for each is needed")));
  EXPECT_THAT(
      [&] {
        with({{"feul", 1}});
      },
      ThrowsMessage<InvalidModel>(StrEq("ConstrainedMdp: no cost column is named 'feul'; there is 'fuel' and 'wear'")));
  EXPECT_THAT(
      [&] {
        with({{"wear", 1}, {"wear", 2}});
      },
      ThrowsMessage<InvalidModel>(StrEq("ConstrainedMdp: cost column 'wear' has two budgets, must have one")));
  EXPECT_THAT(
      [&] {
        with({{"wear", std::numeric_limits<double>::quiet_NaN()}});
      },
      ThrowsMessage<InvalidModel>(StrEq("ConstrainedMdp: the budget of cost column 'wear' is nan, must be finite")));
  EXPECT_THAT([&] { with({}); },
              ThrowsMessage<InvalidModel>(StrEq("ConstrainedMdp: there is no budget; at least one is needed")));
  EXPECT_THAT(
      [&] {
        with({{"wear", 1}}).with_limits({1, 2});
      },
      ThrowsMessage<InvalidModel>(StrEq("ConstrainedMdp: 2 limits for 1 budget; one for each is needed")));
  TabularMdpBuilder bare(1);
  bare.add_choice(0, 1.0, {{0, 1.0}});
  const TabularMdp model = std::move(bare).build();
  EXPECT_THAT(
      [&] {
        ConstrainedMdp(model, std::vector<Budget>{{"wear", 1}});
      },
      ThrowsMessage<InvalidModel>(StrEq("ConstrainedMdp: no cost column is named 'wear'; the model has none")));
}

TEST(WithCosts, ReplacesThemAll) {
  const TabularMdp model =
      with_costs(two_costs(), {{.name = "noise", .expected = std::vector<double>{1, 2}, .by_transition = {}}});
  ASSERT_EQ(model.data().costs.size(), 1u);
  EXPECT_EQ(model.data().costs[0].name, "noise");
  EXPECT_EQ(model.data().rewards, two_costs().data().rewards);
}

}  // namespace
}  // namespace bellwether::mdp
