#include "proofs_checks/bounds/temporal_difference.h"

#include <cmath>

#include <gtest/gtest.h>

namespace bellwether::bounds {
namespace {

TEST(TemporalDifferenceBounds, AreTheFormulas) {
  EXPECT_DOUBLE_EQ(td_error_factor(0.6, 0), 1.25);
  EXPECT_DOUBLE_EQ(td_error_factor(0.9, 1), 1);
  EXPECT_DOUBLE_EQ(td_error_factor(0.5, 0.5), 1 / std::sqrt(1 - 1.0 / 9));
  EXPECT_DOUBLE_EQ(averaged_td_error(3, 4, 0.5, 100), 3.4);
  EXPECT_DOUBLE_EQ(two_state_threshold(0.5), 5.0 / 6);
  EXPECT_DOUBLE_EQ(two_state_threshold(0), 1);
}

}  // namespace
}  // namespace bellwether::bounds
