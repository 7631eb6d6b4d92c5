#include "proofs_checks/tabular_regret/claims.h"

namespace bellwether::claims {

std::vector<Claim> tabular_regret_claims() {
  std::vector<Claim> table;
  for (auto& part :
       {measurement_claims(), optimism_claims(), certificate_claims(), lower_bound_claims(), behaviour_claims(),
        long_run_claims(), evi_claims(), reward_free_claims(), stopping_claims(), generative_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
