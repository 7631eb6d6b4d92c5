#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bandits/agent.h"
#include "bandits/linear/model.h"
#include "core/options.h"

namespace bellwether::bandits {

/// SupLinUCB (Chu, Li, Reyzin, Schapire 2011): levels of precision, each with data of its own whose choice never looked
/// at that level's rewards, so that K arms cost sqrt(d T ln K) instead of d sqrt(T).
struct SupLinUcbOptions {
  std::string constant = "theory";
  double delta = 0;
};

template <class Field>
void describe(SupLinUcbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the widths: theory, practical or a number");
  field("delta", o.delta, between(0, 0.5), "probability that a width may fail; 0: 1 / T");
}

/// SupLinUCB, for claims that look inside.
class SupLinUcb final : public Agent {
 public:
  SupLinUcb(const World& world, const SupLinUcbOptions& options);

  int choose(const Round& round) override;
  void learn(const Feedback& feedback) override;

  /// The level that keeps the last round, from 1 on; 0: none does.
  int level() const { return kept_; }
  double width_factor() const { return alpha_; }
  const LinearModel& model(int level) const { return levels_[static_cast<std::size_t>(level) - 1]; }
  int levels() const { return static_cast<int>(levels_.size()); }

 private:
  double alpha_, fine_;
  std::vector<LinearModel> levels_;
  std::vector<int> active_;
  int kept_ = 0;
};

std::unique_ptr<Agent> make_sup_lin_ucb(const World& world, const SupLinUcbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
