#include "proofs_checks/bandits/linear_claims.h"

namespace bellwether::claims {

std::vector<Claim> linear_bandit_claims() {
  std::vector<Claim> all;
  for (auto& part : {ellipsoid_claims(), structured_arms_claims(), process_claims(), policy_claims()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace bellwether::claims
