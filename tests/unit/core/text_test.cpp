#include "core/text.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/stream.h"

namespace bellwether {
namespace {

TEST(ExactText, ReadsBackToTheSameDouble) {
  EXPECT_EQ(exact_text(0.1), "0.1");
  EXPECT_EQ(exact_text(-3), "-3");
  Stream stream(1);
  for (int i = 0; i < 10000; ++i) {
    const double x = (stream.uniform() - 0.5) * std::pow(10.0, static_cast<double>(stream.below(600)) - 300);
    ASSERT_EQ(parse_double(exact_text(x)), x);
  }
}

TEST(ParseDouble, TakesWholeNumbersOnly) {
  EXPECT_EQ(parse_double("+1.5"), 1.5);
  EXPECT_EQ(parse_double("1e-3"), 1e-3);
  EXPECT_FALSE(parse_double(""));
  EXPECT_FALSE(parse_double("+"));
  EXPECT_FALSE(parse_double("1.5x"));
  EXPECT_FALSE(parse_double("0x10"));
}

TEST(ParseInteger, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parse_integer("-12"), -12);
  EXPECT_FALSE(parse_integer("1.0"));
  EXPECT_FALSE(parse_integer("99999999999999999999"));
}

TEST(NearestName, KnowsTyposFromOtherWords) {
  const std::vector<std::string> names{"value-iteration", "policy-iteration", "sor"};
  EXPECT_EQ(nearest_name("value-iteratoin", names), "value-iteration");
  EXPECT_EQ(nearest_name("plicy-iteration", names), "policy-iteration");
  EXPECT_FALSE(nearest_name("zebra", names));
  EXPECT_EQ(nearest_name("VALUE-iteration", names), "value-iteration");
  EXPECT_EQ(nearest_name("val", names), "value-iteration");
  EXPECT_FALSE(nearest_name("va", names));  // two letters tell too little
  EXPECT_FALSE(nearest_name("pol", std::vector<std::string>{"policy-iteration", "polynomial-search"}));
  EXPECT_EQ(did_you_mean("val", names), "; did you mean 'value-iteration'?");
  EXPECT_EQ(did_you_mean("zebra", names), "");
  const std::vector<std::string> families{"ucb1", "ucbvi-ch", "ucbvi-bf", "ucbvi-bf", "psrl-x", "psrls"};
  EXPECT_EQ(did_you_mean("UCBVI", families), "; did you mean 'ucbvi-ch' or 'ucbvi-bf'?");
  EXPECT_EQ(did_you_mean("psrl", families), "; did you mean 'psrls'?") << "one letter is a slip";
}

TEST(Text, CountsOneInTheSingular) {
  EXPECT_EQ(counted(1, "state"), "1 state");
  EXPECT_EQ(counted(0, "state"), "0 states");
  EXPECT_EQ(counted(12, "more state"), "12 more states");
  EXPECT_EQ(counted(1, "probability"), "1 probability");
  EXPECT_EQ(counted(2, "probability"), "2 probabilities");
}

TEST(JoinNames, ReadsAsASentence) {
  EXPECT_EQ(join_names(std::vector<std::string>{}), "");
  EXPECT_EQ(join_names(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(join_names(std::vector<std::string>{"a", "b", "c"}), "a, b and c");
}

TEST(WithError, HasAsManyDecimalsAsTheErrorSupports) {
  EXPECT_EQ(with_error(926.34, 7.71), "926.3 ± 7.7");
  EXPECT_EQ(with_error(12345.6, 140), "12346 ± 140");
  EXPECT_EQ(with_error(-0.001234, 0.000056), "-0.001234 ± 0.000056");
  EXPECT_EQ(with_error(2796.25, 0), "2796.2");
}

TEST(Grouped, PutsCommasBetweenThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(-1234567), "-1,234,567");
}

}  // namespace
}  // namespace bellwether
