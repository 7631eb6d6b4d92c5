#include "labs/sandbox.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>
#include <optional>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

namespace bellwether::labs {
namespace {

constexpr std::size_t kMostPrinted = 4000;
constexpr double kWallFactor = 4;
// Sanitizers reserve terabytes of addresses, so under them memory has no limit.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitsMemory = false;
#else
constexpr bool kLimitsMemory = true;
#endif

enum class Ending : int { kStillRunning, kFinished, kThrew, kMemory };

/// What parent and child both see.
struct Shared {
  Place place;
  Ending ending = Ending::kStillRunning;
  std::array<char, 512> what{};  ///< of an exception
};

class SharedPage {
 public:
  SharedPage() {
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    shared_ = new (memory) Shared;
  }
  ~SharedPage() { ::munmap(shared_, sizeof(Shared)); }
  SharedPage(const SharedPage&) = delete;
  SharedPage& operator=(const SharedPage&) = delete;
  Shared& operator*() const { return *shared_; }
  Shared* operator->() const { return shared_; }

 private:
  Shared* shared_;
};

struct Pipe {
  int read = -1, write = -1;
};

Pipe open_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(fmt::format("no pipe: {}", std::strerror(errno)));
  return {ends[0], ends[1]};
}

std::size_t address_space() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  file >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void limit(int what, double amount) {
  const auto soft = static_cast<rlim_t>(amount);
  const rlimit both{.rlim_cur = soft, .rlim_max = soft + 1};
  ::setrlimit(static_cast<__rlimit_resource_t>(what), &both);
}

/// Standard input is empty, standard output and error go into the pipe.
void redirect(int output) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
}

/// What other threads of the parent have open: a pipe that a child of theirs writes to would stay open with this one.
void close_all_but(int one, int other) {
  const auto low = static_cast<unsigned>(std::min(one, other)), high = static_cast<unsigned>(std::max(one, other));
  if (low > STDERR_FILENO + 1) ::close_range(STDERR_FILENO + 1, low - 1, 0);
  if (high > low + 1) ::close_range(low + 1, high - 1, 0);
  ::close_range(high + 1, ~0U, 0);
}

void write_all(int file, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t wrote = ::write(file, at, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return;
    at += wrote;
    size -= static_cast<std::size_t>(wrote);
  }
}

[[noreturn]] void child(const std::function<std::vector<double>(Place&)>& work, const Limits& limits, Shared& shared,
                        int numbers, int output) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // Ctrl-C reaches the parent's group alone
  redirect(output);
  close_all_but(numbers, output);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGINT, SIGTERM}) ::signal(fault, SIG_DFL);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, std::ceil(limits.seconds));
  if (kLimitsMemory) limit(RLIMIT_AS, static_cast<double>(address_space() + limits.memory));
  const auto tell = [&](Ending ending, const char* what) {
    std::strncpy(shared.what.data(), what, shared.what.size() - 1);
    shared.ending = ending;
  };
  try {
    const std::vector<double> result = work(shared.place);
    write_all(numbers, result.data(), result.size() * sizeof(double));
    shared.ending = Ending::kFinished;
  } catch (const std::bad_alloc&) {
    tell(Ending::kMemory, "");
  } catch (const std::exception& error) {
    tell(Ending::kThrew, error.what());
  } catch (...) {
    tell(Ending::kThrew, "something that is no std::exception");
  }
  std::fflush(nullptr);
  ::_exit(0);  // no destructors of the parent's objects, no exit handlers
}

