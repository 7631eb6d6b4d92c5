#include "experiments/engine/summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "experiments/engine/streams.h"
#include "experiments/engine/world.h"

namespace bellwether::experiments {
namespace {

/// The stopping time is named after what it counts.
std::string stopping_time(const LearnerVariant& learner) { return std::string(length_name(learner.protocol)); }

/// The value of a metric in row `row` of a series. The stopping time is the series' checkpoint itself.
double value_of(const Series& series, std::size_t row, std::string_view metric) {
  const auto found = std::ranges::find(series.metrics, metric);
  if (found == series.metrics.end()) return static_cast<double>(series.at[row]);
  return series.value(row, static_cast<std::size_t>(found - series.metrics.begin()));
}

/// A mean of rounds that were kept does not exist before the first one: such a seed says nothing of the others. A
/// number that is missing from any other metric is news of its seed, and is not left out.
bool may_leave_out(std::string_view metric) { return metric == "mean-reward"; }

bool exists(double value) { return !std::isnan(value); }

Point point_of(std::int64_t at, const std::vector<double>& values, double level, const Interval& band) {
  return {.at = at,
          .seeds = values.size(),
          .mean = mean(values),
          .standard_error = standard_error(values),
          .interval = mean_interval(values, level),
          .band = band,
          .low_decile = quantile(values, 0.1),
          .median = quantile(values, 0.5),
          .high_decile = quantile(values, 0.9)};
}

/// Leaves out the seeds without a number at the last checkpoint of the sample, unless that is all of them.
void leave_out_unkept(std::vector<const Series*>& finished, Sample& sample, std::string_view metric) {
  const auto has_number = [&](const Series* series) { return exists(value_of(*series, sample.at.size() - 1, metric)); };
  if (std::ranges::none_of(finished, has_number)) return;
  std::vector<const Series*> kept;
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 0; i < finished.size(); ++i) {
    if (!has_number(finished[i])) continue;
    kept.push_back(finished[i]);
    seeds.push_back(sample.seeds[i]);
  }
  finished = std::move(kept);
  sample.seeds = std::move(seeds);
}

/// The values that a point at this checkpoint is of.
std::vector<double> counted(std::vector<double> values, std::string_view metric) {
  if (may_leave_out(metric) && std::ranges::any_of(values, exists))
    std::erase_if(values, [](double x) { return !exists(x); });
  return values;
}

/// The window of the fitted slopes on a curve that ends at `last`.
RateOptions window_of(const SummaryOptions& options, double last) {
  const double to = options.window_to > 0 ? options.window_to : last;
  return {.from = options.window_from > 0 ? options.window_from : to / 10,
          .to = to,
          .level = options.level,
          .resamples = options.resamples};
}

}  // namespace

bool stops_itself(const LearnerVariant& learner) {
  return learner.protocol == Protocol::kStopping || learner.protocol == Protocol::kIdentification;
}

bool is_stopping_time(const LearnerVariant& learner, std::string_view metric) {
  return stops_itself(learner) && metric == stopping_time(learner);
}

std::vector<std::string> metrics_of(const LearnerVariant& learner) {
  std::vector<std::string> metrics = world_of(learner.protocol).metrics(learner.protocol);
  if (stops_itself(learner)) metrics.push_back(stopping_time(learner));
  return metrics;
}

bool measures(const LearnerVariant& learner, std::string_view metric) {
  const std::vector<std::string> metrics = metrics_of(learner);
  return metric == "regret" || std::ranges::find(metrics, metric) != metrics.end();
}

bool is_level(std::string_view metric) { return metric == "mean-reward" || metric.ends_with("-share"); }

std::string metric_named(const LearnerVariant& learner, std::string_view metric) {
  const std::vector<std::string> metrics = metrics_of(learner);
  const auto has = [&](std::string_view name) { return std::ranges::find(metrics, name) != metrics.end(); };
  if (metric == "regret") {
    if (stops_itself(learner)) return stopping_time(learner);
    for (const std::string_view name : {"value-regret", "pseudo-regret", "gap-regret", "reward-regret"})
      if (has(name)) return std::string(name);
    return metrics.front();
  }
  if (has(metric)) return std::string(metric);
  throw InvalidOption(fmt::format("{} measures no '{}'; it measures {}", learner.name, metric, join_names(metrics)));
}

Stopped stopped(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner) {
  Stopped stopped;
  const bool by_itself = stops_itself(grid.learners[learner]);
  for (std::size_t seed = 0; seed < grid.num_seeds(); ++seed) {
    const Series& series = results.series[grid.cell(instance, learner, seed)];
    if (series.at.empty()) continue;
    ++stopped.of;
    if (!by_itself || value_of(series, 0, "finished") == 1) ++stopped.runs;
  }
  return stopped;
}

double expected_exponent(const Grid& grid, const LearnerVariant& learner) {
  const double exponent = grid.plan.summary.exponent;
  return learner.protocol == Protocol::kGenerative ? -exponent : exponent;
}

Sample sample(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
              std::string_view metric) {
  Sample sample;
  std::vector<const Series*> finished;
  for (std::size_t seed = 0; seed < grid.num_seeds(); ++seed) {
    const Series& series = results.series[grid.cell(instance, learner, seed)];
    if (series.at.empty()) continue;
    finished.push_back(&series);
    sample.seeds.push_back(grid.plan.seeds[seed]);
  }
  if (finished.empty()) return sample;
  const LearnerVariant& variant = grid.learners[learner];
  if (stops_itself(variant)) {
    sample.at = {variant.length};
  } else {
    const auto shortest = std::ranges::min_element(finished, {}, [](const auto* series) { return series->at.size(); });
    sample.at = (*shortest)->at;
  }
  if (may_leave_out(metric)) leave_out_unkept(finished, sample, metric);
  for (const Series* series : finished)
    for (std::size_t row = 0; row < sample.at.size(); ++row) sample.values.push_back(value_of(*series, row, metric));
  return sample;
}

Curve curve(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
            std::string_view metric) {
  Curve curve{.instance = instance, .learner = learner, .metric = metric_named(grid.learners[learner], metric)};
  const Sample sample = experiments::sample(grid, results, instance, learner, curve.metric);
  curve.seeds = stopped(grid, results, instance, learner).of;
  const SampleTable table = sample.table();
  const SummaryOptions& options = grid.plan.summary;
  const std::vector<Interval> band = simultaneous_band(table, options.level, options.resamples,
                                                       summary_stream(grid, "band", instance, learner, curve.metric));
  for (std::size_t i = 0; i < sample.at.size(); ++i)
    curve.points.push_back(point_of(sample.at[i], counted(table.column(i), curve.metric), options.level, band[i]));
  return curve;
}

RateFit rate(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
             std::string_view metric) {
  const std::string name = metric_named(grid.learners[learner], metric);
  const Sample sample = experiments::sample(grid, results, instance, learner, name);
  const std::vector<double> x(sample.at.begin(), sample.at.end());
  const RateOptions window = window_of(grid.plan.summary, x.empty() ? 0 : x.back());
  return fit_rate(x, sample.table(), window, summary_stream(grid, "rate", instance, learner, name));
}

}  // namespace bellwether::experiments
