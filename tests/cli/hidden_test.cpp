// Models that are not fully seen, from `make` to `solve`.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/refusal.h"
#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Nobody can follow a policy that moves by numbers which nothing explains.
TEST(SeenRewards, AreNamedWithTheStateTheyCameWith) {
  const TemporaryFolder folder;
  const std::string file = folder.write("drug.csv",
                                        "context,state,action,next,probability,reward\n"
                                        "0,ill,A,well,0.7,0.5\n0,ill,A,ill,0.3,0.5\n0,ill,B,ill,1,0.4\n"
                                        "0,well,rest,well,1,1\n"
                                        "1,ill,A,well,0.2,0.1\n1,ill,A,ill,0.8,0.1\n1,ill,B,well,1,0.4\n"
                                        "1,well,rest,well,1,1\n");
  const Finished done = run_program({"solve", file, "--horizon", "3", "--rewards-observed"});
  EXPECT_THAT(done.out, HasSubstr("then, by the state and the reward that are seen"));
  EXPECT_THAT(done.out, HasSubstr("well, 0.4: "));
  const auto answer =
      nlohmann::json::parse(run_program({"solve", file, "--horizon", "3", "--rewards-observed", "--json"}).out);
  const std::vector<std::string> names = answer["observations"];
  EXPECT_THAT(names, testing::IsSupersetOf({"ill", "well", "ill, 0.5", "well, 0.1", "well, 1"}));
  for (const auto& node : answer["controller"]["nodes"])
    for (const auto& [seen, next] : node["next"].items()) EXPECT_THAT(names, testing::Contains(seen));
  // Without rewards the states are what is seen.
  const auto states = nlohmann::json::parse(run_program({"solve", file, "--horizon", "3", "--json"}).out);
  EXPECT_EQ(states["observations"], (std::vector<std::string>{"ill", "well"}));
}

TEST(HiddenInstances, GoFromMakeToSolve) {
  const TemporaryFolder folder;
  const std::string lock = folder.path("lock.csv"), tiger = folder.path("tiger.POMDP");
  const Finished made = run_program({"make", "secret-combination", "--secret", "2-0-1", "-o", lock});
  EXPECT_THAT(made.out, AllOf(HasSubstr("4 hidden contexts, each of 5 states"), HasSubstr(" --horizon 4\n")));
  EXPECT_THAT(run_program({"solve", lock, "--horizon", "4"}).out, HasSubstr("value      0.25 "));
  EXPECT_THAT(run_program({"solve", lock, "--horizon", "4", "--weights", "0,0,0,1"}).out, HasSubstr("value      1 "));
  EXPECT_THAT(run_program({"solve", lock, "--horizon", "4", "--rewards-observed"}).out, HasSubstr("value      0.25 "));
  const Finished beast = run_program({"make", "tiger", "-o", tiger});
  EXPECT_THAT(beast.out, AllOf(HasSubstr("2 observations"), HasSubstr(" --discount 0.95\n")));
  EXPECT_THAT(run_program({"solve", tiger, "--tolerance", "0.01"}).out,
              AllOf(HasSubstr("value      19.37"), HasSubstr("hear-left")));
  EXPECT_EQ(run_program({"make", "random-latent", "--size", "2", "-o", folder.path("l.bwm")}).code, 0);
  EXPECT_THAT(run_program({"solve", folder.path("l.bwm"), "--horizon", "4"}).out,
              AllOf(HasSubstr("l.bwm: 2 hidden contexts, each of 2 states"), HasSubstr("one of 2 hidden contexts")));
  for (const char* file : {"c.umb", "c.bwm", "c.pomdp"}) {
    EXPECT_EQ(run_program({"make", "noisy-chain", "--states", "3", "-o", folder.path(file)}).code, 0) << file;
    EXPECT_THAT(run_program({"solve", folder.path(file), "--discount", "0.5"}).out, HasSubstr("through observations"));
  }
}

TEST(HiddenInstances, TakeTheIterationsAlsoOverAHorizon) {
  const TemporaryFolder folder;
  const std::string file = folder.path("chain.bwm");
  EXPECT_EQ(run_program({"make", "noisy-chain", "--states", "4", "-o", file}).code, 0);
  for (const char* algorithm : {"hsvi", "belief-tree", "memoryless"}) {
    const Finished done = run_program(
        {"solve", file, "--horizon", "9", "--algorithm", algorithm, "--max-iterations", "3", "--tolerance", "1e-9"});
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("; the bounds hold, 3 iterations")) << algorithm;
  }
}

