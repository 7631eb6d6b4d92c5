#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about latent and partially observable models: planners and their bounds, the combination lock, learners.
std::vector<Claim> latent_claims();

// Its parts, one a file.
std::vector<Claim> hidden_planning_claims();
std::vector<Claim> hidden_learning_claims();
std::vector<Claim> horizon_free_claims();
std::vector<Claim> em_claims();

}  // namespace bellwether::claims
