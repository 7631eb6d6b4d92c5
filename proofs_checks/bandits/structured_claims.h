#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about bandits with a structure over time: exposure, recovery, hidden dynamics, relaxation parameters.
std::vector<Claim> structured_bandit_claims();

}  // namespace bellwether::claims
