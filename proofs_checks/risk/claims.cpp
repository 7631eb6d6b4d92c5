#include "proofs_checks/risk/claims.h"

namespace bellwether::claims {

std::vector<Claim> risk_claims() {
  std::vector<Claim> table;
  for (auto& part :
       {risk_measure_claims(), return_risk_claims(), nested_risk_claims(), stock_risk_claims(), stock_form_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
