#include "mdp/io/drn.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/io/file_bytes.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/mdp/io/checkers/random_file.h"

namespace bellwether::mdp {
namespace {

using test::Extras;
using test::listed;
using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// Labels of a DRN file come in the order in which states first carry them.
ModelFile with_sorted_labels(ModelFile file) {
  ModelData data = file.model.data();
  std::sort(data.labels.begin(), data.labels.end(), [](const Label& a, const Label& b) { return a.name < b.name; });
  file.model = TabularMdp(std::move(data));
  return file;
}

void expect_round_trip(Extras extras, const std::string& name = "model.drn") {
  // DRN has no names of states and no rewards that depend on the successor.
  extras.transition_rewards = false;
  const test::TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    ModelFile file = test::random_file(seed, extras);
    ModelData data = file.model.data();
    data.state_names.clear();
    file.model = TabularMdp(std::move(data));
    EXPECT_THAT(write_drn(file, folder.path(name)), IsEmpty());
    test::expect_same(with_sorted_labels(file), with_sorted_labels(read_drn(folder.path(name))));
  }
}

TEST(Drn, KeepsModels) {
  expect_round_trip({});
  expect_round_trip({.identifiers = true, .parallel = true}, "model.drn.gz");
  expect_round_trip({.labels = false, .names = false, .identifiers = true, .initial = Extras::Initial::kFirst},
                    "m.drn.xz");
  expect_round_trip({.other_rewards = false, .names = false});
}

TEST(Drn, KeepsIntervals) { expect_round_trip({.intervals = true}); }

TEST(Drn, KeepsObservationsOfStates) { expect_round_trip({.identifiers = true, .seen = Extras::Seen::kStates}); }

TEST(Drn, SaysWhatItLoses) {
  const test::TemporaryFolder folder;
  ModelFile file = test::random_file(
      4, {.costs = true, .laws = true, .initial = Extras::Initial::kAny, .seen = Extras::Seen::kActions});
  ModelData data = file.model.data();
  data.labels.push_back({"nowhere", {}});
  file.model = TabularMdp(std::move(data));
  EXPECT_THAT(write_drn(file, folder.path("m.drn")),
              testing::UnorderedElementsAre(
                  HasSubstr("how 'reward' depends on the successor"), HasSubstr("how 'time' depends on the successor"),
                  HasSubstr("the distributions of the rewards"), HasSubstr("the names of the states"),
                  HasSubstr("'fuel' is a cost column"), HasSubstr("the initial distribution"),
                  HasSubstr("'nowhere', which no state carries"), HasSubstr("not a function of the state reached")));
  const ModelFile back = read_drn(folder.path("m.drn"));
  EXPECT_EQ(back.model.data().rewards[0].expected, file.model.data().rewards[0].expected);
  EXPECT_FALSE(back.observations);
}

constexpr const char* kHeader =
    "// a comment\n@type: MDP\n@value_type: double\n@parameters\n\n@reward_models\ngain cost\n";

TEST(Drn, ReadsStatesActionsAndRewards) {
  const ModelFile file =
      parse_drn(std::string(kHeader) +
                    "@nr_states\n3\n@nr_choices\n4\n@model\n"
                    "state 0 [1, 0.5] init \"two words\"\n//[x=1]\n"
                    "\taction left [2, 0]\n\t\t1 : 1/4\n\t\t2 : 0.75\n\taction right [0, 3]\n\t\t0 : 1\n"
                    "state 1 init goal\n  action left\n  2:1\n"
                    "state 2 [0,0] goal\n\taction right [0, 0]\n\t\t2 : 1\n",
                "m.drn");
  const TabularMdp& model = file.model;
  EXPECT_THAT(listed(model.probability()), ElementsAre(.25, .75, 1, 1, 1));
  ASSERT_EQ(model.data().rewards.size(), 2U);
  EXPECT_EQ(model.data().rewards[0].name, "gain");
  EXPECT_THAT(listed(model.data().rewards[0].expected), ElementsAre(3, 1, 0, 0));
  EXPECT_THAT(listed(model.data().rewards[1].expected), ElementsAre(.5, 3.5, 0, 0));
  EXPECT_THAT(model.initial(), ElementsAre(.5, .5, 0));
  EXPECT_THAT(model.data().action_names, ElementsAre("left", "right"));
  EXPECT_EQ(model.action(3), 1);
  ASSERT_EQ(model.data().labels.size(), 2U);
  EXPECT_EQ(model.data().labels[0].name, "two words");
  EXPECT_THAT(listed(model.data().labels[1].states), ElementsAre(1, 2));
}

TEST(Drn, ReadsPlaceholdersIntervalsAndObservations) {
  const ModelFile file = parse_drn(
      "@type: POMDP\n@value_type: double-interval\n@parameters\n@placeholders\n$0 : [0.4, 0.6]\n$half : 0.5\n"
      "@reward_models\n\n@nr_states\n2\n@model\n"
      "state 0 {1} [$half] init\n action __NOLABEL__\n  0 : $0\n  1 : [0.4,0.6]\nstate 1 {0}\n action 0\n  1 : 1\n",
      "m.drn");
  ASSERT_TRUE(file.intervals);
  EXPECT_THAT(listed(file.intervals->lower), ElementsAre(.4, .4, 1));
  EXPECT_THAT(listed(file.model.probability()), ElementsAre(.5, .5, 1));
  EXPECT_EQ(file.model.data().rewards[0].name, "rew0");
  EXPECT_EQ(file.model.reward(0), 0.5);
  ASSERT_TRUE(file.observations);
  EXPECT_EQ(file.observations->count, 2);
  EXPECT_THAT(listed(file.observations->observation), testing::Each(testing::AnyOf(0, 1)));
  EXPECT_EQ(file.observations->observation[0], 1);
}

std::string of_header(const std::string& text) {
  return message_of([&] { parse_drn(text, "m.drn"); });
}

/// A message about the body of a model of two states; the first line of the body is line 6.
std::string of_body(const std::string& text) {
  return of_header("@type: MDP\n@nr_states\n2\n@reward_models\nr\n@model\n" + text);
}

TEST(DrnErrors, Headers) {
  EXPECT_EQ(of_header("@type: CTMC\n"), "m.drn:1: @type is 'CTMC', only MDP, DTMC and POMDP are read");
  EXPECT_EQ(of_header("@type: MDP\n@value_type: complex\n"),
            "m.drn:2: @value_type is 'complex', only double, rational and their intervals are read");
  EXPECT_THAT(of_header("@type: MDP\n@parameters\np q\n"),
              StartsWith("m.drn:3: the model has parameters; give them values"));
  EXPECT_THAT(of_header("@value_type: parametric\n"), StartsWith("m.drn:1: the model has parameters"));
  EXPECT_EQ(of_header("@type: MDP\n@model\n"), "m.drn:2: @nr_states is missing before @model");
  EXPECT_EQ(of_header("@nr_states\n2\n@model\n"), "m.drn:3: @type is missing before @model");
  EXPECT_EQ(of_header("@type: MDP\n@nr_states\n1000000000000000\n"),
            "m.drn:3: @nr_states is 1000000000000000, which a file of 39 bytes cannot hold");
  EXPECT_EQ(of_header("@type: MDP\n@nr_things\n"), "m.drn:2: '@nr_things' is no part of a DRN header");
  EXPECT_EQ(of_header("@type: MDP\n"), "m.drn:1: the header ends without @model");
  EXPECT_EQ(of_header("@placeholders\n$a : 1\n$a : 2\n"), "m.drn:3: placeholder '$a' is defined twice");
}

TEST(DrnErrors, Bodies) {
  EXPECT_EQ(of_body("state 1\n"), "m.drn:7: state 1 comes where state 0 is due");
  EXPECT_EQ(of_body("state 7\n"), "m.drn:7: state 7 is out of range, there are 2: 0 to 1");
  EXPECT_EQ(of_body("0 : 1\n"), "m.drn:7: expected \"state\" or \"action\" here; a transition must follow an action");
  EXPECT_EQ(of_body("action 0\n"), "m.drn:7: an action comes before the first state");
  EXPECT_EQ(of_body("state 0 !3\n"), "m.drn:7: exit rates (\"!\") belong to continuous time, which is not read");
  EXPECT_EQ(of_body("state 0\n action 0\n  5 : 1\n"), "m.drn:9: target state 5 is out of range, @nr_states is 2");
  EXPECT_EQ(of_body("state 0\n action 0\n  0 1\n"),
            "m.drn:9: a transition \"target : probability\" needs a closing ':'");
  EXPECT_EQ(of_body("state 0\n action 0\n  0 : 2\n"), "m.drn:9: probability 2 must lie in [0, 1]");
  EXPECT_EQ(of_body("state 0\n action 0\n  0 : [0.5 1]\n"), "m.drn:9: interval '[0.5 1]' must look like [0.1, 0.2]");
  EXPECT_EQ(of_body("state 0\n action 0\n  0 : $z\n"), "m.drn:9: placeholder '$z' is not defined");
  EXPECT_EQ(of_body("state 0\n action 0\n  0 : 0.75\nstate 1\n"),
            "m.drn:10: action 0 of state 0 (it ends before this line) sums to 1-0.25, tolerance 1e-09");
  EXPECT_EQ(of_body("state 0\n action 0\nstate 1\n"),
            "m.drn:9: action 0 of state 0 (it ends before this line) has no transitions");
  EXPECT_THAT(of_body("state 0\nstate 1\n"), StartsWith("m.drn:7: state 0 has no action (a deadlock); give it"));
  EXPECT_EQ(of_body("state 0 [1\n"), "m.drn:7: the rewards needs a closing ']'");
  EXPECT_EQ(of_body("state 0 [1, 2]\n"), "m.drn:7: there are more rewards than the 1 reward models");
  EXPECT_EQ(of_body("state 0 [inf]\n"), "m.drn:7: the reward is inf, must be finite");
  EXPECT_EQ(of_body("state 0\n action 0\n  0 : 1\n"), "m.drn:9: @nr_states is 2, the file has 1 state");
  EXPECT_EQ(of_header("@type: MDP\n@nr_states\n1\n@nr_choices\n2\n@model\nstate 0\n action 0\n  0 : 1\n"),
            "m.drn:9: @nr_choices is 2, the file has 1 action");
  EXPECT_EQ(of_header("@type: DTMC\n@nr_states\n1\n@model\nstate 0\n action 0\n  0 : 1\n action 1\n"),
            "m.drn:8: state 0 of a DTMC has a second action");
  EXPECT_EQ(of_header("@type: POMDP\n@nr_states\n1\n@model\nstate 0\n"),
            "m.drn:5: state 0 of a POMDP needs an observation in braces");
}

}  // namespace
}  // namespace bellwether::mdp
