#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about learning under limits on expected costs.
std::vector<Claim> constrained_regret_claims();

// Its parts, one a file.
std::vector<Claim> limit_program_claims();
std::vector<Claim> limit_bound_claims();
std::vector<Claim> step_mixture_claims();

}  // namespace bellwether::claims
