#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "solvers/problem.h"

namespace bellwether::solvers {

/// How far an optimiser is from the optimum after 0, 1, 2, ... iterations, and what theory promises.
struct OptimiserCurve {
  std::string name = {};
  std::vector<double> gap = {};  ///< sup-norm distance of V^{pi_k} from V*, in the problem's units
  std::vector<double>
      bound;  ///< of the theorem, at the same iterations; infinity where it says nothing, empty without one
};

/// Eight optimisers on one discounted problem, all from the uniform policy: policy iteration, policy mirror descent
/// with adaptive steps in three geometries (KL, Euclidean, Tsallis 1.5), with geometric steps, the natural policy
/// gradient with exponent 1, softmax and projected policy gradient with the theorems' steps. Bounds: discount^k |V* -
/// V_0| of policy iteration, Johnson's of the adaptive steps (c_0 = 1), the O(1/k) of the natural gradient.
std::vector<OptimiserCurve> compare_optimisers(const Problem& problem, int iterations = 80);

/// Softmax policy gradient on a bandit (one state, no future) with these mean rewards: from the uniform policy and from
/// the logits given, a bad start, where it stays on a plateau; with entropy and with a log barrier from the bad start;
/// the natural gradient from there. The bounds are 16 / (c^2 k) with the c that was measured (Mei et al. 2020).
std::vector<OptimiserCurve> compare_on_bandit(const std::vector<double>& rewards, const std::vector<double>& bad_start,
                                              int iterations = 10'000);

}  // namespace bellwether::solvers
