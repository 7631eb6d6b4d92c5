#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"
#include "solvers/online/exploration/learnt_model.h"

namespace bellwether::online {

struct RewardFreeOptions {
  double epsilon = 0.1;
  double delta = 0.05;
  std::string constant = "theory";
  bool incremental = true;
};

template <class Field>
void describe(RewardFreeOptions& o, Field&& field) {
  field("epsilon", o.epsilon, above(0), "what the answer may lose, whatever the rewards are (of [0, 1])");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("constant", o.constant, any_value(), "factor on the width: theory, practical or a number");
  field("incremental", o.incremental, any_value(), "compute again only what changed: the same values, sooner");
}

/// A learner that explores without looking at rewards until its model is good enough for any of them.
class RewardFreeAgent {
 public:
  virtual ~RewardFreeAgent() = default;
  virtual const LearntModel& learnt() const = 0;
  /// At least |V^pi_0(s) in the learnt model - V^pi_0(s)|, for all policies and all rewards in [0, 1] at once.
  virtual double value_error(int state) const = 0;
};

// Reward-free exploration (docs/papers/reward-free-exploration.md), a model for every stage. The answer is the policy
// that is optimal in the learnt model for the world's mean rewards, which nothing looks at before. The agents are
// RewardFreeAgents, too.

/// RF-UCRL (Kaufmann, Menard, Domingues, Jonsson, Leurent, Valko 2021): widths that fall like 1 / sqrt(n).
std::unique_ptr<EpisodicAgent> make_rf_ucrl(const EpisodicWorld& world, const RewardFreeOptions& options,
                                            const Stream& stream);
/// RF-Express (Menard, Domingues, Jonsson, Kaufmann, Leurent, Valko 2021): widths that fall like 1 / n.
std::unique_ptr<EpisodicAgent> make_rf_express(const EpisodicWorld& world, const RewardFreeOptions& options,
                                               const Stream& stream);

inline constexpr double kRfUcrlPractical = 0.1;
inline constexpr double kRfExpressPractical = 0.0001;

}  // namespace bellwether::online
