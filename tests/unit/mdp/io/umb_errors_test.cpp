#include <cmath>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "mdp/io/tar.h"
#include "mdp/io/umb.h"
#include "mdp/io/umb_numbers.h"
#include "tests/unit/mdp/io/checkers/random_file.h"

namespace bellwether::mdp {
namespace {

using nlohmann::ordered_json;
using test::message_of;
using testing::HasSubstr;
using testing::StartsWith;

/// A valid archive that each test breaks in one place.
struct Archive {
  ordered_json index = ordered_json::parse(R"({"format-version": 1, "format-revision": 0, "transition-system": {
    "time": "discrete", "#players": 1, "#states": 2, "#initial-states": 1, "#choices": 3, "#choice-actions": 2,
    "#branches": 4, "#branch-actions": 0, "#observations": 0, "branch-probability-type": {"type": "double"}},
    "annotations": {"rewards": {"r": {"applies-to": ["choices"], "type": {"type": "double"}}},
      "aps": {"goal": {"applies-to": ["states"], "type": {"type": "bool"}}}}})");
  std::map<std::string, std::string> members = {
      {"state-to-choices.bin", umb_bytes(std::vector<std::int64_t>{0, 2, 3})},
      {"choice-to-branches.bin", umb_bytes(std::vector<std::int64_t>{0, 2, 3, 4})},
      {"branch-to-target.bin", umb_bytes(std::vector<std::int64_t>{0, 1, 0, 1})},
      {"branch-to-probability.bin", umb_bytes(std::vector<double>{.25, .75, 1, 1})},
      {"state-is-initial.bin", umb_bits(std::vector<std::int32_t>{0}, 2)},
      {"annotations/rewards/r/choices/values.bin", umb_bytes(std::vector<double>{1, 2, 3})},
      {"annotations/aps/goal/states/values.bin", umb_bits(std::vector<std::int32_t>{1}, 2)}};

  ordered_json& system() { return index["transition-system"]; }
  std::string bytes() const {
    TarWriter tar;
    tar.add("index.json", index.dump());
    for (const auto& [name, content] : members) tar.add(name, content);
    return std::move(tar).finish();
  }
  std::string message() const {
    return message_of([&] { parse_umb(bytes(), "m.umb"); });
  }
};

TEST(UmbErrors, TheArchiveOfTheseTestsIsValid) { EXPECT_EQ(Archive().message(), "nothing was thrown"); }

TEST(UmbErrors, Archives) {
  EXPECT_THAT(message_of([] { parse_umb(std::string(1024, 'x'), "m.umb"); }),
              StartsWith("m.umb: not a tar archive, or a damaged one: the header at byte 0 has a wrong checksum"));
  EXPECT_EQ(message_of([] { parse_umb("", "m.umb"); }), "m.umb: index.json is missing from the archive");
  const std::string whole = Archive().bytes();
  EXPECT_THAT(message_of([&] { parse_umb(whole.substr(0, 700), "m.umb"); }),
              StartsWith("m.umb: is cut short: member 'index.json' has "));
  TarWriter twice;
  twice.add("a", "1");
  twice.add("a", "2");
  EXPECT_EQ(message_of([bytes = std::move(twice).finish()] { parse_umb(bytes, "m.umb"); }),
            "m.umb: member 'a' is there twice");
  // Every prefix ends in a message or, once the last member is in, in the model.
  for (std::size_t size = 0; size < whole.size(); size += 64)
    EXPECT_THAT(message_of([&] { parse_umb(whole.substr(0, size), "m.umb"); }),
                testing::AnyOf(StartsWith("m.umb: "), "nothing was thrown"));
}

TEST(UmbErrors, IndexSyntax) {
  TarWriter tar;
  tar.add("index.json", "{\"format-version\": 1,, }");
  EXPECT_EQ(message_of([bytes = std::move(tar).finish()] { parse_umb(bytes, "m.umb"); }),
            "m.umb: index.json: is no valid JSON at byte 22");
  TarWriter huge;
  huge.add("index.json", "{\"format-version\": 1e999}");
  EXPECT_EQ(message_of([bytes = std::move(huge).finish()] { parse_umb(bytes, "m.umb"); }),
            "m.umb: index.json: holds a number beyond the range of doubles");
  Archive a;
  a.index.erase("transition-system");
  EXPECT_EQ(a.message(), "m.umb: index.json: transition-system is missing");
  a = {};
  a.index["format-version"] = 7;
  EXPECT_EQ(a.message(), "m.umb: index.json: format-version is 7, versions up to 1 are read");
}

TEST(UmbErrors, OtherKindsOfModels) {
  Archive a;
  a.system()["time"] = "stochastic";
  EXPECT_EQ(a.message(), "m.umb: index.json: transition-system.time is \"stochastic\", only \"discrete\" is read");
  a = {};
  a.system()["exit-rate-type"] = {{"type", "double"}};
  EXPECT_EQ(a.message(), "m.umb: index.json: transition-system.exit-rate-type: models with exit rates are not read");
  a = {};
  a.system()["#players"] = 2;
  EXPECT_EQ(a.message(), "m.umb: index.json: transition-system.#players is 2, games are not read (at most 1)");
  a = {};
  a.system()["#players"] = 0;
  EXPECT_EQ(a.message(), "m.umb: index.json: transition-system.#players is 0, but 2 states have 3 choices");
}

