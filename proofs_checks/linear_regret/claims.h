#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about learners of linear MDPs and of linear mixtures.
std::vector<Claim> linear_regret_claims();

// Its parts, one a file.
std::vector<Claim> ellipsoid_claims_of_mixtures();
std::vector<Claim> regret_claims_of_linear_models();
std::vector<Claim> lsvi_claims();
std::vector<Claim> ravi_claims();
std::vector<Claim> vwls_claims();

}  // namespace bellwether::claims
