#pragma once

#include <limits>
#include <span>

#include <Eigen/Core>

#include "mdp/policy.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// Proven bounds drawn from one backup of any vector (docs/papers/exact-solvers.md, section "The certificate").
struct Certificate {
  Eigen::VectorXd lower, upper;  ///< enclose V* and the value of `policy`, floating-point rounding included
  Eigen::VectorXd value;         ///< the middle of the interval
  double gap = std::numeric_limits<double>::infinity();       ///< largest distance from `value` to an end
  double residual = std::numeric_limits<double>::infinity();  ///< computed |Tv - v|, for information
  double rounding = 0;  ///< what rounding alone makes of the gap: no vector of this size can do better
  mdp::Policy policy;
};

/// Encloses V* and the value of the policy that is greedy for v (lowest index among equals): with d = Tv - v and
/// t = discount / (1 - discount),
///   Tv + t min d  <=  V^greedy  <=  V*  <=  Tv + t max d      (maximising; mirrored when minimising),
/// every operation rounded outwards. The bounds speak of probabilities divided by their row sum and of rewards and
/// discount within half an ulp of the stored ones. States that cannot be left get r / (1 - discount) directly, so
/// terminal states get exactly 0.
/// Works for any finite v; a better v gives tighter bounds. Where numbers overflow the gap is infinite.
/// Cost: one pass over the transitions, in parallel.
Certificate certify(const Problem& problem, std::span<const double> v);

/// The same for a policy of the caller's: encloses V* and V^policy, so the width bounds what the policy loses.
Certificate certify(const Problem& problem, std::span<const double> v, const mdp::Policy& policy);

/// Encloses the value of the policy alone. Randomised policies are read as their weights divided by their sum.
Certificate certify_policy_value(const Problem& problem, std::span<const double> v, const mdp::Policy& policy);

/// How a run came to its end.
struct Ending {
  double tolerance = 0;
  bool stopped = false, rounding_limited = false;
};

/// Status, note, values and bounds of a solution from its certificate; the note follows what `solution` already says.
void conclude(Solution& solution, Certificate& proof, const Ending& ending);

}  // namespace bellwether::solvers
