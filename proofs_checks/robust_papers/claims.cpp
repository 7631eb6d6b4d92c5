#include "proofs_checks/robust_papers/claims.h"

namespace bellwether::claims {

std::vector<Claim> robust_papers_claims() {
  std::vector<Claim> all;
  for (auto& part : {robust_gradient_claims(), gradient_law_claims(), worst_case_search_claims(), regularised_claims()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace bellwether::claims
