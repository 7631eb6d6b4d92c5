#include "mdp/io/csv.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/parallel.h"
#include "mdp/io/csv_header.h"

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

TEST(Csv, NamesTheLineOfAStrayIndex) {
  const std::string row = "0,0,0,1,5\n";
  for (const char* stray : {"0,1,2147483646,1,5\n", "2147483646,0,0,1,5\n"}) {
    EXPECT_THAT(refusal(kHeader + row + stray), testing::AllOf(HasSubstr("x.csv:3: state 2147483646 is the largest"),
                                                               HasSubstr("no rows of state 1;")));
  }
  EXPECT_THAT(refusal("stage," + kHeader + "0,0,0,0,1,5\n0,7,0,7,1,5\n"),
              HasSubstr("x.csv:3: stage 0: state 7 is the"));
  EXPECT_THAT(refusal("#! states 4\n" + kHeader + row), HasSubstr("x.csv: state 1 is counted by '#! states 4' but"));
  // Who is a successor somewhere is named there; who counts from 1 is told so.
  EXPECT_THAT(refusal(kHeader + row + "0,1,1,1,5\n"), HasSubstr("x.csv:3: state 1 is a successor here"));
  EXPECT_THAT(refusal(kHeader + "1,0,1,1,5\n"), HasSubstr("state 0 (states count from 0)"));
}

TEST(Csv, RefusesACarriageReturnInsideALine) {
  const std::string row = "0,0,0,1,5\n", said = "carriage return";
  EXPECT_THAT(refusal(kHeader + "# note\r0,1,0,1,50\n" + row), HasSubstr("x.csv:2: a " + said));
  EXPECT_THAT(refusal(kHeader + row + "# note\r0,1,0,1,50"), HasSubstr("x.csv:3: a " + said));
  EXPECT_THAT(refusal("# note\r#! discount 0.5\n" + kHeader + row), HasSubstr("x.csv:1: a " + said));
  EXPECT_THAT(refusal("\r# note\n" + kHeader + row), HasSubstr("x.csv:1: a " + said));
  EXPECT_THAT(refusal("state,action,next,probability,reward\r0,1,0,1,50\n" + row), HasSubstr("x.csv:1: a " + said));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,5\r0,1,0,1,50\n"), HasSubstr("x.csv:2: "));
  EXPECT_THAT(refusal(kHeader + "0,0\r,0,1,5\n"), HasSubstr("x.csv:2: "));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1\r,5\n"), HasSubstr("x.csv:2: "));
  // At the end of lines it does no harm, once or twice, on every line or on some.
  const ModelData plain = parse(kHeader + row).model.data();
  EXPECT_EQ(parse("# note\r\n\r\n" + kHeader + "#\r\r\n0,0,0,1,5\r\n\r\n# end\r").model.data(), plain);
  EXPECT_EQ(parse(kHeader + "0,0,0,1,5\r\r\n").model.data(), plain);
}

TEST(Csv, KnowsItsColumnsInCapitalsToo) {
  const ModelData data =
      parse("State,ACTION,Next,Probability,REWARD,Reward:Fuel,COST:Reward,Time\n0,0,0,1,5,7,8,9\n").model.data();
  ASSERT_EQ(data.rewards.size(), 2U);
  EXPECT_EQ(data.rewards[0].name, "reward");
  EXPECT_EQ(data.rewards[1].name, "Fuel");  // names keep their letters
  ASSERT_EQ(data.costs.size(), 2U);
  EXPECT_EQ(data.costs[0].name, "Reward");
  EXPECT_EQ(data.costs[1].name, "Time");
  // A cost that is called like a reward still comes back as a cost.
  EXPECT_EQ(csv_title("Reward:x", false), "cost:Reward:x");
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
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,1\n1,3,0,0.5,1\n1,3,1,0.25,1\n"),
              HasSubstr(":3: TabularMdp: row (s=1, a=3) sums to 1-0.25"));
  EXPECT_THAT(refusal(kHeader + "new,run,new,1,1\n# a remark\nnew,\"walk\",new,0.5,1\n"),
              HasSubstr(":4: TabularMdp: row (s=0 'new', a=1 'walk') sums to 1-0.5"));
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

