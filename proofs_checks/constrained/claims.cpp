#include "proofs_checks/constrained/claims.h"

namespace bellwether::claims {

std::vector<Claim> constrained_claims() {
  std::vector<Claim> table;
  for (auto& part : {program_claims(), planner_claims(), dual_ascent_claims(), first_order_claims(),
                     first_order_rate_claims(), objective_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
