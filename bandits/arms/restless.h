#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bandits/bandit.h"
#include "bandits/indices/arm_chain.h"
#include "bandits/indices/beta_gittins.h"
#include "bandits/indices/subsidy.h"

namespace bellwether::bandits {

/// Arms that are Markov chains and move whether they are played or not; at most `active` of them are played in a round,
/// and all bring something. States are seen: the feature of an arm is a 1 at its state. Every arm draws one number a
/// round from child("arm").child(i), whoever plays.
class RestlessBandit : public Bandit {
 public:
  /// What a round's regret is measured against, both for the long run.
  enum class Comparator {
    kBound,   ///< Whittle's relaxation, which no policy exceeds
    kOptimum  ///< the best policy, by value iteration over the joint states: small bandits only
  };

  /// InvalidModel for a bad arm, or one that some policy drives into several classes; InvalidOption for a bad number of
  /// active arms or start, or when the optimum is asked for and there are too many joint states.
  RestlessBandit(std::vector<ArmChain> arms, std::vector<int> starts, int active, Comparator comparator);

  World world(std::int64_t rounds) const override;
  std::unique_ptr<Game> start(std::int64_t rounds, const Stream& stream) const override;
  std::string content() const override;

  std::span<const ArmChain> arms() const { return arms_; }
  std::span<const int> starts() const { return starts_; }
  int active() const { return active_; }
  int most_states() const { return most_states_; }
  /// The path of subsidies of an arm in the long run.
  const SubsidyPath& path(int arm) const { return paths_[static_cast<std::size_t>(arm)]; }
  double bound() const { return bound_; }
  /// What a round is compared with.
  double comparator_value() const { return comparator_value_; }

 private:
  std::vector<ArmChain> arms_;
  std::vector<int> starts_;
  int active_, most_states_ = 0;
  Comparator comparator_;
  std::vector<SubsidyPath> paths_;
  double bound_ = 0, comparator_value_ = 0;
};

/// The state that a round shows of an arm.
int state_of(const Round& round, int arm);

}  // namespace bellwether::bandits
