#pragma once

#include <cstdint>
#include <vector>

#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// A total-reward problem without the states whose value is infinite, and without the choices that may lead there: no
/// optimal policy of the other states takes one. Target states, where the play is over, keep a self-loop alone. What is
/// left has finite values.
struct FinitePart {
  Problem problem;
  mdp::Policy policy;                         ///< the solution's, on the states left
  std::vector<std::int32_t> state;            ///< of the original, for each state left
  std::vector<std::int32_t> original_choice;  ///< local index in the original, for each choice left; 0 in targets
};

/// `solved` says which values are infinite; its policy must be deterministic. Cost: linear.
FinitePart finite_part(const Problem& problem, const Solution& solved);

}  // namespace bellwether::solvers
