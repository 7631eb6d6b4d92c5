#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bandits/agent.h"
#include "bandits/bandit.h"
#include "bandits/recovering/plan/periodic.h"
#include "bandits/recovering/recovery_estimates.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// By Hoeffding's inequality half of the width still covers a mean of rewards in [0, 1] with probability 1 - 1/(N D T).
inline constexpr double kRecoveryPractical = 0.5;

/// Optimistic periodic policies (Simchi-Levi, Zheng, Zhu 2021; docs/papers/recovering-rewards.md).
struct PeriodicUcbOptions {
  int delays = 12;
  std::int64_t phase = 0;
  std::string constant = "theory";
};

template <class Field>
void describe(PeriodicUcbOptions& o, Field&& field) {
  field("delays", o.delays, between(1, 10'000), "rounds after which arms recover no more, or more than that");
  field("phase", o.phase, at_least(0), "rounds that a policy is played; 0: max{4 delays, sqrt(T)}");
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
}

/// In every phase plays the periodic policy that is best under upper bounds of the rewards. Plans at the start of a
/// phase, in memory that it keeps.
class PeriodicUcb final : public Agent {
 public:
  PeriodicUcb(const World& world, const PeriodicUcbOptions& options, double factor);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;
  std::span<const int> choose_items(const Round& round) override;
  void learn_items(std::int64_t round, std::span<const int> items, std::span<const double> rewards) override;

  const RecoveryEstimates& estimates() const { return estimates_; }
  const PeriodicPolicy& policy() const { return policy_; }

 private:
  RecoveryEstimates estimates_;
  PeriodicPlanner planner_;
  PeriodicPolicy policy_;
  std::int64_t length_, begin_ = 0, end_ = 0;  // of the phase
  std::vector<int> items_;
};

/// Pulls the arms with the largest upper bounds at their present idle times.
struct MyopicUcbOptions {
  int delays = 12;
  std::string constant = "theory";
};

template <class Field>
void describe(MyopicUcbOptions& o, Field&& field) {
  field("delays", o.delays, between(1, 10'000), "rounds after which arms recover no more, or more than that");
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
}

std::unique_ptr<Agent> make_periodic_ucb(const World& world, const PeriodicUcbOptions& options, const Stream& stream);
std::unique_ptr<Agent> make_myopic_ucb(const World& world, const MyopicUcbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
