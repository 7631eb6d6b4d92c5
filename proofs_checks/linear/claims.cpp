#include "proofs_checks/linear/claims.h"

namespace bellwether::claims {

std::vector<Claim> linear_approximation_claims() {
  std::vector<Claim> all = fixed_point_claims();
  for (auto& part : {stability_claims(), fitted_control_claims()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace bellwether::claims
