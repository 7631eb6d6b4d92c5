#include "solvers/online/learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "solvers/online/checkpoints.h"
#include "solvers/online/registry.h"

namespace bellwether::online {
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

TEST(Registry, SaysWhatWasProbablyMeant) {
  EXPECT_THAT([] { find_episodic("uniforn"); },
              ThrowsMessage<InvalidOption>(HasSubstr("there is no learner \"uniforn\"; did you mean 'uniform'?")));
  EXPECT_THAT([] { find_average("optima"); }, ThrowsMessage<InvalidOption>(HasSubstr("did you mean 'optimal'?")));
}

TEST(Registry, NamesAreUniqueInATable) {
  const auto names_of = [](auto table) {
    std::vector<std::string> names;
    for (const auto& row : table) {
      names.emplace_back(row.name);
      EXPECT_FALSE(row.summary.empty() || row.title.empty() || row.page.empty()) << row.name;
      EXPECT_GT(row.practical, 0) << row.name;
    }
    std::ranges::sort(names);
    return names;
  };
  const auto episodic = names_of(episodic_table());
  const auto average = names_of(average_table());
  EXPECT_EQ(std::ranges::adjacent_find(episodic), episodic.end());
  EXPECT_EQ(std::ranges::adjacent_find(average), average.end());
}

}  // namespace
}  // namespace bellwether::online
