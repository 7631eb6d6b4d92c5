#include "mdp/io/prism.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/io/file_bytes.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/mdp/io/checkers/random_file.h"

namespace bellwether::mdp {
namespace {

using test::Extras;
using test::listed;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void expect_round_trip(const Extras& extras, const std::string& name = "model.tra") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    const test::TemporaryFolder folder;
    const ModelFile file = test::random_file(seed, extras);
    EXPECT_THAT(write_prism(file, folder.path(name)), IsEmpty());
    test::expect_same(file, read_prism(folder.path(name)));
  }
}

TEST(Prism, KeepsModels) {
  expect_round_trip({});
  expect_round_trip({.identifiers = true, .parallel = true});
  expect_round_trip({.other_rewards = false, .names = false, .identifiers = true, .initial = Extras::Initial::kFirst});
  expect_round_trip({.labels = false, .other_rewards = false, .transition_rewards = false, .names = false});
}

TEST(Prism, KeepsIntervals) { expect_round_trip({.intervals = true}); }

TEST(Prism, CompressesWhatIsWrittenUnderACompressedName) {
  expect_round_trip({}, "model.tra.gz");
  const test::TemporaryFolder folder;
  write_prism(test::random_file(1, {}), folder.path("m.tra.xz"));
  EXPECT_TRUE(std::filesystem::exists(folder.path("m.lab.xz")));
}

TEST(Prism, SaysWhatItLoses) {
  const test::TemporaryFolder folder;
  const ModelFile file = test::random_file(3, {.costs = true,
                                               .intervals = true,
                                               .own_nominal = true,
                                               .laws = true,
                                               .initial = Extras::Initial::kAny,
                                               .seen = Extras::Seen::kStates});
  EXPECT_THAT(write_prism(file, folder.path("m.tra")),
              testing::UnorderedElementsAre(HasSubstr("the nominal probabilities"),
                                            HasSubstr("the distributions of the rewards"),
                                            HasSubstr("the initial distribution"), HasSubstr("'fuel' is a cost column"),
                                            HasSubstr("the observations")));
  const ModelFile back = read_prism(folder.path("m.tra"));
  EXPECT_EQ(back.model.data().rewards.back().name, "fuel");
  EXPECT_EQ(back.model.data().rewards.back().expected, file.model.data().costs[0].expected);
}

TEST(Prism, ReplacesTheFilesOfAnEarlierModel) {
  const test::TemporaryFolder folder;
  write_prism(test::random_file(1, {}), folder.path("m.tra"));
  EXPECT_TRUE(std::filesystem::exists(folder.path("m3.trew")));
  const ModelFile one = test::random_file(2, {.other_rewards = false, .names = false});
  EXPECT_THAT(write_prism(one, folder.path("m.tra")), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(folder.path("m3.trew")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("m.sta")));
  test::expect_same(one, read_prism(folder.path("m.tra")));
  folder.write("m.wind.srew", "3 0\n");
  EXPECT_THAT(write_prism(one, folder.path("m.tra")), ElementsAre(HasSubstr("m.wind.srew lies beside it")));
  EXPECT_TRUE(std::filesystem::exists(folder.path("m.wind.srew")));
}

