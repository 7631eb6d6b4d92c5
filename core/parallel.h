#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace bellwether {

// The only door to threads. Work is cut into chunks whose boundaries depend on its size alone and partial results are
// joined in chunk order, so every thread count gives the same bits. Small work stays on the calling thread, and a
// parallel loop inside another runs serially: the outer loop (replicates, usually) owns the machine.

/// Threads a parallel loop started here may use: the innermost ThreadCount guard, else the number of cores.
int thread_count();

/// Sets the thread count of the current scope: `ThreadCount guard(1);`.
class ThreadCount {
 public:
  explicit ThreadCount(int threads);
  ~ThreadCount();
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int previous_;
};

namespace detail {
inline constexpr std::int64_t kSerialBelow = 100'000;  // elementary operations; about 50 us, ten times a wake-up
inline constexpr std::int64_t kMaxChunks = 64;

/// Calls run(context, chunk) for chunk = 0 .. chunks - 1; rethrows the exception of the lowest chunk that threw.
void run_chunks(int chunks, void* context, void (*run)(void*, int));

struct Chunks {
  std::int64_t count, chunks;
  std::int64_t begin(std::int64_t chunk) const { return count * chunk / chunks; }
};

inline Chunks cut(std::int64_t count, std::int64_t work) {
  if (work < kSerialBelow || count < 2) return {count, 1};
  return {count, std::min(count, kMaxChunks)};
}
}  // namespace detail

/// Calls body(begin, end) for consecutive chunks that cover [0, count). `work` is a rough count of elementary
/// operations in the whole loop: below about 10^5 it is not worth waking a thread.
template <class Body>
void parallel_for(std::int64_t count, std::int64_t work, Body&& body) {
  if (count <= 0) return;
  const detail::Chunks cut = detail::cut(count, work);
  if (cut.chunks == 1) return body(std::int64_t{0}, count);
  auto run = [&](int chunk) { body(cut.begin(chunk), cut.begin(chunk + 1)); };
  using Run = decltype(run);
  detail::run_chunks(static_cast<int>(cut.chunks), &run,
                     [](void* context, int chunk) { (*static_cast<Run*>(context))(chunk); });
}

/// join(...join(join(identity, body(chunk 0)), body(chunk 1))...), chunks computed in parallel, joined in order.
template <class T, class Body, class Join>
T parallel_reduce(std::int64_t count, std::int64_t work, T identity, Body&& body, Join&& join) {
  if (count <= 0) return identity;
  const detail::Chunks cut = detail::cut(count, work);
  if (cut.chunks == 1) return join(std::move(identity), body(std::int64_t{0}, count));
  struct alignas(64) Slot {
    T value;
  };
  std::vector<Slot> parts(static_cast<std::size_t>(cut.chunks), Slot{identity});
  auto run = [&](int chunk) {
    parts[static_cast<std::size_t>(chunk)].value = body(cut.begin(chunk), cut.begin(chunk + 1));
  };
  using Run = decltype(run);
  detail::run_chunks(static_cast<int>(cut.chunks), &run,
                     [](void* context, int chunk) { (*static_cast<Run*>(context))(chunk); });
  T total = std::move(identity);
  for (Slot& part : parts) total = join(std::move(total), std::move(part.value));
  return total;
}

}  // namespace bellwether
