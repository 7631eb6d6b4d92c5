#pragma once

namespace bellwether::bounds {

// Learning under limits on expected costs (docs/papers/constrained-regret.md, "Bounds with constants"): sums over
// episodes that learners at the constant of theory exceed with probability 2 delta at most, known rewards and costs in
// [0, 1], a model for every stage. The papers state orders; the constants were derived for the learners as they are
// built here, which solve again when the visits of a row have doubled.

struct ConstrainedSize {
  double states = 1, choices = 1;  ///< choices of all states together
  double successors = 1;           ///< of a row, at the most
  double horizon = 1, episodes = 1;
  double delta = 0.05;
  double constraints = 1;
};

/// L = ln(4 S C H K / delta), in the widths 2 sqrt(p (1 - p) L / n) + 14 L / (3 n) of probabilities.
double constrained_log(const ConstrainedSize& size);

/// What `played` episodes add up to when each costs the expected sum over its stages of w_h min{1, widths of the row},
/// W = sum of w_h, widths multiplied by `times`:
///   e / (e - 1) W (C + times (4 sqrt(2 (N - 1) L C K') + (28/3) S C L ln(1 + K' / C)) + ln(1 / delta)).
double uncertainty_sum(const ConstrainedSize& size, double weight, double played, double times = 1);

/// Positive regret, and hard violation of each constraint, of OptCMDP: W = H (H - 1) / 2, of order
/// H^2 sqrt(N L C K) as in Efroni, Mannor and Pirotta 2020.
double opt_cmdp_sum(const ConstrainedSize& size);

/// The same of OptLP: w_h = (H - h - 1)(1 + (H - h) / 2), an H more, for values with bonuses are not cut off.
double opt_lp_sum(const ConstrainedSize& size);

/// Signed regret of OptDual, `room` what the baseline leaves below every limit, `step` the learner's factor.
double opt_dual_regret(const ConstrainedSize& size, double room, double step = 1);
/// Signed violation of each constraint, if positive.
double opt_dual_violation(const ConstrainedSize& size, double room, double step = 1);

/// The same of OptPrimalDual, with at most `actions` choices in a state.
double opt_primal_dual_regret(const ConstrainedSize& size, double room, double actions, double step = 1);
double opt_primal_dual_violation(const ConstrainedSize& size, double room, double actions, double step = 1);

/// Episodes in which OptPess-LP plays the baseline: the largest n with room n <= its uncertainty_sum, at most K.
double opt_pess_lp_baseline(const ConstrainedSize& size, double room);
/// The same of DOPE.
double dope_baseline(const ConstrainedSize& size, double room);

}  // namespace bellwether::bounds
