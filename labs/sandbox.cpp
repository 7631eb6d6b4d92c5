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
constexpr std::size_t kMostFromPrograms = 1 << 20;  ///< an error may come after a thousand warnings
constexpr double kWallFactor = 4;
constexpr double kProgramWall = 240;  ///< seconds; on a busy machine a second of processor time may take a minute
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
  if (::pipe2(ends, O_CLOEXEC) != 0) throw NotGraded(fmt::format("no pipe: {}", std::strerror(errno)));
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

/// For exec: the words must outlive the pointers.
std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
  all.push_back(nullptr);
  return all;
}

/// What a child inherits, with these in place of settings of the same names.
std::vector<std::string> environment_with(const std::vector<std::string>& settings) {
  std::vector<std::string> all = settings;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view entry = *at;
    const std::string_view name = entry.substr(0, entry.find('=') + 1);
    if (std::ranges::none_of(settings, [&](const std::string& s) { return s.starts_with(name); }))
      all.emplace_back(entry);
  }
  return all;
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
             std::string& printed, std::size_t most_printed) {
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
      const std::size_t room = i == 0 ? buffer.size() : most_printed - std::min(most_printed, printed.size());
      to.append(buffer.data(), std::min(static_cast<std::size_t>(got), room));
    }
  }
  return true;
}

/// How a child ended, and what it and its own children took.
struct Ended {
  int status = 0;
  double seconds = 0;      ///< of processor time
  std::size_t memory = 0;  ///< bytes that were in use at once
};

Ended wait_for(pid_t child) {
  Ended ended;
  rusage used{};
  while (::wait4(child, &ended.status, 0, &used) < 0 && errno == EINTR) {
  }
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  ended.seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  ended.memory = static_cast<std::size_t>(used.ru_maxrss) << 10;
  return ended;
}

std::string seconds_words(double seconds) {
  return fmt::format("{:g} {}", seconds, seconds == 1 ? "second" : "seconds");
}

/// Who did it is not known: the system, when the machine has no memory left, or somebody else.
std::string killed_words(const Ended& ended) {
  return fmt::format("was killed (SIGKILL) after {:.1f} seconds of processor time, with {} MB of memory", ended.seconds,
                     ended.memory >> 20);
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

/// One that has hardly computed by the time that the clock on the wall ends it waits for something.
std::string slow_words(bool in_time, const Ended& ended, const Limits& limits) {
  if (in_time || ended.seconds >= 0.1 * limits.seconds)
    return fmt::format("did not end within {}: a loop without an end, or far too slow", seconds_words(limits.seconds));
  return fmt::format("did not end within {} by the clock and hardly computed: it waits for something",
                     seconds_words(kWallFactor * limits.seconds));
}

std::string trouble_of(const Ended& ended, bool in_time, const Shared& shared, const Limits& limits,
                       const std::string& printed) {
  if (!in_time) return limits.stopped && limits.stopped() ? "was stopped" : slow_words(in_time, ended, limits);
  if (WIFSIGNALED(ended.status)) {
    const int signal = WTERMSIG(ended.status);
    const bool out_of_time = signal == SIGXCPU || (signal == SIGKILL && ended.seconds >= limits.seconds);
    if (out_of_time) return slow_words(in_time, ended, limits);
    return signal == SIGKILL ? killed_words(ended) : signal_words(signal, printed);
  }
  switch (shared.ending) {
    case Ending::kThrew:
      return fmt::format("threw an exception: {}", shared.what.data());
    case Ending::kMemory:
      return fmt::format("asks for more than {} MB of memory", limits.memory >> 20);
    case Ending::kStillRunning:
      return fmt::format("ended the program by itself, with exit code {}", WEXITSTATUS(ended.status));
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
  if (pid < 0) throw NotGraded(fmt::format("no process: {}", std::strerror(errno)));
  if (pid == 0) child(work, limits, *shared, numbers.write, output.write);
  ::setpgid(pid, pid);
  ::close(numbers.write);
  ::close(output.write);
  Apart result;
  std::string bytes;
  const bool in_time = collect(numbers.read, output.read, kWallFactor * limits.seconds, limits.stopped, bytes,
                               result.printed, kMostPrinted);
  ::kill(-pid, SIGKILL);  // and what it may have started
  const Ended ended = wait_for(pid);
  ::close(numbers.read);
  ::close(output.read);
  result.place = shared->place.text();
  result.finished = shared->ending == Ending::kFinished && in_time;
  if (!result.finished) result.trouble = trouble_of(ended, in_time, *shared, limits, result.printed);
  result.numbers.resize(bytes.size() / sizeof(double));
  if (!bytes.empty()) std::memcpy(result.numbers.data(), bytes.data(), result.numbers.size() * sizeof(double));
  return result;
}

ProgramRun run_program(const std::vector<std::string>& words, const std::string& folder, const Limits& limits) {
  constexpr int kNotFound = 127;
  const Pipe output = open_pipe();
  const std::vector<std::string> settings = environment_with({"TMPDIR=" + folder, "LC_ALL=C"});
  const std::vector<char*> argv = pointers(words), environment = pointers(settings);
  const pid_t pid = ::fork();
  if (pid < 0) throw NotGraded(fmt::format("no process: {}", std::strerror(errno)));
  if (pid == 0) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    redirect(output.write);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, std::ceil(limits.seconds));
    limit(RLIMIT_AS, static_cast<double>(limits.memory));
    if (::chdir(folder.c_str()) == 0) ::execvpe(argv.front(), argv.data(), environment.data());
    ::_exit(kNotFound);
  }
  ::setpgid(pid, pid);
  ::close(output.write);
  ProgramRun run;
  std::string none;
  const bool in_time = collect(-1, output.read, kProgramWall, limits.stopped, none, run.printed, kMostFromPrograms);
  if (!in_time) ::kill(-pid, SIGKILL);
  const Ended ended = wait_for(pid);
  ::close(output.read);
  run.memory = ended.memory;
  run.code = !in_time || WIFSIGNALED(ended.status)    ? -2
             : WEXITSTATUS(ended.status) == kNotFound ? -1
                                                      : WEXITSTATUS(ended.status);
  if (!in_time)
    run.trouble = fmt::format("did not end within {} by the clock, of which it computed for {:.1f}",
                              seconds_words(kProgramWall), ended.seconds);
  else if (run.code == -2)
    run.trouble =
        WTERMSIG(ended.status) == SIGKILL ? killed_words(ended) : signal_words(WTERMSIG(ended.status), run.printed);
  return run;
}

}  // namespace bellwether::labs
