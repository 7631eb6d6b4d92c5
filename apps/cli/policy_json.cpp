#include "apps/cli/policy_json.h"

namespace bellwether::cli {

int played_action(const mdp::TabularMdp& model, const mdp::Policy& policy, int state) {
  return model.action(model.first_choice(state) + policy.choices()[static_cast<std::size_t>(state)]);
}

void write_policy_row(JsonWriter& json, const mdp::TabularMdp& model, const mdp::Policy& policy) {
  json.begin_array();
  for (int s = 0; s < model.num_states(); ++s) {
    if (policy.is_deterministic()) {
      json.value(played_action(model, policy, s));
      continue;
    }
    json.begin_array();
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      json.value(policy.probability(model, s, c));
    json.end_array();
  }
  json.end_array();
}

}  // namespace bellwether::cli
