#include "tests/cli/run_program.h"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <sys/wait.h>

#include "tests/support/temporary_folder.h"

namespace bellwether::test {
namespace {

[[noreturn]] void start(const std::vector<std::string>& arguments, const std::string& folder, const std::string& out,
                        const std::string& err) {
  const int out_file = ::open(out.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  const int err_file = ::open(err.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  ::dup2(out_file, STDOUT_FILENO);
  ::dup2(err_file, STDERR_FILENO);
  if (::chdir(folder.c_str()) != 0) ::_exit(127);
  std::vector<char*> argv{const_cast<char*>(BELLWETHER_PROGRAM)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(BELLWETHER_PROGRAM, argv.data());
  ::_exit(127);
}

/// Whether there is nothing left to signal; the child can still be waited for.
bool has_ended(pid_t child) {
  siginfo_t ended{};
  return ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == child;
}

/// Whether the process has a handler for the signal: a bit of SigCgt in its status, a number of base 16.
bool listens(pid_t child, int signal) {
  const std::string status = read_file("/proc/" + std::to_string(child) + "/status"), name = "SigCgt:";
  const std::size_t at = status.find(name);
  return at != std::string::npos &&
         (std::strtoull(status.c_str() + at + name.size(), nullptr, 16) >> (signal - 1) & 1) != 0;
}

/// Forks the program; `meanwhile` gets its process id.
Finished run(const std::vector<std::string>& arguments, const std::string& folder,
             const std::function<void(pid_t)>& meanwhile) {
  const TemporaryFolder files;
  const std::string out = files.path("out"), err = files.path("err");
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) start(arguments, folder, out, err);
  meanwhile(child);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error("waitpid failed");
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(out), read_file(err)};
}

}  // namespace

Finished run_program(const std::vector<std::string>& arguments, const std::string& folder, double interrupt_after,
                     int signal) {
  return run(arguments, folder, [&](pid_t child) {
    if (!(interrupt_after > 0)) return;
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(interrupt_after);
    while (std::chrono::steady_clock::now() < end) {
      if (has_ended(child)) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ::kill(child, signal);
  });
}

Finished run_program_until_it_listens(const std::vector<std::string>& arguments, int signal) {
  return run(arguments, ".", [&](pid_t child) {
    while (!listens(child, signal)) {
      if (has_ended(child)) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ::kill(child, signal);
  });
}

Finished run_program_that_maps(const std::string& file, const std::function<void()>& meanwhile,
                               const std::vector<std::string>& arguments) {
  return run(arguments, ".", [&](pid_t child) {
    const std::string list = "/proc/" + std::to_string(child) + "/maps";
    constexpr int kMostTries = 100'000;  // the program may end before it maps anything
    for (int tries = 0; tries < kMostTries; ++tries) {
      if (read_file(list).find(file) != std::string::npos) return meanwhile();
      if (has_ended(child)) return;
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  });
}

}  // namespace bellwether::test
