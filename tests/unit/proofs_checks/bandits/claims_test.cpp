#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using Bandits = FamilyOfClaims;

TEST_P(Bandits, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

// Nothing in a claim may hang on one seed.
TEST_P(Bandits, HoldsWithAnotherSeed) { expect_good(GetParam(), {.seed = 2}); }

INSTANTIATE_TEST_SUITE_P(Claims, Bandits, ::testing::ValuesIn(fast_claims_of("bandits")), test_name);

}  // namespace
}  // namespace bellwether::claims
