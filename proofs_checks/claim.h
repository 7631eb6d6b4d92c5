#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "core/stream.h"

namespace bellwether::claims {

/// What sort of promise a claim makes.
enum class Kind {
  kNever,  ///< a property is violated in no run, or no more often than the theorem's delta allows
  kBelow,  ///< a quantity stays under the theorem's bound
  kRate,   ///< a fitted exponent lies in an interval
  kEqual,  ///< two independent routes to one number agree
  kAbove   ///< an instance hurts every algorithm at least this much
};

/// "never", "below", "rate", "equal", "above".
std::string_view to_string(Kind kind);

/// Which run of the suite: seconds, or as long as it takes.
enum class Tier { kFast, kFull };

std::string_view to_string(Tier tier);

/// How hard to look. A claim and its controls get the same stream, so they meet the same noise.
struct Effort {
  Tier tier = Tier::kFast;
  Stream stream = Stream(0);

  /// The noise of one of several runs.
  Stream run(std::int64_t index) const { return stream.child(static_cast<std::uint64_t>(index)); }

  /// One size for the fast tier, another for the full one.
  template <class T>
  T pick(T fast, T full) const {
    return tier == Tier::kFast ? fast : full;
  }
};

/// What was measured and what the theorem allows. Make one with the functions below.
struct Measurement {
  double measured = std::numeric_limits<double>::quiet_NaN();
  double bound = std::numeric_limits<double>::quiet_NaN();
  double lowest = -std::numeric_limits<double>::infinity();  ///< kRate: the other end of the interval
  /// Half the width of a confidence interval around `measured`, all of which must keep to the bound; 0 when `measured`
  /// is exact.
  double uncertainty = 0;
  std::int64_t replicates = 1;
  std::string detail = {};  ///< one line: the worst case, how close the run came
};

/// `violated` of `trials` independent runs broke a promise that may fail with probability `delta`. The bound is the
/// largest number of violations that a true promise produces with probability kConfidence: 0 when delta is 0.
Measurement never(std::int64_t violated, std::int64_t trials, double delta, std::string detail = {});

/// The mean of `samples`, which must stay under the bound (kBelow) or above it (kAbove) with confidence kConfidence.
Measurement mean_against(const std::vector<double>& samples, double bound, std::string detail = {});

/// A slope fitted to several independent runs, which must lie in [lowest, highest] with confidence kConfidence.
Measurement slope_within(const std::vector<double>& slopes, double lowest, double highest, std::string detail = {});

/// Of confidence intervals and of the number of violations: one true claim in a thousand may fail by bad luck. Seeds
/// are fixed, so a claim that holds once holds for ever.
inline constexpr double kConfidence = 0.999;

/// The k for which a binomial(trials, delta) number exceeds k with probability at most 1 - kConfidence; 0 when delta
/// is 0.
std::int64_t most_violations(std::int64_t trials, double delta);

/// How far the measurement stays from the edge of what is allowed, in the unit of `measured`, uncertainty taken off:
/// negative when the claim fails, NaN when something was not a number.
double margin(Kind kind, const Measurement& measurement);

/// The claim is confirmed: its margin is not negative.
bool holds(Kind kind, const Measurement& measurement);

/// The claim is disproved: the whole confidence interval lies on the wrong side. Neither holds nor refuted means that
/// the measurement does not decide.
bool refuted(Kind kind, const Measurement& measurement);

using Measure = std::function<Measurement(const Effort&)>;

/// A deliberately wrong variant on which the claim must fail: it shows that the claim can.
struct Control {
  std::string name;     ///< "no-bonus"
  std::string summary;  ///< what is wrong with it, in a few words
  Measure measure;
};

/// What a theorem promises, as something that can fail.
struct Claim {
  std::string id = {};         ///< "bellman-contraction"
  std::string family = {};     ///< "planning": the folder of proofs_checks it lives in
  std::string statement = {};  ///< one line
  std::string page = {};       ///< "docs/papers/exact-solvers.md"
  std::string theorem = {};    ///< "Puterman 1994, Proposition 6.2.4"
  Kind kind = Kind::kNever;
  Tier tier = Tier::kFast;  ///< the shortest run of the suite that includes it
  Measure measure = {};
  std::vector<Control> controls = {};  ///< at least one
  /// The claim is about threads: it is measured on the calling thread while nothing else runs.
  bool needs_all_threads = false;
};

}  // namespace bellwether::claims
