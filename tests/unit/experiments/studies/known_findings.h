#pragma once

#include <algorithm>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "experiments/studies/registry.h"

namespace bellwether::studies {

inline const Study& find(const std::string& id) {
  return *std::ranges::find_if(study_table(), [&](const Study& study) { return study.id() == id; });
}

/// Each study is computed once for all tests.
inline const Findings& findings_of(const std::string& id) {
  static std::map<std::string, Findings> known;
  if (!known.contains(id)) known[id] = run_study(find(id), {.threads = 2}).findings;
  return known[id];
}

inline const Series& series_of(const std::string& id, const std::string& name) {
  const Findings& findings = findings_of(id);
  const auto at = std::ranges::find(findings.series, name, &Series::name);
  EXPECT_NE(at, findings.series.end()) << name;
  return *at;
}

}  // namespace bellwether::studies
