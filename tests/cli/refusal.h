#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.h"

namespace bellwether::test {

/// What the program says when it refuses: one line, nothing on standard output, exit code 2.
inline std::string refusal(const std::vector<std::string>& arguments) {
  const Finished done = run_program(arguments);
  EXPECT_EQ(done.code, 2) << done.err;
  EXPECT_EQ(done.out, "");
  EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\n'), 1) << done.err;
  return done.err;
}

inline void expect_refused(const std::vector<std::string>& arguments, const std::string& said) {
  EXPECT_THAT(refusal(arguments), testing::HasSubstr(said));
}

}  // namespace bellwether::test
