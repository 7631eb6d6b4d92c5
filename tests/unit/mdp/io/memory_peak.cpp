#include "tests/unit/mdp/io/memory_peak.h"

// What a sanitizer adds is counted with the rest, and mallopt is of glibc.
#if defined(__linux__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include <algorithm>
#include <climits>
#include <cstddef>
#include <fstream>
#include <string>

#include <malloc.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace bellwether::test {
namespace {

bool watched = false;  // in the child alone
MemoryPeak most;

/// From the page tables: the counters of /proc/self/status are kept by each processor and off by hundreds of pages.
MemoryPeak memory_now() {
  MemoryPeak now;
  std::ifstream pages("/proc/self/smaps_rollup");
  for (std::string line; std::getline(pages, line);) {
    const auto bytes = [&] { return 1024 * std::stod(line.substr(line.find(':') + 1)); };
    if (line.starts_with("Rss:")) now.all = bytes();
    if (line.starts_with("Anonymous:")) now.own = bytes();
  }
  return now;
}

void look() {
  if (!watched) return;
  const MemoryPeak now = memory_now();
  most = {.own = std::max(most.own, now.own), .all = std::max(most.all, now.all)};
}

/// The heap keeps what it has, so memory shrinks only where arrays or text are given back: the peak is right before one
/// of these calls, or at the end.
MemoryPeak peak_in_this_process(const std::function<void()>& first, const std::function<void()>& work) {
  ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);  // large pages come as the system has them to spare
  constexpr int kLargestBlock = 1 << 25;    // that malloc can be told
  ::mallopt(M_MMAP_THRESHOLD, kLargestBlock);
  ::mallopt(M_TRIM_THRESHOLD, INT_MAX);
  first();
  const MemoryPeak before = memory_now();
  if (before.own < 0) return {};
  watched = true;
  work();
  look();
  return {.own = most.own - before.own, .all = most.all - before.all};
}

}  // namespace

MemoryPeak memory_peak(const std::function<void()>& first, const std::function<void()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  ::malloc_trim(0);  // what was freed before would be used again and not be counted
  const pid_t child = ::fork();
  if (child == 0) {
    const MemoryPeak peak = peak_in_this_process(first, work);
    ::_exit(::write(ends[1], &peak, sizeof peak) == sizeof peak ? 0 : 1);
  }
  ::close(ends[1]);
  MemoryPeak peak;
  if (::read(ends[0], &peak, sizeof peak) != sizeof peak) peak = {};
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return peak;
}

}  // namespace bellwether::test

// In place of the library's.
extern "C" {

int munmap(void* address, std::size_t size) noexcept {
  bellwether::test::look();
  return static_cast<int>(::syscall(SYS_munmap, address, size));
}

int madvise(void* address, std::size_t size, int advice) noexcept {
  bellwether::test::look();
  return static_cast<int>(::syscall(SYS_madvise, address, size, advice));
}

}  // extern "C"

#else

namespace bellwether::test {
MemoryPeak memory_peak(const std::function<void()>&, const std::function<void()>&) { return {}; }
}  // namespace bellwether::test

#endif
