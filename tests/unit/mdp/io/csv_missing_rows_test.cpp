// What a CSV file is told to add when a state has no rows: lines that it then takes.
#include <regex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/io/csv.h"
#include "mdp/io/names.h"

namespace bellwether::mdp {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kHeader = "state,action,next,probability,reward\n";

std::string refusal(const std::string& text) {
  try {
    parse_csv(text, "x.csv");
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

std::string with_tabs(std::string text) {
  for (char& c : text)
    if (c == ',') c = '\t';
  return text;
}

// A terminal shows a tab as blanks and hands it on as it is.
TEST(CsvMissingRows, TabsAreShownAsTabs) {
  const std::string text = with_tabs(kHeader + "0,a,1,1,1\n"), message = printable(refusal(text));
  EXPECT_THAT(message, HasSubstr("add the row 1\ta\t1\t1\t0 (tabs between)"));
  EXPECT_EQ(refusal(text + "1\ta\t1\t1\t0\n"), "accepted");
  EXPECT_THAT(refusal(kHeader + "0,a,1,1,1\n"), Not(HasSubstr("tabs")));
}

TEST(CsvMissingRows, FeaturesOfTheRowAreSuggestedToo) {
  const std::string features = "#! features home a 1 0.5 2\n", rows = kHeader + "home,a,lost,1,1\n";
  const std::string message = refusal(features + rows);
  std::smatch found;
  ASSERT_TRUE(std::regex_search(message, found, std::regex("add the row (.*) and, above the header, '(.*)'$")))
      << message;
  EXPECT_EQ(found[1], "lost,a,lost,1,0");
  EXPECT_EQ(found[2], "#! features lost a 0 0 0");
  EXPECT_EQ(refusal(features + found[2].str() + "\n" + rows + found[1].str() + "\n"), "accepted");
  EXPECT_THAT(refusal(rows), Not(HasSubstr("features")));
}

// One line for each action that the state has elsewhere; names that a directive would take for two words stand in
// quotes.
TEST(CsvMissingRows, FeaturesOfEveryActionAndAwkwardName) {
  EXPECT_THAT(refusal("#! features home a 1\n#! features home b 1\n#! features lost a 1\n#! features lost b 1\n"
                      "stage," +
                      kHeader +
                      "0,home,a,lost,1,1\n0,home,b,lost,1,1\n0,lost,a,lost,1,1\n0,lost,b,lost,1,1\n"
                      "1,home,a,home,1,1\n1,home,b,home,1,1\n"),
              HasSubstr("'#! features lost a 0' and '#! features lost b 0'"));
  const std::string features = "#! features home \"go on\" 1\n", rows = kHeader + "home,go on,the end,1,1\n";
  const std::string message = refusal(features + rows);
  std::smatch found;
  ASSERT_TRUE(std::regex_search(message, found, std::regex("add the row (.*) and, above the header, '(.*)'$")))
      << message;
  EXPECT_EQ(refusal(features + found[2].str() + "\n" + rows + found[1].str() + "\n"), "accepted") << message;
}

TEST(CsvMissingRows, AMixtureHasItsLineToo) {
  EXPECT_THAT(refusal("#! mixture home a lost 1 0\n#! theta 1 0\n" + kHeader + "home,a,lost,1,1\n"),
              HasSubstr("add the row lost,a,lost,1,0 and, above the header, '#! mixture lost a lost X ...'"));
}

}  // namespace
}  // namespace bellwether::mdp
