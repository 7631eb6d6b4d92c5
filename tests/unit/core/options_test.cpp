#include "core/options.h"

#include <cmath>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace bellwether {
namespace {

using testing::HasSubstr;

struct Sample {
  int sweeps = 3;
  std::int64_t limit = 100;
  double step = 0.5;
  bool safe = true;
  std::string order = "forward";
};

template <class Field>
void describe(Sample& o, Field&& field) {
  field("sweeps", o.sweeps, at_least(1), "how many");
  field("limit", o.limit, between(1, 1e6), "how far");
  field("step", o.step, inside(0, 1), "how long");
  field("safe", o.safe, any_value(), "whether");
  field("order", o.order, one_of({"forward", "backward"}), "which way");
}

std::string refusal(const std::vector<Setting>& settings) {
  Sample sample;
  try {
    apply_settings("sample", sample, settings);
  } catch (const InvalidOption& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Options, AreSetByName) {
  Sample sample;
  apply_settings("sample", sample,
                 {{"sweeps", "7"}, {"limit", "1e5"}, {"step", "0.25"}, {"safe", "no"}, {"order", "backward"}});
  EXPECT_EQ(sample.sweeps, 7);
  EXPECT_EQ(sample.limit, 100000);
  EXPECT_EQ(sample.step, 0.25);
  EXPECT_FALSE(sample.safe);
  EXPECT_EQ(sample.order, "backward");
}

TEST(Options, NameWhatIsWrong) {
  EXPECT_THAT(refusal({{"sweeps", "0"}}), HasSubstr("sample: option 'sweeps' is 0, must be at least 1"));
  EXPECT_THAT(refusal({{"limit", "2e6"}}), HasSubstr("'limit' is 2000000, must be in [1, 1000000]"));
  EXPECT_THAT(refusal({{"step", "1"}}), HasSubstr("'step' is 1, must be in (0, 1)"));
  EXPECT_THAT(refusal({{"step", "nan"}}), HasSubstr("must be in (0, 1)"));
  EXPECT_THAT(refusal({{"step", "half"}}), HasSubstr("'step' is 'half', expected a number"));
  EXPECT_THAT(refusal({{"sweeps", "2.5"}}), HasSubstr("expected a whole number"));
  EXPECT_THAT(refusal({{"sweeps", "3000000000"}}), HasSubstr("32 bits"));
  EXPECT_THAT(refusal({{"safe", "maybe"}}), HasSubstr("expected true or false"));
  EXPECT_THAT(refusal({{"order", "up"}}), HasSubstr("must be one of forward and backward"));
  EXPECT_THAT(refusal({{"sweps", "3"}}), HasSubstr("unknown option 'sweps'; did you mean 'sweeps'?"));
  EXPECT_THAT(refusal({{"quite_other", "3"}}), HasSubstr("it has sweeps, limit, step, safe and order"));
}

TEST(Options, AreCheckedWhenSetInCode) {
  EXPECT_NO_THROW(require_valid("sample", Sample{}));
  EXPECT_THROW(require_valid("sample", Sample{.sweeps = 0}), InvalidOption);
  EXPECT_THROW(require_valid("sample", Sample{.step = std::numeric_limits<double>::quiet_NaN()}), InvalidOption);
}

TEST(Options, ListThemselves) {
  const auto rows = option_rows<Sample>();
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[2].name, "step");
  EXPECT_EQ(rows[2].value, "0.5");
  EXPECT_EQ(rows[2].rule, "in (0, 1)");
  EXPECT_EQ(rows[4].rule, "one of forward and backward");
}

}  // namespace
}  // namespace bellwether
