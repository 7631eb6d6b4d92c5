#include <gtest/gtest.h>

#include "proofs_checks/bounds/robust.h"

namespace bellwether::bounds {
namespace {

TEST(PartialPolicyIteration, ErrorIsThatOfTheTheorem) {
  // gamma = 1/4, c = 3/2: gamma^(c - 1) = 1/2, so 2 eps / (1 - 1/2) = 4 eps.
  EXPECT_DOUBLE_EQ(partial_policy_iteration_error(1, 3, 0.5, 1.5, 0.25), 3 + 2);
  EXPECT_DOUBLE_EQ(partial_policy_iteration_error(3, 3, 0.5, 1.5, 0.25), 5.0 / 16);
}

TEST(RobustSimulationLemma, IsHalfTheDistanceTimesTheSpan) {
  EXPECT_DOUBLE_EQ(robust_simulation_lemma(0.2, 10, 0.5), 1);
  EXPECT_DOUBLE_EQ(robust_simulation_lemma(0.2, 10, 0.9), 9);
}

}  // namespace
}  // namespace bellwether::bounds
