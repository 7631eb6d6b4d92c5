#include "experiments/engine/sample_size.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace bellwether::experiments {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The learning curves of all points of an axis curve, seed by seed.
class Curves {
 public:
  Curves(const Grid& grid, const Results& results, const AxisCurve& along, std::string_view metric)
      : level_(grid.plan.precision()) {
    for (const AxisPoint& p : along.points) {
      samples_.push_back(sample(grid, results, p.instance, p.learner, metric_named(grid.learners[p.learner], metric)));
      at_.emplace_back(samples_.back().at.begin(), samples_.back().at.end());
      x_.push_back(p.x);
    }
    for (const std::uint64_t seed : grid.plan.seeds) add_if_finished(seed);
  }

  std::size_t seeds() const { return rows_.size(); }
  const std::vector<double>& x() const { return x_; }

  /// The needed length of each point when seed number i counts weights[i] times.
  std::vector<double> lengths(const std::vector<int>& weights) const {
    std::vector<double> found;
    for (std::size_t p = 0; p < samples_.size(); ++p) {
      std::vector<double> means(at_[p].size(), 0.0);
      double total = 0;
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (weights[i] == 0) continue;
        total += weights[i];
        for (std::size_t k = 0; k < means.size(); ++k) means[k] += weights[i] * samples_[p].table().at(rows_[i][p], k);
      }
      for (double& m : means) m /= total;
      found.push_back(last_crossing(at_[p], means, level_));
    }
    return found;
  }

 private:
  void add_if_finished(std::uint64_t seed) {
    std::vector<std::size_t> row;
    for (const Sample& one : samples_) {
      const auto found = std::ranges::find(one.seeds, seed);
      if (found == one.seeds.end()) return;
      row.push_back(static_cast<std::size_t>(found - one.seeds.begin()));
    }
    rows_.push_back(std::move(row));
  }

  double level_;
  std::vector<Sample> samples_;
  std::vector<std::vector<double>> at_;
  std::vector<double> x_;
  std::vector<std::vector<std::size_t>> rows_;  ///< of each seed that all points have: its row in each sample
};

/// What resampled seeds say: slopes, and lengths point by point.
struct Resampled {
  std::vector<double> slopes;
  std::vector<std::vector<double>> lengths;
};

Resampled resample(const Curves& curves, int resamples, const Stream& stream) {
  Resampled out;
  out.lengths.resize(curves.x().size());
  std::vector<int> weights;
  for (int b = 0; b < resamples; ++b) {
    Stream draws = stream.child(static_cast<std::uint64_t>(b));
    weights.assign(curves.seeds(), 0);
    for (std::size_t i = 0; i < curves.seeds(); ++i) ++weights[draws.below(curves.seeds())];
    const std::vector<double> lengths = curves.lengths(weights);
    for (std::size_t p = 0; p < lengths.size(); ++p) out.lengths[p].push_back(lengths[p]);
    // power_line() leaves out what is not a number.
    const double slope = power_line(curves.x(), lengths).slope;
    if (!std::isnan(slope)) out.slopes.push_back(slope);
  }
  return out;
}

Interval interval_of(const std::vector<double>& resampled, std::size_t seeds, double level) {
  if (std::ranges::any_of(resampled, [](double x) { return std::isnan(x); })) return {kNaN, kNaN};
  return resampled_interval(resampled, seeds, level);
}

std::optional<NeededCurve> needed(const Grid& grid, const Results& results, const AxisCurve& along,
                                  std::string_view metric) {
  const Curves curves(grid, results, along, metric);
  if (curves.seeds() == 0) return std::nullopt;
  const SummaryOptions& options = grid.plan.summary;
  const bool many = curves.seeds() > 1;
  const std::vector<double> lengths = curves.lengths(std::vector<int>(curves.seeds(), 1));
  const Stream draws = Stream(grid.plan.stream).child("summary").child("needed").child(along.label).child(metric);
  const Resampled resampled = many ? resample(curves, options.resamples, draws) : Resampled{};
  NeededCurve curve{.label = along.label, .instance = along.points[0].instance, .learner = along.points[0].learner};
  for (std::size_t p = 0; p < lengths.size(); ++p) {
    if (std::isnan(lengths[p])) {
      ++curve.missing;
      continue;
    }
    curve.points.push_back(
        {.x = curves.x()[p],
         .length = lengths[p],
         .interval = many ? interval_of(resampled.lengths[p], curves.seeds(), options.level) : Interval{kNaN, kNaN}});
  }
  const PowerLine line = power_line(curves.x(), lengths);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  curve.rate = {.slope = line.slope,
                .constant = line.constant,
                .interval = {-kInfinity, kInfinity},
                .level = options.level,
                .points = static_cast<int>(curve.points.size()),
                .dropped = curve.missing,
                .replicates = static_cast<int>(curves.seeds())};
  if (!resampled.slopes.empty())
    curve.rate.interval = resampled_interval(resampled.slopes, curves.seeds(), options.level);
  return curve;
}

}  // namespace

double last_crossing(std::span<const double> at, std::span<const double> means, double level) {
  std::size_t above = means.size();  // the last one above, or none
  for (std::size_t i = 0; i < means.size(); ++i)
    if (!(means[i] <= level)) above = i;
  if (above + 1 >= means.size()) return kNaN;  // never below for good; `above` + 1 wraps to no crossing too
  const double high = std::log(means[above]), low = std::log(means[above + 1]);
  const double share = std::isfinite(low) ? (high - std::log(level)) / (high - low) : 1;
  return at[above] * std::pow(at[above + 1] / at[above], share);
}

std::vector<NeededCurve> needed_lengths(const Grid& grid, const Results& results, const Axis& axis,
                                        std::string_view metric) {
  std::vector<NeededCurve> curves;
  for (const AxisCurve& along : against(grid, results, axis, metric)) {
    const LearnerVariant& learner = grid.learners[along.points[0].learner];
    if (!along.numeric || learner.protocol != Protocol::kGenerative) continue;
    auto curve = needed(grid, results, along, metric);
    if (curve && curve->points.size() >= 2) curves.push_back(std::move(*curve));
  }
  return curves;
}

}  // namespace bellwether::experiments
