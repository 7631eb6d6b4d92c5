#include "solvers/online/registry.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether::online {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

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
