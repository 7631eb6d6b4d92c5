#include "core/parallel.h"

#include <atomic>
#include <exception>
#include <thread>

#ifdef BELLWETHER_PARALLEL_OPENMP
#include <omp.h>
#endif

namespace bellwether {
namespace {

thread_local int requested_threads = 0;  // 0: as many as the machine has
thread_local bool inside_parallel_loop = false;

int machine_threads() {
#ifdef BELLWETHER_PARALLEL_OPENMP
  return omp_get_max_threads();
#elif defined(BELLWETHER_PARALLEL_THREADS)
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
#else
  return 1;
#endif
}

/// Runs one chunk and keeps its exception, if any, for the caller's thread.
void run_guarded(int chunk, void* context, void (*run)(void*, int), std::vector<std::exception_ptr>& errors) {
  const bool outer = inside_parallel_loop;
  inside_parallel_loop = true;
  try {
    run(context, chunk);
  } catch (...) {
    errors[static_cast<std::size_t>(chunk)] = std::current_exception();
  }
  inside_parallel_loop = outer;
}

}  // namespace

int thread_count() { return requested_threads > 0 ? requested_threads : machine_threads(); }

ThreadCount::ThreadCount(int threads) : previous_(requested_threads) { requested_threads = std::max(1, threads); }
ThreadCount::~ThreadCount() { requested_threads = previous_; }

namespace detail {

void run_chunks(int chunks, void* context, void (*run)(void*, int)) {
  const int threads = inside_parallel_loop ? 1 : std::min(chunks, thread_count());
  if (threads <= 1) {
    for (int chunk = 0; chunk < chunks; ++chunk) run(context, chunk);
    return;
  }
  std::vector<std::exception_ptr> errors(static_cast<std::size_t>(chunks));
#if defined(BELLWETHER_PARALLEL_OPENMP)
  // Each thread keeps one contiguous part (its cache stays warm from sweep to sweep).
#pragma omp parallel for schedule(static) num_threads(threads)
  for (int chunk = 0; chunk < chunks; ++chunk) run_guarded(chunk, context, run, errors);
#else
  {
    // GCC's OpenMP runtime is not instrumented for the thread sanitizer; this backend is.
    std::atomic<int> next{0};
    auto work = [&] {
      for (int chunk; (chunk = next.fetch_add(1)) < chunks;) run_guarded(chunk, context, run, errors);
    };
    std::vector<std::jthread> helpers;
    for (int t = 1; t < threads; ++t) helpers.emplace_back(work);
    work();
  }
#endif
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace detail
}  // namespace bellwether
