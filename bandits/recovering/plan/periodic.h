#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bandits/recovering/plan/envelope.h"

namespace bellwether::bandits {

/// Pulls arm i in rounds t with t mod period[i] = offset[i]; never when the period is 0.
struct PeriodicPolicy {
  std::vector<int> period = {}, offset = {};
  double value = 0;  ///< what it earns a period in the long run, sum of R_i(period_i) / period_i

  bool pulls(int arm, std::int64_t round) const {
    const auto a = static_cast<std::size_t>(arm);
    return period[a] > 0 && round % period[a] == offset[a];
  }
};

/// Finds purely periodic policies that pull at most so many arms a round (docs/papers/recovering-rewards.md). Keeps its
/// memory between plans.
class PeriodicPlanner {
 public:
  /// pulls >= 1, at most the number of arms.
  PeriodicPlanner(int arms, int pulls);

  /// The best policy found for the three sets of multipliers {1}, {1, 3} and {1, 3, 5, 7}.
  void plan(std::span<const Recovery> recoveries, PeriodicPolicy& policy);
  /// The same for the first so many of 1, 3, 5, 7: 1 .. 4.
  void plan(std::span<const Recovery> recoveries, int multipliers, PeriodicPolicy& policy);

  /// The programme's value at the last plan: no policy earns more.
  double bound() const { return bound_; }

 private:
  /// Arms that take turns: at most one of them is pulled in a round.
  struct Channel {
    std::int64_t load = 0;  // of the slots of its cycle
    double value = 0;
    int multiplier = 1;
    std::vector<int> arms = {};
  };

  void begin(std::span<const Recovery> recoveries);
  void try_multipliers(std::span<const Recovery> recoveries, int multipliers, PeriodicPolicy& policy);
  /// Packs arms with these periods, keeps the best channels; returns what they earn.
  double pack(std::span<const Recovery> recoveries);
  Channel& new_channel(int multiplier);
  void settle(PeriodicPolicy& policy, double value);
  void assign_offsets(const Channel& channel, PeriodicPolicy& policy);

  std::size_t arms_;
  std::size_t pulls_;
  double bound_ = 0;
  std::vector<std::vector<Corner>> envelopes_;
  PullProgramme programme_;
  std::vector<int> delays_, period_, multiplier_, order_, by_value_;
  std::vector<Channel> channels_;
  std::size_t used_ = 0;  // of channels_
  std::vector<char> taken_;
};

/// The least number of the form a 2^j, a among the first so many of 1, 3, 5, 7, at or above d; into `multiplier`, a.
int rounded_period(int delay, int multipliers, int* multiplier);

PeriodicPolicy plan_periodic(std::span<const Recovery> recoveries, int pulls);

}  // namespace bellwether::bandits
