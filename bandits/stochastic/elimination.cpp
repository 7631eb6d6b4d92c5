#include "bandits/stochastic/elimination.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "bandits/requirements.h"
#include "bandits/stochastic/requirements.h"
#include "core/learner.h"

namespace bellwether::bandits {

SuccessiveElimination::SuccessiveElimination(int arms, double sigma, double delta, double factor)
    : statistics_(arms),
      scale_(factor * sigma * std::sqrt(2.0)),
      ratio_(4 * arms / delta),
      active_(static_cast<std::size_t>(arms)) {
  std::iota(active_.begin(), active_.end(), 0);
}

void SuccessiveElimination::learn(const Feedback& feedback) {
  statistics_.add(feedback.arm, feedback.reward);
  if (active_.size() == 1 || ++next_ < active_.size()) return;
  next_ = 0;
  rounds_ += 1;
  drop();
}

void SuccessiveElimination::drop() {
  const double width = scale_ * std::sqrt(std::log(ratio_ * rounds_ * rounds_) / rounds_);
  double best = -std::numeric_limits<double>::infinity();
  for (const int arm : active_) best = std::max(best, statistics_.mean(arm));
  std::erase_if(active_, [&](int arm) { return best - statistics_.mean(arm) >= 2 * width; });
}

std::unique_ptr<Agent> make_successive_elimination(const World& world, const SuccessiveEliminationOptions& options,
                                                   const Stream&) {
  require_prompt("successive-elimination", world);
  return std::make_unique<SuccessiveElimination>(world.arms, require_sub_gaussian("successive-elimination", world),
                                                 options.delta,
                                                 Constant("successive-elimination", options.constant, 1).factor());
}

}  // namespace bellwether::bandits
