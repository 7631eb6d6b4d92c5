#include "solvers/robust/run.h"

#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers::robust {
namespace {

constexpr std::int64_t kAskEvery = 2'000'000;  // transitions, some 20 ns each where nature is slow to answer
// Iterations without a halving: of sweeps at the level of rounding, of evaluations there when sweeps follow, and of
// those sweeps anywhere.
constexpr std::int64_t kSweepsAtRounding = 10, kEvaluationsAtRounding = 2, kSweepsFollowing = 100;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

const RobustProblem& checked(std::string_view algorithm, const RobustProblem& problem, const SolveOptions& run,
                             Criterion criterion) {
  if (problem.criterion != criterion) {
    throw InvalidOption(fmt::format("{}: the criterion is '{}', must be '{}'", algorithm, to_string(problem.criterion),
                                    to_string(criterion)));
  }
  require_valid(problem);
  if (!(run.tolerance >= 0))
    throw InvalidOption(fmt::format("{}: option 'tolerance' is {}, must be at least 0", algorithm, run.tolerance));
  if (run.max_iterations < 0) {
    throw InvalidOption(
        fmt::format("{}: option 'max_iterations' is {}, must be at least 0", algorithm, run.max_iterations));
  }
  return problem;
}

Run::Run(std::string_view algorithm, const RobustProblem& problem, const RobustOptions& options,
         const SolveOptions& run)
    : problem_(checked(algorithm, problem, run, Criterion::kDiscounted)),
      options_(options),
      run_(run),
      algorithm_(algorithm),
      nominal_(problem.nominal()),
      error_(nominal_),
      op_(problem),
      certify_below_(kInfinity),
      guard_(discounted::StandstillGuard::of_sweeps(problem.discount)),
      at_rounding_(discounted::StandstillGuard::of_iterations(kSweepsAtRounding)) {
  if (observed()) op_.ask([this] { return still_wanted(); });
}

bool Run::read(std::int64_t transitions) {
  transitions_ += transitions;
  if (transitions_ - asked_at_ < kAskEvery) return !stopped_;
  asked_at_ = transitions_;
  last_row_.work = transitions_;
  return still_wanted();
}

bool Run::still_wanted() {
  if (!stopped_ && run_.observer && !run_.observer(last_row_)) stopped_ = done_ = true;
  return !stopped_;
}

Certificate Run::prove(const Eigen::VectorXd& v, const Decision* policy) {
  transitions_ += op_.work();
  return policy != nullptr ? certify_policy(op_, view(v), *policy) : certify(op_, view(v));
}

void Run::finish_iteration(const mdp::Change& change, const Eigen::VectorXd& v, const Decision* policy) {
  ++iterations_;
  const discounted::RunningBound bound = discounted::macqueen_bound(error_, change);
  // Nature's answers round a few times as often as a plain sum.
  const double floor = 8 * bound.floor, running = bound.width + floor;
  if (!std::isfinite(bound.width)) done_ = true;
  if (!stopped_ && !done_) {
    const bool stands_still =
        guard_.stands_still(bound.width) || (bound.width <= floor && at_rounding_.stands_still(bound.width));
    if (stands_still) (sweeps_follow_ ? settled_ : rounding_limited_) = true;
    if (stands_still || (bound.width <= certify_below_ && (running <= run_.tolerance || bound.width <= 0.25 * floor))) {
      Certificate proof = prove(v, policy);
      if (broken_off()) return;
      const bool out_of_reach = proof.rounding > run_.tolerance && bound.width <= proof.rounding;
      if (out_of_reach || !std::isfinite(proof.gap)) rounding_limited_ = true;
      certify_below_ = bound.width / 2;
      done_ = rounding_limited_ || proof.gap <= run_.tolerance;
      if (done_ || settled_) keep(std::move(proof), v);
    }
  }
  last_row_ = {.iteration = iterations_,
               .gap = proof_ ? proof_->gap : running,
               .residual = centred_ ? change.high / 2 - change.low / 2 : change.residual(),
               .work = transitions_};
  trace_.record(last_row_);
  asked_at_ = transitions_;
  still_wanted();
}

void Run::keep(Certificate proof, const Eigen::VectorXd& v) {
  if (proof_ && proof_->gap <= proof.gap) return;
  proof_ = std::move(proof);
  proven_at_ = v;
}

void Run::let_sweeps_follow() {
  sweeps_follow_ = true;
  at_rounding_ = discounted::StandstillGuard::of_iterations(kEvaluationsAtRounding);
}

void Run::go_on_with_sweeps() {
  settled_ = sweeps_follow_ = false;
  centred_ = true;
  certify_below_ = kInfinity;
  guard_ = discounted::StandstillGuard::of_iterations(kSweepsFollowing);
  at_rounding_ = discounted::StandstillGuard::of_iterations(kSweepsAtRounding);
}

Certificate Run::last_proof(const Eigen::VectorXd& v, const Decision* policy) {
  if (auto proof = finished(op_, stopped_, [&] { return prove(v, policy); })) return *std::move(proof);
  note_ = kBoundedByRewards;
  if (policy != nullptr) return bound_by_rewards(op_, policy->policy());
  Decision greedy;
  greedy.choice.resize(static_cast<std::size_t>(v.size()));
  Eigen::VectorXd backed_up(v.size());
  mdp::backup(op_.model(), problem_.discount, view(v), view(backed_up), mdp::Expectation{},
              mdp::Greedy{problem_.maximise() ? 1.0 : -1.0, greedy.choice.data()});
  return bound_by_rewards(op_, greedy.policy());
}

RobustSolution Run::solution(const Eigen::VectorXd& v, const Decision* policy) {
  if (!proof_) {
    proof_ = last_proof(v, policy);
    proven_at_ = v;
  }
  Certificate& proof = *proof_;
  RobustSolution result;
  result.algorithm = algorithm_;
  result.policy = proof.policy;
  result.note = note_;
  if (options_.worst_case != "none" && std::isfinite(proof.gap)) {
    const Decision played = Decision::of(proof.policy);
    const auto answer = [&] {
      return op_.respond(played, view(std::as_const(proven_at_)), options_.worst_case == "all");
    };
    result.worst_case = finished(op_, stopped_, answer).value_or(NatureRows{});
  }
  conclude(result, proof, {.tolerance = run_.tolerance, .stopped = stopped_, .rounding_limited = rounding_limited_});
  result.iterations = iterations_;
  result.transitions_read = transitions_;
  result.trace = trace_.take();
  return result;
}

void sweep(Run& run, Eigen::VectorXd& v) {
  Eigen::VectorXd next(v.size());
  while (run.more()) {
    const mdp::Change change = run.op().sweep(view(std::as_const(v)), view(next));
    if (run.broken_off()) return;
    v.swap(next);
    run.read(run.op().work());
    run.finish_iteration(change, v);
  }
}

RobustSolution sweep_and_conclude(Run& run, Eigen::VectorXd v) {
  if (run.settled()) {
    run.go_on_with_sweeps();
    const double low = v.minCoeff();
    v.array() -= low + (v.maxCoeff() - low) / 2;
    sweep(run, v);
  }
  return run.solution(v);
}

}  // namespace bellwether::solvers::robust
