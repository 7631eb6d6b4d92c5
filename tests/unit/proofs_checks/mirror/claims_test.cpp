#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using Mirror = FamilyOfClaims;

TEST_P(Mirror, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

// Nothing in a claim may hang on one seed.
TEST_P(Mirror, HoldsWithAnotherSeed) { expect_good(GetParam(), {.seed = 2}); }

INSTANTIATE_TEST_SUITE_P(Claims, Mirror, ::testing::ValuesIn(fast_claims_of("mirror")), test_name);

}  // namespace
}  // namespace bellwether::claims
