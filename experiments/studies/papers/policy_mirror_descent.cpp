#include <cmath>
#include <utility>

#include "experiments/studies/papers/models.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "solvers/mirror/comparison.h"

namespace bellwether::studies {
namespace {

constexpr int kIterations = 80;

/// What theory says of a curve, if it says something.
void add_bound(Findings& out, const solvers::OptimiserCurve& curve, std::string name, std::string formula) {
  Series bound{.name = std::move(name), .formula = std::move(formula), .of = curve.name};
  for (std::size_t k = 0; k < curve.bound.size(); ++k) {
    if (!std::isfinite(curve.bound[k])) continue;
    bound.x.push_back(static_cast<double>(k));
    bound.y.push_back(curve.bound[k]);
  }
  out.series.push_back(std::move(bound));
}

Findings compare(const Observer&) {
  const auto curves = solvers::compare_optimisers(small_garnet(), kIterations);
  Findings out;
  const std::vector<double> iterations = counting(kIterations + 1);
  for (const solvers::OptimiserCurve& curve : curves) {
    out.series.push_back({.name = curve.name, .x = iterations, .y = curve.gap});
    out.numbers.push_back({curve.name, settled_text(iterations, curve.gap, 1e-2),
                           settled_text(iterations, curve.gap, 1e-6), short_number(curve.gap.back()),
                           curve.bound.empty() ? "-" : short_number(curve.bound.back())});
  }
  add_bound(out, curves[0], "bound of policy iteration", "g^k |V* - V_0|");
  add_bound(out, curves[1], "bound of adaptive steps", "g^k (|V* - V_0| + c_0 g / (1-g))");
  add_bound(out, curves[5], "bound of the natural gradient", "(log A / (1-g) + 1 / (1-g)^2) / k");
  out.notes.push_back("Garnet: 20 states, 4 choices, 3 successors, seed 1, g = 0.9; all from the uniform policy");
  return out;
}

}  // namespace

std::vector<Study> policy_mirror_descent_studies() {
  return {
      {.paper = "policy-mirror-descent",
       .name = "optimisers",
       .title = "Eight optimisers of a policy, evaluated exactly",
       .summary = "error after each step, with the bounds of policy iteration, adaptive steps and the natural gradient",
       .x = {.name = "iterations k"},
       .y = {.name = "largest error of a state, |V* - V_k|", .logarithmic = true},
       .heading = {"optimiser", "k for error 0.01", "k for 1e-6", "error at 80", "bound at 80"},
       .pieces = [] { return std::vector<Piece>{compare}; }}};
}

}  // namespace bellwether::studies
