#include "proofs_checks/mirror/claims.h"

namespace bellwether::claims {

std::vector<Claim> mirror_claims() {
  std::vector<Claim> all;
  for (auto& part : {gradient_claims(), mirror_descent_claims(), step_claims(), entropy_claims(),
                     policy_optimisation_claims(), stage_claims(), sampled_claims()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace bellwether::claims
