#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// What the suite says of a claim, or of one of its controls.
enum class Verdict {
  kHolds,       ///< the claim held
  kFails,       ///< the claim failed, or its measurement does not decide
  kCaught,      ///< the control was refuted, as it must be
  kSlipped,     ///< the control was not refuted: the claim cannot tell right from wrong, a defect of the claim
  kBroken,      ///< the measurement threw; `error` says what
  kNotMeasured  ///< of a report that is not finished
};

/// "holds", "FAILS", "caught", "SLIPPED", "BROKEN", "not measured".
std::string_view to_string(Verdict verdict);

/// A row of the suite's table: a claim, or one of its controls.
struct Outcome {
  const Claim* claim = nullptr;
  const Control* control = nullptr;  ///< null for the claim itself
  Measurement measurement = {};
  double margin = 0;
  Verdict verdict = Verdict::kNotMeasured;
  std::string error = {};

  bool good() const { return verdict == Verdict::kHolds || verdict == Verdict::kCaught; }
};

/// What a run of the suite found: each claim followed by its controls, in the order they were given. Of a run that was
/// stopped only what was measured.
struct Report {
  std::vector<Outcome> rows;
  std::int64_t claims = 0, controls = 0;
  std::int64_t failures = 0;  ///< claims that failed or broke
  std::int64_t defects = 0;   ///< controls that slipped or broke
  std::vector<const Claim*> unfinished =
      {};  ///< those that were stopped before they and all their controls were measured

  /// Every claim held and every control was caught.
  bool passed() const { return failures == 0 && defects == 0 && unfinished.empty(); }
};

struct SuiteOptions {
  Tier tier = Tier::kFast;
  std::uint64_t seed = 20;  ///< of all statistical claims; never changed after a failure
  /// Called with how many measurements are done and how many there are, from one thread at a time; once it says false
  /// no other measurement begins.
  std::function<bool(std::int64_t done, std::int64_t all)> observer = nullptr;
};

/// Measures claims and controls in parallel. The stream of a claim and of its controls depends on the seed and the
/// claim's id alone, so a claim measures the same whichever others run beside it and on however many threads.
Report run_suite(std::span<const Claim* const> claims, const SuiteOptions& options = {});

}  // namespace bellwether::claims