TEST(Prism, ReadsItsOwnDialect) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("m.tra",
                                        "# Transitions (MDP)\n3 4 5\n"
                                        "0 0 1 0.25 go\n0 0 2 0.75 go\n0 1 0 1 stay\n1 0 2 1 go\n2 0 2 1 go\n");
  folder.write("m.lab", "# Labels\n0=\"init\" 1=\"deadlock\" 2=\"two words\"\n1: 0 2\n2: 2\n");
  folder.write("m1.srew", "# Reward structure \"time\"\n# State rewards\n3 2\n0 1\n1 0.5\n");
  folder.write("m1.trew", "# Reward structure \"time\"\n# Transition rewards\n3 4 2\n0 0 1 4\n0 0 2 8\n");
  folder.write("m2.trew", "# Reward structure \"fuel\"\n# Transition rewards\n3 4 1\n0 1 0 7\n");
  folder.write("m10.srew", "# Reward structure \"late\"\n3 0\n");
  folder.write("m.sta", "(x,up)\n0:(0,true)\n1:(1,true)\n2:(2,false)\n");
  const ModelFile file = read_prism(path);
  const TabularMdp& model = file.model;
  const ModelData& data = model.data();
  EXPECT_EQ(model.num_choices(0), 2);
  EXPECT_THAT(listed(model.probability()), ElementsAre(.25, .75, 1, 1, 1));
  EXPECT_THAT(model.initial(), ElementsAre(0, 1, 0));
  EXPECT_THAT(data.action_names, ElementsAre("go", "stay"));
  EXPECT_THAT(data.state_names, ElementsAre("(x=0,up=true)", "(x=1,up=true)", "(x=2,up=false)"));
  ASSERT_EQ(data.labels.size(), 2U);
  EXPECT_EQ(data.labels[0].name, "deadlock");
  EXPECT_THAT(listed(data.labels[0].states), IsEmpty());
  EXPECT_THAT(listed(data.labels[1].states), ElementsAre(1, 2));
  ASSERT_EQ(data.rewards.size(), 3U);
  EXPECT_EQ(data.rewards[0].name, "time");
  EXPECT_THAT(listed(data.rewards[0].by_transition), ElementsAre(5, 9, 1, .5, 0));
  EXPECT_THAT(listed(data.rewards[0].expected), ElementsAre(.25 * 5 + .75 * 9, 1, .5, 0));
  EXPECT_EQ(data.rewards[1].name, "fuel");
  EXPECT_THAT(listed(data.rewards[1].expected), ElementsAre(0, 7, 0, 0));
  EXPECT_THAT(listed(data.rewards[1].by_transition), IsEmpty());
  EXPECT_EQ(data.rewards[2].name, "late");
}

TEST(Prism, ReadsChainsOfBothDialects) {
  const ModelFile file = parse_prism({.transitions = {"c.tra", "2 3\n0 0 1/3\n0 1 2/3\n1 1 1.0\n"},
                                      .rewards = {{"x", std::nullopt, PrismText{"c.trew", "2 1\n0 1 6\n"}}}});
  EXPECT_THAT(listed(file.model.probability()), ElementsAre(1.0 / 3, 2.0 / 3, 1));
  EXPECT_EQ(file.model.reward(0), 2.0 / 3 * 6);
  const ModelFile storm = parse_prism({.transitions = {"c.tra", "dtmc\n0 0 0.5\n0 1 0.5\n1 1 1\n"},
                                       .labels = PrismText{"c.lab", "#DECLARATION\ninit end\n#END\n0 init\n1 end\n"},
                                       .rewards = {{"x", std::nullopt, PrismText{"c.trans.rew", "0 1 6\n"}}}});
  EXPECT_EQ(storm.model.reward(0), 3);
  EXPECT_THAT(listed(storm.model.find_label("end")->states), ElementsAre(1));
}

TEST(Prism, KeepsARewardOfAStateBesideLargeOnesThatBalance) {
  const PrismRewardTexts rewards{"r", PrismText{"m.srew", "2 1\n0 0.3333333333333333\n"},
                                 PrismText{"m.trew", "2 2 2\n0 0 0 1000000000\n0 0 1 -1000000000\n"}};
  const ModelFile file =
      parse_prism({.transitions = {"m.tra", "2 2 3\n0 0 0 0.5\n0 0 1 0.5\n1 0 1 1\n"}, .rewards = {rewards}});
  EXPECT_EQ(file.model.reward(0), 0.3333333333333333);
}

