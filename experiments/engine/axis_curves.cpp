#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/text.h"
#include "experiments/engine/streams.h"
#include "experiments/engine/summary.h"

namespace bellwether::experiments {
namespace {

/// What all points of a curve along `axis` share: the curve's label.
std::string fixed_part(const Grid& grid, const Axis& axis, std::size_t instance, std::size_t learner) {
  std::vector<std::string> parts;
  for (const Axis& other : grid.axes) {
    if (other.of_learner != axis.of_learner || other.setting == axis.setting || other.setting == "constant") continue;
    if (const auto value = grid.value(other, instance, learner))
      parts.push_back(fmt::format("{} {}", other.setting, *value));
  }
  const LearnerVariant& player = grid.learners[learner];
  if (axis.of_learner && axis.setting != "constant" && !player.constant.empty())
    parts.insert(parts.begin(), player.constant);
  const auto with_parts = [&](const std::string& name) {
    return parts.empty() ? name : fmt::format("{} ({})", name, fmt::join(parts, ", "));
  };
  return axis.of_learner ? fmt::format("{} on {}", with_parts(player.name), grid.instances[instance].label)
                         : fmt::format("{} on {}", player.label, with_parts(grid.instances[instance].id));
}

Point final_point(const Curve& curve) {
  Point point = curve.points.back();
  point.band = point.interval;  // of this point alone
  return point;
}

/// Places the points on the axis: by number, or one after the other in the order of the plan.
void place_points(const Grid& grid, const Axis& axis, AxisCurve& curve) {
  curve.numeric =
      std::ranges::all_of(curve.points, [](const AxisPoint& p) { return parse_double(p.value).has_value(); });
  for (std::size_t i = 0; i < curve.points.size(); ++i)
    curve.points[i].x = curve.numeric ? *parse_double(curve.points[i].value) : static_cast<double>(i);
  if (axis.setting == "discount" && curve.numeric)
    for (AxisPoint& point : curve.points) point.x = 1 / (1 - point.x);
  if (is_precision(grid, axis) && curve.numeric)
    for (AxisPoint& point : curve.points) point.x = 1 / point.x;
  std::ranges::stable_sort(curve.points, {}, &AxisPoint::x);
}

/// A row a seed that every point has finished, a column a point.
std::vector<double> common_rows(const Grid& grid, const Results& results, const AxisCurve& curve,
                                std::string_view metric) {
  std::vector<Sample> samples;
  for (const AxisPoint& p : curve.points)
    samples.push_back(sample(grid, results, p.instance, p.learner, metric_named(grid.learners[p.learner], metric)));
  std::vector<double> values;
  for (const std::uint64_t seed : grid.plan.seeds) {
    std::vector<double> row;
    for (const Sample& one : samples) {
      const auto found = std::ranges::find(one.seeds, seed);
      if (found == one.seeds.end()) break;
      row.push_back(one.table().at(static_cast<std::size_t>(found - one.seeds.begin()), one.at.size() - 1));
    }
    if (row.size() == samples.size()) values.insert(values.end(), row.begin(), row.end());
  }
  return values;
}

void fit(const Grid& grid, const Results& results, AxisCurve& curve, std::string_view metric) {
  if (!curve.numeric) return;
  std::vector<double> x;
  for (const AxisPoint& p : curve.points) x.push_back(p.x);
  const std::vector<double> values = common_rows(grid, results, curve, metric);
  const SummaryOptions& options = grid.plan.summary;
  const Stream draws = Stream(grid.plan.stream).child("summary").child("axis").child(curve.label).child(metric);
  curve.rate = fit_rate(x, {values, x.size()}, {.level = options.level, .resamples = options.resamples}, draws);
}

}  // namespace

bool is_precision(const Grid& grid, const Axis& axis) {
  if (!axis.of_learner || axis.setting != "epsilon") return false;
  for (std::size_t l = 0; l < grid.learners.size(); ++l)
    if (grid.value(axis, 0, l) && !stops_itself(grid.learners[l])) return false;
  return true;
}

std::string x_of(const Grid& grid, const Axis& axis) {
  if (axis.setting == "discount") return "1 / (1 - discount)";
  if (is_precision(grid, axis)) return "1 / epsilon";
  return axis.name == "factor" ? "factor on the bonus" : axis.name;
}

std::vector<AxisCurve> against(const Grid& grid, const Results& results, const Axis& axis, std::string_view metric) {
  std::vector<std::string> order;
  std::map<std::string, AxisCurve> curves;
  for (std::size_t i = 0; i < grid.instances.size(); ++i) {
    for (std::size_t l = 0; l < grid.learners.size(); ++l) {
      const auto value = grid.value(axis, i, l);
      if (!value || !measures(grid.learners[l], metric)) continue;
      const Curve finals = curve(grid, results, i, l, metric);
      if (finals.points.empty()) continue;
      const std::string label = fixed_part(grid, axis, i, l);
      const auto [found, is_new] = curves.try_emplace(label, AxisCurve{.label = label});
      if (is_new) order.push_back(label);
      if (is_stopping_time(grid.learners[l], finals.metric) && !stopped(grid, results, i, l).all()) {
        ++found->second.missing;
        continue;
      }
      found->second.points.push_back({.value = *value, .instance = i, .learner = l, .point = final_point(finals)});
    }
  }
  std::vector<AxisCurve> result;
  for (const std::string& label : order) {
    AxisCurve& curve = curves.at(label);
    if (curve.points.size() < 2) continue;
    place_points(grid, axis, curve);
    fit(grid, results, curve, metric);
    result.push_back(std::move(curve));
  }
  return result;
}

}  // namespace bellwether::experiments
