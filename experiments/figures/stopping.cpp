#include "experiments/figures/stopping.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/summary.h"
#include "experiments/engine/words.h"

namespace bellwether::experiments {
namespace {

/// What was measured of one learner: the values of the runs that have one, ascending, and how many runs there are.
struct Measured {
  std::size_t learner = 0, runs = 0;
  std::vector<double> values = {};
};

Measured measured(const Grid& grid, const Results& results, std::size_t instance, std::size_t learner,
                  const std::string& metric) {
  const Sample own = sample(grid, results, instance, learner, metric);
  const Sample ended = sample(grid, results, instance, learner, "finished");
  Measured out{.learner = learner, .runs = own.seeds.size()};
  for (std::size_t seed = 0; seed < own.seeds.size(); ++seed)
    if (!is_stopping_time(grid.learners[learner], metric) || ended.values[seed] == 1)
      out.values.push_back(own.values[seed]);
  std::ranges::sort(out.values);
  return out;
}

/// A step up by 1 / runs at each value, from `from` to `to`.
FigureLine steps(const Measured& all, std::string label, int colour, double from, double to) {
  FigureLine line{.label = std::move(label), .x = {from}, .y = {0}, .colour = colour};
  for (std::size_t i = 0; i < all.values.size(); ++i) {
    for (const std::size_t stopped : {i, i + 1}) {
      line.x.push_back(all.values[i]);
      line.y.push_back(static_cast<double>(stopped) / static_cast<double>(all.runs));
    }
  }
  line.x.push_back(to);
  line.y.push_back(line.y.back());
  return line;
}

}  // namespace

Figure stopping_times(const Grid& grid, const Results& results, std::size_t instance, std::string_view metric) {
  const InstanceVariant& variant = grid.instances[instance];
  Figure figure{
      .title = grid.plan.title.empty() ? variant.name : fmt::format("{} ({})", grid.plan.title, variant.label),
      .x_label = {},
      .y_label = {},
      .lines = {}};
  if (variant.horizon > 0 && figure.title.find("horizon") == std::string::npos)
    figure.title += fmt::format(", horizon {}", variant.horizon);
  std::vector<Measured> learners;
  double least = std::numeric_limits<double>::infinity(), largest = 0;
  std::string name;
  bool counts_rounds = false;
  for (std::size_t k = 0; k < grid.learners.size(); ++k) {
    if (!stops_itself(grid.learners[k]) || !measures(grid.learners[k], metric)) continue;
    name = metric_named(grid.learners[k], metric);
    counts_rounds = is_stopping_time(grid.learners[k], name);
    Measured one = measured(grid, results, instance, k, name);
    if (one.runs == 0) continue;
    if (one.values.size() < one.runs) largest = std::max(largest, static_cast<double>(grid.learners[k].length));
    if (!one.values.empty()) {
      least = std::min(least, one.values.front());
      largest = std::max(largest, one.values.back());
    }
    learners.push_back(std::move(one));
  }
  figure.x_label = metric_text(name);
  figure.y_label = counts_rounds ? "share of the runs that have stopped" : "share of the runs";
  least = std::min(least, largest);
  constexpr double kWide = 4;  // a narrower range needs no logarithms
  figure.log_x = least > 0 && largest > kWide * least;
  const double from = figure.log_x ? least / 1.5 : 0, to = 1.1 * largest;
  for (const Measured& one : learners) {
    const std::string cut =
        one.values.size() < one.runs ? fmt::format(", {} of {} stopped", one.values.size(), one.runs) : "";
    figure.lines.push_back(
        steps(one, grid.learners[one.learner].label + cut, static_cast<int>(figure.lines.size()), from, to));
  }
  figure.notes = {fmt::format("{}, a step up for each", counted(static_cast<std::int64_t>(grid.num_seeds()), "run"))};
  return figure;
}

}  // namespace bellwether::experiments
