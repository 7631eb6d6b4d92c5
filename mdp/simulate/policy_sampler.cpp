#include "mdp/simulate/policy_sampler.h"

#include <span>

namespace bellwether::mdp {

PolicySampler::PolicySampler(const TabularMdp& model, const Policy& policy) {
  policy.require_fits(model);
  if (policy.is_deterministic()) {
    for (int s = 0; s < model.num_states(); ++s)
      choice_.push_back(model.first_choice(s) + policy.choices()[static_cast<std::size_t>(s)]);
    return;
  }
  choice_.assign(model.state_begin().begin(), model.state_begin().end());
  cell_.resize(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    const auto first = static_cast<std::size_t>(model.first_choice(s));
    const auto count = static_cast<std::size_t>(model.num_choices(s));
    build_alias(policy.choice_probabilities().subspan(first, count), std::span(cell_).subspan(first, count));
  }
}

}  // namespace bellwether::mdp