TEST(Csv, SaysWhatIsWrongWithAHeader) {
  EXPECT_THAT(refusal("\xff\xfes\0t\0"), HasSubstr("x.csv:1: is UTF-16"));
  EXPECT_THAT(refusal("# only a comment\n"), HasSubstr("there is no header"));
  EXPECT_THAT(refusal("\n0,0,0,1,1\n"), HasSubstr("x.csv:2: there is no header; it must be state,action"));
  EXPECT_THAT(refusal("new,run,new,1,10\n"), HasSubstr("x.csv:1: there is no header"));
  EXPECT_THAT(refusal("state,action,next,probability,rewards\n0,0,0,1,1\n"),
              HasSubstr("x.csv:1: the header has no column 'reward' (is it 'rewards'?)"));
  EXPECT_THAT(refusal("state,action,next,probability,reward,\n0,0,0,1,1,\n"),
              HasSubstr("column 6 of the header has no name"));
  EXPECT_THAT(refusal("state,action,next,probability,reward,fuel,fuel\n"), HasSubstr("column 'fuel' is there twice"));
  EXPECT_THAT(refusal(std::string(1 << 20, '\x07')), HasSubstr("x.csv:1: this is no CSV file"));
  EXPECT_EQ(parse("State,ACTION,next,Probability,Reward\n0,0,0,1,1\n").model.data().rewards[0].name, "reward");
}

TEST(Csv, SaysWhatIsWrongWithADirective) {
  const auto with = [](const std::string& directive) {
    return refusal("#! " + directive + "\n" + kHeader + "0,0,0,1,1\n");
  };
  EXPECT_THAT(with("discount"), HasSubstr("x.csv:1: must have the form '#! discount NUMBER'"));
  EXPECT_THAT(with("discount x"), HasSubstr("x.csv:1: 'x' is not a finite number"));
  EXPECT_THAT(with("discount 1.5"), HasSubstr("discount 1.5 must lie in [0, 1]"));
  EXPECT_THAT(with("states 0"), HasSubstr("'0' is not a whole number from 1 on"));
  EXPECT_THAT(with("states 2"), HasSubstr("x.csv: state 1 is counted by '#! states 2' but has no rows of its own"));
  EXPECT_THAT(with("state a\n#! state a"), HasSubstr("the header names two states 'a'"));
  EXPECT_THAT(with("initial 0 0.5"), HasSubstr("initial distribution sums to 1-0.5"));
  EXPECT_THAT(with("initial 1 1"), HasSubstr("names state '1', which is not in the rows"));
  EXPECT_THAT(with("law 0 0 cauchy 1"), HasSubstr("x.csv:1: a reward law is bernoulli HIGH"));
  EXPECT_THAT(with("law 0 0 finite 1"), HasSubstr("not 'finite' with 1 number"));
  EXPECT_THAT(with("law 0 3 gaussian 1"), HasSubstr("names action '3' of state '0', which is not in the rows"));
  EXPECT_THAT(with("law 0 0 bernoulli 0.5"), HasSubstr("Bernoulli on {0, 0.5} cannot have mean 1"));
  EXPECT_THAT(with("expected fuel 0 0 1"), HasSubstr("names column 'fuel', which is not in the header"));
  EXPECT_THAT(with("part 1\n#! discount 0.5"), HasSubstr("speaks of part 1, the file has 1"));
}

/// What a refusal says to add, as lines.
std::string advised(const std::string& message) {
  const std::string word = message.find("add the rows ") == std::string::npos ? "add the row " : "add the rows ";
  const std::size_t at = message.find(word);
  if (at == std::string::npos) return {};
  std::string rows = message.substr(at + word.size());
  rows = rows.substr(0, rows.find(" (tabs between)"));
  for (const std::string joint : {" and ", ", "})
    for (std::size_t found; (found = rows.find(joint)) != std::string::npos;) rows.replace(found, joint.size(), "\n");
  return rows + "\n";
}

