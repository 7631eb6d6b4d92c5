// `fit`: linear functions of a file's features, held against the exact answers.
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"
#include "tests/cli/solve_json.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Two states, 0 is left for 1 where one is paid: V(1) = 1 / (1 - g), V(0) = g V(1) by going, and unit features.
const std::string kRows = "state,action,next,probability,reward\n0,0,0,1,0\n0,1,1,1,0\n1,0,1,0.5,1\n1,0,0,0.5,1\n";
const std::string kPair = "#! features 0 0 1 0 0\n#! features 0 1 0 1 0\n#! features 1 0 0 0 1\n" + kRows;

class Fit : public testing::Test {
 protected:
  std::string file(const std::string& text = kPair) { return folder_.write("model.csv", text); }
  json fit(std::vector<std::string> more, int code = 0) {
    more.insert(more.begin(), {"fit", file(), "--json"});
    const Finished done = run_program(more);
    EXPECT_EQ(done.code, code) << done.err;
    return json::parse(done.out);
  }
  void refused(std::vector<std::string> more, const std::string& why, const std::string& text = kPair) {
    more.insert(more.begin(), {"fit", file(text)});
    const Finished done = run_program(more);
    EXPECT_EQ(done.code, 2) << why;
    EXPECT_THAT(done.err, HasSubstr(why));
    EXPECT_EQ(done.out, "");
  }
  TemporaryFolder folder_;
};

// Going: V(0) = g V(1), V(1) = 1 + g (V(0) + V(1)) / 2; g = 1/2: V(1) = 8/5, V(0) = 4/5.
TEST_F(Fit, FindsPoliciesAndTheirExactLoss) {
  const json exact = fit({"--discount", "0.5", "--samples", "exact", "--set", "ridge=0"});
  EXPECT_NEAR(exact["value"].get<double>(), 0.8, 1e-12);
  ASSERT_EQ(exact["methods"].size(), 2U);
  for (const json& method : exact["methods"]) {
    EXPECT_EQ(method["status"], "converged");
    EXPECT_EQ(method["loss"], 0);
    EXPECT_EQ(method["largest_loss"], 0);
    EXPECT_LT(method["q_error"].get<double>(), 1e-8);
    EXPECT_EQ(method["policy"], (json{1, 0}));
    EXPECT_NEAR(method["weights"][2].get<double>(), 1.6, 1e-8);
  }
  // Two samples cannot show all three choices.
  const json two = fit({"--discount", "0.5", "--samples", "2", "--method", "lspi", "--seed", "3"});
  EXPECT_GT(two["methods"][0]["q_error"].get<double>(), 0.1);
  const json again = fit({"--discount", "0.5", "--samples", "2", "--method", "lspi", "--seed", "3"});
  EXPECT_EQ(two, again);
}

// A seed that nothing was drawn from would be made up.
TEST_F(Fit, TellsTheSeedOfWhatWasDrawn) {
  EXPECT_EQ(fit({"--discount", "0.5", "--samples", "9", "--seed", "3"})["seed"], 3);
  EXPECT_EQ(fit({"--discount", "0.5", "--policy", "uniform", "--steps", "9"})["seed"], 1);
  EXPECT_FALSE(fit({"--discount", "0.5", "--samples", "exact"}).contains("seed"));
}

TEST_F(Fit, SaysACommandThatGoesOn) {
  const std::string path = file();
  const auto next = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"fit", path, "--discount", "0.5"});
    const std::string out = run_program(more).out;
    const std::size_t at = out.find("\nnext: ");
    return at == std::string::npos ? "none"
                                   : out.substr(out.find(" fit ", at), out.rfind('\n') - out.find(" fit ", at));
  };
  const std::string begin = " fit " + path + " --discount 0.5";
  EXPECT_EQ(next({"--samples", "9", "--seed", "3"}), begin + " --samples exact");
  EXPECT_EQ(next({"--method", "lspi", "--samples", "exact"}), begin + " --policy optimal");
  EXPECT_EQ(next({"--policy", "uniform", "--steps", "200"}), begin + " --policy uniform --steps 2000");
  for (const std::string more : {"--samples exact", "--policy optimal"}) {
    const std::size_t blank = more.find(' ');
    EXPECT_EQ(run_program({"fit", path, "--discount", "0.5", more.substr(0, blank), more.substr(blank + 1)}).code, 0);
  }
}

TEST_F(Fit, FollowsTheDirectionOfTheFile) {
  const json costs = [&] {
    const Finished done = run_program({"fit", file("#! minimize\n" + kPair), "--discount", "0.5", "--samples", "exact",
                                       "--json", "--method", "lspi"});
    EXPECT_EQ(done.code, 0) << done.err;
    return json::parse(done.out);
  }();
  EXPECT_NEAR(costs["value"].get<double>(), 0, 1e-12);  // stays
  EXPECT_EQ(costs["methods"][0]["policy"], (json{0, 0}));
  EXPECT_GT(costs["methods"][0]["weights"][2].get<double>(), 1) << "what is to be paid, not its negative";
}

