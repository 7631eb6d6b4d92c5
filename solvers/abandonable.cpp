#include "solvers/abandonable.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/parallel.h"

namespace bellwether::solvers {
namespace {

constexpr std::chrono::milliseconds kPause{20};

std::atomic<int> abandoned{0};

struct Job {
  std::function<void()> work;
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false, abandoned = false;
  std::exception_ptr error;

  void run(int threads) {
    const ThreadCount guard(threads);
    std::exception_ptr thrown;
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
    work = nullptr;  // what it owned is gone before anybody is told
    const std::lock_guard lock(mutex);
    error = thrown;
    done = true;
    if (abandoned) --solvers::abandoned;
    ended.notify_all();
  }

  /// False when it was abandoned.
  bool wait(const std::function<bool()>& keep_going) {
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, kPause, [&] { return done; })) {
      lock.unlock();
      const bool go_on = keep_going();
      lock.lock();
      if (done || go_on) continue;
      abandoned = true;
      ++solvers::abandoned;
      return false;
    }
    return true;
  }
};

}  // namespace

int num_abandoned() { return abandoned; }

bool run_abandonable(std::function<void()> work, const std::function<bool()>& keep_going) {
  while (abandoned > 0) {
    if (!keep_going()) return false;
    std::this_thread::sleep_for(kPause);
  }
  const auto job = std::make_shared<Job>();
  job->work = std::move(work);
  std::thread thread;
  try {
    thread = std::thread([job, threads = thread_count()] { job->run(threads); });
  } catch (const std::system_error&) {  // no more threads to be had: the work is done here, to its end
    job->run(thread_count());
    if (job->error) std::rethrow_exception(job->error);
    return true;
  }
  bool ended = false;
  try {
    ended = job->wait(keep_going);
  } catch (...) {  // the caller's own exception: what was started must not outlive the call
    thread.join();
    throw;
  }
  if (!ended) {
    thread.detach();
    return false;
  }
  thread.join();
  if (job->error) std::rethrow_exception(job->error);
  return true;
}

}  // namespace bellwether::solvers
