#include "apps/cli/interrupt.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <unistd.h>

#include "apps/cli/command.h"
#include "solvers/abandonable.h"

namespace bellwether::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

/// Nothing but write() may be called from a handler; there is nobody to tell when that fails.
void say(std::string_view text) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

void on_signal(int signal) {
  if (interrupted != 0) {
    say("\nbellwether: left at once, without an answer\n");
    std::signal(signal, SIG_DFL);  // so that the shell sees what ended it: exit code 130 after Ctrl-C
    std::raise(signal);
    return;
  }
  interrupted = 1;
  if (::isatty(STDERR_FILENO) != 0) say("\nstopping; Ctrl-C again leaves at once\n");
}

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupted = 0;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

bool InterruptGuard::requested() { return interrupted != 0; }

int leave(int code) {
  if (solvers::num_abandoned() == 0) return code;
  std::_Exit(std::fflush(stdout) == 0 ? code : static_cast<int>(kInternalError));
}

}  // namespace bellwether::cli
