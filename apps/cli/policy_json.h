#pragma once

#include "apps/cli/json_writer.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::cli {

/// The action identifier that a deterministic policy plays.
int played_action(const mdp::TabularMdp& model, const mdp::Policy& policy, int state);

/// One entry a state: the action identifier, or the probabilities of the state's choices.
void write_policy_row(JsonWriter& json, const mdp::TabularMdp& model, const mdp::Policy& policy);

}  // namespace bellwether::cli
