// `solve --index`: Gittins' and Whittle's indices of the arm in a file.
#include <algorithm>
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

const std::string kHeader = "state,action,next,probability,reward\n";

class Indices : public testing::Test {
 protected:
  json index(const std::string& rows, std::vector<std::string> arguments, int code = 0) {
    return solve_json(folder_.write("arm.csv", rows), std::move(arguments), code);
  }
  void refused(const std::string& rows, std::vector<std::string> arguments, const std::string& why) {
    arguments.insert(arguments.begin(), {"solve", folder_.write("arm.csv", rows)});
    const Finished done = run_program(arguments);
    EXPECT_EQ(done.code, 2) << why;
    EXPECT_THAT(done.err, HasSubstr(why));
    EXPECT_EQ(done.out, "");
  }
  TemporaryFolder folder_;
};

// From state 0 the best is to play on until and beyond 1, which pays for ever: the discount (gittins_test).
const std::string kUp = kHeader + "0,0,1,1,0\n1,0,1,1,1\n";

TEST_F(Indices, AskForADiscountAndNoGoal) {
  refused(kUp, {"--index", "gittins"}, "solve: --index gittins needs --discount G (below 1)\n");
  refused(kUp, {"--index", "whittle"}, "--index whittle needs --discount G (below 1) or --criterion average\n");
}

TEST_F(Indices, GittinsOfTwoStates) {
  const json answer = index(kUp, {"--index", "gittins", "--discount", "0.75"});
  EXPECT_EQ(answer["index"], "gittins");
  EXPECT_EQ(answer["discount"], 0.75);
  EXPECT_NEAR(answer["indices"][0].get<double>(), 0.75, 1e-14);
  EXPECT_NEAR(answer["indices"][1].get<double>(), 1, 1e-14);
  const Finished shown = run_program({"solve", folder_.path("arm.csv"), "--index", "gittins", "--discount", "0.75"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("Gittins', discounted by 0.75"), HasSubstr("    0   0.75\n"),
                               HasSubstr("    1      1\n")));
}

TEST_F(Indices, WhittleOfAnArmThatRestsWhereItIsIsThatOfGittins) {
  const std::string moves = "a,play,b,0.5,2\na,play,a,0.5,2\nb,play,c,1,3\nc,play,a,0.25,-1\nc,play,c,0.75,-1\n";
  std::string still;
  for (const std::string s : {"a", "b", "c"}) still += s + ",rest," + s + ",1,0\n";
  const json gittins = index(kHeader + moves, {"--index", "gittins", "--discount", "0.9"});
  const json whittle = index(kHeader + moves + still, {"--index", "whittle", "--discount", "0.9"});
  EXPECT_EQ(whittle["indexable"], true);
  EXPECT_EQ(whittle["active"], "play");
  EXPECT_EQ(whittle["passive"], "rest");
  ASSERT_EQ(gittins["indices"].size(), 3U);
  for (std::size_t s = 0; s < 3; ++s)
    EXPECT_NEAR(gittins["indices"][s].get<double>(), whittle["indices"][s].get<double>(), 1e-12) << s;
}

// Information of age h costs h; played it has age 1 next, rested h + 1. A cycle of H rounds costs (H + 1) / 2 a round
// and takes a play in H of them: H and H + 1 are equally good at l (1/H - 1/(H + 1)) = 1/2, so the index of age h is h
// (h + 1) / 2 (Kadota et al. 2018), for all ages but the last, at which the age stays.
TEST_F(Indices, WhittleOfTheAgeOfInformation) {
  constexpr int kAges = 12;
  std::string rows = kHeader;
  for (int h = 1; h <= kAges; ++h) {
    const std::string from = std::to_string(h - 1), cost = std::to_string(h);
    rows +=
        from + ",1,0,1," + cost + "\n" + from + ",0," + std::to_string(std::min(h, kAges - 1)) + ",1," + cost + "\n";
  }
  const json answer = index(rows, {"--index", "whittle", "--criterion", "average", "--minimize"});
  EXPECT_EQ(answer["indexable"], true);
  EXPECT_EQ(answer["direction"], "minimise");
  for (int h = 1; h < kAges; ++h)
    EXPECT_NEAR(answer["indices"][static_cast<std::size_t>(h - 1)].get<double>(), h * (h + 1) / 2.0, 1e-9) << h;
}

// Where the moves do not depend on what is done, the index is what playing pays more.
const std::string kSameMoves = kHeader +
                               "x,wait,y,1,4\nx,go,y,1,6\n"
                               "y,wait,x,0.5,0\ny,wait,z,0.5,0\ny,go,x,0.5,-1\ny,go,z,0.5,-1\n"
                               "z,wait,x,1,0\nz,go,x,1,0.5\n";

