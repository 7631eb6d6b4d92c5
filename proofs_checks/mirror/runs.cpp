#include "proofs_checks/mirror/runs.h"

#include <utility>

#include "core/rate_fit.h"
#include "proofs_checks/planning/models.h"
#include "solvers/exact/discounted/policy_iteration.h"

namespace bellwether::claims {

using namespace solvers;

std::vector<Problem> unit_garnets(const Effort& effort, int count, double discount) {
  Stream stream = effort.stream.child("garnets");
  std::vector<Problem> problems;
  for (int i = 0; i < count; ++i) {
    Problem problem{.model = drawn_garnet(20, 4, 3, stream), .discount = discount};
    problem.model = mirror::UnitProblem(problem).model();
    problems.push_back(std::move(problem));
  }
  return problems;
}

Eigen::VectorXd optimum(const Problem& problem) { return policy_iteration(problem, {}, {.tolerance = 1e-13}).value; }

Valued valued(const Problem& problem, Table weights) {
  Valued result{std::move(weights), {}, {}};
  result.v = mirror::PolicyValues(problem.model, problem.discount, result.weights).value();
  result.q = mirror::choice_values(problem.model, problem.discount, result.v);
  return result;
}

std::vector<double> gaps(const Problem& problem, const std::function<void(const Watch&)>& run) {
  const Eigen::VectorXd best = optimum(problem);
  std::vector<double> result;
  run([&](const Iterate& at) { result.push_back((best - at.value).lpNorm<Eigen::Infinity>()); });
  return result;
}

SolveOptions without_end() { return {.tolerance = 0}; }

Table drawn_logits(const mdp::TabularMdp& model, double scale, Stream& stream) {
  Table logits(static_cast<std::size_t>(model.num_choices()));
  for (double& x : logits) x = scale * (2 * stream.uniform() - 1);
  mirror::normalise_logits(model, logits);
  return logits;
}

std::vector<double> drawn_start(int states, Stream& stream) {
  std::vector<double> mu(static_cast<std::size_t>(states));
  double sum = 0;
  for (double& m : mu) sum += m = 0.05 + stream.uniform();
  for (double& m : mu) m /= sum;
  return mu;
}

double slope_of_logs(const std::vector<double>& x, const std::vector<double>& y) { return power_line(x, y).slope; }

}  // namespace bellwether::claims
