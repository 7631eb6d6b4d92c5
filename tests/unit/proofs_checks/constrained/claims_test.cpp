#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using Constrained = FamilyOfClaims;

TEST_P(Constrained, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

// Nothing in a claim may hang on one seed.
TEST_P(Constrained, HoldsWithAnotherSeed) { expect_good(GetParam(), {.seed = 2}); }

INSTANTIATE_TEST_SUITE_P(Claims, Constrained, ::testing::ValuesIn(fast_claims_of("constrained")), test_name);

}  // namespace
}  // namespace bellwether::claims
