#pragma once

#include <cstdint>

#include <Eigen/Core>

#include "solvers/exact/discounted/policy_matrix.h"
#include "solvers/exact/discounted/run.h"

namespace bellwether::solvers::discounted {

/// v <- T_pi v, at most `most` times; ends early once the span of the change is at most `enough`, or the caller said
/// stop.
void evaluation_sweeps(Run& run, const PolicyMatrix& policy, std::int64_t most, double enough, Eigen::VectorXd& v);

}  // namespace bellwether::solvers::discounted
