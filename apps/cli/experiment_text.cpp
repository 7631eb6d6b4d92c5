#include "apps/cli/experiment_text.h"

#include <cmath>

#include <fmt/format.h>

#include "apps/cli/number_column.h"
#include "apps/cli/terminal.h"
#include "core/text.h"
#include "experiments/engine/comparison.h"
#include "experiments/engine/final_table.h"
#include "experiments/engine/sample_size.h"
#include "experiments/engine/summary.h"
#include "experiments/engine/words.h"

namespace bellwether::cli {
namespace {

using experiments::Grid;
using experiments::Results;

std::string comparisons(const Grid& grid, const Results& results, std::size_t instance) {
  const experiments::ComparisonTable compared = experiments::compare(grid, results, instance, grid.plan.summary.metric);
  if (grid.learners.size() > 1 && experiments::replays_a_log(grid.instances[instance]))
    return "\n  learners are not compared: all seeds replay the same rows, so more seeds are no more data\n";
  if (compared.rows.empty()) return {};
  Table table({"who", "difference (mean ± se)", "seeds", "p", "verdict"}, {false, true, true, true, false});
  for (const experiments::Comparison& row : compared.rows) table.add(experiments::comparison_cells(grid, row));
  std::string out =
      fmt::format("\n  {} (all met the same noise)\n{}", experiments::comparison_heading(compared), table.text(2));
  if (std::ranges::any_of(compared.rows, [](const auto& row) { return row.fresh_seeds > 0; }))
    out +=
        "  fresh seeds: a new run with another --stream, looked at once; adding seeds until p is small proves "
        "nothing\n";
  return out;
}

/// Learners that stop by themselves but had no time to.
std::string not_stopped(const Grid& grid, const Results& results, std::size_t instance) {
  std::vector<std::string> names;
  std::string_view unit;
  for (std::size_t k = 0; k < grid.learners.size(); ++k) {
    if (experiments::stopped(grid, results, instance, k).all()) continue;
    names.push_back(grid.learners[k].label);
    unit = length_name(grid.learners[k].protocol);
  }
  if (names.empty()) return {};
  if (unit == "rounds")
    return fmt::format("\n  not stopped within the limit: {}. Allow more --rounds, or a larger delta.\n",
                       join_names(names));
  return fmt::format(
      "\n  not stopped within the limit: {}. Allow more --episodes, or ask for a larger epsilon; a smaller "
      "--constant stops sooner and proves nothing.\n",
      join_names(names));
}

/// How sample sizes grow along the swept settings of instances.
std::string sample_sizes(const Grid& grid, const Results& results) {
  std::string out;
  for (const experiments::Axis& axis : grid.axes) {
    if (axis.of_learner) continue;
    const auto curves = experiments::needed_lengths(grid, results, axis, grid.plan.summary.metric);
    if (curves.empty()) continue;
    const std::string metric =
        experiments::metric_named(grid.learners[curves.front().learner], grid.plan.summary.metric);
    out += fmt::format("\nsamples of each choice until the mean {} stays below {:g}, as a power of {}:\n",
                       experiments::metric_text(metric), grid.plan.precision(), experiments::x_of(grid, axis));
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

/// Where nobody knows the truth there is no regret; what was earned is known.
std::string other_metric(const Grid& grid, const Results& results, std::size_t instance) {
  for (std::size_t l = 0; l < grid.learners.size(); ++l) {
    const auto has_numbers = [&](std::string_view metric) {
      if (!experiments::measures(grid.learners[l], metric)) return false;
      const experiments::Curve curve = experiments::curve(grid, results, instance, l, metric);
      return !curve.points.empty() && !std::isnan(curve.points.back().mean);
    };
    if (has_numbers(grid.plan.summary.metric) || !has_numbers("mean-reward")) return {};
  }
  return fmt::format(
      "\n  no numbers for '{}': nobody knows the best arm of a log; --metric mean-reward tells what was earned\n",
      grid.plan.summary.metric);
}

/// Limits that were given as shares.
std::string amounts(const experiments::InstanceVariant& instance) {
  std::string out;
  for (std::size_t i = 0; i < instance.amounts.size(); ++i) {
    const auto& budget = instance.constraints.budgets[i];
    if (budget.relative)
      out += fmt::format("  {0}={1:g}% is {0}={2:.6g} here\n", budget.column, 100 * budget.limit, instance.amounts[i]);
  }
  return out;
}

}  // namespace

std::string experiment_text(const Grid& grid, const Results& results) {
  std::string out;
  for (std::size_t i = 0; i < grid.instances.size(); ++i) {
    out += fmt::format("{}{}\n", i > 0 ? "\n" : "", grid.instances[i].name);
    out += amounts(grid.instances[i]);
    for (const experiments::FinalTable& finals : experiments::final_tables(grid, results, i)) {
      std::vector<bool> right = {false, true, true, false, true};
      right.resize(finals.heading.size(), true);
      Table table(finals.heading, right);
      for (const auto& row : finals.rows) table.add(row);
      out += table.text(2);
      for (const std::string& note : finals.notes) out += fmt::format("  {}\n", note);
    }
    out += other_metric(grid, results, i) + not_stopped(grid, results, i);
    out += comparisons(grid, results, i);
  }
  if (grid.num_seeds() > 1 && grid.num_seeds() < 10) out += "\n  intervals from fewer than ten seeds mislead\n";
  return out + sample_sizes(grid, results);
}

}  // namespace bellwether::cli