// One policy in two ways: by its name, and as a file; the exact answers by hand.
TEST_F(Fit, PredictsTheValuesOfAPolicy) {
  const std::string policy = folder_.write("policy.csv", "state,action,value\n1,0,9\n0,1,9\n");
  const json optimal = fit({"--discount", "0.5", "--policy", "optimal", "--steps", "20000"});
  json read = fit({"--discount", "0.5", "--policy", policy, "--steps", "20000"});
  EXPECT_NEAR(optimal["value"].get<double>(), 0.8, 1e-12);
  EXPECT_EQ(optimal["rank"], 2);  // the choice that is not played has no part in it
  ASSERT_EQ(optimal["methods"].size(), 6U);
  for (const json& method : optimal["methods"]) {
    EXPECT_LT(method["fixed_point_error"].get<double>(), 0.1) << method["name"];
    EXPECT_NEAR(method["fixed_point_error"].get<double>(), method["values_error"].get<double>(), 1e-9)
        << "two features tell two values exactly";
  }
  for (const char* key : {"policy", "behaviour"}) read[key] = "optimal";
  EXPECT_EQ(read, optimal);
  EXPECT_NEAR(optimal["answers"][0]["weights"][2].get<double>(), 1.6, 1e-9);
  EXPECT_EQ(optimal["answers"][1]["name"], "fixed point of TD(0)");
  EXPECT_EQ(optimal["answers"][2]["name"], "fixed point of TD(0.8)");
}

TEST_F(Fit, LearnsOffPolicyAndSaysSo) {
  const std::vector<std::string> words{"fit",         file(),    "--discount", "0.5",     "--policy", "optimal",
                                       "--behaviour", "uniform", "--method",   "td,lstd", "--steps",  "50000"};
  const Finished done = run_program(words);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("optimal, discounted by 0.5, from a play of: uniform"),
                              HasSubstr("3, of rank 2"), HasSubstr("Weights are not unique"),
                              HasSubstr("fixed point of TD(0)"), HasSubstr("lstd"), Not(HasSubstr("gtd2"))));
}

TEST_F(Fit, RefusesWhatHasNoAnswer) {
  const std::vector<std::string> half{"--discount", "0.5"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), half.begin(), half.end());
    return more;
  };
  refused({}, "discounted by what? --discount G");
  refused({"--discount", "1"}, "in (0, 1)");
  refused(half, "brings no features of choices", "state,action,next,probability,reward\n0,0,0,1,1\n");
  refused(with({"--method", "lsti"}), "did you mean 'lspi'?");
  refused(with({"--method", "lspi,lspi"}), "lspi is there twice");
  refused(with({"--method", "lstd"}), "lstd predicts the values of a policy; say which");
  refused(with({"--method", "lspi", "--policy", "uniform"}), "lspi looks for a policy of its own");
  refused(with({"--steps", "5"}), "--steps goes with --policy");
  refused(with({"--behaviour", "uniform"}), "--behaviour goes with --policy");
  refused(with({"--policy", "uniform", "--samples", "5"}), "--samples is for finding a policy");
  refused(with({"--samples", "0"}), "--samples");
  refused(with({"--samples", "exact", "--seed", "3"}), "--samples exact draws none");
  refused(with({"--set", "lambda=0.5"}), "lambda");
  refused(with({"--policy", "uniform", "--method", "td", "--set", "ridge=1"}), "ridge");
  refused(with({"--policy", "uniform", "--set", "lambda=2"}), "lambda");
  refused(with({"--policy", "optimal", "--behaviour", folder_.write("stay.csv", "state,action\n0,0\n1,0\n")}),
          "behaviour never plays choice 1 of state 0");
}

// Samples for days: the answer is of those there were.
TEST_F(Fit, StopsDrawingOnInterrupt) {
  const Finished done = interrupt_program(
      {.seconds = 1}, {"fit", file(), "--discount", "0.5", "--samples", "1e12", "--seed", "2", "--json"});
  EXPECT_EQ(done.code, 1) << done.err;
  const json answer = json::parse(done.out);
  EXPECT_EQ(answer["stopped"], true);
  EXPECT_THAT(answer["samples"].get<std::string>(), HasSubstr("seed 2 (stopped)"));
  EXPECT_EQ(answer["methods"][0]["policy"], (json{1, 0}));
  EXPECT_EQ(fit({"--discount", "0.5", "--samples", "9"})["stopped"], false);
}

TEST_F(Fit, NamesWhatIsWrongWithAPolicyFile) {
  const auto wrong = [&](const std::string& text, const std::string& why) {
    const std::string path = folder_.write("policy.csv", text);
    refused({"--discount", "0.5", "--policy", path}, why);
  };
  refused({"--discount", "0.5", "--policy", "none.csv"}, "none.csv: cannot be opened");
  wrong("", "policy.csv: is empty");
  wrong("0,1\n", "policy.csv:1: expected a header with state and action");
  wrong("stage,state,action\n0,0,1\n", "differs by stage");
  wrong("state,action\n0,1\n", "nothing is played in state '1'");
  wrong("state,action\n0,1\n1,0\n0,0\n", "the probabilities of state '0' sum to 2, not 1");
  wrong("state,action,probability\n0,1,0.5\n1,0,1\n", "sum to 0.5, not 1");
  wrong("state,action,probability\n0,1,x\n", "policy.csv:2: the probability must be a number");
  wrong("state,action\n7,1\n", "policy.csv:2: the model has no state '7'");
  wrong("state,action\n1,1\n", "policy.csv:2: state '1' has no action '1'");
  wrong("state,action\n0\n", "policy.csv:2: 1 fields, the header has 2");
}

}  // namespace
}  // namespace bellwether::test
