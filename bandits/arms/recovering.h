#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bandits/bandit.h"
#include "bandits/recovering/plan/envelope.h"

namespace bellwether::bandits {

/// Arms that recover (Simchi-Levi, Zheng, Zhu 2021): pulling arm i after d rounds, 1 when it was pulled in the round
/// before, brings 1 with probability R_i(d), R_i non-decreasing. At most so many arms are pulled in a round. Before the
/// first round all have recovered.
class RecoveringBandit : public Bandit {
 public:
  /// What a round's regret is measured against.
  enum class Comparator {
    kBound,    ///< the linear programme's value, which no policy exceeds in the long run
    kPeriodic  ///< what the planned periodic policy earns a period
  };

  /// InvalidOption when there is no arm, a recovery is empty, falls or leaves [0, 1], or pulls is not in [1, arms].
  RecoveringBandit(std::vector<Recovery> recoveries, int pulls, Comparator comparator);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  std::span<const Recovery> recoveries() const { return recoveries_; }
  int pulls() const { return pulls_; }
  double bound() const { return bound_; }
  double periodic_value() const { return periodic_; }
  /// What a round is compared with.
  double comparator_value() const { return comparator_ == Comparator::kBound ? bound_ : periodic_; }

 private:
  std::vector<Recovery> recoveries_;
  int pulls_;
  Comparator comparator_;
  double bound_ = 0, periodic_ = 0;
};

}  // namespace bellwether::bandits
