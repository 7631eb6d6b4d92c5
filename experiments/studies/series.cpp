#include "experiments/studies/series.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace bellwether::studies {

std::string short_number(double x) { return std::isfinite(x) ? fmt::format("{:.4g}", x) : "-"; }

std::vector<std::size_t> spread(std::size_t count, int per_decade) {
  std::vector<std::size_t> places;
  const double growth = std::pow(10, 1.0 / per_decade);
  for (std::size_t i = 0; i < count;) {
    places.push_back(i);
    i = std::max(i + 1, static_cast<std::size_t>(static_cast<double>(i) * growth));
  }
  if (count > 0 && places.back() != count - 1) places.push_back(count - 1);
  return places;
}

std::optional<std::size_t> settles_at(std::span<const double> y, double level) {
  std::size_t first = y.size();
  while (first > 0 && y[first - 1] <= level) --first;
  if (first == y.size()) return std::nullopt;
  return first;
}

std::string settled_text(std::span<const double> at, std::span<const double> y, double level) {
  const auto place = settles_at(y, level);
  return place ? fmt::format("{:.6g}", at[*place]) : fmt::format("not by {:.6g}", at.back());
}

Series thinned(Series series, std::span<const std::size_t> places) {
  const auto keep = [&](std::vector<double>& all) {
    if (all.empty()) return;
    std::vector<double> kept;
    for (const std::size_t i : places) kept.push_back(all[i]);
    all = std::move(kept);
  };
  keep(series.x);
  keep(series.y);
  keep(series.at);
  return series;
}

std::vector<double> counting(std::size_t count) {
  std::vector<double> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0.0);
  return numbers;
}

}  // namespace bellwether::studies
