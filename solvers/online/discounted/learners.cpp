#include "solvers/online/discounted/learners.h"

#include "solvers/online/discounted/ravi_ucb.h"

namespace bellwether::online {

std::vector<DiscountedLearner> discounted_learners() {
  return {discounted_learner<RaviUcbOptions, make_ravi_ucb>(
      {.name = "ravi-ucb",
       .title = "RAVI-UCB (Moulin, Neu 2023)",
       .summary = "one regularised backup with a bonus after every episode: by counts, or by the kernels of a mixture",
       .page = "ravi-ucb",
       .practical = kRaviUcbPractical})};
}

}  // namespace bellwether::online