TEST(HiddenInstances, AreListedAndDescribed) {
  EXPECT_THAT(run_program({"list", "instances"}).out, AllOf(HasSubstr("tiger "), HasSubstr("riverswim ")));
  EXPECT_THAT(run_program({"make", "latent-lower-bound", "--options"}).out,
              AllOf(HasSubstr("--hardest-for 0"), HasSubstr("2 sqrt(V) (1/2 + epsilon)")));
  EXPECT_THAT(run_program({"completion", "bash"}).out, HasSubstr(" random-pomdp "));
}

TEST(HiddenInstances, AreRefusedWhereTheyDoNotFit) {
  const TemporaryFolder folder;
  expect_refused({"make", "tiger", "-o", folder.path("t.csv")},
                 "the format csv has no place for observations; it could be written as bwm (.bwm), umb (.umb) and "
                 "cassandra (.MDP .POMDP .mdp .pomdp)");
  expect_refused({"make", "random-latent", "-o", folder.path("t.POMDP")},
                 "the format cassandra has no place for hidden contexts; it could be written as csv (.csv ");
  expect_refused({"make", "tiger", "-o", folder.path("t.drn")}, "no place for observations");
  EXPECT_THROW(read_file(folder.path("t.drn")), std::runtime_error);
  expect_refused({"make", "tigre", "-o", folder.path("t.POMDP")}, "did you mean 'tiger'?");
  expect_refused({"make", "tiger", "--acuracy", "1", "-o", folder.path("t.POMDP")}, "did you mean --accuracy?");
  expect_refused({"run", "tiger", "--algorithm", "psrl"}, "tiger has hidden contexts or states");
}

TEST(HiddenInstances, AreRefusedAtHorizonsThatNoPlannerHolds) {
  const TemporaryFolder folder;
  const std::string lock = folder.path("lock.csv"), tiger = folder.path("tiger.POMDP");
  ASSERT_EQ(run_program({"make", "secret-combination", "--secret", "2-0-1", "-o", lock}).code, 0);
  ASSERT_EQ(run_program({"make", "tiger", "-o", tiger}).code, 0);
  const std::string why = "solve: option --horizon is '1000001', must be a whole number from 1 to 1,000,000 for models";
  for (const std::string& file : {lock, tiger}) {
    expect_refused({"solve", file, "--horizon", "1000001"}, why);
    EXPECT_EQ(run_program({"solve", file, "--horizon", "1000000", "--options"}).code, 0);
  }
}

TEST(HiddenInstances, AreShown) {
  const TemporaryFolder folder;
  const Finished lock = run_program({"show", "secret-combination:contexts=3"});
  EXPECT_THAT(lock.out, AllOf(HasSubstr("3 hidden contexts"), HasSubstr("known"), HasSubstr("1/3"),
                              HasSubstr("context always seen"), HasSubstr("0.333333, proven between"),
                              Not(HasSubstr("context 0"))));
  EXPECT_THAT(run_program({"show", "secret-combination", "--matrix"}).out, HasSubstr("context 3\n"));
  EXPECT_THAT(run_program({"show", "tiger", "--horizon", "2"}).out,
              AllOf(HasSubstr("finite, horizon 2"), HasSubstr("-2, proven between")));
  EXPECT_THAT(run_program({"show", "random-latent", "--horizon", "3", "--set", "states=2"}).out,
              HasSubstr("finite, horizon 3"));
  ASSERT_EQ(run_program({"make", "secret-combination", "-o", folder.path("lock.csv")}).code, 0);
  EXPECT_THAT(run_program({"show", folder.path("lock.csv"), "--horizon", "4"}).out,
              AllOf(HasSubstr("a model file"), HasSubstr("0.25, proven between")));
  EXPECT_THAT(run_program({"show", folder.path("lock.csv")}).out, HasSubstr("--horizon H shows"));
  expect_refused({"show", "tiger", "--horizon", "0"}, "horizon is '0'");
  expect_refused({"show", "tiger:accuracy=1,2"}, "'accuracy' has 2 values");
  expect_refused({"show", "tigre"}, "did you mean 'tiger'?");
}

}  // namespace
}  // namespace bellwether::test
