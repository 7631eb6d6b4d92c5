#include "bandits/duelling/learners.h"

#include "bandits/duelling/rucb.h"

namespace bellwether::bandits {

std::vector<Learner> duelling_learners() {
  return {bandit_learner<RucbOptions, make_rucb>(
      {.name = "rucb",
       .title = "RUCB (Zoghi, Whiteson, Munos, de Rijke 2014)",
       .summary = "an item that may beat all others, against the one that may beat it most",
       .page = "duelling-bandits",
       .protocol = Protocol::kRounds},
      "u_ij = w_ij / n_ij + sqrt(alpha ln t / n_ij)", Kind::kDuels)};
}

}  // namespace bellwether::bandits
