#pragma once

#include <string>

#include <Eigen/Core>

#include "mdp/policy.h"
#include "solvers/problem.h"

namespace bellwether::solvers {

/// Does a claim hold? If not: where, and which condition fails.
struct BoundCheck {
  bool holds = true;
  std::string reason;
  int state = -1;
};

/// Proves lower <= V* <= upper, and the same for the value of `policy`, for a kReach or kTotal problem, from the
/// caller's model alone: nothing is shared with the solvers but the graph searches. In maximise form:
///   upper: upper >= T upper everywhere, upper >= the terminal value on the target, and upper >= 0 wherever a play
///          that stays for ever in zero rewards counts. Then no policy is worth more.
///   lower: lower <= T_policy lower, lower <= the terminal value on the target, and each recurrent class of the policy
///          outside the target has no rewards and lower <= 0 (with a goal that must be reached: there is no such
///          class). Then the policy is worth at least lower.
/// Minimising swaps the roles. Inequalities are judged in difference form with outward rounding: `holds` is a proof,
/// for the probabilities p / sum(p) and rewards within half an ulp; its absence is not a disproof.
/// Entries with lower = upper = +-infinity are taken as given (they are claims about the graph), all others are
/// checked. For total rewards the sum must be well defined (the solvers refuse models where it is not).
/// Cost: a few passes over the model and one end-component search.
BoundCheck check_total_bounds(const Problem& problem, bool must_reach_goal, const mdp::Policy& policy,
                              const Eigen::VectorXd& lower, const Eigen::VectorXd& upper);

}  // namespace bellwether::solvers