TEST(Prism, FindsTheRewardFilesOfStorm) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("two.tra", "mdp\n0 0 1 1\n0 1 0 1\n1 0 1 1\n");
  folder.write("two.flips.trans.rew", "0 0 1 2\n");
  folder.write("two.flips.state.rew", "1 5\n");
  folder.write("two.lab", "#DECLARATION\ninit\n#END\n1 init\n");
  folder.write("two2.tra", "mdp\n0 0 0 1\n");  // another model, with a reward file of its own
  folder.write("two2.srew", "0 99\n");
  const ModelFile file = read_prism(path);
  ASSERT_EQ(file.model.data().rewards.size(), 1U);
  EXPECT_EQ(file.model.data().rewards[0].name, "flips");
  EXPECT_THAT(listed(file.model.reward()), ElementsAre(2, 0, 5));
  EXPECT_THAT(file.model.initial(), ElementsAre(0, 1));
}

TEST(Prism, ReadsIntervals) {
  const ModelFile file = parse_prism({.transitions = {"i.tra",
                                                      "# Transitions (IMDP)\n2 2 4\n0 0 0 [0.1,0.5]\n0 0 1 [0.3, 0.7]\n"
                                                      "0 0 0 [0,0]\n1 0 1 1\n"}});
  ASSERT_TRUE(file.intervals);
  EXPECT_THAT(listed(file.intervals->lower), ElementsAre(.1, .3, 1));
  EXPECT_THAT(listed(file.intervals->upper), ElementsAre(.5, .7, 1));
  // 0.4 + t 0.8 = 1 gives t = 3/4.
  EXPECT_THAT(listed(file.model.probability()),
              ElementsAre(testing::DoubleNear(.4, 1e-15), testing::DoubleNear(.6, 1e-15), 1));
}

TEST(Prism, BoundsThatFillTheRowLeaveNoRoomForTheRest) {
  const ModelFile file = parse_prism({.transitions = {"i.tra", "mdp\n0 0 0 [0,0.5]\n0 0 1 [1,1]\n1 0 1 [1,1]\n"}});
  EXPECT_EQ(file.model.num_transitions(), 2);
}

TEST(Prism, ActionNames) {
  const auto read = [](const std::string& text) { return parse_prism({.transitions = {"a.tra", text}}).model; };
  // One name for each number: the number is the identifier.
  const TabularMdp by_number = read("mdp\n0 0 0 1 left\n0 1 0 1 right\n1 0 1 1 left\n1 1 0 1 right\n");
  EXPECT_THAT(by_number.data().action_names, ElementsAre("left", "right"));
  const TabularMdp late = read("mdp\n0 1 0 1 right\n1 0 1 1 left\n1 1 0 1 right\n");
  EXPECT_THAT(late.data().action_names, ElementsAre("left", "right"));
  EXPECT_EQ(late.action(0), 1);
  // A name for different numbers: the name decides.
  const TabularMdp by_name = read("mdp\n0 0 0 1 left\n0 1 0 1 right\n1 0 1 1 right\n");
  EXPECT_EQ(by_name.action_name(by_name.action(2)), "right");
  EXPECT_EQ(by_name.action(2), by_name.action(1));
  // A choice without a name is one whose name is empty.
  const TabularMdp blank = read("mdp\n0 0 0 1 left\n0 1 0 1\n1 0 1 1\n");
  EXPECT_EQ(blank.action_name(blank.action(1)), "");
  EXPECT_EQ(blank.action(1), blank.action(2));
  // A name twice in a state: numbers remain.
  const TabularMdp twice = read("mdp\n0 0 0 1 left\n0 1 1 1 left\n1 0 1 1 left\n");
  EXPECT_THAT(twice.data().action_names, IsEmpty());
  EXPECT_EQ(twice.action(1), 1);
  // The number in the file is the identifier when there are no names.
  const TabularMdp gaps = read("mdp\n0 2 0 1\n0 5 1 1\n1 0 1 1\n");
  EXPECT_EQ(gaps.action(0), 2);
  EXPECT_EQ(gaps.action(1), 5);
}

}  // namespace
}  // namespace bellwether::mdp
