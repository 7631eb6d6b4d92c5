#include "experiments/figures/curves.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "core/text.h"
#include "experiments/engine/sample_size.h"
#include "experiments/engine/words.h"
#include "experiments/engine/world.h"
#include "experiments/figures/overlays.h"
#include "experiments/figures/stopping.h"

namespace bellwether::experiments {
namespace {

/// A bound further above the highest curve than this is told in a note: drawn, it would press all curves flat.
constexpr double kOffTheChart = 300;
/// With more learners than this the shapes of their bounds would crowd the chart.
constexpr std::size_t kWithShapes = 2;
/// With more learners the legend gives slopes without their intervals, which the tables have.
constexpr std::size_t kWithIntervals = 8;

/// Whether theorems bound the metric.
bool is_bounded(std::string_view metric) {
  return metric.find("regret") != std::string_view::npos || metric == "value-error";
}

/// `room`: for the interval, too.
/// Black and dotted: black and dashed is how theorems let regret grow.
constexpr int kLowerBound = 15;

std::string slope_text(const RateFit& fit, bool room) {
  if (std::isnan(fit.slope)) return {};
  if (!room || !std::isfinite(fit.interval.low)) return fmt::format(", slope {:.2f}", fit.slope);
  return fmt::format(", slope {:.2f} [{:.2f}, {:.2f}]", fit.slope, fit.interval.low, fit.interval.high);
}

bool finite(const Point& point) { return std::isfinite(point.band.low) && std::isfinite(point.band.high); }

/// The points with a mean; of these, those from which on all seeds have numbers where there are such, for the band's
/// sake.
std::vector<Point> drawn_points(const Curve& curve) {
  std::vector<Point> points;
  std::ranges::copy_if(curve.points, std::back_inserter(points), [](const Point& p) { return std::isfinite(p.mean); });
  const auto first = std::ranges::find_if(points, finite);
  if (std::all_of(first, points.end(), finite) && points.end() - first > 1) points.erase(points.begin(), first);
  return points;
}

FigureLine measured_line(const Curve& curve, const std::string& label, int colour) {
  FigureLine line{.label = label, .x = {}, .y = {}, .colour = colour};
  const std::vector<Point> points = drawn_points(curve);
  const bool banded = std::ranges::all_of(points, finite);
  for (const Point& point : points) {
    line.x.push_back(static_cast<double>(point.at));
    line.y.push_back(point.mean);
    if (!banded) continue;
    line.low.push_back(point.band.low);
    line.high.push_back(point.band.high);
  }
  return line;
}

/// The factor that takes a shape to a curve, by least squares of logarithms over the last decade.
double fitted_factor(const Curve& curve, const std::vector<double>& shape) {
  double sum = 0, count = 0;
  const double last = static_cast<double>(curve.points.back().at);
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    if (static_cast<double>(curve.points[i].at) * 10 < last || curve.points[i].mean <= 0 || shape[i] <= 0) continue;
    sum += std::log(curve.points[i].mean / shape[i]);
    ++count;
  }
  return count > 0 ? std::exp(sum / count) : 0;
}

/// Of learners that did the same, or nearly, only the last would be seen.
void let_hidden_lines_be_seen(std::vector<FigureLine>& lines) {
  const auto near = [](double a, double b) { return std::abs(a - b) <= 0.005 * std::max(std::abs(a), std::abs(b)); };
  for (std::size_t k = 0; k < lines.size(); ++k)
    for (std::size_t before = 0; before < k; ++before)
      if (!lines[k].dashed && !lines[before].dashed && std::ranges::equal(lines[k].y, lines[before].y, near))
        ++lines[k].beneath;
}

class CurveFigure {
 public:
  CurveFigure(const Grid& grid, const Results& results, std::size_t instance, Protocol protocol)
      : grid_(grid), results_(results), instance_(instance), protocol_(protocol) {
    figure_.x_label = unit_of(protocol);
    figure_.log_x = figure_.log_y = true;
    const InstanceVariant& variant = grid.instances[instance];
    figure_.title = grid.plan.title.empty() ? variant.name : fmt::format("{} ({})", grid.plan.title, variant.label);
    const auto add = [&](bool asked, std::string_view name, double value) {
      if (asked && figure_.title.find(name) == std::string::npos)
        figure_.title += fmt::format(", {} {:.12g}", name, value);
    };
    add(world_of(protocol).needs_horizon(), "horizon", variant.horizon);
    add(world_of(protocol).needs_discount(), "discount", variant.discount);
  }

