#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about bandits with a structure over time: exposure, recovery, hidden dynamics, relaxation parameters.
std::vector<Claim> structured_bandit_claims();

// Parts in files of their own.
std::vector<Claim> recovering_claims();
std::vector<Claim> relaxation_claims();

}  // namespace bellwether::claims
