#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about planning against nature: operators, policy iterations, and what plug-in models cost.
std::vector<Claim> robust_claims();

// Its parts, one a file.
std::vector<Claim> robust_row_claims();
std::vector<Claim> robust_state_claims();
std::vector<Claim> robust_operator_claims();
std::vector<Claim> robust_planner_claims();
std::vector<Claim> robust_iteration_claims();
std::vector<Claim> robust_sample_claims();

}  // namespace bellwether::claims
