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

}  // namespace

Finished run_program(const std::vector<std::string>& arguments, const std::string& folder, double interrupt_after,
                     int signal) {
  const TemporaryFolder files;
  const std::string out = files.path("out"), err = files.path("err");
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) start(arguments, folder, out, err);
  if (interrupt_after > 0) {
    std::this_thread::sleep_for(std::chrono::duration<double>(interrupt_after));
    ::kill(child, signal);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error("waitpid failed");
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(out), read_file(err)};
}

}  // namespace bellwether::test
