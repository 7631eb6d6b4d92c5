#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about planning with budgets and with several objectives.
std::vector<Claim> constrained_claims();

// Its parts, one a file.
std::vector<Claim> program_claims();
std::vector<Claim> planner_claims();
std::vector<Claim> dual_ascent_claims();
std::vector<Claim> first_order_claims();
std::vector<Claim> first_order_rate_claims();
std::vector<Claim> objective_claims();

}  // namespace bellwether::claims
