#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using Latent = FamilyOfClaims;

TEST_P(Latent, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

// Nothing in a claim may hang on one seed.
TEST_P(Latent, HoldsWithAnotherSeed) { expect_good(GetParam(), {.seed = 2}); }

INSTANTIATE_TEST_SUITE_P(Claims, Latent, ::testing::ValuesIn(fast_claims_of("latent")), test_name);

}  // namespace
}  // namespace bellwether::claims
