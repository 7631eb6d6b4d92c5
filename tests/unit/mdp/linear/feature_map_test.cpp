#include "mdp/linear/feature_map.h"

#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(FeatureMap, HasARowForEachChoice) {
  const FeatureMap map(2, std::vector<double>{1, 0, 0.6, 0.8, 0, -2});
  EXPECT_EQ(map.num_choices(), 3);
  EXPECT_THAT(map.row(1), ElementsAre(0.6, 0.8));
  EXPECT_EQ(map.matrix()(2, 1), -2);
  EXPECT_EQ(map.largest_norm(), 2);
}

TEST(FeatureMap, OneHotRowsAreUnitVectors) {
  const FeatureMap map = one_hot(3);
  EXPECT_EQ(map.dimension(), 3);
  EXPECT_THAT(map.row(1), ElementsAre(0, 1, 0));
  EXPECT_THAT([] { one_hot(1'000'000); }, ThrowsMessage<InvalidModel>(HasSubstr("1000000 choices")));
}

TEST(FeatureMap, RefusesWhatIsNone) {
  EXPECT_THAT([] { FeatureMap(0, std::vector<double>{1}); }, ThrowsMessage<InvalidModel>(HasSubstr("dimension 0")));
  EXPECT_THAT([] { FeatureMap(2, std::vector<double>{1, 2, 3}); }, ThrowsMessage<InvalidModel>(HasSubstr("whole")));
  EXPECT_THAT(
      [] {
        FeatureMap(2, std::vector<double>{1, 2, 3, std::numeric_limits<double>::quiet_NaN()});
      },
      ThrowsMessage<InvalidModel>(HasSubstr("feature 1 of choice 1 is nan")));
}

}  // namespace
}  // namespace bellwether::mdp
