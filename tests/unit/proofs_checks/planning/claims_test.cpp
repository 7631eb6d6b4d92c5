#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using Planning = FamilyOfClaims;

TEST_P(Planning, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

// Nothing in a claim may hang on one seed.
TEST_P(Planning, HoldsWithAnotherSeed) { expect_good(GetParam(), {.seed = 2}); }

INSTANTIATE_TEST_SUITE_P(Claims, Planning, ::testing::ValuesIn(fast_claims_of("planning")), test_name);

}  // namespace
}  // namespace bellwether::claims
