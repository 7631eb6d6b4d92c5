#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "solvers/abandonable.h"

namespace bellwether::test {

/// While it lives, work that was abandoned has not ended: whatever could be abandoned next only asks and does not
/// begin.
class AbandonedWork {
 public:
  AbandonedWork() {
    solvers::abandonable([opened = std::shared_future<void>(gate_.get_future())] { return opened.wait(), 0; },
                         [] { return false; });
  }
  ~AbandonedWork() {
    gate_.set_value();
    while (solvers::num_abandoned() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  AbandonedWork(const AbandonedWork&) = delete;
  AbandonedWork& operator=(const AbandonedWork&) = delete;

 private:
  std::promise<void> gate_;
};

}  // namespace bellwether::test
