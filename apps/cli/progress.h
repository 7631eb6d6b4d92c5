#pragma once

#include <chrono>
#include <string>

#include "core/solve.h"

namespace bellwether::cli {

/// A line on the terminal that shows how a solver gets on, from two seconds on; silent when standard error is no
/// terminal. It also ends the run on Ctrl-C.
class SolveProgress {
 public:
  SolveProgress(std::string algorithm, double tolerance, bool quiet);
  ~SolveProgress();
  SolveProgress(const SolveProgress&) = delete;
  SolveProgress& operator=(const SolveProgress&) = delete;

  bool operator()(const TraceRow& row);

 private:
  using Clock = std::chrono::steady_clock;
  std::string algorithm_;
  double tolerance_;
  Clock::time_point started_, shown_;
  double first_gap_ = 0, first_seconds_ = 0;
  bool visible_ = false, on_terminal_;
};

}  // namespace bellwether::cli