TEST(Csv, AdvisesRowsThatTheFileTakes) {
  const std::string contexts = "context,state,action,next,probability,reward\n";
  struct Case {
    std::string file, rows;
  };
  for (const auto& [file, rows] : std::vector<Case>{
           {kHeader + "0,0,1,1,2\n", "1,0,1,1,0\n"},
           {kHeader + "a,go,lost,1,2\n", "lost,go,lost,1,0\n"},
           {kHeader + "a,go,\"the end\",1,2\n", "\"the end\",go,\"the end\",1,0\n"},
           {"state,action,next,probability,reward,energy,risk\na,go,lost,1,2,3,4\n", "lost,go,lost,1,0,0,0\n"},
           {"reward;state;action;next;probability\n1;s;a;t;1\n", "0;t;a;t;1\n"},
           {"reward\tnext\tstate\taction\tprobability\n1\tt\ts\ta\t1\n", "0\tt\tt\ta\t1\n"},
           {contexts + "0,s,a,t,1,2\n1,s,a,t,1,3\n", "0,t,a,t,1,0\n1,t,a,t,1,0\n"},
           {contexts + "0,s,a,t,1,2\n0,t,a,t,1,0\n1,s,a,t,1,3\n2,s,a,t,1,3\n", "1,t,a,t,1,0\n2,t,a,t,1,0\n"},
           {contexts + "0,s,a,t,1,2\n0,u,a,t,1,0\n1,s,a,t,1,3\n1,t,a,u,1,3\n1,u,a,t,1,3\n", "0,t,a,t,1,0\n"},
           {contexts + "0,s,a,t,1,2\n0,t,rest,t,1,2\n0,t,go,s,1,2\n1,s,a,t,1,3\n", "1,t,rest,t,1,0\n1,t,go,t,1,0\n"},
           {contexts + "1,1,0,1,1,2\n0,0,0,1,1,0\n1,0,0,0,1,2\n2,0,0,0,1,2\n", "0,1,0,1,1,0\n2,1,0,1,1,0\n"},
       }) {
    EXPECT_EQ(advised(refusal(file)), rows) << file;
    EXPECT_NO_THROW(parse(file + rows)) << file;
  }
}

TEST(Csv, AdvisesOneRowForManyStages) {
  std::string file = "stage,state,action,next,probability,reward\n";
  for (int stage = 0; stage < 5; ++stage) file += std::to_string(stage) + ",s,a,t,1,2\n";
  EXPECT_THAT(refusal(file), HasSubstr("add the row 0,t,a,t,1,0, and one like it for each stage"));
}

TEST(Csv, ReadsDirectives) {
  const ModelFile file =
      parse("#! minimize\n#! discount 0.9\n#! initial b 1\n#! label goal b\n#! law a go gaussian 2\n" + kHeader +
            "a,go,b,1,3\nb,go,b,1,0\n");
  EXPECT_TRUE(file.rewards_are_costs);
  const ModelData& data = file.model.data();
  EXPECT_EQ(data.discount, 0.9);
  EXPECT_THAT(data.initial.view(), ElementsAre(0, 1));
  EXPECT_THAT(data.labels[0].states.view(), ElementsAre(1));
  EXPECT_EQ(data.reward_laws.law[0], static_cast<int>(RewardLaw::kGaussian));
  EXPECT_EQ(data.reward_laws.scale[0], 2);
}

TEST(Csv, ReadsFeaturesInAnyOrder) {
  const ModelFile file = parse("#! features b go 5 -6\n#! features a stay 3 4\n#! features a go 1 2\n" + kHeader +
                               "a,go,b,1,3\na,stay,a,1,0\nb,go,b,1,0\n");
  ASSERT_NE(file.linear.features, nullptr);
  EXPECT_EQ(file.linear.features->dimension(), 2);
  EXPECT_THAT(file.linear.features->rows().view(), ElementsAre(1, 2, 3, 4, 5, -6));
  EXPECT_EQ(file.linear.mixture, nullptr);
}

