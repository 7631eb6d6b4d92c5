#include "solvers/exact/rational/certify_rational.h"

#include <utility>

#include "core/errors.h"
#include "solvers/exact/rational/criteria.h"

namespace bellwether::solvers {
namespace {

rational::ModelView view(const mdp::TabularMdp& model) {
  return {model.state_begin(),     model.choice_begin(), model.successor(),
          model.probability(),     model.reward(),       model.data().rewards.front().by_transition,
          model.data().state_names};
}

rational::RationalResult solve_finite(const Problem& problem, const RationalOptions& options) {
  std::vector<rational::ModelView> stages;
  for (const auto& stage : problem.stages) stages.push_back(view(stage));
  if (stages.empty()) stages.push_back(view(problem.model));
  return rational::solve_finite(stages, problem.horizon, problem.discount, problem.direction, options);
}

rational::RationalResult certify(const Problem& problem, const mdp::Policy& policy, const RationalOptions& options) {
  if (problem.criterion == Criterion::kFinite) return solve_finite(problem, options);
  if (policy.empty() || !policy.is_deterministic())
    throw InvalidOption("certify 'rational' needs a policy with one choice a state to start from");
  const rational::ModelView model = view(problem.model);
  switch (problem.criterion) {
    case Criterion::kTotal:
      return rational::certify_total(model, problem.target, problem.direction, policy.choices(), options);
    case Criterion::kReach:
      return rational::certify_reach(model, problem.target, problem.direction, policy.choices(), options);
    case Criterion::kAverage:
      return rational::certify_average(model, problem.direction, policy.choices(), options);
    default:
      return rational::certify_discounted(model, problem.discount, problem.direction, policy.choices(), options);
  }
}

Eigen::VectorXd as_vector(const std::vector<double>& x) {
  return Eigen::VectorXd::Map(x.data(), static_cast<Eigen::Index>(x.size()));
}

}  // namespace

RationalSolution certify_rational(const Problem& problem, const mdp::Policy& policy, const RationalOptions& options) {
  require_valid(problem);
  rational::RationalResult result = certify(problem, policy, options);
  RationalSolution out;
  out.solution.status = result.status;
  out.solution.algorithm = "rational";
  out.solution.note = std::move(result.note);
  out.solution.iterations = result.report.policy_updates;
  if (result.status == Status::kConverged) {
    out.solution.value = as_vector(result.value);
    out.solution.lower = as_vector(result.lower);
    out.solution.upper = as_vector(result.upper);
    out.solution.gap = result.gap;
    out.solution.residual = 0;
    out.solution.bias = as_vector(result.bias);
    if (!result.policy.empty()) out.solution.policy = mdp::Policy::deterministic(std::move(result.policy));
    for (auto& stage : result.stages) out.solution.stages.push_back(mdp::Policy::deterministic(std::move(stage)));
  }
  out.exact = std::move(result.exact);
  out.exact_bias = std::move(result.exact_bias);
  out.report = result.report;
  return out;
}

}  // namespace bellwether::solvers
