#include "core/learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoints.h"
#include "core/errors.h"

namespace bellwether {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Constant, ReadsItsThreeForms) {
  EXPECT_EQ(Constant("x", "theory", 0.01).factor(), 1);
  EXPECT_EQ(Constant("x", "theory", 0.01).label(), "theory");
  EXPECT_EQ(Constant("x", "practical", 0.01).factor(), 0.01);
  EXPECT_EQ(Constant("x", "practical", 0.01).label(), "practical 0.01");
  EXPECT_EQ(Constant("x", "0.003", 0.01).label(), "0.003");
  EXPECT_EQ(Constant("x", "0", 0.01).factor(), 0);
}

TEST(Constant, AScaledRunIsNeverLabelledTheory) {
  EXPECT_TRUE(Constant("x", "1", 0.01).is_theory());
  EXPECT_EQ(Constant("x", "1", 0.01).label(), "theory");
  for (const char* text : {"0.99", "practical", "2"}) EXPECT_NE(Constant("x", text, 0.01).label(), "theory") << text;
}

TEST(Constant, RefusesAnythingElse) {
  for (const char* text : {"", "-1", "nan", "inf", "1x", "Theory"}) {
    EXPECT_THAT([&] { Constant("ucbvi-bf", text, 0.01); },
                ThrowsMessage<InvalidOption>(HasSubstr("ucbvi-bf: constant is \"")))
        << text;
  }
}

TEST(LogCheckpoints, AscendFromOneToTheLast) {
  for (const std::int64_t last : {1, 2, 9, 10, 1000, 123457}) {
    const auto points = log_checkpoints(last);
    EXPECT_EQ(points.front(), 1);
    EXPECT_EQ(points.back(), last);
    for (std::size_t i = 1; i < points.size(); ++i) EXPECT_LT(points[i - 1], points[i]);
  }
  EXPECT_LT(log_checkpoints(10'000'000).size(), 150u);
}

}  // namespace
}  // namespace bellwether
