#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/io/prism.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/mdp/io/checkers/random_file.h"

namespace bellwether::mdp {
namespace {

using test::message_of;
using testing::HasSubstr;
using testing::StartsWith;

std::string of_transitions(const std::string& text) {
  return message_of([&] { parse_prism({.transitions = {"m.tra", text}}); });
}

/// Two states, one choice each; state 0 goes to 0 and 1.
constexpr const char* kRows = "# Transitions (MDP)\n2 2 3\n0 0 0 0.5\n0 0 1 0.5\n1 0 1 1\n";

std::string of_labels(const std::string& text) {
  return message_of([&] { parse_prism({.transitions = {"m.tra", kRows}, .labels = PrismText{"m.lab", text}}); });
}

std::string of_states(const std::string& text) {
  return message_of([&] { parse_prism({.transitions = {"m.tra", kRows}, .states = PrismText{"m.sta", text}}); });
}

std::string of_rewards(const std::optional<std::string>& by_state, const std::optional<std::string>& by_transition) {
  PrismRewardTexts texts{"r", std::nullopt, std::nullopt};
  if (by_state) texts.states = PrismText{"m.srew", *by_state};
  if (by_transition) texts.transitions = PrismText{"m.trew", *by_transition};
  return message_of([&] { parse_prism({.transitions = {"m.tra", kRows}, .rewards = {texts}}); });
}

TEST(PrismErrors, Headers) {
  EXPECT_THAT(of_transitions(""), StartsWith("m.tra: there are no transitions"));
  EXPECT_EQ(of_transitions("# Transitions (CTMC)\n1 1\n"),
            "m.tra:1: the model is of type 'CTMC', only MDP, DTMC, IMDP and IDTMC are read");
  EXPECT_EQ(of_transitions("ctmc\n0 0 1\n"),
            "m.tra:1: the model is of type 'ctmc', only MDP, DTMC, IMDP and IDTMC are read");
  EXPECT_EQ(of_transitions("mpd\n0 0 1\n"), "m.tra:1: the number of states is 'mpd', must be an integer");
  EXPECT_THAT(of_transitions("\n4 5 6 7\n"),
              StartsWith("m.tra:2: a header has 3 numbers (states choices transitions)"));
  EXPECT_EQ(of_transitions("1000000000000000 1000000000000000 2000000000000000\n"),
            "m.tra:1: the header says 1000000000000000 states, 1000000000000000 choices and 2000000000000000 "
            "transitions, which a file of 51 bytes cannot hold");
}

TEST(PrismErrors, Rows) {
  EXPECT_EQ(of_transitions("# c\n2 2 2\n0 0 0 1\n1 0 2 1\n"),
            "m.tra:4: target state 2 is out of range, there are 2: 0 to 1");
  EXPECT_EQ(of_transitions("2 2 2\n0 0 0 0.97\n1 0 1 1\n"),
            "m.tra:3: choice 0 of state 0 (it ends before this line) sums to 1-0.03, tolerance 1e-09");
  EXPECT_EQ(of_transitions("2 2 2\n0 0 0 -1\n"), "m.tra:2: probability -1 must lie in [0, 1]");
  EXPECT_EQ(of_transitions("2 2 2\n0 0 0 nan\n"), "m.tra:2: the probability is nan, must be finite");
  EXPECT_EQ(of_transitions("2 2 2\n0 0 0 half\n"), "m.tra:2: the probability is 'half', must be a number");
  EXPECT_EQ(of_transitions("2 2 2\n0 0 0\n"), "m.tra:2: the probability is missing");
  EXPECT_EQ(of_transitions("2 2 2\n0 -3 0 1\n"), "m.tra:2: choice -3 is out of range");
  EXPECT_EQ(of_transitions("2 2 2\n0 0 0 1 a\n1 0 1 0.5 b\n1 0 0 0.5 c\n"),
            "m.tra:4: choice 0 of state 1 is called 'b' and 'c'");
  EXPECT_EQ(of_transitions("2 2 2\n1 0 0 1\n"),
            "m.tra:2: state 0 has no transitions (a deadlock); add the self-loop \"0 0 0 1\" or export the model with "
            "PRISM's -fixdl, which does that");
  EXPECT_THAT(of_transitions("2 2 2\n0 0 1 1\n"), StartsWith("m.tra:2: state 1 has no transitions (a deadlock); add"));
  EXPECT_THAT(of_transitions("mdp\n0 0 0 0.5\n0 0 7 0.5\n1 0 1 1\n"),
              StartsWith("m.tra:3: target state 7 has no transitions of its own (a deadlock)"));
  EXPECT_EQ(of_transitions("2 3 3\n0 1 0 1\n0 0 0 1\n1 0 1 1\n"),
            "m.tra:3: (state 0, choice 0) comes after (state 0, choice 1); lines must be in this order");
  EXPECT_EQ(of_transitions("2 2 3\n0 0 0 1\n1 0 1 1\n"),
            "m.tra:3: the header says 2 choices and 3 transitions, the file has 2 and 2");
}

TEST(PrismErrors, Intervals) {
  EXPECT_EQ(of_transitions("mdp\n0 0 0 [0.5,0.2]\n"),
            "m.tra:2: interval [0.5, 0.2] has its lower bound above its upper one");
  EXPECT_EQ(of_transitions("mdp\n0 0 0 [0.5,1.2]\n"), "m.tra:2: interval [0.5, 1.2] must lie in [0, 1]");
  EXPECT_EQ(of_transitions("mdp\n0 0 0 [-0.5,1]\n"), "m.tra:2: interval [-0.5, 1] must lie in [0, 1]");
  EXPECT_EQ(of_transitions("mdp\n0 0 0 [0.5\n"), "m.tra:2: an interval needs a closing ']'");
  EXPECT_EQ(of_transitions("mdp\n0 0 0 [0.5]\n"), "m.tra:2: interval '[0.5]' needs two bounds");
  EXPECT_EQ(
      of_transitions("mdp\n0 0 0 [0.5,0.75]\n"),
      "m.tra:2: choice 0 of state 0 (it ends before this line) has upper bounds that sum to 1-0.25, less than one");
}

TEST(PrismErrors, Remarks) {
  EXPECT_EQ(of_transitions("# bellwether: discount 2\nmdp\n0 0 0 1\n"),
            "m.tra:1: the discount is 2, must lie in [0, 1]");
  EXPECT_THAT(of_transitions("# bellwether: actions go\nmdp\n0 0 0 1\n"),
              StartsWith("m.tra:1: the list of action names must look like"));
  EXPECT_EQ(of_transitions("# bellwether: actions [\"go\"]\nmdp\n0 0 0 1 stay\n"),
            "m.tra:1: action 'stay' is not in the list of action names");
}

TEST(PrismErrors, Labels) {
  EXPECT_EQ(of_labels("0=\"init\"\n5: 0\n"), "m.lab:2: state 5 is out of range, the model has 2");
  EXPECT_EQ(of_labels("0=\"init\"\n1: 3\n"), "m.lab:2: label 3 is out of range, there are 1: 0 to 0");
  EXPECT_EQ(of_labels("1=\"init\"\n"), "m.lab:1: label number 1 comes where 0 is due");
  EXPECT_EQ(of_labels("0=init\n"), "m.lab:1: the name of label 0 must stand in quotes");
  EXPECT_EQ(of_labels("0=\"init\"\n1 0\n"), "m.lab:2: a state's number needs a closing ':'");
  EXPECT_EQ(of_labels("0=\"init\"\n"), "m.lab:1: no state carries the label \"init\", one must be initial");
  EXPECT_EQ(of_labels("#DECLARATION\na b\n#END\n0 c\n"), "m.lab:4: label 'c' is not declared");
  EXPECT_EQ(of_labels("#DECLARATION\na a\n#END\n"), "m.lab:2: label 'a' is declared twice");
  EXPECT_EQ(of_labels("#DECLARATION\na b\n0 a\n"), "m.lab:3: label 'a' is declared twice");
}

TEST(PrismErrors, States) {
  EXPECT_EQ(of_states("(x,y)\n0:(1)\n"), "m.sta:2: state 0 has 1 value for 2 variables");
  EXPECT_EQ(of_states("x\n"), "m.sta:1: 'x' must be a list in parentheses");
  EXPECT_EQ(of_states("(x)\n1:(1)\n"), "m.sta:2: state 1 comes where 0 of 2 is due");
  EXPECT_EQ(of_states("(x)\n0:(1)\n"), "m.sta:2: describes 1 state, the model has 2");
}

TEST(PrismErrors, Rewards) {
  EXPECT_EQ(of_rewards("3 1\n0 1\n", {}), "m.srew:1: the rewards are for 3 states, the model has 2");
  EXPECT_EQ(of_rewards("2 1 1\n0 1\n", {}), "m.srew:1: the header of state rewards has 2 numbers, here are 3");
  EXPECT_EQ(of_rewards("2 1\n4 1\n", {}), "m.srew:2: state 4 is out of range, there are 2: 0 to 1");
  EXPECT_EQ(of_rewards("2 1\n0 1 5\n", {}), "m.srew:2: '5' is left over at the end of the line");
  EXPECT_EQ(of_rewards("2 1\n0 inf\n", {}), "m.srew:2: the reward is inf, must be finite");
  EXPECT_EQ(of_rewards("2 4\n0 1\n", {}), "m.srew:2: the header says 4 entries, the file has 1");
  EXPECT_EQ(of_rewards("# State rewards\n2 0\n", "# State rewards\n"),
            "m.trew:1: holds 'State rewards' where transition rewards belong");
  EXPECT_EQ(of_rewards({}, "2 2 1\n0 1 1 3\n"), "m.trew:2: state 0 has no choice 1");
  EXPECT_EQ(of_rewards({}, "2 2 1\n1 0 0 3\n"), "m.trew:2: choice 0 of state 1 has no transition to state 0");
  EXPECT_EQ(of_rewards("# Reward structure \"a\"\n2 0\n", "# Reward structure \"b\"\n2 2 0\n"),
            "m.trew:1: the reward structure is 'b', in m.srew it is 'a'");
}

TEST(PrismErrors, NamesTheFileThatIsMissing) {
  const test::TemporaryFolder folder;
  EXPECT_THAT(message_of([&] { read_prism(folder.path("no.tra")); }), HasSubstr("no.tra: no such file"));
}

}  // namespace
}  // namespace bellwether::mdp