TEST(UmbErrors, CountsThatTheFileCannotHoldAllocateNothing) {
  Archive a;
  a.system()["#states"] = 1000000000000000;
  EXPECT_EQ(a.message(), "m.umb: index.json: transition-system.#states is 1000000000000000, must be 1 to 2147483647");
  a = {};
  a.system()["#states"] = 2000000000;
  EXPECT_THAT(a.message(), HasSubstr("transition-system has 2000000000 states, 3 choices and 4 branches; each state"));
  a = {};
  a.system()["#branches"] = std::uint64_t{1} << 59;
  EXPECT_EQ(a.message(), "m.umb: branch-to-target.bin: has 32 bytes, must have 576460752303423488 elements of 8 bytes");
  a = {};
  a.system()["#choices"] = -1;
  EXPECT_THAT(a.message(), HasSubstr("transition-system.#choices is -1, must be 0 to"));
}

TEST(UmbErrors, Types) {
  Archive a;
  a.system()["branch-probability-type"] = {{"type", "uint"}};
  EXPECT_THAT(a.message(),
              HasSubstr("transition-system.branch-probability-type is {\"type\":\"uint\"}, must be double"));
  a.system()["branch-probability-type"] = {{"type", "float"}};
  EXPECT_THAT(a.message(), HasSubstr("branch-probability-type.type is \"float\", which is not read"));
  a.system()["branch-probability-type"] = {{"type", "rational"}, {"size", 100}};
  EXPECT_THAT(a.message(), HasSubstr("branch-probability-type.size is 100, which does not fit type \"rational\""));
  a = {};
  a.index["annotations"]["rewards"]["r"]["type"]["type"] = "bool";
  EXPECT_THAT(a.message(), HasSubstr("annotations.rewards.r.type: rewards must be of type double or rational"));
  a = {};
  a.index["annotations"]["rewards"]["r"]["probability-type"] = {{"type", "double"}};
  EXPECT_THAT(a.message(), HasSubstr("annotations.rewards.r.probability-type: rewards that are distributions"));
  a = {};
  a.index["annotations"]["aps"]["goal"]["applies-to"] = {"choices"};
  EXPECT_THAT(a.message(), HasSubstr("annotations.aps.goal: an atomic proposition must be of type bool"));
  a.index["annotations"]["aps"]["goal"]["applies-to"] = {"planets"};
  EXPECT_THAT(a.message(), HasSubstr("annotations.aps.goal.applies-to holds \"planets\""));
}

TEST(UmbErrors, Offsets) {
  Archive a;
  a.members["state-to-choices.bin"] = umb_bytes(std::vector<std::int64_t>{0, 2});
  EXPECT_EQ(a.message(), "m.umb: state-to-choices.bin: has 16 bytes, must have 3 elements of 8 bytes");
  a.members["state-to-choices.bin"] = umb_bytes(std::vector<std::int64_t>{1, 2, 3});
  EXPECT_EQ(a.message(), "m.umb: state-to-choices.bin: element 0 is 1, must be 0");
  a.members["state-to-choices.bin"] = umb_bytes(std::vector<std::int64_t>{0, 2, 4});
  EXPECT_EQ(a.message(), "m.umb: state-to-choices.bin: ends with 4, there are 3 elements to own");
  a.members.erase("state-to-choices.bin");
  EXPECT_EQ(a.message(), "m.umb: state-to-choices.bin: is missing, but 2 elements cannot own one each of 3");
  a = {};
  a.members["choice-to-branches.bin"] = umb_bytes(std::vector<std::int64_t>{0, 3, 2, 4});
  EXPECT_EQ(a.message(), "m.umb: choice-to-branches.bin: element 2 is 2, less than the one before");
  a.members["choice-to-branches.bin"] = umb_bytes(std::vector<std::int64_t>{0, 2, -1, 4});
  EXPECT_THAT(a.message(),
              HasSubstr("choice-to-branches.bin: element 2 is 18446744073709551615, which is out of range"));
}

