#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"

namespace bellwether::test {

using nlohmann::json;

// Puterman's two-state example: V* = (-60/7, -20) at discount 19/20, playing the first action in both states.
inline constexpr const char* kPuterman =
    "state,action,next,probability,reward\n"
    "0,0,0,0.5,5\n0,0,1,0.5,5\n0,1,1,1,10\n1,0,1,1,-1\n";

// From `start` the risky action reaches the goal with probability 3/4, the safe one needs two steps.
inline constexpr const char* kNamed =
    "#! label goal goal\nstate,action,next,probability,reward,fuel\n"
    "start,risky,goal,0.75,1,2\nstart,risky,lost,0.25,0,2\nstart,safe,half,1,0,1\nhalf,safe,goal,1,0.5,1\n"
    "goal,stay,goal,1,0,0\nlost,stay,lost,1,0,0\n";

// Two states in which the action that pays burns fuel.
inline constexpr const char* kFuel =
    "state,action,next,probability,reward,fuel\n"
    "0,0,0,0.9,0,0\n0,0,1,0.1,0,0\n0,1,0,0.1,0.2,0.1\n0,1,1,0.9,0.2,0.1\n"
    "1,0,0,0.8,1,1\n1,0,1,0.2,1,1\n1,1,0,0.3,0.6,0.5\n1,1,1,0.7,0.6,0.5\n";

/// What `solve FILE --json ARGUMENTS` prints; the exit code must be the expected one.
inline json solve_json(const std::string& file, std::vector<std::string> arguments, int expected_code = 0) {
  arguments.insert(arguments.begin(), {"solve", file, "--json"});
  const Finished done = run_program(arguments);
  EXPECT_EQ(done.code, expected_code) << done.err;
  return json::parse(done.out);
}

}  // namespace bellwether::test