TEST(Csv, ReadsMixturesWithAThetaOfEachPartOrOfAll) {
  const std::string mixture = "#! mixture 1 0 0 .5 2\n#! mixture 0 0 1 1 0\n#! mixture 0 0 0 0 1\n",
                    rows = "stage," + kHeader + "0,0,0,0,1,1\n0,1,0,0,1,1\n1,0,0,0,1,1\n1,1,0,0,1,1\n";
  const LinearStructure one = parse(mixture + "#! theta .25 .75\n" + rows).linear;
  ASSERT_NE(one.mixture, nullptr);
  EXPECT_THAT(one.mixture->begin().view(), ElementsAre(0, 2, 3));
  EXPECT_THAT(one.mixture->successor().view(), ElementsAre(1, 0, 0));
  EXPECT_THAT(one.mixture->features().view(), ElementsAre(1, 0, 0, 1, .5, 2));
  EXPECT_THAT(one.mixture_theta, ElementsAre(ElementsAre(.25, .75)));
  const LinearStructure two = parse(mixture + "#! part 1\n#! theta 3 4\n#! part 0\n#! theta 1 2\n" + rows).linear;
  EXPECT_THAT(two.mixture_theta, ElementsAre(ElementsAre(1, 2), ElementsAre(3, 4)));
}

TEST(Csv, SaysWhatIsWrongWithFeatures) {
  const auto with = [](const std::string& lines) {
    return refusal(lines + "\n" + kHeader + "a,run,b,1,1\na,walk,a,1,1\nb,run,b,1,1\n");
  };
  const std::string two = "#! features a run 1 2\n#! features b run 1 2\n";
  EXPECT_THAT(with("#! features a run"), HasSubstr("x.csv:1: must have the form '#! features STATE ACTION X ...'"));
  EXPECT_THAT(with("#! features a run 1 x"), HasSubstr("x.csv:1: 'x' is not a finite number"));
  EXPECT_THAT(with(two), HasSubstr("x.csv:1: features begin here, but action 'walk' of state 'a' has none"));
  EXPECT_THAT(with(two + "#! features a walk 1"), HasSubstr("x.csv:3: has 1 number, line 1 has 2"));
  EXPECT_THAT(with(two + "#! features a swim 1 2"), HasSubstr("x.csv:3: a directive names action 'swim' of state 'a'"));
  EXPECT_THAT(with(two + "#! features a walk 1 2\n#! features a walk 1 2"),
              HasSubstr("x.csv:3: action 'walk' of state 'a' has two lines of features"));
  EXPECT_THAT(with("#! part 0\n" + two), HasSubstr("x.csv:2: '#! features' is for all stages or contexts"));
  const std::string mixture = "#! mixture a run b 1\n#! mixture a walk a 1\n#! mixture b run b 1\n";
  EXPECT_THAT(with("#! mixture a run b"), HasSubstr("must have the form '#! mixture STATE ACTION NEXT X ...'"));
  EXPECT_THAT(with(mixture), HasSubstr("x.csv:1: a mixture begins here, but no line '#! theta X ...'"));
  EXPECT_THAT(with(mixture + "#! theta 1 2"), HasSubstr("x.csv:4: has 2 numbers, line 1 has 1"));
  EXPECT_THAT(with(mixture + "#! theta 1\n#! theta 1"), HasSubstr("x.csv:5: line 4 has a theta already"));
  EXPECT_THAT(with(mixture + "#! theta 1\n#! part 0\n#! theta 1"), HasSubstr("line 4 gives the theta of all parts"));
  EXPECT_THAT(with("#! theta 1"), HasSubstr("x.csv:1: a theta needs lines '#! mixture"));
  EXPECT_THAT(with("#! mixture a run c 1"), HasSubstr("x.csv:1: "));
  EXPECT_THAT(with(mixture + "#! part 7\n#! theta 1"), HasSubstr("no line '#! theta"));
}

