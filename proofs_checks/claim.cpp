#include "proofs_checks/claim.h"

#include <cmath>
#include <utility>

#include <boost/math/distributions/binomial.hpp>
#include <fmt/format.h>

#include "core/errors.h"
#include "core/statistics.h"

namespace bellwether::claims {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kNever:
      return "never";
    case Kind::kBelow:
      return "below";
    case Kind::kRate:
      return "rate";
    case Kind::kEqual:
      return "equal";
    case Kind::kAbove:
      return "above";
  }
  return "never";
}

std::string_view to_string(Tier tier) { return tier == Tier::kFast ? "fast" : "full"; }

std::int64_t most_violations(std::int64_t trials, double delta) {
  if (delta <= 0) return 0;
  const boost::math::binomial law(static_cast<double>(trials), delta);
  std::int64_t k = 0;
  while (k < trials && boost::math::cdf(boost::math::complement(law, static_cast<double>(k))) > 1 - kConfidence) ++k;
  return k;
}

Measurement never(std::int64_t violated, std::int64_t trials, double delta, std::string detail) {
  const std::int64_t allowed = most_violations(trials, delta);
  if (trials > 0 && allowed >= trials)
    throw InvalidOption(fmt::format(
        "a claim of {} runs, each of which may fail with probability {}, cannot fail: {} failures are allowed", trials,
        delta, allowed));
  return {.measured = static_cast<double>(violated),
          .bound = static_cast<double>(allowed),
          .replicates = trials,
          .detail = std::move(detail)};
}

Measurement mean_against(const std::vector<double>& samples, double bound, std::string detail) {
  const Interval interval = mean_interval(samples, kConfidence);
  return {.measured = mean(samples),
          .bound = bound,
          .uncertainty = (interval.high - interval.low) / 2,
          .replicates = static_cast<std::int64_t>(samples.size()),
          .detail = std::move(detail)};
}

Measurement slope_within(const std::vector<double>& slopes, double lowest, double highest, std::string detail) {
  Measurement result = mean_against(slopes, highest, std::move(detail));
  result.lowest = lowest;
  return result;
}

double margin(Kind kind, const Measurement& m) {
  const double over = m.bound - (m.measured + m.uncertainty);
  const double under = (m.measured - m.uncertainty) - m.bound;
  switch (kind) {
    case Kind::kAbove:
      return under;
    case Kind::kRate: {
      const double above_lowest = (m.measured - m.uncertainty) - m.lowest;
      // Written so that a NaN on either side stays one.
      return above_lowest < over ? above_lowest : over;
    }
    default:
      return over;
  }
}

bool holds(Kind kind, const Measurement& m) { return m.replicates > 0 && margin(kind, m) >= 0; }

bool refuted(Kind kind, const Measurement& m) {
  Measurement friendliest = m;
  friendliest.uncertainty = -m.uncertainty;
  return m.replicates > 0 && margin(kind, friendliest) < 0;
}

}  // namespace bellwether::claims
