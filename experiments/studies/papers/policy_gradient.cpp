#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "solvers/mirror/comparison.h"

namespace bellwether::studies {
namespace {

Findings compare(const Observer&) {
  const auto curves = solvers::compare_on_bandit({1, 0.8, 0.1}, {0, 8, 0}, 10'000);
  Findings out;
  const std::vector<double> iterations = counting(curves.front().gap.size());
  const std::vector<std::size_t> places = spread(iterations.size());
  for (const solvers::OptimiserCurve& curve : curves) {
    out.series.push_back(thinned({.name = curve.name, .x = iterations, .y = curve.gap}, places));
    out.numbers.push_back({curve.name, settled_text(iterations, curve.gap, 0.1),
                           settled_text(iterations, curve.gap, 1e-3), short_number(curve.gap.back())});
  }
  for (const std::size_t k : {std::size_t{0}, std::size_t{1}}) {
    Series bound = thinned({.name = "bound, " + curves[k].name.substr(curves[k].name.find(", ") + 2),
                            .x = iterations,
                            .y = curves[k].bound,
                            .formula = "16 / (c^2 k), c: least probability of the best arm",
                            .of = curves[k].name},
                           places);
    for (double& y : bound.y)
      if (!std::isfinite(y)) y = std::nan("");
    out.series.push_back(std::move(bound));
  }
  out.notes.push_back("three arms with means 1, 0.8, 0.1; the bad start has the logits 0, 8, 0");
  return out;
}

}  // namespace

std::vector<Study> policy_gradient_studies() {
  return {{.paper = "policy-gradient",
           .name = "plateau",
           .title = "Softmax gradients on a bandit: the plateau behind a bad start",
           .summary =
               "error of softmax gradients from two starts, with entropy, with a barrier, and of the natural gradient",
           .x = {.name = "iterations k", .logarithmic = true},
           .y = {.name = "error V* - V_k", .logarithmic = true},
           .heading = {"method", "k for error 0.1", "k for 0.001", "error at 10,000"},
           .pieces = [] { return std::vector<Piece>{compare}; }}};
}

}  // namespace bellwether::studies