TEST(Csv, LeavesOutWhatCannotHappenButKeepsItsChoice) {
  const TabularMdp model = parse(kHeader + "0,0,0,0,9\n0,0,0,1,5\n0,1,0,1,2\n0,1,0,0,1\n").model;
  EXPECT_THAT(model.successor(), ElementsAre(0, 0));
  EXPECT_THAT(model.reward(), ElementsAre(5, 2));
  EXPECT_TRUE(model.data().rewards[0].by_transition.empty());
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,1\n0,1,0,0,1\n"), HasSubstr("row (s=0, a=1) has no transitions"));
}

TEST(Csv, KeepsEntriesWithTheSameSuccessorApart) {
  const TabularMdp model = parse(kHeader + "0,0,0,0.5,1\n0,0,0,0.5,3\n").model;
  EXPECT_THAT(model.successors(0), ElementsAre(0, 0));
  EXPECT_EQ(model.reward(0), 2);
}

TEST(Csv, ReadsQuotedFieldsOfEveryKind) {
  EXPECT_EQ(parse(kHeader + "\"0\",\"0\",\"0\",\"1\",\"7\"\n").model.data(),
            parse(kHeader + "0,0,0,1,7\n").model.data());
  const TabularMdp model = parse(kHeader + " \"a \"\"b\"\"\" ,go, \"a \"\"b\"\"\" ,1,0\n").model;
  EXPECT_EQ(model.data().state_names[0], "a \"b\"");
  EXPECT_THAT(refusal(kHeader + "\"a,go,a,1,0\n"), HasSubstr("x.csv:2: has 1 field, the header has 5"));
}

TEST(Csv, SaysWhichNumberIsWrong) {
  EXPECT_THAT(refusal(kHeader + "0,0,0,1e999,1\n"),
              HasSubstr("x.csv:2: column 'probability' is '1e999', beyond the range"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,\n"), HasSubstr("column 'reward' is ''"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,0x10\n"), HasSubstr("column 'reward' is '0x10'"));
  EXPECT_THAT(refusal(kHeader + "0,0,0,1,+-1\n"), HasSubstr("column 'reward' is '+-1'"));
  EXPECT_THAT(refusal("state;action;next;probability;reward\n0;0;0;1;1,5\n"),
              HasSubstr("column 'reward' is '1,5', must be a finite number with a decimal point"));
  EXPECT_THAT(refusal(kHeader + "0,,0,1,1\n"), HasSubstr("x.csv:2: column 'action' is empty"));
  EXPECT_THAT(refusal("stage,state,action,next,probability,reward\nx,0,0,0,1,5\n"),
              HasSubstr("column 'stage' is 'x', must be a whole number"));
  EXPECT_THAT(refusal("state,action,next,probability,reward,fuel\n0,0,0,1,1,lots\n"),
              HasSubstr("column 'fuel' is 'lots'"));
  EXPECT_THAT(refusal(kHeader + "1,0,1,1,1\n"), HasSubstr("x.csv: state 0 (states count from 0) has no rows"));
  EXPECT_THAT(refusal("stage,state,action,next,probability,reward\n0,0,0,0,1,5\n0,1,0,0,1,5\n1,0,0,0,1,5\n"),
              HasSubstr("stage 1: state 1"));
  EXPECT_THAT(refusal("stage,state,action,next,probability,reward\n0,0,0,0,1,5\n1,1,0,1,1,5\n"),
              HasSubstr("stage 0: state 1"));
  EXPECT_THAT(refusal("stage,state,action,next,probability,reward\n0,0,0,0,1,5\n2,0,0,0,1,5\n"),
              HasSubstr("x.csv:3: stage 1 is missing"));
  EXPECT_THAT(refusal("# no\nstage,context,state,action,next,probability,reward\n0,0,0,0,0,1,5\n"),
              HasSubstr("x.csv:2: has both a stage and a"));
  EXPECT_THAT(refusal(kHeader), HasSubstr("x.csv:1: has a header but no rows"));
}

