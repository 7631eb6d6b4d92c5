#include "proofs_checks/registry.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::claims {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST(ClaimTable, EveryClaimIsFilledInAndHasAControl) {
  std::set<std::string> ids;
  for (const Claim& claim : claim_table()) {
    EXPECT_TRUE(ids.insert(claim.id).second) << claim.id << " occurs twice";
    EXPECT_TRUE(claim.measure) << claim.id;
    EXPECT_THAT(claim.controls, Not(SizeIs(0))) << claim.id;
    for (const std::string& text : {claim.family, claim.statement, claim.theorem}) EXPECT_NE(text, "") << claim.id;
    EXPECT_THAT(claim.page, HasSubstr("docs/papers/")) << claim.id;
    std::set<std::string> names;
    for (const Control& control : claim.controls) {
      EXPECT_TRUE(names.insert(control.name).second) << claim.id << " has two controls " << control.name;
      EXPECT_TRUE(control.measure) << claim.id;
      EXPECT_NE(control.summary, "") << claim.id;
    }
  }
}

TEST(SelectClaims, NoWordsMeanAllOfTheTier) {
  const auto fast = select_claims({}, Tier::kFast), full = select_claims({}, Tier::kFull);
  EXPECT_EQ(full.size(), claim_table().size());
  for (const Claim* claim : fast) EXPECT_EQ(claim->tier, Tier::kFast);
}

TEST(SelectClaims, WordsArePapersFamiliesOrIds) {
  const std::vector<std::string> by_id = {"bellman-contraction"}, by_paper = {"exact-solvers"},
                                 by_family = {"planning"};
  EXPECT_THAT(select_claims(by_id, Tier::kFast), SizeIs(1));
  const auto of_paper = select_claims(by_paper, Tier::kFull);
  EXPECT_THAT(of_paper, Contains(select_claims(by_id, Tier::kFast).front()));
  for (const Claim* claim : of_paper) EXPECT_EQ(paper_of(*claim), "exact-solvers");
  for (const Claim* claim : select_claims(by_family, Tier::kFull)) EXPECT_EQ(claim->family, "planning");
  const std::vector<std::string> twice = {"bellman-contraction", "bellman-contraction"};
  EXPECT_THAT(select_claims(twice, Tier::kFast), SizeIs(1));
}

TEST(SelectClaims, ProposesWhatWasMeant) {
  const std::vector<std::string> words = {"bellman-contractions"};
  try {
    select_claims(words, Tier::kFast);
    FAIL() << "must throw";
  } catch (const InvalidOption& trouble) {
    EXPECT_THAT(trouble.what(), HasSubstr("bellman-contraction"));
  }
}

}  // namespace
}  // namespace bellwether::claims
