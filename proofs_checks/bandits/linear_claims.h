#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about bandits whose arms have features, and about items and duels.
std::vector<Claim> linear_bandit_claims();

// Its parts, one a file.
std::vector<Claim> ellipsoid_claims();
std::vector<Claim> structured_arms_claims();
std::vector<Claim> process_claims();
/// Learners that compete with a class of policies.
std::vector<Claim> policy_claims();

}  // namespace bellwether::claims
