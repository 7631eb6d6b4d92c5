#pragma once

#include <string>

namespace bellwether::solvers::rational {

/// Exact numbers grow with the model: the size of a job is counted in operations on 64-bit words (about a nanosecond
/// each) and in bytes, before it is begun, so that a hopeless one is refused at once and never by the clock.
class WorkLimit {
 public:
  WorkLimit(double max_work, double max_bytes) : max_work_(max_work), max_bytes_(max_bytes) {}

  /// Throws InvalidOption naming `what`, the size and the limit when the total would exceed it.
  void charge(double work, double bytes, const std::string& what);

  /// The numbers of the last job are gone.
  void release_bytes() { bytes_ = 0; }

  double work() const { return work_; }

 private:
  double max_work_, max_bytes_;
  double work_ = 0, bytes_ = 0;
};

}  // namespace bellwether::solvers::rational
