#include "proofs_checks/bandits/linear_claims.h"

namespace bellwether::claims {

std::vector<Claim> linear_bandit_claims() {
  std::vector<Claim> all = ellipsoid_claims();
  for (const Claim& claim : structured_arms_claims()) all.push_back(claim);
  for (const Claim& claim : policy_claims()) all.push_back(claim);
  return all;
}

}  // namespace bellwether::claims
