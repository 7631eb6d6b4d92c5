#include "tests/cli/run_program.h"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
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

/// Whether the signal has a handler there: the mask of those caught is a line of the process's status.
bool listens_to(int signal, pid_t child) {
  if (signal == SIGKILL) return true;
  std::ifstream status("/proc/" + std::to_string(child) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("SigCgt:")) return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1U) != 0;
  return false;
}

/// Seconds of all its threads.
double processor_time(pid_t child) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(child, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

/// What the program listens to may change with the work it does, so that is asked last.
bool is_time(const Interrupt& when, pid_t child) {
  return processor_time(child) >= when.seconds &&
         (when.once_there.empty() || std::filesystem::exists(when.once_there)) && listens_to(when.signal, child);
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

Finished run_program(const std::vector<std::string>& arguments, const std::string& folder) {
  return run(arguments, folder, [](pid_t) {});
}

Finished interrupt_program(const Interrupt& when, const std::vector<std::string>& arguments,
                           const std::string& folder) {
  return run(arguments, folder, [&](pid_t child) {
    while (!is_time(when, child)) {
      if (has_ended(child)) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ::kill(child, when.signal);
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
