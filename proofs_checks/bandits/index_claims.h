#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about arms that move: indices of Gittins and Whittle, relaxations, rotting arms.
std::vector<Claim> index_bandit_claims();

}  // namespace bellwether::claims
