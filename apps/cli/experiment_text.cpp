#include "apps/cli/experiment_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/cli/number_column.h"
#include "apps/cli/terminal.h"
#include "core/text.h"
#include "experiments/engine/comparison.h"
#include "experiments/engine/sample_size.h"
#include "experiments/engine/summary.h"

namespace bellwether::cli {
namespace {

using experiments::Curve;
using experiments::Grid;
using experiments::LearnerVariant;
using experiments::Point;
using experiments::Results;

std::string last_of(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
                    std::string_view metric) {
  const std::vector<std::string> metrics = experiments::metrics_of(grid.learners[learner]);
  if (std::ranges::find(metrics, metric) == metrics.end()) return "-";
  const Curve curve = experiments::curve(grid, results, instance, learner, metric);
  if (curve.points.empty() || std::isnan(curve.points.back().mean)) return "-";
  return fmt::format("{:.4g}", curve.points.back().mean);
}

/// What else is worth knowing at the end.
struct LastColumn {
  std::string heading, metric;
};

LastColumn last_column(const LearnerVariant& learner) {
  if (learner.protocol == online::Protocol::kGenerative) return {"policy-loss", "policy-loss"};
  return {"optimism violated", "violations"};
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
    growth = rate_verdict(experiments::rate(grid, results, instance, learner, metric),
                          experiments::expected_exponent(grid, variant), online::length_symbol(variant.protocol));
  table.add({variant.label, grouped(last.at), with_error(last.mean, last.standard_error), growth,
             last_of(grid, results, instance, learner, last_column(variant).metric)});
}

std::string comparisons(const Grid& grid, const Results& results, std::size_t instance) {
  const experiments::ComparisonTable compared = experiments::compare(grid, results, instance, grid.plan.summary.metric);
  if (compared.rows.empty()) return {};
  Table table({"who", "difference (mean ± se)", "seeds", "p", "verdict"}, {false, true, true, true, false});
  for (const experiments::Comparison& row : compared.rows) table.add(experiments::comparison_cells(grid, row));
  return fmt::format("\n  {} (all met the same noise)\n", experiments::comparison_heading(compared)) + table.text(2);
}

/// How sample sizes grow along the swept settings of instances.
std::string sample_sizes(const Grid& grid, const Results& results) {
  std::string out;
  for (const experiments::Axis& axis : grid.axes) {
    if (axis.of_learner) continue;
    const auto curves = experiments::needed_lengths(grid, results, axis, grid.plan.summary.metric);
    if (curves.empty()) continue;
    out += fmt::format("\nsamples until the mean error stays below {:g}, as a power of {}:\n", grid.plan.epsilon,
                       experiments::x_of(axis));
    for (const experiments::NeededCurve& curve : curves) {
      out += fmt::format("  {}: {:.2f}", curve.label, curve.rate.slope);
      if (std::isfinite(curve.rate.interval.low))
        out += fmt::format(" [{:.2f}, {:.2f}]", curve.rate.interval.low, curve.rate.interval.high);
      out += fmt::format(" from {} points{}\n", curve.rate.points,
                         curve.missing > 0 ? fmt::format(", {} not reached", curve.missing) : "");
    }
  }
  return out;
}

}  // namespace

std::string experiment_text(const Grid& grid, const Results& results) {
  std::string out;
  for (std::size_t i = 0; i < grid.instances.size(); ++i) {
    const LearnerVariant& first = grid.learners.front();
    out += fmt::format("{}{}\n", i > 0 ? "\n" : "", grid.instances[i].label);
    Table table({"learner", std::string(online::length_name(first.protocol)),
                 experiments::metric_named(first, grid.plan.summary.metric) + " (mean ± se)", "growth (log-log slope)",
                 last_column(first).heading},
                {false, true, true, false, true});
    for (std::size_t k = 0; k < grid.learners.size(); ++k) add_learner(table, grid, results, i, k);
    out += table.text(2);
    out += comparisons(grid, results, i);
  }
  return out + sample_sizes(grid, results);
}

}  // namespace bellwether::cli
