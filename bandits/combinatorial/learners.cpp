#include "bandits/combinatorial/learners.h"

#include "bandits/combinatorial/comb_ucb.h"

namespace bellwether::bandits {

std::vector<Learner> combinatorial_learners() {
  return {bandit_learner<CombUcbOptions, make_comb_ucb1>(
      {.name = "comb-ucb1",
       .title = "CombUCB1 (Kveton, Wen, Ashkan, Szepesvari 2015)",
       .summary = "the set of items with the largest sum of upper confidence bounds; rewards in [0, 1]",
       .page = "combinatorial-bandits",
       .protocol = Protocol::kRounds,
       .practical = kCombPractical},
      "the set with the largest sum of m + sqrt(1.5 ln n / N)", Kind::kItems)};
}

}  // namespace bellwether::bandits