  Figure make(std::string_view metric) {
    for (std::size_t k = 0; k < grid_.learners.size(); ++k)
      if (grid_.learners[k].protocol == protocol_) add_learner(k, metric);
    if (figure_.lines.empty()) return figure_;
    add_bounds();
    figure_.y_label = metric_text(curves_.front().metric);
    std::size_t seeds = curves_.front().points.back().seeds;
    for (const Curve& curve : curves_) seeds = std::min(seeds, curve.points.back().seeds);
    figure_.log_y = !is_level(curves_.front().metric);
    let_hidden_lines_be_seen(figure_.lines);
    figure_.notes.insert(figure_.notes.begin(), note(seeds));
    return figure_;
  }

 private:
  /// What lines and bands are.
  std::string note(std::size_t seeds) const {
    if (seeds < 2) return "one seed: no bands";
    std::string text = fmt::format("lines: means of {} seeds", seeds);
    const auto banded = [](const FigureLine& line) { return !line.low.empty(); };
    if (std::ranges::any_of(figure_.lines, banded))
      text += fmt::format("; bands: {:g} % for the whole curve at once", 100 * grid_.plan.summary.level);
    const auto over = [](const FigureLine& line) { return line.beneath > 0; };
    if (std::ranges::any_of(figure_.lines, over)) text += "; dashes over a line: the same curve";
    return figure_.log_y ? fmt::format("{}; slopes: log-log, {}", text, window_text()) : text;
  }

  std::string window_text() const {
    const SummaryOptions& o = grid_.plan.summary;
    if (o.window_from <= 0 && o.window_to <= 0) return "last decade";
    return fmt::format("from {:g} to {}", o.window_from,
                       o.window_to > 0 ? fmt::format("{:g}", o.window_to) : "the end");
  }

  void add_learner(std::size_t learner, std::string_view metric) {
    const std::string name = metric_named(grid_.learners[learner], metric);
    Curve curve = experiments::curve(grid_, results_, instance_, learner, name);
    const auto exists = [](const Point& point) { return std::isfinite(point.mean); };
    if (curve.points.size() < 2 || std::ranges::none_of(curve.points, exists)) return;
    std::string label = grid_.learners[learner].label;
    if (!is_level(name))
      label += slope_text(rate(grid_, results_, instance_, learner, name), grid_.learners.size() <= kWithIntervals);
    const auto above = [](const Point& point) { return point.mean > 0; };
    if (name.ends_with("violation") && std::ranges::none_of(curve.points, above)) label += ", never over";
    figure_.lines.push_back(measured_line(curve, label, static_cast<int>(curves_.size())));
    curves_.push_back(std::move(curve));
  }

  void add_bounds() {
    double highest = 0;
    for (const Curve& curve : curves_) highest = std::max(highest, curve.points.back().mean);
    if (!is_bounded(curves_.front().metric)) return;
    for (std::size_t i = 0; i < curves_.size(); ++i) add_bound(curves_[i], static_cast<int>(i), highest);
    const auto at = checkpoints(curves_.front());
    const auto lower = lower_bound(grid_.instances[instance_], grid_.learners[curves_.front().learner], at);
    // Of independent arms the theorems speak of ln T, not of a power.
    if (curves_.size() > kWithShapes && !(lower && protocol_ == Protocol::kRounds)) add_growth();
    if (lower) add_dashed(curves_.front(), lower->label, lower->y, 1, kLowerBound);
  }

  /// How theorems let regret grow, through the end of the curve in the middle: one line for many learners.
  void add_growth() {
    std::vector<const Curve*> order;
    for (const Curve& curve : curves_)
      if (curve.points.back().mean > 0) order.push_back(&curve);
    // Regret that may be below zero is against a comparator that theorems about learning do not speak of.
    const auto negative = [](const Point& point) { return point.mean < 0; };
    for (const Curve& curve : curves_)
      if (std::ranges::any_of(curve.points, negative)) return;
    if (order.empty()) return;
    std::ranges::sort(order, {}, [](const Curve* curve) { return curve->points.back().mean; });
    const Curve& middle = *order[order.size() / 2];
    const double exponent = expected_exponent(grid_, grid_.learners[middle.learner]);
    std::vector<double> shape;
    for (const Point& point : middle.points) shape.push_back(std::pow(static_cast<double>(point.at), exponent));
    const std::string_view symbol = length_symbol(protocol_);
    add_dashed(middle, fmt::format("{}: the growth of the theorems' bounds", power_text(exponent, symbol)), shape,
               middle.points.back().mean / shape.back(), 7);
  }

