#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using Robust = FamilyOfClaims;

TEST_P(Robust, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

// Nothing in a claim may hang on one seed.
TEST_P(Robust, HoldsWithAnotherSeed) { expect_good(GetParam(), {.seed = 2}); }

INSTANTIATE_TEST_SUITE_P(Claims, Robust, ::testing::ValuesIn(fast_claims_of("robust")), test_name);

}  // namespace
}  // namespace bellwether::claims
