#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Learners of arms with independent rewards: regret, identification, privacy.
std::vector<Claim> stochastic_bandit_claims();

std::vector<Claim> bandit_regret_claims();
std::vector<Claim> bandit_growth_claims();
std::vector<Claim> worst_case_claims();
std::vector<Claim> identification_claims();
std::vector<Claim> identification_time_claims();
std::vector<Claim> private_bandit_claims();
/// Laws that are neither bounded nor normal.
std::vector<Claim> bandit_law_claims();

}  // namespace bellwether::claims
