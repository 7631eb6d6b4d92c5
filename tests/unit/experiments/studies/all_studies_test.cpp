// Compiled twice: for the studies that take seconds, and for those that take minutes.

#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "experiments/studies/registry.h"
#include "tests/unit/experiments/studies/known_findings.h"

namespace bellwether::studies {
namespace {

#ifdef BELLWETHER_SLOW_STUDIES
constexpr bool kSlow = true;
#else
constexpr bool kSlow = false;
#endif

void expect_points_numbers_and_notes() {
  for (const Study& study : study_table()) {
    if (study.slow != kSlow) continue;
    const Findings& findings = findings_of(study.id());
    EXPECT_GE(findings.series.size(), 1) << study.id();
    EXPECT_FALSE(findings.numbers.empty() || findings.notes.empty()) << study.id();
    for (const Series& series : findings.series) {
      EXPECT_GE(series.x.size(), 2) << study.id() << ": " << series.name;
      const auto shown = [&](double y) { return std::isfinite(y) && (!study.y.logarithmic || y > 0); };
      EXPECT_TRUE(std::ranges::any_of(series.y, shown)) << study.id() << ": " << series.name;
    }
  }
}

/// Wherever theory bounds what is measured at the same place, it holds.
void expect_within_bounds() {
  std::int64_t compared = 0;
  for (const Study& study : study_table()) {
    if (!study.y.logarithmic || study.slow != kSlow) continue;
    for (const Series& bound : findings_of(study.id()).series) {
      if (bound.measured()) continue;
      const Series& measured = series_of(study.id(), bound.of);
      for (std::size_t i = 0; i < bound.x.size(); ++i) {
        const auto at = std::ranges::find(measured.x, bound.x[i]);
        if (at == measured.x.end() || std::isnan(bound.y[i])) continue;
        const double y = measured.y[static_cast<std::size_t>(at - measured.x.begin())];
        EXPECT_TRUE(bound.from_below ? y >= bound.y[i] * (1 - 1e-9) : y <= bound.y[i] * (1 + 1e-9))
            << y << " and " << bound.y[i] << " in " << study.id() << ": " << bound.name << " at " << bound.x[i];
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, kSlow ? 0 : 500);
}

// One test: each is a process of its own, and the studies are computed once.
TEST(AllStudies, HavePointsNumbersAndNotesAndKeepToTheirBounds) {
  expect_points_numbers_and_notes();
  expect_within_bounds();
}

}  // namespace
}  // namespace bellwether::studies
