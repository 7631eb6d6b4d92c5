#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using Linear = FamilyOfClaims;

TEST_P(Linear, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

// Nothing in a claim may hang on one seed.
TEST_P(Linear, HoldsWithAnotherSeed) { expect_good(GetParam(), {.seed = 2}); }

INSTANTIATE_TEST_SUITE_P(Claims, Linear, ::testing::ValuesIn(fast_claims_of("linear")), test_name);

}  // namespace
}  // namespace bellwether::claims
