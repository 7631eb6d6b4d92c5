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

LastColumn last_column(const LearnerVariant& learner, std::string_view metric) {
  if (metric == "mean-reward") return {"share of rounds kept", "observed-share"};  // what the mean of a log rests on
  switch (learner.protocol) {
    case Protocol::kGenerative:
      return {"policy-loss", "policy-loss"};
    case Protocol::kDiscounted:
      return {"episodes with a broken bonus", "broken-bonuses"};
    case Protocol::kConstrained:
      return {"episodes over a limit", "violating-episodes"};
    case Protocol::kStopping:
      return {"answer's loss", "answer-loss"};
    case Protocol::kRounds:
      return {"share of best arm", "best-share"};
    case Protocol::kIdentification:
      return {"wrong answers", "wrong"};
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
  return short_number(own.points.back().mean, 4);
}

/// Of runs that were cut off only the limit is known: no mean then.
std::vector<std::string> stopping_row(const Grid& grid, const Results& results, const Curve& own) {
  const Stopped ended = stopped(grid, results, own.instance, own.learner);
  const auto of = [&](const std::string& metric) {
    return mean_at_the_end(grid, results, own.instance, own.learner, metric);
  };
  const Point& last = own.points.back();
  const LearnerVariant& learner = grid.learners[own.learner];
  const bool cut = is_stopping_time(learner, own.metric) && !ended.all();
  std::string how = fmt::format("{} of {}", ended.runs, ended.of);
  if (!ended.all() && measures(learner, "certified-loss"))
    how += fmt::format(", loss certified so far {}", of("certified-loss"));
  return {learner.label, grouped(last.at), cut ? "-" : with_error(last.mean, last.standard_error), std::move(how),
          of(last_column(learner, own.metric).metric)};
}

/// Slopes are of what theorems bound: regrets, errors, losses. What may be below zero has no logarithm.
std::string growth_of(const Grid& grid, const Results& results, const Curve& curve) {
  const LearnerVariant& learner = grid.learners[curve.learner];
  const auto names = [&](std::string_view part) { return curve.metric.find(part) != std::string::npos; };
  if (curve.points.size() < 2 || !(names("regret") || names("error") || names("loss") || names("violation")))
    return "-";
  const RateFit fit = rate(grid, results, curve.instance, curve.learner, curve.metric);
  const bool negative = std::ranges::any_of(curve.points, [](const Point& point) { return point.mean < 0; });
  if (negative && !std::isnan(fit.slope)) return "no slope: below zero at times";
  return rate_verdict(fit, expected_exponent(grid, learner), length_symbol(learner.protocol));
}

std::vector<std::string> row_of(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner) {
  const LearnerVariant& variant = grid.learners[learner];
  const std::string metric = metric_named(variant, grid.plan.summary.metric);
  const Curve own = curve(grid, results, instance, learner, metric);
  if (own.points.empty()) return {variant.label, "-", "not finished", "", ""};
  const Point& last = own.points.back();
  if (stops_itself(variant)) return stopping_row(grid, results, own);
  const std::string growth = growth_of(grid, results, own);
  if (std::isnan(last.mean)) return {variant.label, grouped(last.at), "-", "-", "-"};
  return {variant.label, grouped(last.at), with_error(last.mean, last.standard_error), growth,
          mean_at_the_end(grid, results, instance, learner, last_column(variant, metric).metric)};
}

/// What became of the limits, beside the episodes that broke one: by how much in all, and how the learner played.
std::vector<std::string> limits_row(const Grid& grid, const Results& results, std::size_t instance,
                                    std::size_t learner) {
  const auto of = [&](const std::string& metric) { return mean_at_the_end(grid, results, instance, learner, metric); };
  return {of("hard-violation"), fmt::format("{} / {}", of("baseline-share"), of("mixture-share"))};
}

/// Learners that say what they may lose: in how many episodes they lost more.
void add_broken_certificates(const Grid& grid, const Results& results, std::size_t instance, FinalTable& table,
                             const std::vector<std::size_t>& learners) {
  std::vector<std::string> column;
  for (const std::size_t l : learners)
    column.push_back(mean_at_the_end(grid, results, instance, l, "broken-certificates"));
  if (std::ranges::all_of(column, [](const std::string& cell) { return cell == "-"; })) return;
  table.heading.emplace_back("certificates broken");
  for (std::size_t i = 0; i < column.size(); ++i) table.rows[i].push_back(std::move(column[i]));
}

/// A log of which some seeds kept no row: what their mean would be nobody knows.
void add_unkept(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
                FinalTable& table) {
  const LearnerVariant& variant = grid.learners[learner];
  const Curve own = curve(grid, results, instance, learner, metric_named(variant, grid.plan.summary.metric));
  if (own.points.empty() || own.points.back().seeds == own.seeds) return;
  const std::size_t kept = own.points.back().seeds;
  table.notes.push_back(
      fmt::format("{}: mean of {} of {} seeds; {} kept no row", variant.label, kept, own.seeds, own.seeds - kept));
}

std::vector<std::string> heading_of(const Grid& grid, const LearnerVariant& learner) {
  const std::string metric = metric_named(learner, grid.plan.summary.metric);
  const std::string mean = metric + " (mean ± se)", last = last_column(learner, metric).heading;
  if (stops_itself(learner))
    return {"learner", fmt::format("{} at most", length_name(learner.protocol)),
            is_stopping_time(learner, metric) ? "stopped after (mean ± se)" : mean, "stopped by itself", last};
  std::vector<std::string> heading = {"learner", std::string(length_name(learner.protocol)), mean,
                                      "growth (log-log slope)", last};
  if (learner.protocol == Protocol::kConstrained)
    heading.insert(heading.end(), {"by so much in all", "share of baseline / mixture"});
  return heading;
}

}  // namespace

std::vector<FinalTable> final_tables(const Grid& grid, const Results& results, std::size_t instance) {
  std::vector<FinalTable> tables;
  std::vector<std::vector<std::size_t>> members;  // learners of each table
  std::vector<Protocol> protocols;
  for (std::size_t k = 0; k < grid.learners.size(); ++k) {
    const LearnerVariant& learner = grid.learners[k];
    auto found = std::ranges::find(protocols, learner.protocol) - protocols.begin();
    if (found == std::ssize(protocols)) {
      protocols.push_back(learner.protocol);
      tables.push_back({.heading = heading_of(grid, learner), .rows = {}});
      members.emplace_back();
    }
    std::vector<std::string> row = row_of(grid, results, instance, k);
    if (learner.protocol == Protocol::kConstrained)
      for (std::string& cell : limits_row(grid, results, instance, k)) row.push_back(std::move(cell));
    tables[static_cast<std::size_t>(found)].rows.push_back(std::move(row));
    members[static_cast<std::size_t>(found)].push_back(k);
    add_unkept(grid, results, instance, k, tables[static_cast<std::size_t>(found)]);
  }
  for (std::size_t t = 0; t < tables.size(); ++t)
    add_broken_certificates(grid, results, instance, tables[t], members[t]);
  return tables;
}

}  // namespace bellwether::experiments
