#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "solvers/problem.h"

namespace bellwether::test {

using LongVector = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

/// How stored numbers are read: rewards and the discount moved by this share of half an ulp, in [-1, 1].
struct Reading {
  long double reward = 0, discount = 0;
};

/// V* by policy iteration in 64-bit-mantissa arithmetic on rows divided by their exact sum: shares no code with the
/// solvers.
LongVector optimal_values(const solvers::Problem& problem, const Reading& reading = {});

/// The value of a randomised policy: one weight a choice of the model, divided by their sum in each state.
LongVector randomised_policy_values(const solvers::Problem& problem, const std::vector<double>& weight);

/// The value of a deterministic policy, likewise.
LongVector policy_values(const solvers::Problem& problem, const std::vector<std::int32_t>& choice,
                         const Reading& reading = {});

}  // namespace bellwether::test
