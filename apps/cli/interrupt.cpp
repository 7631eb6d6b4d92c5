#include "apps/cli/interrupt.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

#include <unistd.h>

namespace bellwether::cli {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it, any thread reads it");

/// Nothing but write() may be called from a handler; there is nobody to tell when that fails.
void say(std::string_view text) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

void on_signal(int signal) {
  const int before = errno;  // of whatever was interrupted
  if (interrupted.exchange(true)) {
    say("\nbellwether: left at once, without an answer\n");
    std::signal(signal, SIG_DFL);  // so that the shell sees what ended it: exit code 130 after Ctrl-C
    std::raise(signal);
  } else if (::isatty(STDERR_FILENO) != 0) {
    say("\nstopping; Ctrl-C again leaves at once\n");
  }
  errno = before;
}

/// Who started the program may have asked that a signal be ignored (`nohup`, `trap '' INT`).
void listen_to(int signal, struct sigaction& before) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(signal, nullptr, &before);
  if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
}

struct sigaction before_int, before_term;
int guards = 0;  // alive, all on the main thread

}  // namespace

InterruptGuard::InterruptGuard() {
  if (guards++ > 0) return;
  interrupted = false;
  listen_to(SIGINT, before_int);
  listen_to(SIGTERM, before_term);
}

InterruptGuard::~InterruptGuard() {
  if (--guards > 0) return;
  ::sigaction(SIGINT, &before_int, nullptr);
  ::sigaction(SIGTERM, &before_term, nullptr);
}

bool InterruptGuard::requested() { return interrupted; }

}  // namespace bellwether::cli
