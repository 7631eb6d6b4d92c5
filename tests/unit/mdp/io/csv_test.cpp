#include "mdp/io/csv.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"

namespace bellwether::mdp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kHeader = "state,action,next,probability,reward\n";

ModelFile parse(const std::string& text) { return parse_csv(text, "x.csv"); }

std::string refusal(const std::string& text) {
  try {
    parse(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Csv, ReadsNumbersOfEveryForm) {
  const TabularMdp model = parse(kHeader + "0,0,0,+.5,1e-3\n0,0,1,0.5,1.\n1,0,1,1,-2\n").model;
  EXPECT_EQ(model.num_states(), 2);
  EXPECT_THAT(model.probabilities(0), ElementsAre(0.5, 0.5));
  EXPECT_THAT(model.data().rewards[0].by_transition.view(), ElementsAre(1e-3, 1.0, -2.0));
  EXPECT_DOUBLE_EQ(model.reward(0), 0.5005);
  EXPECT_EQ(model.reward(1), -2);
}

TEST(Csv, TakesColumnsInAnyOrderAndForeignHeaders) {
  const TabularMdp plain = parse(kHeader + "0,0,0,1,7\n").model;
  for (const char* text : {"reward,probability,next,action,state\n7,1,0,0,0\n",
                           "\"idstatefrom\",\"idaction\",\"idstateto\",\"probability\",\"reward\"\n0,0,0,1,7\n",
                           "\xef\xbb\xbfstate;action;next;probability;reward\r\n0;0;0;1;7\r\n",
                           "# a comment\n\nstate\taction\tnext\tprobability\treward\n# more\n0\t0\t0\t1\t7\n\n",
                           "state , action , next , probability , reward\n 0 , 0 , 0 , 1 , 7"}) {
    EXPECT_EQ(parse(text).model.data(), plain.data()) << text;
  }
}

TEST(Csv, KeepsActionIdentifiersThatDifferByState) {
  const TabularMdp model = parse(kHeader + "0,2,0,1,1\n0,5,1,1,2\n1,0,1,1,3\n").model;
  EXPECT_EQ(model.action(0), 2);
  EXPECT_EQ(model.action(1), 5);
  EXPECT_EQ(model.choice_index(0, 5), 1);
  EXPECT_FALSE(model.choice_index(0, 0));
}

TEST(Csv, BringsScatteredRowsTogether) {
  const TabularMdp sorted = parse(kHeader + "0,0,0,0.5,1\n0,0,1,0.5,1\n0,1,1,1,2\n1,0,0,1,3\n").model;
  const TabularMdp scattered = parse(kHeader + "1,0,0,1,3\n0,0,0,0.5,1\n0,1,1,1,2\n0,0,1,0.5,1\n").model;
  EXPECT_EQ(sorted.data(), scattered.data());
}

TEST(Csv, NumbersNamesByFirstAppearance) {
  const TabularMdp model = parse(kHeader + "home,walk,\"far, away\",1,0\n\"far, away\",rest,\"far, away\",1,1\n").model;
  EXPECT_THAT(model.data().state_names, ElementsAre("home", "far, away"));
  EXPECT_THAT(model.data().action_names, ElementsAre("walk", "rest"));
  EXPECT_EQ(model.action(1), 1);
}

TEST(Csv, ReadsCostsStagesAndContexts) {
  const TabularMdp model = parse("state,action,next,probability,reward,fuel,reward:time\n0,0,0,1,1,4,9\n").model;
  ASSERT_EQ(model.data().costs.size(), 1U);
  EXPECT_EQ(model.data().costs[0].name, "fuel");
  ASSERT_EQ(model.data().rewards.size(), 2U);
  EXPECT_EQ(model.with_rewards("time").reward(0), 9);
  const ModelFile staged = parse("stage,state,action,next,probability,reward\n1,0,0,0,1,5\n0,0,0,0,1,4\n0,0,1,0,1,3\n");
  ASSERT_EQ(staged.stages.size(), 2U);
  EXPECT_EQ(staged.stages[0].num_choices(), 2);
  EXPECT_EQ(staged.stages[1].reward(0), 5);
  EXPECT_EQ(parse("context,state,action,next,probability,reward\n0,0,0,0,1,5\n1,0,0,0,1,4\n").contexts.size(), 2U);
}

TEST(Csv, SaysWhereItIsWrong) {
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,1\n1,0,1\n"), HasSubstr("x.csv:3: has 3 fields, the header has 5"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,1,9\n"), HasSubstr("x.csv:2: has more than the 5 fields"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,nan,1\n"),
              HasSubstr("x.csv:2: column 'probability' is 'nan', must be a finite number"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,inf\n"), HasSubstr("column 'reward' is 'inf'"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,-0.5,1\n"), HasSubstr("x.csv:2: probability is -0.5, must not be negative"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,1\n-1,0,0,1,1\n"), HasSubstr("x.csv:3: column 'state' is '-1'"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,1\n0,0,4294967296,1,1\n"), HasSubstr("x.csv:3: column 'next'"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,1\n1,3,0,0.5,1\n1,3,1,0.25,1\n"), HasSubstr("row (s=1, a=3) sums to 1-0.25"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,0.5,1\n0,0,1,0.5,1\n"),
              HasSubstr("x.csv:3: state 1 is a successor here but has no rows"));
  EXPECT_THAT(refusal(kHeader + "0,0,2000000000,1,1\n"), HasSubstr("has no rows"));
  EXPECT_THAT(refusal(kHeader), HasSubstr("no rows"));
  EXPECT_THAT(refusal("state,action,next,probability\n0,0,0,1\n"),
              HasSubstr("x.csv:1: the header has no column 'reward'"));
  EXPECT_THAT(refusal("state,action,next,reward\n0,0,0,1\n"), HasSubstr("no column 'probability'"));
  EXPECT_THAT(refusal("state,state,action,next,probability,reward\n"), HasSubstr("is there twice"));
  EXPECT_THAT(refusal("#! discuont 0.9\n" + kHeader), HasSubstr("x.csv:1: unknown directive '#! discuont'"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,1\n#! discount 0.9\n"), HasSubstr("x.csv:3: a directive"));
  EXPECT_THAT(refusal("#! label goal 7\n" + kHeader + "0,0,0,1,1\n"), HasSubstr("names state '7'"));
  EXPECT_THAT(refusal("stage,state,action,next,probability,reward\n1,0,0,0,1,5\n"), HasSubstr("stage 0 is missing"));
}

TEST(Csv, ReadsALargeFileTheSameForEveryThreadCount) {
  // Several parts of four megabytes; choices and rewards cross their seams.
  std::string text = kHeader;
  const int states = 60000;
  for (int s = 0; s < states; ++s) {
    for (int k = 0; k < 8; ++k) {
      text += std::to_string(s) + ",0," + std::to_string((s * 7 + k) % states) + ",0.125," +
              (s % 97 == 0 ? std::to_string(k) : "1.5") + "\n";
    }
  }
  ASSERT_GT(text.size(), std::size_t{10} << 20);
  const auto read = [&](int threads) {
    const ThreadCount guard(threads);
    return parse(text).model;
  };
  const TabularMdp one = read(1), two = read(2);
  EXPECT_EQ(one.data(), two.data());
  EXPECT_EQ(one.num_states(), states);
  EXPECT_EQ(one.num_transitions(), states * 8);
  EXPECT_EQ(one.reward(97), 3.5);
  EXPECT_EQ(one.reward(98), 1.5);
}

}  // namespace
}  // namespace bellwether::mdp
