#include "bandits/contextual/exp4_policies.h"

#include <algorithm>
#include <cmath>

#include "bandits/adversarial/regularised_leader.h"
#include "bandits/requirements.h"

namespace bellwether::bandits {

Exp4Policies::Exp4Policies(const World& world, const Exp4PoliciesOptions& options, const Stream& stream)
    : policies_(world, options.policies, stream),
      scale_("exp4-policies", world),
      eta_(options.eta > 0 ? options.eta
                           : exponential_rate(policies_.size(), world.arms, static_cast<double>(world.rounds))),
      taken_(static_cast<std::size_t>(policies_.size())),
      losses_(taken_.size()),
      trust_(taken_.size()),
      chances_(static_cast<std::size_t>(world.arms)),
      stream_(stream.child("draws")) {
  require_prompt("exp4-policies", world);
}

int Exp4Policies::choose(const Round& round) {
  policies_.arms_of(round, taken_);
  const double least = std::ranges::min(losses_);
  double sum = 0;
  for (std::size_t p = 0; p < losses_.size(); ++p) sum += trust_[p] = std::exp(-eta_ * (losses_[p] - least));
  std::ranges::fill(chances_, 0.0);
  for (std::size_t p = 0; p < losses_.size(); ++p) chances_[static_cast<std::size_t>(taken_[p])] += trust_[p] / sum;
  return draw_index(chances_, stream_.uniform());
}

void Exp4Policies::learn(const Feedback& feedback) {
  const double estimate = scale_.loss(feedback.reward) / chances_[static_cast<std::size_t>(feedback.arm)];
  for (std::size_t p = 0; p < losses_.size(); ++p)
    if (taken_[p] == feedback.arm) losses_[p] += estimate;
}

std::unique_ptr<Agent> make_exp4_policies(const World& world, const Exp4PoliciesOptions& options,
                                          const Stream& stream) {
  return std::make_unique<Exp4Policies>(world, options, stream);
}

}  // namespace bellwether::bandits
