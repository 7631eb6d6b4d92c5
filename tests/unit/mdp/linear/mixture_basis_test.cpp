#include "mdp/linear/mixture_basis.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Two choices in two states: stay or move by one kernel, the other way round by the other.
MixtureBasis basis() {
  return {2, 2, std::vector<std::int64_t>{0, 2, 3}, std::vector<std::int32_t>{0, 1, 1},
          std::vector<double>{1, 0, 0, 1, 0.5, -0.5}};
}

TEST(MixtureBasis, AddsUpFeaturesTimesValues) {
  const MixtureBasis b = basis();
  EXPECT_EQ(b.num_choices(), 2);
  const std::vector<double> v = {3, 5};
  std::vector<double> out(2);
  b.expected(0, v, out);
  EXPECT_THAT(out, ElementsAre(3, 5));
  b.expected(1, v, out);
  EXPECT_THAT(out, ElementsAre(2.5, -2.5));
  EXPECT_DOUBLE_EQ(b.norm_bound(), std::sqrt(2));
}

TEST(MixtureBasis, RefusesWhatDoesNotFit) {
  const auto refuses = [](std::vector<std::int64_t> begin, std::vector<std::int32_t> next, std::vector<double> phi,
                          const char* words) {
    EXPECT_THAT([&] { MixtureBasis(2, 2, begin, next, phi); }, ThrowsMessage<InvalidModel>(HasSubstr(words)));
  };
  refuses({0, 1}, {0, 1}, {1, 0, 0, 1}, "rows do not divide");
  refuses({0, 2}, {0, 1}, {1, 0, 0}, "3 numbers for 2 successors");
  refuses({0, 2}, {0, 2}, {1, 0, 0, 1}, "successor 2 is no state");
  refuses({0, 2}, {0, 1}, {1, 0, 0, INFINITY}, "not finite");
}

}  // namespace
}  // namespace bellwether::mdp
