#include <gtest/gtest.h>

#include "proofs_checks/bounds/risk.h"

namespace bellwether::bounds {
namespace {

TEST(RiskBounds, ByHand) {
  EXPECT_DOUBLE_EQ(entropic_below_mean(.5, 4), 1);
  EXPECT_DOUBLE_EQ(spread_of_returns(3, 4, 1), 12);
  EXPECT_DOUBLE_EQ(spread_of_returns(3, 3, .5), 3 * 1.75);
  EXPECT_DOUBLE_EQ(stock_grid_gap(.1, .5, .25), .35);
  EXPECT_DOUBLE_EQ(error_of_stages(2, 5, .5, 3), .25 * 3 * 1.75);
}

}  // namespace
}  // namespace bellwether::bounds