  void add_bound(const Curve& curve, int colour, double highest) {
    const LearnerVariant& learner = grid_.learners[curve.learner];
    const auto bound = upper_bound(grid_.instances[instance_], learner, checkpoints(curve));
    const bool scaled = !learner.constant.empty() && learner.constant != "theory";
    if (!bound || std::isnan(bound->y.back()) || curve.points.back().mean <= 0) return;
    if (!bound->constants || scaled) {  // a scaled run claims no theorem: only the shape is compared
      const double factor = fitted_factor(curve, bound->y);
      if (factor > 0 && curves_.size() <= kWithShapes)
        add_dashed(curve, fmt::format("{}: shape of {}, fitted", learner.name, bound->label), bound->y, factor, colour);
      return;
    }
    if (bound->y.back() <= kOffTheChart * highest) {
      add_dashed(curve, fmt::format("{}: {}", learner.name, bound->label), bound->y, 1, colour);
    } else {
      figure_.notes.push_back(fmt::format("{}: the bound of {} is {:.2g} times what was measured", learner.label,
                                          bound->label, bound->y.back() / curve.points.back().mean));
    }
  }

  void add_dashed(const Curve& curve, std::string label, const std::vector<double>& y, double factor, int colour) {
    FigureLine line{.label = std::move(label), .x = {}, .y = {}, .colour = colour, .dashed = true};
    for (std::size_t i = 0; i < curve.points.size(); ++i) {
      if (std::isnan(y[i])) continue;  // nothing is promised there
      line.x.push_back(static_cast<double>(curve.points[i].at));
      line.y.push_back(factor * y[i]);
    }
    line.marks = line.x.size() == 1;  // a bound that holds after one round only
    line.joined = !line.marks;
    const auto same = [&](const FigureLine& other) { return other.label == line.label && other.y == line.y; };
    if (!line.x.empty() && std::ranges::none_of(figure_.lines, same)) figure_.lines.push_back(std::move(line));
  }

  static std::vector<std::int64_t> checkpoints(const Curve& curve) {
    std::vector<std::int64_t> at;
    for (const Point& point : curve.points) at.push_back(point.at);
    return at;
  }

  const Grid& grid_;
  const Results& results_;
  std::size_t instance_;
  Protocol protocol_;
  Figure figure_;
  std::vector<Curve> curves_;
};

bool all_positive(const std::vector<AxisCurve>& curves) {
  return std::ranges::all_of(curves, [](const AxisCurve& curve) {
    return std::ranges::all_of(curve.points, [](const AxisPoint& p) { return p.x > 0 && p.point.mean > 0; });
  });
}

/// The growth that the learner's paper promises, moved onto the measured line (least squares in logarithms).
std::optional<FigureLine> shape_line(const Grid& grid, const NeededCurve& curve, const FigureLine& measured) {
  const auto shape = sample_size_shape(grid.instances[curve.instance], grid.learners[curve.learner], measured.x);
  if (!shape) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < measured.x.size(); ++i) sum += std::log(measured.y[i] / shape->y[i]);
  const double factor = std::exp(sum / static_cast<double>(measured.x.size()));
  FigureLine line{.label = shape->label, .x = measured.x, .y = shape->y, .colour = measured.colour, .dashed = true};
  for (double& y : line.y) y *= factor;
  return line;
}

}  // namespace

Figure learning_curves(const Grid& grid, const Results& results, std::size_t instance, Protocol protocol,
                       std::string_view metric) {
  return CurveFigure(grid, results, instance, protocol).make(metric);
}

/// The title, and what is on the axis unless the title says so.
std::string title_against(const Grid& grid, std::string_view words, std::string_view name) {
  const std::string title = title_of(grid);
  return title.find(name) == std::string::npos ? fmt::format("{}, {} {}", title, words, name) : title;
}

