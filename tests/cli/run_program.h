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

/// Runs the bellwether program of this build with these arguments in `folder` and waits for it. A positive
/// `interrupt_after` sends the signal after so many seconds.
Finished run_program(const std::vector<std::string>& arguments, const std::string& folder = ".",
                     double interrupt_after = 0, int signal = SIGINT);

/// Runs it and sends the signal as soon as the program has a handler for it, however long it takes to get there.
Finished run_program_until_it_listens(const std::vector<std::string>& arguments, int signal);

/// Runs it; as soon as the program has `file` mapped into memory, `meanwhile` is called.
Finished run_program_that_maps(const std::string& file, const std::function<void()>& meanwhile,
                               const std::vector<std::string>& arguments);

}  // namespace bellwether::test
