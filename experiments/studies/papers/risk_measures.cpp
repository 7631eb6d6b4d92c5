#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "experiments/studies/papers/models.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "solvers/risk/static_risk.h"

namespace bellwether::studies {
namespace {

/// Mean and tail mean of the policies between the best for the one and the best for the other.
Findings frontier_of(double level, const Observer& observer) {
  Series series{.name = fmt::format("worst {:g} %", 100 * level), .look = Look::kMarked};
  Findings out;
  for (const double weight : {0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999}) {
    if (!observer({})) return {};
    const solvers::Law law = corridor_law(level, weight);
    const double tail = solvers::conditional_value_at_risk(law, level), mean = solvers::mean(law);
    series.at.push_back(weight);
    series.x.push_back(tail);
    series.y.push_back(mean);
    if (weight == 0 || weight == 0.5 || weight == 0.999)
      out.numbers.push_back({series.name, fmt::format("{:g}", weight), short_number(mean), short_number(tail),
                             short_number(std::sqrt(solvers::variance(law))), short_number(law.atom.front())});
  }
  out.series.push_back(std::move(series));
  return out;
}

std::vector<Piece> frontier() {
  std::vector<Piece> all;
  for (const double level : {0.02, 0.05, 0.1, 0.2, 0.3})
    all.emplace_back([level](const Observer& observer) { return frontier_of(level, observer); });
  all.emplace_back([](const Observer&) {
    const solvers::Law neutral = corridor_law(1, 0);
    return Findings{.notes = {kCorridor, fmt::format("each line begins (left) at the policy that is best for the mean, "
                                                     "{:.4g}, and ends at the one that is best for the tail",
                                                     solvers::mean(neutral))}};
  });
  return all;
}

constexpr double kPlannedFor = 0.05, kAllTail = 0.999;
constexpr double kLevels[] = {0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};

/// The best tail mean at each level, with its proof, and what two policies that were made for one level get there.
Findings levels(const Observer& observer) {
  Series best{.name = "best policy for each level", .look = Look::kMarked}, neutral{.name = "best policy for the mean"},
      safe{.name = "best policy for level 0.05"};
  const solvers::Law mean_law = corridor_law(1, 0), safe_law = corridor_law(kPlannedFor, kAllTail);
  Findings out;
  for (const double level : kLevels) {
    const solvers::RiskSolution answer = solvers::plan_for_conditional_value_at_risk(
        risky_corridor(), level, {}, {.tolerance = 1e-9, .observer = observer});
    if (answer.status == Status::kStoppedByCaller) return {};
    for (Series* series : {&best, &neutral, &safe}) series->x.push_back(level);
    best.y.push_back(answer.value);
    neutral.y.push_back(solvers::conditional_value_at_risk(mean_law, level));
    safe.y.push_back(solvers::conditional_value_at_risk(safe_law, level));
    out.numbers.push_back({short_number(level), short_number(best.y.back()), short_number(neutral.y.back()),
                           short_number(safe.y.back()), fmt::format("{:.1e}", answer.gap)});
  }
  out.series = {std::move(best), std::move(neutral), std::move(safe)};
  out.notes = {"the corridor of the frontier; the upper line touches that of a policy where it is the best one"};
  return out;
}

}  // namespace

std::vector<Study> risk_measures_studies() {
  return {{.paper = "risk-measures",
           .name = "frontier",
           .title = "Mean against tail mean: what prudence costs",
           .summary = "the policies of a risky corridor that no other beats in both, for the worst 2 to 30 per cent",
           .x = {.name = "tail mean: mean of the worst returns"},
           .y = {.name = "mean return"},
           .at = "weight of the tail",
           .heading = {"tail", "weight", "mean", "tail mean", "standard deviation", "worst return"},
           .pieces = frontier},
          {.paper = "risk-measures",
           .name = "levels",
           .title = "The tail mean at every level",
           .summary = "the best tail mean, and what policies made for one level get at the others",
           .x = {.name = "level a: share of the worst returns", .logarithmic = true},
           .y = {.name = "mean of the worst share a"},
           .heading = {"level a", "best", "made for the mean", "made for 0.05", "proven error"},
           .pieces = [] { return std::vector<Piece>{levels}; }}};
}

}  // namespace bellwether::studies
