#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using Risk = FamilyOfClaims;

TEST_P(Risk, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

// Nothing in a claim may hang on one seed.
TEST_P(Risk, HoldsWithAnotherSeed) { expect_good(GetParam(), {.seed = 2}); }

INSTANTIATE_TEST_SUITE_P(Claims, Risk, ::testing::ValuesIn(fast_claims_of("risk")), test_name);

}  // namespace
}  // namespace bellwether::claims
