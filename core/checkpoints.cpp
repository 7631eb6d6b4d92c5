#include "core/checkpoints.h"

#include <cmath>

namespace bellwether {

std::vector<std::int64_t> log_checkpoints(std::int64_t last) {
  std::vector<std::int64_t> points;
  for (double x = 1; x < static_cast<double>(last); x *= 1.122018454301963) {  // 10^(1/20)
    const auto point = static_cast<std::int64_t>(std::llround(x));
    if (point < last && (points.empty() || point > points.back())) points.push_back(point);
  }
  points.push_back(last);
  return points;
}

}  // namespace bellwether
