#pragma once

namespace bellwether::cli {

/// While one of these lives, Ctrl-C (SIGINT) and SIGTERM set a flag instead of ending the program; a second Ctrl-C ends
/// it at once.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static bool requested();
};

}  // namespace bellwether::cli
