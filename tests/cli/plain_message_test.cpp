#include "apps/cli/plain_message.h"

#include <gtest/gtest.h>

#include "tests/cli/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

using cli::plain_message;

TEST(PlainMessage, LeavesOutTheNamesOfClasses) {
  EXPECT_EQ(plain_message("x.csv:2: TabularMdp: row (s=0, a=0) sums to 1-0.1"),
            "x.csv:2: row (s=0, a=0) sums to 1-0.1");
  EXPECT_EQ(plain_message("LatentMdp: TabularMdp: there is no context"), "there is no context");
  EXPECT_EQ(plain_message("x.csv: stage 1: TabularMdp: row 1; LatentMdp: two"),
            "x.csv: stage 1: row 1; LatentMdp: two");
  EXPECT_EQ(plain_message("MyTabularMdp: is empty"), "MyTabularMdp: is empty");  // a file
}

TEST(PlainMessage, IsWhatTheProgramSays) {
  const TemporaryFolder folder;
  const std::string model = folder.write("model.csv", "state,action,next,probability,reward\n0,0,0,0.9,1\n");
  const Finished done = run_program({"solve", model, "--discount", "0.9"});
  EXPECT_EQ(done.code, 2);
  EXPECT_EQ(done.err, "bellwether: " + model + ":2: row (s=0, a=0) sums to 1-0.1, tolerance 1e-09\n");
}

}  // namespace
}  // namespace bellwether::test
