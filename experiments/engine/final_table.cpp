#include "experiments/engine/final_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/summary.h"

namespace bellwether::experiments {
namespace {

/// What else is worth knowing at the end.
struct LastColumn {
  std::string heading, metric;
};

LastColumn last_column(const LearnerVariant& learner) {
  switch (learner.protocol) {
    case online::Protocol::kGenerative:
      return {"policy-loss", "policy-loss"};
    case online::Protocol::kStopping:
      return {"answer's loss", "answer-loss"};
    default:
      return {"optimism violated", "violations"};
  }
}

std::string mean_at_the_end(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
                            const std::string& metric) {
  const std::vector<std::string> metrics = metrics_of(grid.learners[learner]);
  if (std::ranges::find(metrics, metric) == metrics.end()) return "-";
  const Curve own = curve(grid, results, instance, learner, metric);
  if (own.points.empty() || std::isnan(own.points.back().mean)) return "-";
  return fmt::format("{:.4g}", own.points.back().mean);
}

/// Of runs that were cut off only the limit is known: no mean then.
std::vector<std::string> stopping_row(const Grid& grid, const Results& results, const Curve& own) {
  const Stopped ended = stopped(grid, results, own.instance, own.learner);
  const auto of = [&](const std::string& metric) {
    return mean_at_the_end(grid, results, own.instance, own.learner, metric);
  };
  const Point& last = own.points.back();
  const bool cut = own.metric == "episodes" && !ended.all();
  std::string how = fmt::format("{} of {}", ended.runs, ended.of);
  if (!ended.all()) how += fmt::format(", loss certified so far {}", of("certified-loss"));
  return {grid.learners[own.learner].label, grouped(last.at), cut ? "-" : with_error(last.mean, last.standard_error),
          std::move(how), of("answer-loss")};
}

std::vector<std::string> row_of(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner) {
  const LearnerVariant& variant = grid.learners[learner];
  const std::string metric = metric_named(variant, grid.plan.summary.metric);
  const Curve own = curve(grid, results, instance, learner, metric);
  if (own.points.empty()) return {variant.label, "-", "not finished", "", ""};
  const Point& last = own.points.back();
  if (variant.protocol == online::Protocol::kStopping) return stopping_row(grid, results, own);
  std::string growth = "-";
  if (own.points.size() > 1)
    growth = rate_verdict(rate(grid, results, instance, learner, metric), expected_exponent(grid, variant),
                          online::length_symbol(variant.protocol));
  return {variant.label, grouped(last.at), with_error(last.mean, last.standard_error), growth,
          mean_at_the_end(grid, results, instance, learner, last_column(variant).metric)};
}

}  // namespace

FinalTable final_table(const Grid& grid, const Results& results, std::size_t instance) {
  const LearnerVariant& first = grid.learners.front();
  if (first.protocol == online::Protocol::kStopping) {
    const std::string metric = metric_named(first, grid.plan.summary.metric);
    FinalTable stops{
        {"learner", "episodes at most", metric == "episodes" ? "stopped after (mean ± se)" : metric + " (mean ± se)",
         "stopped by itself", last_column(first).heading},
        {}};
    for (std::size_t k = 0; k < grid.learners.size(); ++k) stops.rows.push_back(row_of(grid, results, instance, k));
    return stops;
  }
  FinalTable table{{"learner", std::string(online::length_name(first.protocol)),
                    metric_named(first, grid.plan.summary.metric) + " (mean ± se)", "growth (log-log slope)",
                    last_column(first).heading},
                   {}};
  for (std::size_t k = 0; k < grid.learners.size(); ++k) table.rows.push_back(row_of(grid, results, instance, k));
  return table;
}

}  // namespace bellwether::experiments
