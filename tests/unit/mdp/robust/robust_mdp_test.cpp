#include "mdp/robust/robust_mdp.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TabularMdp two_states() {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, 1.0, {{0, 0.25}, {1, 0.75}}).action(3);
  builder.add_choice(0, 2.0, {{1, 1.0}}).action(5);
  builder.add_choice(1, 0.0, {{1, 1.0}}).action(3);
  return std::move(builder).build();
}

auto refuses(Ambiguity set, const char* text) {
  EXPECT_THAT([&] { RobustMdp(two_states(), set); }, ThrowsMessage<InvalidModel>(HasSubstr(text)));
}

TEST(RobustMdp, NamesWhatIsWrong) {
  refuses({.kind = SetKind::kL1, .radius = {}}, "there are 0 radii; must be 1 for all or 3, one a choice");
  refuses({.kind = SetKind::kL1, .rectangular = Rectangular::kState, .radius = {1, 2, 3}}, "or 2, one a state");
  refuses({.kind = SetKind::kL1, .radius = {0.1, -1, 0.1}}, "the radius of (s=0, a=5) is -1");
  refuses({.kind = SetKind::kL1, .rectangular = Rectangular::kState, .radius = {0, -2}}, "the radius of state 1 is -2");
  refuses({.kind = SetKind::kKl, .radius = {std::numeric_limits<double>::infinity()}}, "all rows is inf");
  refuses({.kind = SetKind::kInterval, .radius = {0.1}}, "'interval' has no radius");
  refuses({.kind = SetKind::kContamination, .radius = {1.5}}, "the radius of all rows is 1.5, must be in [0, 1]");
  refuses({.kind = SetKind::kContamination, .radius = {0, 1, 1.01}}, "(s=1, a=3) is 1.01, must be in [0, 1]");
  refuses({.kind = SetKind::kWeightedL1, .radius = {0.1}, .weight = {1, 2, 3}}, "there are 3 weights; must be 2");
  refuses({.kind = SetKind::kWeightedL1, .radius = {0.1}, .weight = {1, 0}}, "weight 1 is 0");
  refuses({.kind = SetKind::kL1, .radius = {0.1}, .weight = {1, 1}}, "weights go with weighted L1");
  refuses({.kind = SetKind::kWasserstein, .radius = {1}, .ground_cost = {GroundCost::Kind::kMatrix, {0, 1, 1}}},
          "has 3 entries, must have 2 x 2");
  refuses({.kind = SetKind::kWasserstein, .radius = {1}, .ground_cost = {GroundCost::Kind::kMatrix, {0, 1, 1, 2}}},
          "from state 1 to state 1 is 2");
  refuses({.kind = SetKind::kInterval,
           .intervals = {.lower = std::vector<double>{0.3, 0.5, 1, 1}, .upper = std::vector<double>{0.5, 1, 1, 1}}},
          "(s=0, a=3) moves to state 0 with a probability in [0.3, 0.5]");
  refuses({.kind = SetKind::kInterval, .intervals = {.lower = std::vector<double>{0}, .upper = std::vector<double>{1}}},
          "there are 1 lower and 1 upper bounds, must be 4");
  refuses({.kind = SetKind::kScenarios}, "there is no scenario");
  refuses({.kind = SetKind::kScenarios, .scenarios = {{0.5, 0.5, 1, 1}, {0.5, 0.4, 1, 1}}},
          "the row of (s=0, a=3) sums to 0.9 in scenario 1");
  refuses({.kind = SetKind::kScenarios, .rectangular = Rectangular::kState, .scenarios = {{0.5, 0.5, 1, 1}}},
          "has no budget that the choices of a state could share");
  refuses({.kind = SetKind::kScenarios, .support = Support::kAll, .scenarios = {{0.5, 0.5, 1, 1}}},
          "speaks of the listed successors only");
}

// A budget of a state is shared by its rows, each of which may be given up whole.
TEST(RobustMdp, ABudgetOfContaminationMayExceedOne) {
  const Ambiguity shared{.kind = SetKind::kContamination, .rectangular = Rectangular::kState, .radius = {1.5}};
  EXPECT_EQ(RobustMdp(two_states(), shared).radius(0), 1.5);
}

TEST(RobustMdp, RadiiAreOneForAllOrOneEach) {
  const RobustMdp same(two_states(), {.kind = SetKind::kL1, .radius = {0.5}});
  const RobustMdp each(two_states(), {.kind = SetKind::kL1, .radius = {0.1, 0.2, 0.3}});
  EXPECT_EQ(same.radius(2), 0.5);
  EXPECT_EQ(each.radius(1), 0.2);
  EXPECT_EQ(each.scaled(2).radius(2), 0.6);
  EXPECT_EQ(RobustMdp(two_states(), {.kind = SetKind::kScenarios, .scenarios = {{0, 1, 1, 1}}}).radius(1), 0);
}

TEST(RobustMdp, KnowsWhetherItsGraphIsAFact) {
  const auto with_lower = [](double lower) {
    return RobustMdp(two_states(), {.kind = SetKind::kInterval,
                                    .intervals = {.lower = std::vector<double>{lower, 0.5, 1, 1},
                                                  .upper = std::vector<double>{0.5, 0.9, 1, 1}}});
  };
  EXPECT_TRUE(with_lower(0.1).graph_is_fixed());
  EXPECT_FALSE(with_lower(0).graph_is_fixed());
  EXPECT_FALSE(RobustMdp(two_states(), {.kind = SetKind::kL1, .radius = {0}}).graph_is_fixed());
}

TEST(SetKind, NamesReadBack) {
  for (const SetKind kind :
       {SetKind::kL1, SetKind::kWeightedL1, SetKind::kTotalVariation, SetKind::kLinf, SetKind::kL2, SetKind::kKl,
        SetKind::kChiSquare, SetKind::kWasserstein, SetKind::kInterval, SetKind::kContamination, SetKind::kScenarios})
    EXPECT_EQ(set_kind(to_string(kind)), kind);
  EXPECT_FALSE(set_kind("l3"));
}

}  // namespace
}  // namespace bellwether::mdp
