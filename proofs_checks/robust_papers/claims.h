#pragma once

#include <vector>

#include "proofs_checks/claim.h"

namespace bellwether::claims {

/// Claims of single papers on robust models: policy gradients against nature, the search for the worst model,
/// regularised robust models.
std::vector<Claim> robust_papers_claims();

// Its parts, one a file.
std::vector<Claim> robust_gradient_claims();
std::vector<Claim> gradient_law_claims();
std::vector<Claim> worst_case_search_claims();
std::vector<Claim> regularised_claims();

}  // namespace bellwether::claims
