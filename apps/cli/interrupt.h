#pragma once

#include <stdexcept>

namespace bellwether::cli {

/// While one of these lives, Ctrl-C (SIGINT) and SIGTERM set a flag instead of ending the program; a second one ends it
/// at once and says so; the shell sees the exit code 130 (143 after SIGTERM). Those inside another one change nothing.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static bool requested();
};

/// A command was stopped before it had anything to print: the program says what was not there and ends with kNotMet.
class StoppedTooEarly : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace bellwether::cli
