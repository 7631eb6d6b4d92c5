#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/engine/summary.h"
#include "experiments/plot/figure.h"

namespace bellwether::experiments {

/// The learning curves of all learners on one instance: means with bands that hold along the whole curve, the slope of
/// each in the legend, the theorems' bounds where they fit on the chart and their distance in the notes where not.
/// Learners of another protocol than `protocol` are left out. No lines when nothing was finished.
Figure learning_curves(const Grid& grid, const Results& results, std::size_t instance, Protocol protocol,
                       std::string_view metric);

/// The final metric against a swept parameter; the axis says which it is.
Figure against_parameter(const Grid& grid, const Results& results, const Axis& axis, std::string_view metric);

/// How many samples it takes until the mean of the metric stays below the plan's epsilon, against a swept parameter,
/// with the growth that theorems promise in dashes; no lines where nothing is sampled from a generative model.
Figure sample_sizes(const Grid& grid, const Results& results, const Axis& axis, std::string_view metric);

/// A figure with the end of its file name: "riverswim@1", "delta".
struct NamedFigure {
  std::string name;
  Figure figure;
};

/// Why figures() will be empty, as far as it is known before a run.
std::optional<std::string> nothing_to_draw(const Grid& grid);

/// All figures of an experiment: learning curves (or stopping times) of each instance and protocol, then those of each
/// swept number.
std::vector<NamedFigure> figures(const Grid& grid, const Results& results, std::string_view metric);

}  // namespace bellwether::experiments
