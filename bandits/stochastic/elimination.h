#pragma once

#include <memory>
#include <vector>

#include "bandits/agent.h"
#include "bandits/stochastic/arm_statistics.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

/// Rounds in which every active arm is played once; after them an arm is dropped when its mean lies two widths
/// sqrt(2 sigma^2 ln(4 K n^2 / delta) / n) below the best (Even-Dar, Mannor, Mansour 2006). The last one is played for
/// ever. With probability 1 - delta the best arm is never dropped.
struct SuccessiveEliminationOptions {
  double delta = 0.05;
  std::string constant = "theory";
};

template <class Field>
void describe(SuccessiveEliminationOptions& o, Field&& field) {
  field("delta", o.delta, inside(0, 1), "probability that the best arm may be dropped");
  field("constant", o.constant, any_value(), "factor on the width: theory, practical or a number");
}

class SuccessiveElimination final : public Agent {
 public:
  SuccessiveElimination(int arms, double sigma, double delta, double factor);

  int choose(const Round&) override { return active_[next_]; }
  void learn(const Feedback& feedback) override;

  /// Arms that may still be the best, ascending.
  const std::vector<int>& active() const { return active_; }

 private:
  void drop();

  ArmStatistics statistics_;
  double scale_, ratio_;  ///< factor sigma sqrt(2); 4 K / delta
  std::vector<int> active_;
  std::size_t next_ = 0;  ///< place in active_
  double rounds_ = 0;     ///< pulls of every active arm
};

std::unique_ptr<Agent> make_successive_elimination(const World& world, const SuccessiveEliminationOptions& options,
                                                   const Stream& stream);

}  // namespace bellwether::bandits
