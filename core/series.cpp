#include "core/series.h"

#include <algorithm>
#include <bit>

namespace bellwether {

void Series::append(std::int64_t place, std::initializer_list<double> row) {
  at.push_back(place);
  values.insert(values.end(), row);
}

bool operator==(const Series& a, const Series& b) {
  const auto same = [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
  };
  return a.metrics == b.metrics && a.at == b.at && std::ranges::equal(a.values, b.values, same);
}

}  // namespace bellwether
