#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proofs_checks/registry.h"
#include "proofs_checks/suite.h"

namespace bellwether::claims {

inline void PrintTo(const Claim* claim, std::ostream* out) { *out << claim->id; }

/// One test a claim of the family: the claim holds and each of its controls is refuted.
class FamilyOfClaims : public ::testing::TestWithParam<const Claim*> {
 protected:
  static void expect_good(const Claim* claim, const SuiteOptions& options) {
    const std::vector<const Claim*> one = {claim};
    for (const Outcome& row : run_suite(one, options).rows) {
      EXPECT_TRUE(row.good()) << (row.control == nullptr ? "the claim" : "control " + row.control->name) << ": "
                              << to_string(row.verdict) << ", measured " << row.measurement.measured << " +- "
                              << row.measurement.uncertainty << " against " << row.measurement.bound << " ("
                              << row.measurement.detail << row.error << ")";
    }
  }
};

inline std::vector<const Claim*> fast_claims_of(const std::string& family) {
  const std::vector<std::string> words = {family};
  return select_claims(words, Tier::kFast);
}

inline std::string test_name(const ::testing::TestParamInfo<const Claim*>& info) {
  std::string name = info.param->id;
  for (char& letter : name)
    if (letter == '-') letter = '_';
  return name;
}

}  // namespace bellwether::claims
