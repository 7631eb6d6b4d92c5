#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "experiments/studies/study.h"

namespace bellwether::studies {

// What several studies need to make their series and tables.

/// Four digits: "0.02315", "1.2e-09"; a dash for what is not a number or infinite.
std::string short_number(double x);

/// Places 0, 1, 2, ... of `count`, then about `per_decade` a decade, and the last: a long curve with few points.
std::vector<std::size_t> spread(std::size_t count, int per_decade = 40);

/// The first place from which on all entries are at most `level`; nothing when the last one is above.
std::optional<std::size_t> settles_at(std::span<const double> y, double level);

/// "37", or "not by 1000" when it never settled: `at` is what the entries were computed for.
std::string settled_text(std::span<const double> at, std::span<const double> y, double level);

/// The series with the points at these places alone.
Series thinned(Series series, std::span<const std::size_t> places);

/// 0, 1, 2, ..., count - 1.
std::vector<double> counting(std::size_t count);

}  // namespace bellwether::studies
