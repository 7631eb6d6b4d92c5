#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/options.h"
#include "solvers/constrained/certificate.h"
#include "solvers/constrained/first_order/game.h"
#include "solvers/constrained/solution.h"

namespace bellwether::solvers {

/// What all first-order methods share.
struct FirstOrderOptions {
  std::int64_t iterations = 10'000;
  std::string output = "last";
  double step = 0;
  double dual_step = 0;
  double cap = 0;
  int record = 0;
};

template <class Field>
void describe(FirstOrderOptions& o, Field&& field) {
  field("iterations", o.iterations, at_least(1), "steps at most; the proof is tried along the way");
  field("output", o.output, one_of({"last", "average", "best"}),
        "which policy each proof takes: the last iterate, the one with the mean occupancy, or the best feasible one; "
        "the best that was proven is returned");
  field("step", o.step, at_least(0), "of the policy; 0: the method's own");
  field("dual_step", o.dual_step, at_least(0), "of the multipliers; 0: the method's own");
  field("cap", o.cap, at_least(0),
        "multipliers stay below; 0: twice the most an optimal one can be, by a policy that keeps to all budgets");
  field("record", o.record, at_least(0), "keep every so many iterates in the path; 0: at log-spaced iterations");
}

namespace constrained {

/// Where the players stand. Methods that multiply keep logarithms, so that no probability is lost to underflow.
struct Point {
  std::vector<double> policy = {};       ///< one probability a choice
  std::vector<double> log_policy = {};   ///< the same in logarithms, for methods that need them
  std::vector<double> multipliers = {};  ///< >= 0, in the game's units
};

/// Moves both players given what the present policy is worth. False when the iterate must not count for the average
/// and the best (CRPO, while it repairs a budget).
using Step = std::function<bool(Point& at, const View& view)>;

/// Plays: evaluates the mixed reward, lets `step` move, keeps average, best and path, and tries the proof at iterations
/// 100, 200, 400, ... until the gap is at most run.tolerance. The least dual value and the best feasible policy of all
/// proofs are kept.
ConstrainedSolution play(std::string name, const Game& game, const Step& step, const FirstOrderOptions& options,
                         const SolveOptions& run);

/// Limits for the multipliers, one a budget, in the game's units: `options.cap`, or twice
/// (largest - smallest reward) / ((1 - discount) slack), slack being what a safe policy leaves of each budget; infinite
/// where no such policy is known.
std::vector<double> dual_caps(const Game& game, const FirstOrderOptions& options, const Observer& observer);

/// The state's part of `log_policy` + step, normalised, and `policy` from it.
void normalise_logarithms(const Game& game, Point& at);

/// q of the mixed reward: q_r - sum y_i q_ci.
Eigen::VectorXd mixed_q(const View& view, const std::vector<double>& multipliers);

}  // namespace constrained
}  // namespace bellwether::solvers
