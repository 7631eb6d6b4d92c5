#include "solvers/exact/discounted/policy_iteration.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <Eigen/LU>
#include <Eigen/SparseLU>

#include "solvers/abandonable.h"
#include "solvers/exact/discounted/policy_matrix.h"
#include "solvers/exact/discounted/policy_system.h"
#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {
namespace {

using namespace discounted;

constexpr int kAtOnce = 500;  // states: a factorisation takes some 50 ms at most

/// Solves with the factors, then once more for the residual: the second solve removes what the first one lost.
template <class Factors>
Eigen::VectorXd solve_refined(const Factors& factors, const PolicyMatrix& policy, double discount) {
  const Eigen::Map<const Eigen::VectorXd> reward(policy.rewards().data(), policy.num_states());
  Eigen::VectorXd v = factors.solve(Eigen::VectorXd(reward)), backed_up(v.size());
  policy.sweep(discount, view(v), view(backed_up));
  v += factors.solve(Eigen::VectorXd(backed_up - v));
  return v;
}

bool factor_densely(const std::string& wish, const PolicyMatrix& policy) {
  if (wish != "auto") return wish == "dense";
  const std::int64_t states = policy.num_states();
  return states <= 100 || (states <= 4000 && 8 * policy.num_transitions() > states * states);
}

/// The value of the policy; empty when the factorisation broke down.
Eigen::VectorXd evaluated(const PolicyMatrix& policy, double discount, const std::string& wish) {
  const Eigen::SparseMatrix<double, Eigen::RowMajor> system = policy_system(policy, discount);
  if (factor_densely(wish, policy)) {
    return solve_refined(Eigen::PartialPivLU<Eigen::MatrixXd>(Eigen::MatrixXd(system)), policy, discount);
  }
  Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::COLAMDOrdering<int>> factors;
  const Eigen::SparseMatrix<double> by_column = system;
  factors.compute(by_column);
  if (factors.info() != Eigen::Success) return {};
  return solve_refined(factors, policy, discount);
}

/// The same, or nothing once the observer said stop: no factorisation of Eigen's can be interrupted.
std::optional<Eigen::VectorXd> evaluate(Run& run, std::shared_ptr<const PolicyMatrix> policy, const std::string& wish) {
  const double discount = run.problem().discount;
  if (!run.observed() || policy->num_states() <= kAtOnce) return evaluated(*policy, discount, wish);
  return abandonable([policy = std::move(policy), discount, wish] { return evaluated(*policy, discount, wish); },
                     [&run] { return run.still_wanted(); });
}

Solution iterate(Run& run, const std::string& factorisation, Choices choice) {
  const Problem& problem = run.problem();
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), backed_up(v.size());
  while (run.more()) {
    const auto policy = std::make_shared<PolicyMatrix>();
    policy->extract(problem.model, choice);
    std::optional<Eigen::VectorXd> solved = evaluate(run, policy, factorisation);
    if (!solved) break;
    if (solved->size() == 0) {
      run.add_note("The sparse factorisation broke down; the answer is that of the iteration before.");
      break;
    }
    v.swap(*solved);
    const Choices before = choice;
    const double margin = 2 * run.error().slack(v.lpNorm<Eigen::Infinity>());
    const mdp::Change change = keeping_sweep(problem, view(v), view(backed_up), margin, choice);
    run.read(policy->num_transitions() + problem.model.num_transitions());
    run.finish_iteration(macqueen_bound(run.error(), change), change.residual(), v);
    if (choice == before) {
      run.finish_at_fixed_point();
      break;
    }
  }
  return run.solution(v);
}

}  // namespace

Solution policy_iteration(const Problem& problem, const PolicyIterationOptions& options,
                          const SolveOptions& run_options) {
  bellwether::require_valid("policy-iteration", options);
  Run run("policy-iteration", problem, run_options);
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(problem.model.num_states());
  Eigen::VectorXd backed_up(zero.size());
  Choices choice;
  greedy_sweep(problem, view(zero), view(backed_up), choice);
  run.read(problem.model.num_transitions());
  return iterate(run, options.factorisation, std::move(choice));
}

Solution policy_iteration_from(const Problem& problem, std::vector<std::int32_t> choice,
                               const PolicyIterationOptions& options, const SolveOptions& run_options) {
  bellwether::require_valid("policy-iteration", options);
  Run run("policy-iteration", problem, run_options);
  return iterate(run, options.factorisation, std::move(choice));
}

}  // namespace bellwether::solvers
