#include "bandits/rotting/learners.h"

#include "bandits/rotting/raw_ucb.h"

namespace bellwether::bandits {

std::vector<Learner> rotting_learners() {
  constexpr LearnerPage rounds{"rotting-bandits"};
  return {bandit_learner<RawUcbOptions, make_raw_ucb>(
      rounds("raw-ucb", "RAW-UCB (Seznec, Menard, Lazaric, Valko 2020)",
             "the least upper bound over windows of an arm's last pulls: for means that only fall", kRawUcbPractical),
      "min over h of m(last h) + sqrt(8 sigma^2 ln t / h)")};
}

}  // namespace bellwether::bandits
