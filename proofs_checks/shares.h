#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Independent runs on one task, and how many of them broke a promise.
struct Tally {
  std::string on;
  std::int64_t broken = 0, runs = 0;
};

/// Of every task by itself and of all together: no more runs break their promise than one that may fail with
/// probability `delta` allows. Pooled alone, the tasks on which nothing can go wrong would excuse the one on which
/// everything does; judged alone, each might take a little more than its share.
/// The measurement is that of the task, or of "all tasks", that comes closest to breaking the promise or breaks it
/// most, the first of equals; its detail is the name.
Measurement never_anywhere(const std::vector<Tally>& tasks, double delta);

/// What independent runs on one task took of a bound: regret / bound, one number a run.
struct Shares {
  std::string on;
  std::vector<double> of_bound = {};
};

/// That no run takes more than its bound, but for those that `delta` allows: never_anywhere. Of equals, the task whose
/// runs took most of the bound.
Measurement never_above(std::vector<Shares> tasks, double delta);

}  // namespace bellwether::claims
