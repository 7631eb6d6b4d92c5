#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about models that are known: operators, iterations and their stopping rules, identities between policies, and
/// the promises of the loops that measure learners.
std::vector<Claim> planning_claims();

// Its parts, one a file.
std::vector<Claim> operator_claims();
std::vector<Claim> value_iteration_claims();
std::vector<Claim> policy_iteration_claims();
std::vector<Claim> identity_claims();

}  // namespace bellwether::claims
