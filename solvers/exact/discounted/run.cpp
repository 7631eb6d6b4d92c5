#include "solvers/exact/discounted/run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers::discounted {
namespace {

constexpr std::int64_t kAskEvery = 20'000'000;  // transitions; a core reads some 0.4 a nanosecond
constexpr double kInfinity = std::numeric_limits<double>::infinity();

const Problem& checked(std::string_view algorithm, const Problem& problem, const SolveOptions& options) {
  if (problem.criterion != Criterion::kDiscounted) {
    throw InvalidOption(
        fmt::format("{}: solves discounted problems; the criterion is '{}'", algorithm, to_string(problem.criterion)));
  }
  require_valid(problem);
  if (!(options.tolerance >= 0)) {
    throw InvalidOption(fmt::format("{}: option 'tolerance' is {}, must be at least 0", algorithm, options.tolerance));
  }
  if (options.max_iterations < 0) {
    throw InvalidOption(
        fmt::format("{}: option 'max_iterations' is {}, must be at least 0", algorithm, options.max_iterations));
  }
  return problem;
}

/// Iterations of an evaluating loop without a halving: a small model has a better method waiting.
constexpr std::int64_t kFewOfSmall = 200, kFewOfLarge = 2000;

}  // namespace

StandstillGuard StandstillGuard::of_sweeps(double discount) {
  return StandstillGuard(discount <= 0.5 ? 110
                                         : 100 + static_cast<std::int64_t>(10 * std::log(2.0) / -std::log(discount)));
}

bool StandstillGuard::stands_still(double width) {
  ++since_;
  if (width < 0.5 * best_) {
    best_ = width;
    since_ = 0;
  }
  return since_ > patience_;
}

Run::Run(std::string_view algorithm, const Problem& problem, const SolveOptions& options)
    : problem_(checked(algorithm, problem, options)),
      options_(options),
      error_(problem),
      algorithm_(algorithm),
      certify_below_(kInfinity),
      guard_(StandstillGuard::of_sweeps(problem.discount)) {}

bool Run::read(std::int64_t transitions) {
  transitions_ += transitions;
  if (transitions_ - asked_at_ >= kAskEvery && !stopped_) {
    asked_at_ = transitions_;
    last_row_.work = transitions_;
    if (options_.observer && !options_.observer(last_row_)) stopped_ = done_ = true;
  }
  return !stopped_;
}

bool Run::still_wanted() {
  if (!stopped_ && options_.observer && !options_.observer(last_row_)) stopped_ = done_ = true;
  return !stopped_;
}

void Run::expect_few_iterations() {
  few_ = StandstillGuard::of_iterations(small_enough_to_factorise(problem_.model) ? kFewOfSmall : kFewOfLarge);
}

void Run::trace(double gap, double residual) {
  last_row_ = {.iteration = iterations_, .gap = gap, .residual = residual, .work = transitions_};
  trace_.record(last_row_);
  asked_at_ = transitions_;
  if (!stopped_ && options_.observer && !options_.observer(last_row_)) stopped_ = done_ = true;
}

bool Run::pays_to_certify(const RunningBound& bound) {
  const bool stands_still = guard_.stands_still(bound.width);
  if (stands_still) rounding_limited_ = true;
  return stands_still ||
         (bound.width <= certify_below_ && (bound.gap() <= options_.tolerance || bound.width <= 0.25 * bound.floor));
}

void Run::certify_candidate(const RunningBound& bound, const Eigen::VectorXd& candidate) {
  Certificate proof = certify(problem_, view(candidate));
  transitions_ += problem_.model.num_transitions();
  // Give up where rounding alone exceeds the tolerance and makes most of the gap; else ask again when the width has
  // halved.
  const bool out_of_reach = proof.rounding > options_.tolerance && bound.width <= proof.rounding;
  if (out_of_reach || !std::isfinite(proof.gap)) rounding_limited_ = true;
  certify_below_ = bound.width / 2;
  done_ = rounding_limited_ || proof.gap <= options_.tolerance;
  if (done_) proof_ = std::move(proof);
}

void Run::finish_iteration(const RunningBound& bound, double residual,
                           const std::function<const Eigen::VectorXd&()>& candidate) {
  ++iterations_;
  if (!std::isfinite(bound.width)) done_ = true;  // the numbers have overflowed
  if (!stopped_ && !done_ && pays_to_certify(bound)) certify_candidate(bound, candidate());
  if (!done_ && few_ && few_->stands_still(bound.width)) done_ = stalled_ = true;
  trace(proof_ ? proof_->gap : bound.gap(), residual);
}

void Run::finish_iteration(Certificate proof, double largest, bool contracts) {
  ++iterations_;
  transitions_ += problem_.model.num_transitions();
  const double gap = proof.gap;
  const bool only_rounding = gap > options_.tolerance && gap <= 4 * error_.floor(largest);
  if (only_rounding || (contracts && guard_.stands_still(gap))) rounding_limited_ = true;
  done_ = done_ || rounding_limited_ || !std::isfinite(gap) || gap <= options_.tolerance;
  const double residual = proof.residual;
  if (!proof_ || gap < proof_->gap) proof_ = std::move(proof);
  trace(gap, residual);
}

void Run::hand_over_to(std::string_view algorithm) {
  algorithm_ = algorithm;
  certify_below_ = kInfinity;
  guard_ = StandstillGuard::of_sweeps(problem_.discount);
  few_.reset();
  if (stalled_) done_ = stalled_ = false;
}

void Run::advance_to(std::int64_t iteration, double residual) {
  if (iteration <= iterations_) return;
  iterations_ = iteration;
  trace(kInfinity, residual);
}

void Run::add_note(std::string_view sentence) {
  if (!note_.empty()) note_ += ' ';
  note_ += sentence;
}

Solution Run::solution(const Eigen::VectorXd& v) {
  if (proof_) return solution(std::move(*proof_));
  transitions_ += problem_.model.num_transitions();
  return solution(certify(problem_, view(v)));
}

Solution Run::solution(Certificate proof) {
  Solution result;
  result.algorithm = algorithm_;
  result.note = note_;
  conclude(result, proof,
           {.tolerance = options_.tolerance, .stopped = stopped_, .rounding_limited = rounding_limited_});
  result.policy = std::move(proof.policy);
  result.iterations = iterations_;
  result.transitions_read = transitions_;
  result.trace = trace_.take();
  return result;
}

}  // namespace bellwether::solvers::discounted
