#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims about bandits whose rewards an adversary chooses, whose means change, whose feedback is late or wrong.
std::vector<Claim> adversarial_bandit_claims();

// Its parts, one a file.
std::vector<Claim> regret_lemma_claims();
std::vector<Claim> adversarial_bound_claims();
std::vector<Claim> small_loss_claims();
std::vector<Claim> corruption_claims();
std::vector<Claim> changing_bandit_claims();

}  // namespace bellwether::claims
