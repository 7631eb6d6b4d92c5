#include "proofs_checks/planning/claims.h"

namespace bellwether::claims {

std::vector<Claim> planning_claims() {
  std::vector<Claim> table;
  for (auto& part : {operator_claims(), value_iteration_claims(), policy_iteration_claims(), identity_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
