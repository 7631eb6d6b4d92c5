#include "proofs_checks/linear/claims.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proofs_checks/suite.h"

namespace bellwether::claims {
namespace {

/// Every claim holds and catches its controls, whatever the seed.
TEST(LinearClaims, HoldAndCatchTheirControls) {
  const std::vector<Claim> claims = linear_approximation_claims();
  std::vector<const Claim*> all;
  for (const Claim& claim : claims) {
    EXPECT_EQ(claim.family, "linear");
    EXPECT_FALSE(claim.controls.empty()) << claim.id;
    all.push_back(&claim);
  }
  for (const std::uint64_t seed : {20U, 2U}) {
    for (const Outcome& row : run_suite(all, {.seed = seed}).rows) {
      EXPECT_TRUE(row.good()) << row.claim->id << ' ' << (row.control == nullptr ? "" : row.control->name) << ": "
                              << to_string(row.verdict) << ", measured " << row.measurement.measured << " +- "
                              << row.measurement.uncertainty << " against " << row.measurement.bound << " ("
                              << row.measurement.detail << row.error << ")";
    }
  }
}

}  // namespace
}  // namespace bellwether::claims
