#pragma once

namespace bellwether::cli {

/// While one of these lives, Ctrl-C (SIGINT) and SIGTERM set a flag instead of ending the program; a second one ends it
/// at once and says so; the shell sees the exit code 130 (143 after SIGTERM).
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static bool requested();
};

}  // namespace bellwether::cli
