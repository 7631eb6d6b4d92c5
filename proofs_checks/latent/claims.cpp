#include "proofs_checks/latent/claims.h"

namespace bellwether::claims {

std::vector<Claim> latent_claims() {
  std::vector<Claim> table;
  for (auto& part : {hidden_planning_claims(), hidden_learning_claims(), em_claims(), horizon_free_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
