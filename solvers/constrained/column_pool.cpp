#include "solvers/constrained/column_pool.h"

#include <algorithm>
#include <utility>

#include "solvers/lp/linear_program.h"

namespace bellwether::solvers::constrained {
namespace {

/// Clp leaves weights of -1e-17; what is that small is taken for nothing.
std::vector<double> cleaned(std::vector<double> weights) {
  double total = 0;
  for (double& w : weights) {
    if (w < 1e-14) w = 0;
    total += w;
  }
  for (double& w : weights) w /= total;
  return weights;
}

}  // namespace

void ColumnPool::add(AnyPolicy policy, Eigen::VectorXd start) {
  std::vector<Bounded> collected = on_->planner().evaluate(policy);
  if (on_->planner().given_up()) return;
  collected_.push_back(std::move(collected));
  policies_.push_back(std::move(policy));
  start_ = std::move(start);
}

ColumnPool::Master ColumnPool::alone(int j, double value) const {
  std::vector<double> weights(static_cast<std::size_t>(size()), 0.0);
  weights[static_cast<std::size_t>(j)] = 1;
  return {.solved = true, .value = value, .weights = std::move(weights), .multipliers = {}};
}

ColumnPool::Master ColumnPool::best_mixture() const {
  lp::LinearProgram program;
  const int budgets = on_->num_budgets();
  const double reward_scale = on_->reward_scale();
  for (int i = 0; i < budgets; ++i) program.add_row(-lp::kInfinity, on_->limit(i) / on_->cost_scale(i));
  program.add_row(1, 1);
  for (int j = 0; j < size(); ++j) {
    program.add_column(-reward(j) / reward_scale, 0, lp::kInfinity);
    for (int i = 0; i < budgets; ++i) program.add_entry(i, cost(j, i) / on_->cost_scale(i));
    program.add_entry(budgets, 1);
  }
  const lp::LpResult result = lp::solve(program, {.method = "primal", .tolerance = 1e-10});
  if (result.status != lp::LpStatus::kOptimal) return {};
  Master master{
      .solved = true, .value = -result.objective * reward_scale, .weights = cleaned(result.x), .multipliers = {}};
  for (int i = 0; i < budgets; ++i) {
    const double dual = -result.row_dual[static_cast<std::size_t>(i)] * (reward_scale / on_->cost_scale(i));
    master.multipliers.push_back(std::max(0.0, dual));
  }
  return master;
}

ColumnPool::Master ColumnPool::safest_mixture(std::span<const double> unit) const {
  lp::LinearProgram program;
  const int budgets = on_->num_budgets();
  for (int i = 0; i < budgets; ++i) program.add_row(-lp::kInfinity, on_->limit(i) / unit[static_cast<std::size_t>(i)]);
  program.add_row(1, 1);
  for (int j = 0; j < size(); ++j) {
    program.add_column(0, 0, lp::kInfinity);
    for (int i = 0; i < budgets; ++i) program.add_entry(i, cost(j, i) / unit[static_cast<std::size_t>(i)]);
    program.add_entry(budgets, 1);
  }
  program.add_column(-1, -lp::kInfinity, lp::kInfinity);
  for (int i = 0; i < budgets; ++i) program.add_entry(i, 1);
  const lp::LpResult result = lp::solve(program, {.method = "primal", .tolerance = 1e-10});
  if (result.status != lp::LpStatus::kOptimal) return {};
  std::vector<double> weights(result.x.begin(), result.x.end() - 1);
  Master master{.solved = true, .value = -result.objective, .weights = cleaned(std::move(weights)), .multipliers = {}};
  for (int i = 0; i < budgets; ++i) {
    const auto at = static_cast<std::size_t>(i);
    master.multipliers.push_back(std::max(0.0, -result.row_dual[at]) / unit[at]);
  }
  return master;
}

}  // namespace bellwether::solvers::constrained
