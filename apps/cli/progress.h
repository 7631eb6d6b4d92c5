#pragma once

#include <string>

#include "apps/cli/status_line.h"
#include "core/solve.h"

namespace bellwether::cli {

/// Shows how a solver gets on, and ends the run on Ctrl-C.
class SolveProgress {
 public:
  SolveProgress(std::string algorithm, double tolerance, bool quiet);

  bool operator()(const TraceRow& row);

 private:
  std::string time_left(double gap);

  StatusLine line_;
  std::string algorithm_;
  double tolerance_;
  double first_gap_ = 0, first_seconds_ = 0;
};

}  // namespace bellwether::cli