/// Reads both pipes until both are closed; false when the time is over or `stopped` says so.
bool collect(int numbers, int output, double seconds, const std::function<bool()>& stopped, std::string& bytes,
             std::string& printed) {
  constexpr std::int64_t kLookEvery = 100;  // milliseconds
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  std::array<pollfd, 2> watched{{{numbers, POLLIN, 0}, {output, POLLIN, 0}}};
  std::vector<char> buffer(std::size_t{1} << 16);
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0 || (stopped && stopped())) return false;
    const auto wait = static_cast<int>(std::min<std::int64_t>(left.count(), kLookEvery));
    if (const int ready = ::poll(watched.data(), watched.size(), wait); ready <= 0) {
      if (ready < 0 && errno != EINTR) return false;
      continue;
    }
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].fd < 0 || watched[i].revents == 0) continue;
      const ssize_t got = ::read(watched[i].fd, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        watched[i].fd = -1;
        continue;
      }
      std::string& to = i == 0 ? bytes : printed;
      // What is printed beyond the limit is read and forgotten, so that the child does not wait for us.
      const std::size_t room = i == 0 ? buffer.size() : kMostPrinted - std::min(kMostPrinted, printed.size());
      to.append(buffer.data(), std::min(static_cast<std::size_t>(got), room));
    }
  }
  return true;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string signal_words(int signal, const std::string& printed) {
  switch (signal) {
    case SIGSEGV:
    case SIGBUS:
      return "crashed: it reads or writes memory that is not its own (an index out of range, or a recursion without "
             "end)";
    case SIGFPE:
      return "crashed: a whole number was divided by zero";
    case SIGABRT:
      return printed.find("Assertion") != std::string::npos ? "crashed: an assertion failed"
                                                            : "crashed: it called abort()";
    case SIGILL:
      return "crashed: it ran into code that must not be reached (a function without return?)";
    default:
      return fmt::format("was ended by signal {} ({})", signal, ::strsignal(signal));
  }
}

std::string seconds_words(double seconds) {
  return fmt::format("{:g} {}", seconds, seconds == 1 ? "second" : "seconds");
}

std::string trouble_of(int status, bool in_time, const Shared& shared, const Limits& limits,
                       const std::string& printed) {
  const std::string loop =
      fmt::format("did not end within {}: a loop without an end, or far too slow", seconds_words(limits.seconds));
  if (!in_time) return limits.stopped && limits.stopped() ? "was stopped" : loop;
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return signal == SIGXCPU || signal == SIGKILL ? loop : signal_words(signal, printed);
  }
  switch (shared.ending) {
    case Ending::kThrew:
      return fmt::format("threw an exception: {}", shared.what.data());
    case Ending::kMemory:
      return fmt::format("asks for more than {} MB of memory", limits.memory >> 20);
    case Ending::kStillRunning:
      return fmt::format("ended the program by itself, with exit code {}", WEXITSTATUS(status));
    case Ending::kFinished:
      break;
  }
  return {};
}

}  // namespace

Apart run_apart(const std::function<std::vector<double>(Place&)>& work, const Limits& limits) {
  const SharedPage shared;
  const Pipe numbers = open_pipe(), output = open_pipe();
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error(fmt::format("no process: {}", std::strerror(errno)));
  if (pid == 0) child(work, limits, *shared, numbers.write, output.write);
  ::setpgid(pid, pid);
  ::close(numbers.write);
  ::close(output.write);
  Apart result;
  std::string bytes;
  const bool in_time =
      collect(numbers.read, output.read, kWallFactor * limits.seconds, limits.stopped, bytes, result.printed);
  ::kill(-pid, SIGKILL);  // and what it may have started
  const int status = wait_for(pid);
  ::close(numbers.read);
  ::close(output.read);
  result.place = shared->place.text();
  result.finished = shared->ending == Ending::kFinished && in_time;
  if (!result.finished) result.trouble = trouble_of(status, in_time, *shared, limits, result.printed);
  result.numbers.resize(bytes.size() / sizeof(double));
  if (!bytes.empty()) std::memcpy(result.numbers.data(), bytes.data(), result.numbers.size() * sizeof(double));
  return result;
}

ProgramRun run_program(const std::vector<std::string>& words, const std::string& folder, const Limits& limits) {
  constexpr int kNotFound = 127;
  const Pipe output = open_pipe();
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error(fmt::format("no process: {}", std::strerror(errno)));
  if (pid == 0) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    redirect(output.write);
    limit(RLIMIT_CPU, std::ceil(limits.seconds));
    if (::chdir(folder.c_str()) == 0) ::execvp(argv.front(), argv.data());
    ::_exit(kNotFound);
  }
  ::setpgid(pid, pid);
  ::close(output.write);
  ProgramRun run;
  std::string none;
  std::string printed;
  const bool in_time = collect(-1, output.read, kWallFactor * limits.seconds, limits.stopped, none, printed);
  if (!in_time) ::kill(-pid, SIGKILL);
  const int status = wait_for(pid);
  ::close(output.read);
  run.printed = std::move(printed);
  run.code = !in_time || WIFSIGNALED(status) ? -2 : WEXITSTATUS(status) == kNotFound ? -1 : WEXITSTATUS(status);
  return run;
}

}  // namespace bellwether::labs
