#include "solvers/latent/relaxations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/latent/instances.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/latent/hsvi.h"

namespace bellwether::solvers {
namespace {

TEST(Relaxations, TigerSeenIsWorthTenAStep) {
  const LatentProblem problem{.model = mdp::tiger(), .discount = .95};
  const LatentSolution found = hsvi(problem, {}, {.tolerance = .5});
  EXPECT_NEAR(found.known, 200, 1e-6);
  // QMDP would listen once and then know: -1 + .95 * 200.
  EXPECT_NEAR(found.qmdp, 189, 1e-6);
  EXPECT_LT(found.informed, found.qmdp - 1);
  EXPECT_GE(found.informed, 19.37);
}

TEST(Relaxations, KnownIsTheOptimumOfTheSeenModel) {
  for (const Direction direction : {Direction::kMaximise, Direction::kMinimise}) {
    const LatentProblem problem{.model = mdp::random_pomdp(Stream(3), {.states = 5, .observations = 3}),
                                .direction = direction,
                                .discount = .9};
    const LatentSolution found = hsvi(problem, {.most_trials = 5}, {.tolerance = 1e-3});
    const Solution seen = discounted_auto(problem.seen(), {.tolerance = 1e-9});
    const std::vector<double> start = problem.model.model().initial();
    double known = 0;
    for (std::size_t s = 0; s < start.size(); ++s) known += start[s] * seen.value[static_cast<Eigen::Index>(s)];
    EXPECT_NEAR(found.known, known, 1e-6);
  }
}

}  // namespace
}  // namespace bellwether::solvers
