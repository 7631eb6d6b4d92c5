#include "mdp/io/p_dict.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/io/formats.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::mdp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TabularMdp parse(const std::string& text) { return parse_p_dict(text, "x.json").model; }

std::string refusal(const std::string& text) {
  try {
    parse(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(PDict, KeepsOutcomesApartAndNeedsNoMoreThanTheFileHas) {
  // As in FrozenLake: state 1 ends the play and says so itself.
  const TabularMdp model = parse(R"({"0": {"0": [[0.5, 0, 0.0, false], [0.25, 0, 0, false], [0.25, 1, 1, true]]},
                                     "1": {"0": [[1.0, 1, 0, true]]}})");
  EXPECT_EQ(model.num_states(), 2);
  EXPECT_THAT(model.successors(0), ElementsAre(0, 0, 1));
  EXPECT_THAT(model.data().rewards[0].by_transition.view(), ElementsAre(0, 0, 1, 0));
  EXPECT_EQ(model.reward(0), 0.25);
}

TEST(PDict, SendsAnEndInsideTheTableToAStateOfItsOwn) {
  // As in Taxi: the passenger is delivered in state 0, where the table would go on earning.
  const TabularMdp model = parse(R"({"0": {"0": [[1.0, 0, 20, true]], "1": [[1.0, 0, -1, false]]}})");
  ASSERT_EQ(model.num_states(), 2);
  EXPECT_THAT(model.successors(0), ElementsAre(1));
  EXPECT_EQ(model.reward(0), 20);
  EXPECT_THAT(model.successors(1), ElementsAre(0));
  EXPECT_THAT(model.successors(2), ElementsAre(1));
  EXPECT_EQ(model.reward(2), 0);
  ASSERT_NE(model.find_label("done"), nullptr);
  EXPECT_THAT(model.find_label("done")->states.view(), ElementsAre(1));
}

TEST(PDict, CompletesStatesThatAreOnlyEnteredAtTheEnd) {
  for (const char* text : {R"({"0": {"0": [[1, 1, 5, true]]}})", R"({"0": {"0": [[1, 1, 5, true]]}, "1": {}})"}) {
    const TabularMdp model = parse(text);
    EXPECT_EQ(model.num_states(), 2) << text;
    EXPECT_THAT(model.successors(1), ElementsAre(1)) << text;
    EXPECT_EQ(model.reward(1), 0) << text;
  }
}

TEST(PDict, TakesArraysForDictionariesAndAnyOrder) {
  const TabularMdp model =
      parse(R"({"0": {"0": [[1.0, 1, 2, false]], "1": [[1, 0, 3, 0]]}, "1": {"0": [[1, 1, 1, 0]]}})");
  EXPECT_EQ(parse("[[[[1, 1, 2, 0]], [[1.0, 0, 3, false]]], [[[1, 1, 1, false]]]]").data(), model.data());
  EXPECT_EQ(parse(R"({"1": [[[1, 1, 1, 0]]], "0": {"0": [[1, 1, 2, 0]], "1": [[1, 0, 3, 0]]}})").data(), model.data());
  EXPECT_EQ(parse(R"({"0": {"7": [[1, 0, 0, 0]]}})").action(0), 7);
}

TEST(PDict, SaysWhereItIsWrong) {
  EXPECT_THAT(refusal("{\"0\":\n{\"0\": [[NaN, 0, 0, false]]}}"),
              HasSubstr("x.json:2: this is not JSON: syntax error"));
  EXPECT_THAT(refusal(R"({"0": {"0": [[1e999, 0, 0, false]]}})"),
              HasSubstr("x.json:1: this is not JSON: number overflow"));
  EXPECT_THAT(refusal(R"({"0": {"0": [[1, 0, 0, false]]})"), HasSubstr("unexpected end of input"));
  EXPECT_THAT(refusal(""), HasSubstr("x.json:1: this is not JSON"));
  EXPECT_THAT(refusal("{}"), HasSubstr("x.json: holds no actions"));
  EXPECT_THAT(refusal("3"), HasSubstr("3 stands where a list should"));
  EXPECT_THAT(refusal(R"({"a": 1})"), HasSubstr("key 'a' of the states is no index"));
  EXPECT_THAT(refusal(R"({"4": {"x": 1}})"), HasSubstr("key 'x' of the actions of state 4 is no index"));
  EXPECT_THAT(refusal(R"({"0": {"2": [[1, 0, 0]]}})"), HasSubstr("state 0, action 2, outcome 0: has 3 fields"));
  EXPECT_THAT(refusal(R"({"0": {"2": [[1, 0, 0, 0, 0]]}})"), HasSubstr("has more than the four fields"));
  EXPECT_THAT(refusal(R"({"0": {"2": [[1, 0.5, 0, 0]]}})"), HasSubstr("next state 0.5 is no index"));
  EXPECT_THAT(refusal(R"({"0": {"2": [[1, 0, "x", 0]]}})"), HasSubstr("'x' stands where a number should"));
  EXPECT_THAT(refusal(R"({"0": {"2": [[1, 0, null, 0]]}})"), HasSubstr("null stands where a number should"));
  EXPECT_THAT(refusal(R"({"0": {"2": [{"p": 1}]}})"), HasSubstr("must be a list of lists"));
  EXPECT_THAT(refusal(R"({"0": {"2": [[-1, 0, 0, 0]]}})"), HasSubstr("probability -1 is negative"));
  EXPECT_THAT(refusal(R"({"0": {"2": [[0.5, 0, 0, 0]]}})"), HasSubstr("row (s=0, a=2) sums to 1-0.5"));
  EXPECT_THAT(refusal(R"({"0": {"0": []}})"), HasSubstr("row (s=0, a=0) has no transitions"));
  EXPECT_THAT(refusal(R"({"0": {"0": [[1, 0, 0, 0]], "0": [[1, 0, 0, 0]]}})"), HasSubstr("action 0 is there twice"));
  EXPECT_THAT(refusal(R"({"0": {"0": [[1, 1, 0, false]]}})"), HasSubstr("state 1 has no actions, but is entered"));
  EXPECT_THAT(refusal(R"({"0": {"0": [[1, 2000000000, 0, true]]}})"), HasSubstr("state 1 has no actions and is never"));
}

TEST(PDict, WritesDoneWhereThePlayEnds) {
  TabularMdpBuilder builder(2);
  builder.add_choice(0, {{0, 0.5, -1}, {1, 0.5, 2.5}});
  builder.add_choice(1, 0.0, {{1, 1}});
  const test::TemporaryFolder folder;
  write_model({.model = std::move(builder).build()}, folder.path("m.json"));
  EXPECT_EQ(test::read_file(folder.path("m.json")),
            "{\"0\": {\"0\": [[0.5, 0, -1, false], [0.5, 1, 2.5, true]]},\n \"1\": {\"0\": [[1, 1, 0, true]]}}\n");
}

TEST(PDict, ReadsBackWhatItWrote) {
  const test::TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const TabularMdp model = test::random_model(Stream(seed));
    EXPECT_THAT(write_model({.model = model}, folder.path("m.json.gz"), "p-dict"), testing::IsEmpty());
    EXPECT_EQ(read_model(folder.path("m.json.gz"), "p-dict").model.data(), model.data()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace bellwether::mdp
