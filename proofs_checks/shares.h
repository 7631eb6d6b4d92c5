#pragma once

#include <string>
#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// What independent runs on one task took of a bound: regret / bound, one number a run.
struct Shares {
  std::string on;
  std::vector<double> of_bound = {};
};

/// Of every task by itself: no more runs take more than their bound than a promise that may fail with probability
/// `delta` allows. Pooled, the tasks on which nothing can go wrong would excuse the one on which everything does.
/// The measurement is that of the task that comes closest to breaking the promise, or breaks it most.
Measurement never_above(const std::vector<Shares>& tasks, double delta);

}  // namespace bellwether::claims