TEST(UmbErrors, Branches) {
  Archive a;
  a.members["branch-to-target.bin"] = umb_bytes(std::vector<std::int64_t>{0, 1, 5, 1});
  EXPECT_EQ(a.message(), "m.umb: branch-to-target.bin: branch 2 leads to state 5, there are 2");
  a.members.erase("branch-to-target.bin");
  EXPECT_EQ(a.message(), "m.umb: branch-to-target.bin: is missing from the archive");
  a = {};
  a.members["branch-to-probability.bin"] = umb_bytes(std::vector<double>{.25, .5, 1, 1});
  EXPECT_EQ(a.message(), "m.umb: branch-to-probability.bin: the row of choice 0 sums to 1-0.25, tolerance 1e-09");
  a.members["branch-to-probability.bin"] = umb_bytes(std::vector<double>{-.25, 1.25, 1, 1});
  EXPECT_EQ(a.message(), "m.umb: branch-to-probability.bin: branch 0 of choice 0 has probability -0.25");
  a.members["branch-to-probability.bin"] = umb_bytes(std::vector<double>{.25, .75, 1, NAN});
  EXPECT_EQ(a.message(), "m.umb: branch-to-probability.bin: element 3 is nan, must be finite");
  a.system()["branch-probability-type"] = {{"type", "rational"}};
  a.members["branch-to-probability.bin"] = umb_bytes(std::vector<std::int64_t>{1, 4, 3, 4, 1, 0, 1, 1});
  EXPECT_EQ(a.message(), "m.umb: branch-to-probability.bin: rational number 2 has the denominator 0");
  a.system()["branch-probability-type"] = {{"type", "double-interval"}};
  a.members["branch-to-probability.bin"] = umb_bytes(std::vector<double>{.5, .25, .5, .5, 1, 1, 1, 1});
  EXPECT_EQ(a.message(),
            "m.umb: branch-to-probability.bin: number 0: interval [0.5, 0.25] has its lower bound above its upper one");
  a.members["branch-to-probability.bin"] = umb_bytes(std::vector<double>{.1, .2, .1, .2, 1, 1, 1, 1});
  EXPECT_THAT(a.message(), HasSubstr("the row of choice 0 has upper bounds that sum to 1-0.6, less than one"));
  a.members["branch-to-probability.bin"] = umb_bytes(std::vector<double>{.7, .8, .7, .8, 1, 1, 1, 1});
  EXPECT_THAT(a.message(), HasSubstr("the row of choice 0 has lower bounds that sum to 1+0.4, more than one"));
}

TEST(UmbErrors, StatesAndActions) {
  Archive a;
  a.members["state-is-initial.bin"] = umb_bits(std::vector<std::int32_t>{0, 1}, 2);
  EXPECT_EQ(a.message(),
            "m.umb: state-is-initial.bin: marks 2 states, index.json says "
            "transition-system.#initial-states is 1");
  a.members["state-is-initial.bin"] = umb_bits(std::vector<std::int32_t>{5}, 6);
  EXPECT_EQ(a.message(), "m.umb: state-is-initial.bin: bit 5 is set, there are only 2");
  a = {};
  a.members["actions/choices/values.bin"] = std::string("\0\0\0\0\2\0\0\0\0\0\0\0", 12);
  EXPECT_EQ(a.message(), "m.umb: actions/choices/values.bin: choice 1 has action 2, there are 2");
  a = {};
  a.members["actions/choices/string-mapping.bin"] = umb_bytes(std::vector<std::int64_t>{0, 2, 9});
  EXPECT_EQ(a.message(), "m.umb: actions/choices/strings.bin: is missing from the archive");
  a.members["actions/choices/strings.bin"] = "abcd";
  EXPECT_EQ(a.message(), "m.umb: actions/choices/string-mapping.bin: string 1 is at 2 to 9 of 4 bytes");
  a.members["actions/choices/string-mapping.bin"] = umb_bytes(std::vector<std::int64_t>{0, 2, 4});
  a.members["actions/choices/strings.bin"] = "abc\xe9";
  EXPECT_EQ(a.message(), "m.umb: actions/choices/strings.bin: string 1 ('c\\xe9') is not UTF-8 (byte 0xe9)");
  a = {};
  a.members["annotations/rewards/r/choices/values.bin"].resize(8);
  EXPECT_EQ(a.message(),
            "m.umb: annotations/rewards/r/choices/values.bin: has 8 bytes, must have 3 elements of 8 bytes");
}

TEST(UmbErrors, Observations) {
  Archive a;
  a.system()["#observations"] = 2;
  EXPECT_EQ(a.message(), "m.umb: index.json: observations-apply-to is missing");
  a.system()["observations-apply-to"] = "states";
  EXPECT_EQ(a.message(), "m.umb: observations/states/values.bin: is missing from the archive");
  a.members["observations/states/values.bin"] = umb_bytes(std::vector<std::int64_t>{0, 2});
  EXPECT_EQ(a.message(), "m.umb: observations/states/values.bin: element 1 is observation 2, there are 2");
  a.system()["observations-apply-to"] = "branches";
  a.system()["#choice-actions"] = 0;
  // Branches 0 and 2 lead to state 0 under different actions, 1 and 3 to state 1 under the same one.
  a.members["observations/branches/values.bin"] = umb_bytes(std::vector<std::int64_t>{0, 0, 1, 0});
  EXPECT_EQ(a.message(), "nothing was thrown");
  a.members["observations/branches/values.bin"] = umb_bytes(std::vector<std::int64_t>{0, 0, 1, 1});
  EXPECT_THAT(a.message(), HasSubstr("branches 1 and 3 have the same action and target but differ"));
}

}  // namespace
}  // namespace bellwether::mdp