TEST_F(Indices, ActiveSaysWhichActionPlays) {
  for (const std::vector<std::string>& time :
       {std::vector<std::string>{"--discount", "0.9"}, std::vector<std::string>{"--criterion", "average"}}) {
    std::vector<std::string> arguments = {"--index", "whittle", "--active", "go"};
    arguments.insert(arguments.end(), time.begin(), time.end());
    const json go = index(kSameMoves, arguments);
    arguments[3] = "wait";
    const json wait = index(kSameMoves, arguments);
    EXPECT_EQ(go["state_names"], json({"x", "y", "z"}));
    const std::vector<double> more = {2, -1, 0.5};
    for (std::size_t s = 0; s < 3; ++s) {
      EXPECT_NEAR(go["indices"][s].get<double>(), more[s], 1e-12) << time[1];
      EXPECT_NEAR(wait["indices"][s].get<double>(), -more[s], 1e-12) << time[1];
    }
  }
  refused(kSameMoves, {"--index", "whittle", "--discount", "0.9"},
          "which action plays the arm, wait or go? Say it with --active NAME");
  refused(kSameMoves, {"--index", "whittle", "--discount", "0.9", "--active", "run"}, "must be wait or go");
}

TEST_F(Indices, ProvesThatAnArmIsNotIndexable) {
  const std::string arm = kHeader +
                          "0,0,0,0.1,0\n0,0,1,0.9,0\n1,0,0,0.1,0\n1,0,1,0.9,0\n2,0,0,0.9,0\n2,0,2,0.1,0\n"
                          "0,1,0,1,3\n1,1,1,0.9,0\n1,1,2,0.1,0\n2,1,0,0.2,10\n2,1,1,0.7,10\n2,1,2,0.1,10\n";
  const json answer = index(arm, {"--index", "whittle", "--discount", "0.95"}, 1);
  EXPECT_EQ(answer["indexable"], false);
  EXPECT_FALSE(answer.contains("indices"));
  EXPECT_EQ(answer["witness"]["state"], 2);
  EXPECT_LT(answer["witness"]["rests"].get<double>(), answer["witness"]["plays"].get<double>());
  EXPECT_GT(answer["witness"]["rest_margin"].get<double>(), 0);
  EXPECT_GT(answer["witness"]["play_margin"].get<double>(), 0);
  const Finished shown = run_program({"solve", folder_.path("arm.csv"), "--index", "whittle", "--discount", "0.95"});
  EXPECT_EQ(shown.code, 1);
  EXPECT_THAT(shown.out,
              AllOf(HasSubstr("no, proven: state 2 is best rested at the subsidy"), Not(HasSubstr("  index\n"))));
}

TEST_F(Indices, SaysWhereThereIsNoIndexInTheLongRun) {
  const std::string still = kHeader + "0,1,0,0.5,0\n0,1,1,0.5,0\n1,1,0,0.5,1\n1,1,1,0.5,1\n0,0,0,1,0\n1,0,1,1,0\n";
  const Finished never =
      run_program({"solve", folder_.write("arm.csv", still), "--index", "whittle", "--criterion", "average"});
  EXPECT_EQ(never.code, 1);
  EXPECT_THAT(never.out, HasSubstr("no subsidy makes state 1 rest"));
  refused(kHeader + "0,1,0,1,0\n1,1,1,1,0\n0,0,0,1,0\n1,0,1,1,0\n", {"--index", "whittle", "--criterion", "average"},
          "arm.csv: ");
}

TEST_F(Indices, RefusesWhatIsNoArm) {
  const std::vector<std::string> gittins = {"--index", "gittins", "--discount", "0.9"},
                                 whittle = {"--index", "whittle", "--discount", "0.9"};
  const auto with = [](std::vector<std::string> arguments, const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  refused(kSameMoves, gittins, "takes a file with one action a state, what the arm does when it is played;");
  refused(kSameMoves, gittins, "has 2 in state x");
  refused(kUp, whittle, "has 1 in state 0; for an arm that stays where it is while it rests there is --index gittins");
  refused(kHeader + "0,0,0,1,0\n0,1,0,1,0\n1,0,1,1,0\n1,5,1,1,0\n", whittle, "the same two actions in every state; ");
  refused(kHeader + "0,0,0,1,0\n0,1,0,1,0\n1,0,1,1,0\n1,5,1,1,0\n", whittle,
          "has 0 and 1 in state 0, 0 and 5 in state 1");
  refused(kUp, {"--index", "gittins", "--criterion", "average"}, "--index gittins takes a discount below 1");
  refused(kSameMoves, {"--index", "whittle", "--criterion", "total"}, "not of the criterion total");
  refused(kUp, with(gittins, {"--algorithm", "auto"}), "--algorithm does not go with --index");
  refused(kUp, with(gittins, {"--output", "x.csv"}), "--output does not go with --index");
  refused(kUp, {"--discount", "0.9", "--active", "1"}, "--active goes with --index whittle");
  refused(kUp, with(gittins, {"--active", "1"}), "--active goes with --index whittle");
  refused(kUp, {"--index", "gitins", "--discount", "0.9"}, "did you mean 'gittins'?");
  refused("context," + kHeader + "0,0,0,0,1,0\n1,0,0,0,1,1\n", gittins, "whose states are seen");
}

}  // namespace
}  // namespace bellwether::test
