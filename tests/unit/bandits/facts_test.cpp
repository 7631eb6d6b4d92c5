#include "bandits/arms/facts.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bandits/arms/family.h"

namespace bellwether::bandits {
namespace {

double fact(const std::vector<BanditFact>& facts, const std::string& what) {
  for (const BanditFact& row : facts)
    if (row.what == what) return row.value;
  ADD_FAILURE() << what;
  return 0;
}

TEST(Facts, SayHowHardABanditIs) {
  const auto facts = facts_of(*find_family("bernoulli-arms")->make({{"means", "0.8/0.9"}}).bandit);
  EXPECT_NEAR(fact(facts, "smallest gap"), 0.1, 1e-12);
  EXPECT_NEAR(fact(facts, "H1"), 200, 1e-9);
  EXPECT_NEAR(fact(facts, "H2"), 200, 1e-9);
  EXPECT_NEAR(fact(facts, "Lai-Robbins constant"), 2.2521, 5e-5);
  EXPECT_NEAR(fact(facts, "T*"), 100.117, 1e-3);
  EXPECT_NEAR(fact(facts, "w* of arm 1"), 0.5236, 5e-5);
}

TEST(Facts, OfNormalArmsUseTheirSigma) {
  const auto facts = facts_of(*find_family("arms")->make({{"means", "1/0.5"}, {"spread", "2"}}).bandit);
  EXPECT_NEAR(fact(facts, "Lai-Robbins constant"), 2 * 4 / 0.5, 1e-9);
  EXPECT_NEAR(fact(facts, "T*"), 8 * 4 / 0.25, 1e-6);
}

TEST(Facts, OfOtherLawsAreThoseOfTheGapsAlone) {
  EXPECT_EQ(facts_of(*find_family("arms")->make({{"law", "uniform"}}).bandit).size(), 3u);
  EXPECT_TRUE(facts_of(*find_family("bernoulli-arms")->make({{"arms", "1"}}).bandit).empty());
}

TEST(Facts, ComeWithNamedBandits) { EXPECT_FALSE(find_family("bernoulli-arms")->make().facts.empty()); }

}  // namespace
}  // namespace bellwether::bandits
