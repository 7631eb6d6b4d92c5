#include "bandits/recovering/plan/envelope.h"

#include <algorithm>

namespace bellwether::bandits {
namespace {

/// Slopes this close are the same: points of one line do not become corners by their rounding.
constexpr double kSameSlope = 1e-13;

}  // namespace

void build_envelope(const Recovery& recovery, std::vector<Corner>& corners) {
  corners.clear();
  // b is not above the line from a to c.
  const auto under = [](const Corner& a, const Corner& b, const Corner& c) {
    const double ax = a.delay == 0 ? 0 : a.x(), bx = b.x(), cx = c.x();
    return (b.value - a.value) * (cx - ax) <= (c.value - a.value) * (bx - ax) * (1 + kSameSlope);
  };
  for (int d = static_cast<int>(recovery.size()); d >= 1; --d) {
    const Corner point{d, recovery[static_cast<std::size_t>(d - 1)] / d};
    while (!corners.empty() &&
           under(corners.size() > 1 ? corners[corners.size() - 2] : Corner{}, corners.back(), point))
      corners.pop_back();
    if (point.value > (corners.empty() ? 0 : corners.back().value)) corners.push_back(point);
  }
}

std::vector<Corner> envelope(const Recovery& recovery) {
  std::vector<Corner> corners;
  build_envelope(recovery, corners);
  return corners;
}

double envelope_value(std::span<const Corner> corners, double x) {
  double left = 0, below = 0;
  for (const Corner& corner : corners) {
    if (x <= corner.x()) return below + (corner.value - below) * (x - left) / (corner.x() - left);
    left = corner.x();
    below = corner.value;
  }
  return below;
}

void PullProgramme::build(std::span<const std::vector<Corner>> envelopes) {
  arms_ = envelopes.size();
  segments_.clear();
  for (std::size_t i = 0; i < envelopes.size(); ++i) {
    double left = 0, below = 0;
    for (const Corner& corner : envelopes[i]) {
      const double width = corner.x() - left;
      segments_.push_back({(corner.value - below) / width, width, static_cast<int>(i), corner.delay});
      left = corner.x();
      below = corner.value;
    }
  }
  // Slopes of one arm fall strictly, so its segments are taken from left to right; ties between arms go to the first.
  std::ranges::sort(segments_, [](const Segment& a, const Segment& b) {
    return a.slope != b.slope ? a.slope > b.slope : (a.arm != b.arm ? a.arm < b.arm : a.delay > b.delay);
  });
}

double PullProgramme::solve(double capacity, std::vector<int>* delays) const {
  if (delays != nullptr) delays->assign(arms_, 0);
  // Widths are differences of reciprocals: what rounding leaves of the capacity decides nothing.
  constexpr double kSlack = 1e-12;
  double value = 0;
  for (const Segment& segment : segments_) {
    if (segment.width > capacity + kSlack) return value + segment.slope * std::max(capacity, 0.0);
    capacity -= segment.width;
    value += segment.slope * segment.width;
    if (delays != nullptr) (*delays)[static_cast<std::size_t>(segment.arm)] = segment.delay;
  }
  return value;
}

double pull_bound(std::span<const Recovery> recoveries, int pulls) {
  std::vector<std::vector<Corner>> envelopes;
  for (const Recovery& recovery : recoveries) envelopes.push_back(envelope(recovery));
  PullProgramme programme;
  programme.build(envelopes);
  return programme.solve(pulls);
}

}  // namespace bellwether::bandits
