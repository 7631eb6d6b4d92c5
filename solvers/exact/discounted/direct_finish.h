#pragma once

#include <Eigen/Core>

#include "solvers/exact/discounted/run.h"
#include "solvers/solution.h"

namespace bellwether::solvers::discounted {

/// run.solution(v), but a run that stalled on a small model is finished by policy iteration with a factorisation.
Solution finished(Run& run, const Eigen::VectorXd& v);

}  // namespace bellwether::solvers::discounted
