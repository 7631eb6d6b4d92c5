#include "apps/cli/experiment_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/cli/number_column.h"
#include "apps/cli/terminal.h"
#include "experiments/engine/summary.h"

namespace bellwether::cli {
namespace {

using experiments::Curve;
using experiments::Grid;
using experiments::LearnerVariant;
using experiments::Point;
using experiments::Results;

std::string variable_of(const LearnerVariant& learner) {
  return learner.protocol == online::Protocol::kAverage ? "T" : "K";
}

/// "1,234 ± 12": the error with two digits, the mean with as many decimals.
std::string with_error(double mean, double error) {
  if (!(error > 0) || !std::isfinite(error)) return fmt::format("{:.5g}", mean);
  const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(error))), 0, 9);
  return fmt::format("{:.{}f} ± {:.{}f}", mean, decimals, error, decimals);
}

std::string last_of(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
                    std::string_view metric) {
  const std::vector<std::string> metrics = experiments::metrics_of(grid.learners[learner]);
  if (std::ranges::find(metrics, metric) == metrics.end()) return "-";
  const Curve curve = experiments::curve(grid, results, instance, learner, metric);
  if (curve.points.empty() || std::isnan(curve.points.back().mean)) return "-";
  return fmt::format("{:.4g}", curve.points.back().mean);
}

void add_learner(Table& table, const Grid& grid, const Results& results, std::size_t instance, std::size_t learner) {
  const LearnerVariant& variant = grid.learners[learner];
  const std::string metric = experiments::metric_named(variant, grid.plan.summary.metric);
  const Curve curve = experiments::curve(grid, results, instance, learner, metric);
  if (curve.points.empty()) {
    table.add({variant.label, "-", "not finished", "", ""});
    return;
  }
  const Point& last = curve.points.back();
  std::string growth = "-";
  if (curve.points.size() > 1)
    growth = rate_verdict(experiments::rate(grid, results, instance, learner, metric), grid.plan.summary.exponent,
                          variable_of(variant));
  table.add({variant.label, grouped(last.at), with_error(last.mean, last.standard_error), growth,
             last_of(grid, results, instance, learner, "violations")});
}

std::string comparisons(const Grid& grid, const Results& results, std::size_t instance) {
  std::string out;
  for (const experiments::Comparison& pair : experiments::compare(grid, results, instance, grid.plan.summary.metric))
    out += "  " + wrapped(pair.verdict, 4, std::min(terminal_width(), 120)) + '\n';
  return out.empty() ? out : "\nthe same noise for all, paired by seed (permutation test, Holm's correction):\n" + out;
}

}  // namespace

std::string experiment_text(const Grid& grid, const Results& results) {
  std::string out;
  for (std::size_t i = 0; i < grid.instances.size(); ++i) {
    const LearnerVariant& first = grid.learners.front();
    out += fmt::format("{}{}\n", i > 0 ? "\n" : "", grid.instances[i].label);
    Table table({"learner", first.protocol == online::Protocol::kAverage ? "steps" : "episodes",
                 experiments::metric_named(first, grid.plan.summary.metric) + " (mean ± se)", "growth (log-log slope)",
                 "optimism violated"},
                {false, true, true, false, true});
    for (std::size_t k = 0; k < grid.learners.size(); ++k) add_learner(table, grid, results, i, k);
    out += table.text(2);
    out += comparisons(grid, results, i);
  }
  return out;
}

}  // namespace bellwether::cli
