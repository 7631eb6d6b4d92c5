#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about gradient and mirror methods: their rates, identities between them, and what their proofs rest on.
std::vector<Claim> mirror_claims();

// Its parts, one a file.
std::vector<Claim> gradient_claims();
std::vector<Claim> mirror_descent_claims();
std::vector<Claim> entropy_claims();
std::vector<Claim> step_claims();
std::vector<Claim> policy_optimisation_claims();
std::vector<Claim> stage_claims();
std::vector<Claim> sampled_claims();

}  // namespace bellwether::claims
