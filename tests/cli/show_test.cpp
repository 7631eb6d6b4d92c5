// `show` and `list`: what there is, and what is known of it.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/refusal.h"
#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Show, TellsFactsOfAnInstance) {
  const Finished done = run_program({"show", "riverswim@1", "--horizon", "20", "--matrix"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("3.39726"), HasSubstr("0.42862"), HasSubstr("6.3103"), HasSubstr("14.722"),
                              HasSubstr("content hash"), HasSubstr("goes to")));
  expect_refused({"show", "riverswim@7"}, "riverswim@1");
  expect_refused({"show", "riverswm"}, "did you mean 'riverswim'?");
}

TEST(Show, TellsHowLinearAModelIs) {
  const Finished features = run_program({"show", "hard-linear-mdp"});
  ASSERT_EQ(features.code, 0) << features.err;
  EXPECT_THAT(features.out, AllOf(HasSubstr("linear MDP"), HasSubstr("d = 6, rank 6"), HasSubstr("|phi|           1 ("),
                                  HasSubstr("error of Q^pi           0 up to rounding")));
  const Finished near = run_program({"show", "lspi-chain"});
  EXPECT_THAT(near.out, AllOf(HasSubstr("features of choices (no linear MDP)"), HasSubstr("d = 22, rank 22"),
                              testing::Not(HasSubstr("up to rounding"))));
  EXPECT_THAT(run_program({"show", "riverswim-mixture"}).out,
              AllOf(HasSubstr("linear mixture"), HasSubstr("d = 3, rank 3"), HasSubstr("at most 1.73205")));
  EXPECT_THAT(run_program({"show", "linear-mixture:states=2500:horizon=2"}).out,
              HasSubstr("its features are many and long; --all computes them"));
}

TEST(Show, ReadsInstancesAsRunDoes) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("m.csv", "state,action,next,probability,reward\n0,a,1,1,2\n0,b,0,1,3\n1,a,0,1,1\n");
  const Finished four = run_program({"show", "riverswim:states=4:horizon=7"});
  ASSERT_EQ(four.code, 0) << four.err;
  EXPECT_THAT(four.out, AllOf(HasSubstr("4 states"), HasSubstr("episodes of 7 steps")));
  EXPECT_EQ(run_program({"show", "riverswim", "--set", "states=4", "--horizon", "7"}).out, four.out);
  const Finished model = run_program({"show", file, "--horizon", "3"});
  ASSERT_EQ(model.code, 0) << model.err;
  EXPECT_THAT(model.out, AllOf(HasSubstr("2 states"), HasSubstr("optimal value           9"), HasSubstr("diameter")));
  const std::string named = folder.write(
      "named.csv",
      "state,action,next,probability,reward\nhome,go,away,1,2\naway,back,home,0.5,1\naway,back,away,0.5,1\n");
  EXPECT_THAT(run_program({"show", named, "--horizon", "3"}).out, HasSubstr("2 (from state away to state home)"));
  expect_refused({"show", "riverswim:states=4,5"}, "'states' has 2 values, one is wanted here");
  expect_refused({"show", "nosuch.csv"}, "nosuch.csv: no such file");
  expect_refused({"show", "zzz"}, "`list instances` and `list learners` name what there is");
  expect_refused({"show", "psrl", "--horizon", "3"}, "--horizon is for instances, and psrl is a learner");
}

TEST(Show, LeavesOutWhatTakesLongAndSaysSo) {
  const Finished long_episodes = run_program({"show", "riverswim", "--horizon", "1e8"});
  ASSERT_EQ(long_episodes.code, 0) << long_episodes.err;
  EXPECT_THAT(long_episodes.out, HasSubstr("100,000,000 stages of this model are many; --all computes them"));
  EXPECT_THAT(run_program({"show", "garnet:states=20000:horizon=2"}).out,
              testing::AnyOf(HasSubstr("more than 10,000 states; --all computes them"), HasSubstr("no single gain")));
}

TEST(Show, StopsOnCtrlCAndShowsWhatIsKnown) {
  const Finished done =
      interrupt_program({.signal = SIGTERM, .seconds = 0.5}, {"show", "riverswim:states=15000", "--all"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("optimum (average): 0.4285714286"), HasSubstr("not computed: stopped")));
}

TEST(Show, TellsTheSettingsOfALearner) {
  const Finished done = run_program({"show", "ucbvi-bf"});
  EXPECT_EQ(done.code, 0);
  EXPECT_THAT(done.out, AllOf(HasSubstr("Azar"), HasSubstr("constant=theory"), HasSubstr("delta=0.05")));
}

TEST(Show, SaysWhatTheLettersOfAnIndexAre) {
  EXPECT_THAT(run_program({"show", "ucb"}).out,
              AllOf(HasSubstr("m: mean reward of the arm so far; N: its plays so far"), HasSubstr("t: the round"),
                    HasSubstr("sigma: how far"), Not(HasSubstr("K: arms"))));
}

TEST(Show, CallsAMixtureWithAWrongThetaByItsName) {
  const TemporaryFolder folder;
  const auto shown = [&](const std::string& probability) {
    return run_program({"show", folder.write("m.csv",
                                             "#! theta 0.5 0.5\n#! mixture a go a 1 0\n#! mixture a go b 0 1\n"
                                             "#! mixture b go a 1 0\n#! mixture b go b 0 1\n"
                                             "state,action,next,probability,reward\na,go,a," +
                                                 probability + "b,go,a,0.5,0\nb,go,b,0.5,0\n")})
        .out;
  };
  EXPECT_THAT(shown("0.5,0\na,go,b,0.5,0\n"), HasSubstr("\nlinear mixture\n"));
  EXPECT_THAT(shown("0.3,0\na,go,b,0.7,0\n"), HasSubstr("(no linear mixture with this theta)"));
}

TEST(Show, TellsTheSettingsOfALearnerOfADiscountedModel) {
  const Finished done = run_program({"show", "ravi-ucb"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("Moulin"), HasSubstr("protocol"), HasSubstr("discounted"),
                              HasSubstr("docs/papers/ravi-ucb.md"), HasSubstr("knowledge=counts"),
                              HasSubstr("run riverswim --discount 0.9 --algorithm ravi-ucb")));
  EXPECT_THAT(run_program({"list", "learners"}).out, HasSubstr("learners of a discounted model"));
}

TEST(List, NamesWhatThereIs) {
  EXPECT_THAT(run_program({"list", "learners"}).out, AllOf(HasSubstr("ucbvi-bf"), HasSubstr("ucrl2")));
  EXPECT_THAT(run_program({"list", "claims"}).out, HasSubstr("bellman-contraction"));
  EXPECT_THAT(run_program({"list", "papers"}).out, AllOf(HasSubstr("tabular-regret"), HasSubstr("with --full alone)")));
  EXPECT_THAT(run_program({"list", "experiments"}).out,
              AllOf(HasSubstr("tabular-regret/riverswim"), HasSubstr("reload/portrait")));
}

}  // namespace
}  // namespace bellwether::test
