#include "proofs_checks/bounds/bandits_rotting.h"

#include <gtest/gtest.h>

namespace bellwether::bounds {
namespace {

TEST(RottingBounds, RawUcbByHand) {
  // 32 / 4 * 2 * 100 * ln 100 = 7368.27, its root 85.8386; 2 (1 + pi^2 / 6) = 5.28987.
  EXPECT_NEAR(raw_ucb(2, 0.5, 1, 100, false), 85.8386 + 5.28987, 1e-3);
  EXPECT_NEAR(raw_ucb(2, 0.5, 1, 100, true), 2.414214 * 85.8386 + 5.28987, 1e-3);
  EXPECT_NEAR(raw_ucb(2, 0.5, 0, 100, false), 85.8386, 1e-3);
}

}  // namespace
}  // namespace bellwether::bounds
