#include "solvers/exact/discounted/direct_finish.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "solvers/exact/discounted/policy_iteration.h"

namespace bellwether::solvers::discounted {
namespace {

/// The history of both, one after the other.
std::vector<TraceRow> joined(std::vector<TraceRow> first, const Solution& own, const std::vector<TraceRow>& second) {
  for (TraceRow row : second) {
    row.iteration += own.iterations;
    row.work += own.transitions_read;
    first.push_back(row);
  }
  return first;
}

}  // namespace

Solution finished(Run& run, const Eigen::VectorXd& v) {
  Solution own = run.solution(v);
  if (!run.stalled() || own.status == Status::kConverged) return own;
  own.note += own.note.empty() ? "" : " ";
  own.note += "Its bound was no longer halved in hundreds of iterations: at this discount the evaluations get nowhere";
  if (!small_enough_to_factorise(run.problem().model)) {
    own.note += ".";
    return own;
  }
  SolveOptions rest = run.options();
  rest.max_iterations = std::max<std::int64_t>(0, rest.max_iterations - own.iterations);
  Solution direct = policy_iteration(run.problem(), {}, rest);
  direct.iterations += own.iterations;
  direct.transitions_read += own.transitions_read;
  direct.trace = joined(std::move(own.trace), own, direct.trace);
  if (!(direct.gap <= own.gap)) {  // stopped or broken down: the proof in hand is the better one
    own.status = direct.status == Status::kNumericalTrouble ? Status::kRoundingLimited : direct.status;
    own.note += ".";
    own.iterations = direct.iterations;
    own.transitions_read = direct.transitions_read;
    own.trace = std::move(direct.trace);
    return own;
  }
  direct.algorithm = own.algorithm;
  direct.note = own.note + ", so policy iteration with a factorisation finished." +
                (direct.note.empty() ? "" : " " + direct.note);
  return direct;
}

}  // namespace bellwether::solvers::discounted
