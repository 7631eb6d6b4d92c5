#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <utility>

namespace bellwether {

/// Asks a caller whether to go on, from inside a piece of work that may run on several threads: one of them at a time,
/// and nobody after a no.
///
///   asking.ask(keep_going, states, effort);
///   for (s ...) if (asking.wanted(s)) ...   // else nothing that the pass makes means anything: asking.stopped()
class Asking {
 public:
  /// From here on `keep_going` is asked, or nobody; what was answered before is forgotten. Not while work goes on.
  void ask(std::function<bool()> keep_going) {
    keep_going_ = std::move(keep_going);
    stopped_ = false;
    between_ = kNever;
  }
  /// The same for passes over `places` that cost `effort` all told, in steps of some 20 ns: wanted() then asks every
  /// few hundredths of a second, and never in passes that are over before.
  void ask(std::function<bool()> keep_going, std::int64_t places, std::int64_t effort) {
    ask(std::move(keep_going));
    if (!asks()) return;
    std::int64_t block = 1;
    while (block <= places && block * (effort / places) < kAskEvery) block *= 2;
    if (block <= places) between_ = block - 1;
  }
  bool asks() const { return keep_going_ != nullptr; }

  /// As after a no: nobody is asked any more.
  void stop() { stopped_ = true; }
  /// A look at the last answer.
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

  /// Asks, unless another thread is asking. False once the answer was no.
  bool go_on() {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (lock.owns_lock() && !stopped() && keep_going_ && !keep_going_()) stopped_ = true;
    return !stopped();
  }

  /// Whether a place of a pass is still worth its work; cheap enough to be called for each.
  bool wanted(std::int64_t place) {
    if (stopped()) return false;
    return (place & between_) != between_ || go_on();
  }

 private:
  static constexpr std::int64_t kAskEvery = 2'000'000;
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  std::function<bool()> keep_going_;
  std::int64_t between_ = kNever;  ///< places, a power of two less one
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
};

}  // namespace bellwether
