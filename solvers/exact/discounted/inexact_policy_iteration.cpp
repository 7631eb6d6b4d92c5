#include "solvers/exact/discounted/inexact_policy_iteration.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/text.h"
#include "solvers/exact/discounted/direct_finish.h"
#include "solvers/exact/discounted/evaluation_sweeps.h"
#include "solvers/exact/discounted/krylov.h"
#include "solvers/exact/discounted/policy_matrix.h"
#include "solvers/exact/discounted/policy_system.h"
#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/sweeps.h"

namespace bellwether::solvers {
namespace {

using namespace discounted;

constexpr int kFallbackSweeps = 50;
constexpr double kTightest = 1e-11;  // below, a double-precision residual is noise

/// How tightly to evaluate: tighter whenever the outer residual has not improved for a few iterations, because policy
/// iteration with evaluations that are too loose may wander.
class Forcing {
 public:
  explicit Forcing(double start) : value_(start) {}

  double value() const { return value_; }
  bool exhausted() const { return value_ < kTightest; }
  void observe(double residual) {
    if (residual < 0.9 * best_) {
      best_ = residual;
      since_ = 0;
    } else if (++since_ >= 5) {
      value_ *= 0.1;
      since_ = 0;
    }
  }

 private:
  double value_, best_ = std::numeric_limits<double>::infinity();
  int since_ = 0;
};

}  // namespace

Solution inexact_policy_iteration(const Problem& problem, const InexactPolicyIterationOptions& options,
                                  const SolveOptions& run_options) {
  bellwether::require_valid("inexact-policy-iteration", options);
  Run run("inexact-policy-iteration", problem, run_options);
  run.expect_few_iterations();
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), backed_up = v;
  Choices choice, extracted;
  PolicyMatrix policy;
  Eigen::SparseMatrix<double, Eigen::RowMajor> system;
  Forcing forcing(options.forcing);
  std::int64_t fallbacks = 0, products = 0;
  while (run.more()) {
    const mdp::Change change = greedy_sweep(problem, view(v), view(backed_up), choice);
    run.read(problem.model.num_transitions());
    run.finish_iteration(macqueen_bound(run.error(), change), change.residual(), backed_up);
    if (!run.more()) break;
    if (choice != extracted) {
      policy.extract(problem.model, choice);
      system = policy_system(policy, problem.discount);
      extracted = choice;
    }
    forcing.observe(change.residual());
    const Eigen::VectorXd residual = backed_up - v;
    const KrylovSettings settings{.gmres = options.krylov == "gmres",
                                  .preconditioner = preconditioner(options.preconditioner),
                                  .relative_residual = std::max(forcing.value(), kTightest),
                                  .most = options.inner,
                                  .restart = options.restart};
    KrylovResult found;
    if (!forcing.exhausted())
      found = solve_krylov(system, residual, settings, [&](std::int64_t count) {
        products += count;
        return run.read(count * policy.num_transitions());
      });
    if (found.improved) {
      v += found.x;
    } else if (run.more()) {
      ++fallbacks;
      v = backed_up;
      evaluation_sweeps(run, policy, kFallbackSweeps, 0, v);
    }
  }
  run.add_note(fmt::format("{} with the policy's matrix; {} of the evaluations fell back to sweeps.",
                           counted(products, "product"), fallbacks));
  return finished(run, backed_up);
}

}  // namespace bellwether::solvers
