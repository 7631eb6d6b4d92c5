// Compiled twice: for the studies that take seconds, and for those that take minutes.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

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

std::vector<std::string> chosen() {
  std::vector<std::string> ids;
  for (const Study& study : study_table())
    if (study.slow == kSlow) ids.push_back(study.id());
  return ids;
}

void expect_points_numbers_and_notes(const Study& study) {
  const Findings& findings = findings_of(study.id());
  EXPECT_GE(findings.series.size(), 1);
  EXPECT_FALSE(findings.numbers.empty() || findings.notes.empty());
  for (const Series& series : findings.series) {
    EXPECT_GE(series.x.size(), 2) << series.name;
    const auto shown = [&](double y) { return std::isfinite(y) && (!study.y.logarithmic || y > 0); };
    EXPECT_TRUE(std::ranges::any_of(series.y, shown)) << series.name;
  }
}

/// Wherever theory bounds what is measured at the same place, it holds.
void expect_within(const Series& bound, const Series& measured) {
  std::size_t compared = 0;
  for (std::size_t i = 0; i < bound.x.size(); ++i) {
    const auto at = std::ranges::find(measured.x, bound.x[i]);
    if (at == measured.x.end() || std::isnan(bound.y[i])) continue;
    const double y = measured.y[static_cast<std::size_t>(at - measured.x.begin())];
    EXPECT_TRUE(bound.from_below ? y >= bound.y[i] * (1 - 1e-9) : y <= bound.y[i] * (1 + 1e-9))
        << y << " and " << bound.y[i] << ": " << bound.name << " at " << bound.x[i];
    ++compared;
  }
  EXPECT_GE(compared, bound.x.size() - 1) << bound.name << ": one place may have nothing that is measured";
}

class AllStudies : public testing::TestWithParam<std::string> {};

TEST_P(AllStudies, HavePointsNumbersAndNotesAndKeepToTheirBounds) {
  const Study& study = find(GetParam());
  expect_points_numbers_and_notes(study);
  if (!study.y.logarithmic) return;
  for (const Series& bound : findings_of(study.id()).series)
    if (!bound.measured()) expect_within(bound, series_of(study.id(), bound.of));
}

INSTANTIATE_TEST_SUITE_P(, AllStudies, testing::ValuesIn(chosen()), [](const auto& instance) {
  std::string name = instance.param;
  std::ranges::replace_if(
      name, [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace bellwether::studies
