#pragma once

#include <csignal>
#include <functional>
#include <string>
#include <vector>

namespace bellwether::test {

struct Finished {
  int code = -1;  ///< exit code, or 128 + the signal that ended it
  std::string out, err;
};

/// Runs the bellwether program of this build with these arguments in `folder` and waits for it.
Finished run_program(const std::vector<std::string>& arguments, const std::string& folder = ".");

/// When a signal comes: as soon as all of this is so. The clock on the wall has no part in it, so a busy machine
/// changes nothing.
struct Interrupt {
  int signal = SIGINT;          ///< the program listens to it (to SIGKILL it always does)
  double seconds = 0;           ///< of processor time were used, or more
  std::string once_there = {};  ///< a file that exists
};

/// As above, with a signal on the way; none comes where the program ends before it is time.
Finished interrupt_program(const Interrupt& when, const std::vector<std::string>& arguments,
                           const std::string& folder = ".");

/// As above; as soon as the program has `file` mapped into memory, `meanwhile` is called.
Finished run_program_that_maps(const std::string& file, const std::function<void()>& meanwhile,
                               const std::vector<std::string>& arguments);

}  // namespace bellwether::test
