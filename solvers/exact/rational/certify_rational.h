#pragma once

#include "mdp/policy.h"
#include "solvers/exact/rational/rational_result.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

using rational::RationalOptions;

/// A solution that is proven in integer arithmetic.
struct RationalSolution {
  /// Values correctly rounded, `lower` and `upper` the doubles around the exact optimum, `gap` at most half a unit in
  /// the last place; the note says how the numbers of the model were read and what had to be repaired. Status
  /// kConverged, or kUnbounded or kNumericalTrouble with a note and nothing else.
  Solution solution;
  rational::ExactValues exact;       ///< the values as fractions; the gains for the average criterion
  rational::ExactValues exact_bias;  ///< average criterion
  rational::RationalReport report;
};

/// Exact rational certification of a deterministic policy (docs/papers/exact-certificates.md; criteria.h has what
/// is proven for each criterion). A policy that is not optimal is repaired by exact policy iteration; the finite
/// horizon needs no policy. Doubles stand for the simple numbers they were rounded from: 0.35 is 7/20 and a row of
/// three 0.3333333333333333 is 1/3 each, see number_reading.h. InvalidOption when the exact numbers would grow beyond
/// the limits, before a strongly connected class is begun: with 53-bit probabilities and five successors a choice, a
/// class of 1,000 states takes about two seconds and one of 2,000 about ten.
RationalSolution certify_rational(const Problem& problem, const mdp::Policy& policy,
                                  const RationalOptions& options = {});

}  // namespace bellwether::solvers
