#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <Eigen/Core>

#include "solvers/exact/discounted/run.h"
#include "solvers/robust/certificate.h"

namespace bellwether::solvers::robust {

/// What the loops of the discounted robust planners share: counting, asking the observer, the trace, when to stop, the
/// proof. As discounted::Run, with nature's answers in the certificate.
class Run {
 public:
  Run(std::string_view algorithm, const RobustProblem& problem, const RobustOptions& options, const SolveOptions& run);

  Operator& op() { return op_; }
  double tolerance() const { return run_.tolerance; }

  bool more() const { return !done_ && !settled_ && iterations_ < run_.max_iterations; }

  /// For loops that evaluate policies: where they come down to rounding short of the tolerance, more() says no without
  /// the end of the run, and settled() says why. Their numbers are as large as the values; sweeps from them, centred,
  /// know the differences of the states better.
  void let_sweeps_follow();
  bool settled() const { return settled_; }
  /// From here on sweeps work on the answer. What was proven before is kept where they do not better it.
  void go_on_with_sweeps();

  /// Counts work and asks the observer now and then. False once it said stop.
  bool read(std::int64_t transitions);
  /// Asks the observer now. False once it said stop.
  bool still_wanted();
  bool observed() const { return run_.observer != nullptr; }
  /// The observer said stop in the midst of a pass over the states: what the pass has made means nothing.
  bool broken_off() const { return op_.broken_off(); }
  /// Ends an iteration whose sweep made v out of another vector, with this change. `policy`: what is proven is the
  /// value of this decision, not the optimum.
  void finish_iteration(const mdp::Change& change, const Eigen::VectorXd& v, const Decision* policy = nullptr);

  RobustSolution solution(const Eigen::VectorXd& v, const Decision* policy = nullptr);

 private:
  Certificate prove(const Eigen::VectorXd& v, const Decision* policy);
  void keep(Certificate proof, const Eigen::VectorXd& v);
  /// The proof that a result cannot do without, by the rewards where a better one would keep the caller waiting.
  Certificate last_proof(const Eigen::VectorXd& v, const Decision* policy);

  const RobustProblem& problem_;
  const RobustOptions& options_;
  const SolveOptions& run_;
  std::string algorithm_, note_;
  Problem nominal_;
  discounted::SweepError error_;
  Operator op_;
  TraceRecorder trace_;
  TraceRow last_row_;
  std::optional<Certificate> proof_;
  Eigen::VectorXd proven_at_;
  std::int64_t iterations_ = 0, transitions_ = 0, asked_at_ = 0;
  bool done_ = false, stopped_ = false, rounding_limited_ = false;
  bool sweeps_follow_ = false, settled_ = false;
  bool centred_ = false;  ///< what is swept lacks a constant, and so does its residual: that of the best one is told
  double certify_below_;
  discounted::StandstillGuard guard_, at_rounding_;
};

inline std::span<const double> view(const Eigen::VectorXd& v) { return {v.data(), static_cast<std::size_t>(v.size())}; }
inline std::span<double> view(Eigen::VectorXd& v) { return {v.data(), static_cast<std::size_t>(v.size())}; }

/// v <- Tv until the run is over.
void sweep(Run& run, Eigen::VectorXd& v);

/// The end of a loop that evaluates policies: the sweeps that follow where it settled, and the solution.
RobustSolution sweep_and_conclude(Run& run, Eigen::VectorXd v);

/// Options and problem checked, or InvalidOption: what every robust planner does first.
const RobustProblem& checked(std::string_view algorithm, const RobustProblem& problem, const SolveOptions& run,
                             Criterion criterion);

}  // namespace bellwether::solvers::robust
