// Rewards and costs beside which double arithmetic ends.
#include <cmath>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/occupancy_lp.h"

namespace bellwether::solvers {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

ConstrainedProblem huge(double reward, double cost) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, 1.0, {{0, 1.0}}).cost("fuel", 1.0);
  builder.add_choice(0, reward, {{0, 1.0}}).cost("fuel", cost);
  return {.model = {std::move(builder).build(), std::vector<double>{12}}, .discount = .9};
}

// They used to end as converged, within 0, at values that are infinite.
TEST(Huge, NumbersAreRefusedByName) {
  for (const double sign : {1.0, -1.0}) {
    EXPECT_THAT([&] { occupancy_lp(huge(sign * 1e308, 1)); },
                ThrowsMessage<InvalidModel>(HasSubstr("budgets: reward '")));
    EXPECT_THAT([&] { bundle(huge(1, sign * 1e308)); },
                ThrowsMessage<InvalidModel>(HasSubstr("budgets: cost 'fuel' of (s=0, a=1) is ")));
    EXPECT_THAT([&] { dual_bisection(huge(sign * 2e149, 1)); }, ThrowsMessage<InvalidModel>(HasSubstr("1e+150")));
  }
  ConstrainedProblem stages = huge(1, 2);
  stages.criterion = Criterion::kFinite;
  stages.discount = 1;
  stages.horizon = 2;
  stages.stages = {stages.model.model(), huge(1, 1e200).model.model()};
  EXPECT_THAT([&] { bundle(stages); }, ThrowsMessage<InvalidModel>(HasSubstr("cost 'fuel' of (s=0, a=1) is 1e+200")));
}

TEST(Huge, NumbersBelowTheLimitArePlannedWith) {
  for (const auto& [reward, cost] :
       {std::pair{9e148, 2.0}, {2.0, 9e148}, {9e148, 9e148}, {9e148, 1e-140}, {-9e148, 2.0}}) {
    const ConstrainedProblem problem = huge(reward, cost);
    for (const auto& got : {occupancy_lp(problem), bundle(problem), dual_bisection(problem)}) {
      EXPECT_FALSE(std::isnan(got.expected.value)) << reward << ' ' << cost << ' ' << got.algorithm;
      const double best = reward <= 1 ? 10 : cost < 1 ? reward * 10 : 10 + (reward - 1) * 2 / (cost - 1);
      EXPECT_LE(got.optimum.lower, best * (1 + 1e-12)) << reward << ' ' << cost << ' ' << got.algorithm;
      EXPECT_GE(got.optimum.upper, best * (1 - 1e-12)) << reward << ' ' << cost << ' ' << got.algorithm;
    }
  }
}

}  // namespace
}  // namespace bellwether::solvers
