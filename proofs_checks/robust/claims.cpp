#include "proofs_checks/robust/claims.h"

namespace bellwether::claims {

std::vector<Claim> robust_claims() {
  std::vector<Claim> table;
  for (auto& part : {robust_row_claims(), robust_state_claims(), robust_operator_claims(), robust_planner_claims(),
                     robust_iteration_claims(), robust_sample_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
