#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "mdp/evaluate/policy_chain.h"
#include "mdp/instances/garnet.h"
#include "mdp/instances/gridworld.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/robust_policy_iteration.h"
#include "solvers/robust/robust_value_iteration.h"

namespace bellwether::studies {
namespace {

using solvers::RobustProblem;
using solvers::RobustSolution;

// --- Residual against work -------------------------------------------------------------------------------------------

RobustProblem garnet(double discount) {
  const mdp::TabularMdp model = mdp::garnet({.states = 100, .actions = 4, .successors = 5}).model;
  return {.model = mdp::RobustMdp(model, {.kind = mdp::SetKind::kL1, .radius = {0.2}}), .discount = discount};
}

std::string name_of(bool policies, double discount) {
  return fmt::format("{}, discount {:g}", policies ? "partial policy iteration" : "value iteration", discount);
}

constexpr double kSmall = 1e-9;  // residuals are followed down to this

std::vector<std::string> numbers_of(const Series& series, const RobustSolution& proven, double sweep) {
  return {series.name, settled_text(series.x, series.y, 1e-3), settled_text(series.x, series.y, 1e-6),
          short_number(static_cast<double>(proven.transitions_read) / sweep)};
}

const solvers::SolveOptions until_proven(const Observer& observer) { return {.tolerance = 1e-6, .observer = observer}; }

/// V <- TV and nothing else, with what theory says of its residuals. What the planner of that name needs, which stops
/// at MacQueen's bounds, is in the numbers.
Findings value_iteration(double discount, const Observer& observer) {
  const RobustProblem problem = garnet(discount);
  solvers::robust::Operator op(problem);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states()), next = v;
  Series series{.name = name_of(false, discount)};
  for (double k = 1; k <= 20'000 && (series.y.empty() || series.y.back() > kSmall); ++k) {
    const mdp::Change change = op.sweep(solvers::robust::view(std::as_const(v)), solvers::robust::view(next));
    std::swap(v, next);
    series.x.push_back(k);
    series.at.push_back(k);
    series.y.push_back(change.residual());
    if (!observer({.iteration = static_cast<std::int64_t>(k)})) return {};
  }
  const RobustSolution proven = solvers::robust_value_iteration(problem, {}, until_proven(observer));
  Findings out;
  out.numbers = {numbers_of(series, proven, static_cast<double>(op.work()))};
  Series bound{.name = fmt::format("bound at {:g}", discount),
               .x = series.x,
               .formula = "g^(k-1) |V_1 - V_0|",
               .of = series.name};
  for (const double k : bound.x) bound.y.push_back(series.y.front() * std::pow(discount, k - 1));
  const std::vector<std::size_t> places = spread(series.x.size());
  out.series = {thinned(std::move(series), places), thinned(std::move(bound), places)};
  return out;
}

Findings policy_iteration(double discount, const Observer& observer) {
  const RobustProblem problem = garnet(discount);
  const RobustSolution answer =
      solvers::partial_policy_iteration(problem, {}, {.tolerance = 1e-10, .observer = observer});
  const auto sweep = static_cast<double>(problem.model.nominal().num_transitions());
  Series series{.name = name_of(true, discount), .look = Look::kMarked};
  for (const TraceRow& row : answer.trace) {
    series.x.push_back(static_cast<double>(row.work) / sweep);
    series.y.push_back(row.residual);
    series.at.push_back(static_cast<double>(row.iteration));
  }
  const RobustSolution proven = solvers::partial_policy_iteration(problem, {}, until_proven(observer));
  Findings out;
  out.numbers = {numbers_of(series, proven, sweep)};
  out.series = {std::move(series)};
  return out;
}

std::vector<Piece> convergence() {
  std::vector<Piece> all;
  for (const double discount : {0.9, 0.99, 0.999})
    for (const auto method : {value_iteration, policy_iteration})
      all.emplace_back([=](const Observer& observer) { return method(discount, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{.notes = {"Garnet: 100 states, 4 choices, 5 successors, seed 1; L1 radius 0.2 around each row"}};
  });
  return all;
}

// --- Price of robustness ---------------------------------------------------------------------------------------------

mdp::TabularMdp courier() {
  const mdp::TabularMdp model = mdp::courier({.rows = 9, .columns = 13, .mud = 5, .harm = 2}).model;
  const auto net = mdp::column_values(model, "net");
  return model.with_expected_rewards({net.begin(), net.end()}, "net");
}

double expected(const mdp::TabularMdp& model, const Eigen::VectorXd& v) {
  double sum = 0;
  for (int s = 0; s < model.num_states(); ++s) sum += model.initial()[static_cast<std::size_t>(s)] * v[s];
  return sum;
}

RobustProblem around(const mdp::TabularMdp& model, mdp::SetKind kind, double radius) {
  return {.model = mdp::RobustMdp(model, {.kind = kind, .radius = {radius}}), .discount = 0.95};
}

Findings price_of(mdp::SetKind kind, const char* name, const Observer& observer) {
  const mdp::TabularMdp model = courier();
  Series series{.name = name, .look = Look::kMarked};
  Findings out;
  double nominal = 0;
  for (int i = 0; i <= 12; ++i) {
    const double radius = 0.025 * i;
    const solvers::SolveOptions run{.tolerance = 1e-7, .observer = observer};
    const RobustSolution answer = solvers::partial_policy_iteration(around(model, kind, radius), {}, run);
    if (answer.status == Status::kStoppedByCaller) return {};
    series.x.push_back(radius);
    series.y.push_back(expected(model, answer.value));
    if (i == 8)
      nominal = expected(model, solvers::evaluate_robust(around(model, kind, 0), answer.policy, {}, run).value);
  }
  out.numbers = {{name, short_number(series.y[4]), short_number(series.y[8]), short_number(series.y.back()),
                  short_number(nominal)}};
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> price() {
  std::vector<Piece> all;
  const std::pair<mdp::SetKind, const char*> sets[] = {{mdp::SetKind::kL1, "L1"},
                                                       {mdp::SetKind::kTotalVariation, "total variation"},
                                                       {mdp::SetKind::kLinf, "largest entry"},
                                                       {mdp::SetKind::kL2, "L2"},
                                                       {mdp::SetKind::kKl, "Kullback-Leibler"},
                                                       {mdp::SetKind::kChiSquare, "chi-square"},
                                                       {mdp::SetKind::kContamination, "contamination"}};
  for (const auto& [kind, name] : sets)
    all.emplace_back([kind = kind, name = name](const Observer& observer) { return price_of(kind, name, observer); });
  all.emplace_back([](const Observer&) {
    return Findings{
        .notes = {"courier, 9 x 13 cells, 5 muddy columns, harm 2, discount 0.95; sets by choice, on the "
                  "successors; radii are each set's own; total variation and largest entry draw one line: in both "
                  "nature moves R from the best successor to the worst"}};
  });
  return all;
}

}  // namespace

std::vector<Study> robust_mdps_studies() {
  return {{.paper = "robust-mdps",
           .name = "convergence",
           .title = "Robust planning: Bellman residual against work",
           .summary = "partial policy iteration against robust value iteration as the discount goes to one",
           .x = {.name = "work, in sweeps over all choices", .logarithmic = true},
           .y = {.name = "Bellman residual", .logarithmic = true},
           .at = "iteration",
           .heading = {"method", "sweeps to residual 1e-3", "to 1e-6", "until an error of 1e-6 is proven"},
           .pieces = convergence},
          {.paper = "robust-mdps",
           .name = "price",
           .title = "The price of robustness",
           .summary = "the guaranteed value of the courier's best policy against the radius of seven kinds of sets",
           .x = {.name = "radius"},
           .y = {.name = "guaranteed value"},
           .heading = {"set", "guaranteed at 0.1", "at 0.2", "at 0.3", "nominal value at 0.2"},
           .pieces = price}};
}

}  // namespace bellwether::studies
