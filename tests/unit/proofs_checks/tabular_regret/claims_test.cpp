#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using TabularRegret = FamilyOfClaims;

TEST_P(TabularRegret, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

INSTANTIATE_TEST_SUITE_P(Claims, TabularRegret, ::testing::ValuesIn(fast_claims_of("tabular-regret")), test_name);

}  // namespace
}  // namespace bellwether::claims