/// What nobody can beat, at the points of a curve; nothing where the theorem does not hold at all of them.
std::optional<FigureLine> lower_line(const Grid& grid, const AxisCurve& curve) {
  FigureLine line{.label = {}, .x = {}, .y = {}, .colour = kLowerBound, .dashed = true};
  for (const AxisPoint& point : curve.points) {
    const std::int64_t at = point.point.at;
    const auto bound = lower_bound(grid.instances[point.instance], grid.learners[point.learner], {&at, 1});
    if (!bound) return std::nullopt;
    line.label = bound->label;
    line.x.push_back(point.x);
    line.y.push_back(bound->y.front());
  }
  return line;
}

/// The metrics that the points of the curves show, each once: "regret" is another for each protocol.
std::vector<std::string> metrics_shown(const Grid& grid, const std::vector<AxisCurve>& curves,
                                       std::string_view metric) {
  std::vector<std::string> names;
  for (const AxisCurve& curve : curves)
    for (const AxisPoint& point : curve.points) {
      std::string name = metric_named(grid.learners[point.learner], metric);
      if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
  return names;
}

/// "largest error of Q after 400,000 samples of each choice", where all points have one length.
std::string final_text(const Grid& grid, const std::vector<AxisCurve>& curves, std::string_view metric) {
  std::vector<std::string> shown = metrics_shown(grid, curves, metric);
  if (shown.empty()) return {};
  const bool stopping = shown == std::vector<std::string>{"episodes"};
  for (std::string& name : shown) name = metric_text(name);
  const std::string text = join_names(shown);
  if (stopping) return text;
  const AxisPoint& first = curves.front().points.front();
  for (const AxisCurve& curve : curves)
    for (const AxisPoint& point : curve.points)
      if (point.point.at != first.point.at) return text + ", at the end";
  return fmt::format("{} after {} {}", text, grouped(first.point.at), unit_of(grid.learners[first.learner].protocol));
}

/// What theorems promise of stopping times for small epsilon, through the end of the line in the middle.
FigureLine precision_line(const std::vector<FigureLine>& lines) {
  std::vector<const FigureLine*> order;
  for (const FigureLine& line : lines) order.push_back(&line);
  std::ranges::sort(order, {}, [](const FigureLine* line) { return line->y.back(); });
  const FigureLine& middle = *order[order.size() / 2];
  FigureLine growth{.label = "1 / epsilon^2: the growth of the theorems' bounds for small epsilon",
                    .x = middle.x,
                    .y = {},
                    .colour = 7,
                    .dashed = true};
  for (const double x : middle.x) growth.y.push_back(middle.y.back() * std::pow(x / middle.x.back(), 2));
  return growth;
}

Figure against_parameter(const Grid& grid, const Results& results, const Axis& axis, std::string_view metric) {
  const std::string name = x_of(grid, axis);
  Figure figure{.title = title_against(grid, "against", name), .x_label = name, .y_label = {}, .lines = {}};
  const std::vector<AxisCurve> curves = against(grid, results, axis, metric);
  figure.y_label = final_text(grid, curves, metric);
  figure.log_x = figure.log_y = all_positive(curves);
  for (const AxisCurve& curve : curves) {
    if (!curve.numeric || curve.points.size() < 2) continue;
    FigureLine line{.label = curve.label + slope_text(curve.rate, true),
                    .x = {},
                    .y = {},
                    .colour = static_cast<int>(figure.lines.size()),
                    .marks = true};
    for (const AxisPoint& point : curve.points) {
      line.x.push_back(point.x);
      line.y.push_back(point.point.mean);
      line.low.push_back(point.point.interval.low);
      line.high.push_back(point.point.interval.high);
    }
    figure.lines.push_back(std::move(line));
  }
  let_hidden_lines_be_seen(figure.lines);
  figure.notes.push_back(fmt::format("points: means of {} seeds; bands: {:g} % for each point", grid.num_seeds(),
                                     100 * grid.plan.summary.level));
  for (const AxisCurve& curve : curves)
    if (curve.missing > 0)
      figure.notes.push_back(fmt::format("{}: {} of {} points are not known, runs reached their limit", curve.label,
                                         curve.missing, curve.missing + static_cast<int>(curve.points.size())));
  const std::vector<std::string> shown = metrics_shown(grid, curves, metric);
  const auto only = [&](auto&& wanted) { return shown.size() == 1 && wanted(shown.front()); };
  if (!figure.lines.empty() && is_precision(grid, axis) && only([](const auto& one) { return one == "episodes"; }))
    figure.lines.push_back(precision_line(figure.lines));
  if (!figure.lines.empty() && !axis.of_learner && only(is_bounded))
    if (auto lower = lower_line(grid, curves.front())) figure.lines.push_back(std::move(*lower));
  return figure;
}

Figure sample_sizes(const Grid& grid, const Results& results, const Axis& axis, std::string_view metric) {
  Figure figure{.title = title_against(grid, "samples against", x_of(grid, axis)),
                .x_label = x_of(grid, axis),
                .y_label = fmt::format("samples of each choice until the {} stays below {:g}",
                                       metric_text(metric == "regret" ? "value-error" : metric), grid.plan.precision()),
                .log_x = true,
                .log_y = true,
                .lines = {}};
  std::vector<FigureLine> shapes;
  for (const NeededCurve& curve : needed_lengths(grid, results, axis, metric)) {
    FigureLine line{.label = curve.label + slope_text(curve.rate, true),
                    .x = {},
                    .y = {},
                    .colour = static_cast<int>(figure.lines.size()),
                    .marks = true};
    for (const NeededLength& point : curve.points) {
      line.x.push_back(point.x);
      line.y.push_back(point.length);
      line.low.push_back(point.interval.low);
      line.high.push_back(point.interval.high);
    }
    const auto lacks = [](double end) { return std::isnan(end); };
    if (std::ranges::any_of(line.low, lacks)) line.low.clear(), line.high.clear();
    if (axis.setting == "discount") {
      if (auto shape = shape_line(grid, curve, line)) shapes.push_back(std::move(*shape));
    }
    if (curve.missing > 0)
      figure.notes.push_back(fmt::format("{}: {} of {} points are not reached in these runs", curve.label,
                                         curve.missing, curve.missing + static_cast<int>(curve.points.size())));
    figure.lines.push_back(std::move(line));
  }
  figure.lines.insert(figure.lines.end(), shapes.begin(), shapes.end());
  figure.notes.insert(figure.notes.begin(),
                      fmt::format("read off means of {} seeds; bands and intervals of slopes: {:g} %, from resampled "
                                  "seeds",
                                  grid.num_seeds(), 100 * grid.plan.summary.level));
  return figure;
}

std::optional<std::string> nothing_to_draw(const Grid& grid) {
  for (const LearnerVariant& learner : grid.learners) {
    if (!measures(learner, grid.plan.summary.metric)) continue;
    if (stops_itself(learner) || learner.checkpoints.size() > 1) return std::nullopt;
  }
  for (const Axis& axis : grid.axes)
    for (std::size_t i = 0; i < grid.instances.size(); ++i)
      for (std::size_t k = 0; k < grid.learners.size(); ++k)
        if (const auto value = grid.value(axis, i, k); value && parse_double(*value)) return std::nullopt;
  return "there is nothing to draw: every run is measured once, at its end, and no number is swept";
}

std::vector<NamedFigure> figures(const Grid& grid, const Results& results, std::string_view metric) {
  std::vector<NamedFigure> out;
  const auto add = [&](const std::string& name, Figure figure) {
    if (!figure.lines.empty()) out.push_back({file_name(name), std::move(figure)});
  };
  for (std::size_t i = 0; i < grid.instances.size(); ++i) {
    add(grid.instances[i].name, learning_curves(grid, results, i, Protocol::kEpisodic, metric));
    add(grid.instances[i].name + " discounted", learning_curves(grid, results, i, Protocol::kDiscounted, metric));
    add(grid.instances[i].name, learning_curves(grid, results, i, Protocol::kGenerative, metric));
    add(grid.instances[i].name, learning_curves(grid, results, i, Protocol::kRounds, metric));
    add(grid.instances[i].name + " long run", learning_curves(grid, results, i, Protocol::kAverage, metric));
    add(grid.instances[i].name + " with limits", learning_curves(grid, results, i, Protocol::kConstrained, metric));
    if (metric == "regret")  // safe learners are told by what they do not break
      add(grid.instances[i].name + " over the limit",
          learning_curves(grid, results, i, Protocol::kConstrained, "hard-violation"));
    add(grid.instances[i].name + " stopping", stopping_times(grid, results, i, metric));
  }
  for (const Axis& axis : grid.axes)
    if (!axis.of_learner) add("samples against " + axis.name, sample_sizes(grid, results, axis, metric));
  for (const Axis& axis : grid.axes) add("against " + axis.name, against_parameter(grid, results, axis, metric));
  return out;
}

}  // namespace bellwether::experiments
