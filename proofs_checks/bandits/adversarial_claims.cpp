#include "proofs_checks/bandits/adversarial_claims.h"

namespace bellwether::claims {

std::vector<Claim> adversarial_bandit_claims() {
  std::vector<Claim> table;
  for (auto& part : {regret_lemma_claims(), adversarial_bound_claims(), small_loss_claims(), corruption_claims(),
                     changing_bandit_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