// The same choice stands in several stages or contexts: the line is that of the one that is wrong.
TEST(Csv, SaysWhichLineOfAStageOrContextIsWrong) {
  const std::string header = "context,state,action,next,probability,reward\n";
  EXPECT_THAT(refusal(header + "0,0,0,0,1,1\n1,0,0,0,.5,1\n"),
              HasSubstr("x.csv:3: context 1: TabularMdp: row (s=0, a=0) sums to 1-0.5"));
  EXPECT_THAT(refusal("stage,state,action,next,probability,reward\n0,0,go,0,1,1\n1,0,go,0,.5,1\n"),
              HasSubstr("x.csv:3: stage 1: "));
  EXPECT_THAT(refusal(header + "0,0,0,0,1,1\n1,0,1,0,1,1\n"),
              HasSubstr("x.csv:3: context 1 lists the action 1 of state 0 here and context 0 does not"));
  EXPECT_THAT(refusal(header + "0,a,x,a,1,1\n0,a,y,a,1,1\n1,a,x,a,1,1\n"),
              HasSubstr("x.csv:3: context 0 lists the action y of state a here and context 1 does not"));
  EXPECT_THAT(refusal(header + "0,0,0,0,1,1\n2,0,0,0,1,1\n"), HasSubstr("x.csv:3: context 1 is missing"));
}

TEST(Csv, SeesRewardsDifferWhereverThePartsOfAFileMeet) {
  // One choice of 200,000 rows spans several parts; its reward differs in a single row.
  for (const int odd : {0, 1, 60000, 99999, 199999}) {
    std::string text = kHeader;
    const int rows = 1 << 18;
    for (int i = 0; i < rows; ++i)
      text += i == odd ? "0,0,0,0.000003814697265625,2\n" : "0,0,0,0.000003814697265625,1\n";
    const TabularMdp model = parse(text).model;
    const Array<double>& by_transition = model.data().rewards[0].by_transition;
    ASSERT_EQ(by_transition.size(), static_cast<std::size_t>(rows)) << odd;
    for (int i = 0; i < rows; ++i) ASSERT_EQ(by_transition[static_cast<std::size_t>(i)], i == odd ? 2 : 1) << odd;
    EXPECT_DOUBLE_EQ(model.reward(0), 1 + 1.0 / rows);
  }
}

TEST(Csv, GroupsActionsThatAreWrittenOneAfterTheOther) {
  // P[a][s][s'] order over many parts, with names of states as well.
  for (const bool named : {false, true}) {
    std::string by_action = kHeader, by_state = kHeader;
    const auto row = [&](int s, int a) {
      const std::string prefix(named ? 1 : 0, 's');
      const std::string from = prefix + std::to_string(s), to = prefix + std::to_string((s + a) % 9000);
      return from + "," + std::to_string(a) + "," + to + ",0.5," + std::to_string(s - a) + "\n" + from + "," +
             std::to_string(a) + "," + from + ",0.5,0.25\n";
    };
    for (int a = 0; a < 6; ++a)
      for (int s = 0; s < 9000; ++s) by_action += row(s, a);
    for (int s = 0; s < 9000; ++s)
      for (int a = 0; a < 6; ++a) by_state += row(s, a);
    const TabularMdp one = parse(by_action).model, other = parse(by_state).model;
    EXPECT_EQ(one.num_choices(), 54000);
    if (!named) {
      EXPECT_EQ(one.data(), other.data());
    } else {  // numbered by first appearance, so in another order
      EXPECT_EQ(one.data().state_names[8999], "s8999");
      EXPECT_EQ(one.num_transitions(), other.num_transitions());
    }
  }
}

TEST(Csv, ReadsALargeFileTheSameForEveryThreadCount) {
  // Many parts; choices and rewards cross their seams.
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
