#include "solvers/robust/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/errors.h"
#include "mdp/evaluate/linear_solver.h"
#include "solvers/abandonable.h"

namespace bellwether::solvers {
namespace robust {
namespace {

/// I - discount P and r for the chain of a decision and nature's rows.
mdp::SparseRows chain_of(const Operator& op, const Decision& decision, const NatureRows& rows, Eigen::VectorXd& r) {
  const mdp::TabularMdp& model = op.model();
  const auto by_transition = op.problem().model.transition_reward();
  mdp::SparseRows matrix;
  r = Eigen::VectorXd::Zero(model.num_states());
  std::vector<double> dense(static_cast<std::size_t>(model.num_states()), 0);
  std::vector<std::int32_t> used;
  for (int s = 0; s < model.num_states(); ++s) {
    if (!op.wanted(s)) break;
    used.assign(1, s);
    dense[static_cast<std::size_t>(s)] += 1;
    double total = 0;
    const std::int64_t first = model.first_choice(s), last = model.first_choice(s + 1);
    if (decision.mixes())
      for (std::int64_t c = first; c < last; ++c) total += decision.weight[static_cast<std::size_t>(c)];
    for (std::int64_t c = first; c < last; ++c) {
      const double weight = decision.mixes() ? decision.weight[static_cast<std::size_t>(c)] / total
                                             : (c - first == decision.choice[static_cast<std::size_t>(s)] ? 1 : 0);
      if (weight <= 0) continue;
      const auto successor = rows.successors(c);
      const auto probability = rows.probabilities(c);
      const std::size_t listed = model.successors(c).size();
      r[s] += weight * rows.paid(c);
      for (std::size_t i = 0; i < successor.size(); ++i) {
        const auto offset = static_cast<std::size_t>(model.choice_begin()[c]) + i;
        r[s] +=
            weight * probability[i] * (by_transition.empty() || i >= listed ? model.reward(c) : by_transition[offset]);
        double& entry = dense[static_cast<std::size_t>(successor[i])];
        if (entry == 0) used.push_back(successor[i]);
        entry -= op.problem().discount * weight * probability[i];
      }
    }
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (const std::int32_t to : used) {
      matrix.column.push_back(to);
      matrix.entry.push_back(dense[static_cast<std::size_t>(to)]);
      dense[static_cast<std::size_t>(to)] = 0;
    }
    matrix.row_begin.push_back(static_cast<std::int64_t>(matrix.column.size()));
  }
  return matrix;
}

/// The solution of a linear system, or nothing once the observer said stop: no factorisation can be interrupted.
std::optional<Eigen::VectorXd> solve(Run& run, mdp::SparseRows matrix, Eigen::VectorXd r) {
  constexpr Eigen::Index kAtOnce = 500;  // unknowns: some 50 ms at most
  const bool at_once = !run.observed() || r.size() <= kAtOnce;
  const auto work = [matrix = std::move(matrix), r = std::move(r)] { return mdp::LinearSolver(matrix).solve(r); };
  if (at_once) return work();
  return abandonable(work, [&run] { return run.still_wanted(); });
}

double span(const mdp::Change& change) { return change.high - change.low; }

constexpr int kMostAnswers = 60;  // of nature's policy iteration, which needs a handful

}  // namespace

bool small_enough_to_solve(const mdp::TabularMdp& model) { return model.num_states() <= 20'000; }

mdp::Change evaluate(Run& run, const Decision& decision, const EvaluationEffort& effort, Eigen::VectorXd& v) {
  Operator& op = run.op();
  const std::int64_t work = std::max<std::int64_t>(1, op.work() * v.size() / op.model().num_choices());
  Eigen::VectorXd next(v.size());
  mdp::Change change;
  const auto sweep = [&] {
    const mdp::Change made = op.evaluate(decision, view(std::as_const(v)), view(next));
    if (run.broken_off()) return false;
    change = made;
    v.swap(next);
    return run.read(work);
  };
  for (std::int64_t k = 0; k < effort.sweeps; ++k) {
    if (!sweep() || span(change) <= effort.enough) return change;
  }
  if (!effort.solves || !small_enough_to_solve(op.model())) return change;
  double last = std::numeric_limits<double>::infinity();
  for (int k = 0; k < kMostAnswers; ++k) {
    const NatureRows rows = op.respond(decision, view(std::as_const(v)), false);
    if (run.broken_off()) return change;
    Eigen::VectorXd r;
    mdp::SparseRows matrix = chain_of(op, decision, rows, r);
    if (run.broken_off()) return change;
    std::optional<Eigen::VectorXd> solved = solve(run, std::move(matrix), std::move(r));
    if (!solved || !solved->allFinite()) return change;
    v.swap(*solved);
    if (!sweep() || span(change) <= effort.enough) return change;
    // Nature's values only improve; when the change no longer shrinks, what is left is rounding.
    if (span(change) >= 0.5 * last) return change;
    last = span(change);
  }
  return change;
}

}  // namespace robust

RobustSolution evaluate_robust(const RobustProblem& problem, const mdp::Policy& policy,
                               const RobustEvaluationOptions& options, const SolveOptions& run_options) {
  using namespace robust;
  bellwether::require_valid("robust-evaluation", options);
  policy.require_fits(problem.model.nominal());
  Run run("robust-evaluation", problem, options, run_options);
  const Decision decision = Decision::of(policy);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states());
  bool solves = true;
  double last = std::numeric_limits<double>::infinity();
  while (run.more()) {
    const EvaluationEffort effort{.sweeps = options.sweeps, .enough = 0, .solves = solves};
    const mdp::Change change = evaluate(run, decision, effort, v);
    if (run.broken_off()) break;
    run.finish_iteration(change, v, &decision);
    // Linear solves that no longer help leave the rest to sweeps.
    const double now = change.high - change.low;
    solves = solves && now < 0.5 * last;
    last = now;
  }
  return run.solution(v, &decision);
}

NatureRows best_response(const RobustProblem& problem, const mdp::Policy& policy, const SolveOptions& run) {
  RobustEvaluationOptions options;
  options.worst_case = "all";
  return evaluate_robust(problem, policy, options, run).worst_case;
}

}  // namespace bellwether::solvers
