#include "tests/unit/proofs_checks/suite_rows.h"

namespace bellwether::claims {
namespace {

using RobustPapers = FamilyOfClaims;

TEST_P(RobustPapers, HoldsAndCatchesItsControls) { expect_good(GetParam(), {}); }

// Nothing in a claim may hang on one seed.
TEST_P(RobustPapers, HoldsWithAnotherSeed) { expect_good(GetParam(), {.seed = 2}); }

INSTANTIATE_TEST_SUITE_P(Claims, RobustPapers, ::testing::ValuesIn(fast_claims_of("robust-papers")), test_name);

}  // namespace
}  // namespace bellwether::claims
