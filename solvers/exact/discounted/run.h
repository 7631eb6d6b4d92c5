#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <Eigen/Core>

#include "core/solve.h"
#include "solvers/exact/discounted/certificate.h"
#include "solvers/exact/discounted/rounding_bounds.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers::discounted {

/// True once the bound has not been halved in `patience` iterations.
class StandstillGuard {
 public:
  static StandstillGuard of_iterations(std::int64_t patience) { return StandstillGuard(patience); }
  /// In exact arithmetic every sweep halves its bound within log 2 / -log discount iterations once it contracts; when
  /// ten times that (and a hundred) did not, the loop stands still and rounding is why.
  static StandstillGuard of_sweeps(double discount);
  bool stands_still(double width);

 private:
  explicit StandstillGuard(std::int64_t patience) : patience_(patience) {}

  std::int64_t patience_, since_ = 0;
  double best_ = std::numeric_limits<double>::infinity();
};

/// What the loops of all discounted solvers share: counting work, asking the observer, keeping the trace, deciding when
/// to stop, and proving the answer.
///
///   Run run("value-iteration", problem, options);
///   while (run.more()) {
///     const mdp::Change change = jacobi_sweep(problem, view(v), view(next));
///     v.swap(next);
///     run.read(problem.model.num_transitions());
///     run.finish_iteration(macqueen_bound(run.error(), change), change.residual(), v);
///   }
///   return run.solution(v);
///
/// A loop stops when its running bound promises the tolerance and certify() confirms it. When rounding is all that is
/// left of the bound, or nothing has improved for so long that exact arithmetic could not have stood still, the run
/// ends as kRoundingLimited.
class Run {
 public:
  /// Checks problem and options: InvalidModel or InvalidOption name what is wrong.
  Run(std::string_view algorithm, const Problem& problem, const SolveOptions& options);

  const Problem& problem() const { return problem_; }
  const SweepError& error() const { return error_; }
  double tolerance() const { return options_.tolerance; }
  std::int64_t iterations() const { return iterations_; }
  std::int64_t transitions_read() const { return transitions_; }

  /// Asks the observer now, where counting work would not do it in time. False once it said stop.
  bool still_wanted();
  bool observed() const { return options_.observer != nullptr; }
  const SolveOptions& options() const { return options_; }

  /// For loops that evaluate policies, which take few iterations where they work at all: ends the run, stalled() from
  /// then on, when the bound has not been halved in a few hundred of them. Sweeps alone would need log 2 / -log
  /// discount iterations a halving, and nobody waits for that near one.
  void expect_few_iterations();
  bool stalled() const { return stalled_; }

  /// False once the answer is proven, the caller said stop, or the iterations are used up.
  bool more() const { return !done_ && iterations_ < options_.max_iterations; }

  /// Counts transitions read; every 2e7 of them (some 50 ms) the observer is asked. False once it said stop.
  bool read(std::int64_t transitions);

  /// Ends an iteration: traces it, asks the observer, and certifies `candidate` when `bound` says that it pays.
  void finish_iteration(const RunningBound& bound, double residual, const Eigen::VectorXd& candidate) {
    finish_iteration(bound, residual, [&]() -> const Eigen::VectorXd& { return candidate; });
  }
  /// The same for a candidate that is made only when it is to be certified.
  void finish_iteration(const RunningBound& bound, double residual,
                        const std::function<const Eigen::VectorXd&()>& candidate);

  /// The same for loops that prove every policy they make (`certify(problem, v, policy)`, v its values as computed):
  /// the tightest proof is kept. `largest` is the largest |v|. A loop that `contracts` its gap by the discount, at
  /// least, ends when the gap stands still.
  void finish_iteration(Certificate proof, double largest, bool contracts);

  /// From here on another algorithm works on the answer.
  void hand_over_to(std::string_view algorithm);

  /// Moves the iteration count on, tracing and asking the observer when it grew; nothing is proven yet.
  void advance_to(std::int64_t iteration, double residual);

  /// The method can do no more (its policy no longer changes): what is left of the bound is rounding.
  void finish_at_fixed_point() { done_ = rounding_limited_ = true; }

  void add_note(std::string_view sentence);

  /// The result: the proof found last, or a fresh one for v.
  Solution solution(const Eigen::VectorXd& v);
  Solution solution(Certificate certificate);
  bool proven() const { return proof_.has_value(); }

 private:
  void trace(double gap, double residual);
  void certify_candidate(const RunningBound& bound, const Eigen::VectorXd& candidate);
  bool pays_to_certify(const RunningBound& bound);

  const Problem& problem_;
  const SolveOptions& options_;
  SweepError error_;
  TraceRecorder trace_;
  std::string algorithm_, note_;
  std::optional<Certificate> proof_;
  TraceRow last_row_;
  std::int64_t iterations_ = 0, transitions_ = 0, asked_at_ = 0;
  bool done_ = false, stopped_ = false, rounding_limited_ = false;
  bool stalled_ = false;
  double certify_below_;  // width at which to try again after a proof that was not enough
  StandstillGuard guard_;
  std::optional<StandstillGuard> few_;
};

}  // namespace bellwether::solvers::discounted
