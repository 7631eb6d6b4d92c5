#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using LinearRegret = FamilyOfClaims;

TEST_P(LinearRegret, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

INSTANTIATE_TEST_SUITE_P(Claims, LinearRegret, ::testing::ValuesIn(fast_claims_of("linear-regret")), test_name);

}  // namespace
}  // namespace bellwether::claims
