#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proofs_checks/bounds/latent.h"

namespace bellwether::bounds {
namespace {

TEST(LatentBounds, AreTheFormulas) {
  EXPECT_DOUBLE_EQ(hindsight_replans(2, 2, 2, 4, 256), 1 + 2 * 5 * 11);
  EXPECT_DOUBLE_EQ(likelihood_width(27, 1000, .05), std::log(540'000));
  EXPECT_DOUBLE_EQ(lock_value(4), .25);
  EXPECT_DOUBLE_EQ(lock_survival(4, 3), .25);
  EXPECT_DOUBLE_EQ(lock_survival(4, 0), 1);
  EXPECT_DOUBLE_EQ(lock_trials(4, 3), 52);
}

}  // namespace
}  // namespace bellwether::bounds
