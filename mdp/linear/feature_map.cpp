#include "mdp/linear/feature_map.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::mdp {

FeatureMap::FeatureMap(int dimension, Array<double> rows) : dimension_(dimension), rows_(std::move(rows)) {
  if (dimension < 1) throw InvalidModel(fmt::format("features have dimension {}, must be at least 1", dimension));
  if (rows_.empty() || rows_.size() % static_cast<std::size_t>(dimension) != 0)
    throw InvalidModel(
        fmt::format("{} numbers are no features of dimension {}: rows must be whole", rows_.size(), dimension));
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (!std::isfinite(rows_[i]))
      throw InvalidModel(fmt::format("feature {} of choice {} is {}", i % static_cast<std::size_t>(dimension),
                                     i / static_cast<std::size_t>(dimension), rows_[i]));
}

double FeatureMap::largest_norm() const { return matrix().rowwise().norm().maxCoeff(); }

FeatureMap one_hot(std::int64_t choices) {
  constexpr std::int64_t kMostChoices = 5000;  // squared: 200 MB
  if (choices > kMostChoices)
    throw InvalidModel(
        fmt::format("unit vectors for {} choices are too long, at most {} can be made", choices, kMostChoices));
  std::vector<double> rows(static_cast<std::size_t>(choices * choices), 0.0);
  for (std::int64_t c = 0; c < choices; ++c) rows[static_cast<std::size_t>(c * choices + c)] = 1;
  return {static_cast<int>(choices), std::move(rows)};
}

}  // namespace bellwether::mdp
