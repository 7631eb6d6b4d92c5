#include "bandits/recovering/learners.h"

#include "bandits/recovering/known_recovery.h"
#include "bandits/recovering/periodic_ucb.h"

namespace bellwether::bandits {
namespace {

constexpr LearnerPage rounds{"recovering-rewards"};

}  // namespace

std::vector<Learner> recovering_learners() {
  return {bandit_learner<PeriodicUcbOptions, make_periodic_ucb>(
              rounds("periodic-ucb", "optimistic periodic policies (Simchi-Levi, Zheng, Zhu 2021)",
                     "plays in phases the periodic policy that is best under upper bounds of recovering rewards",
                     kRecoveryPractical),
              "policy for min over d' >= d of m(d') + sqrt(2 ln(N D T) / n(d'))", Kind::kItems),
          bandit_learner<MyopicUcbOptions, make_myopic_ucb>(
              rounds("myopic-ucb", "optimistic and myopic",
                     "pulls the arms whose upper bounds are largest at their idle times", kRecoveryPractical),
              "min over d' >= idle of m(d') + sqrt(2 ln(N D T) / n(d'))", Kind::kItems),
          baseline_learner(rounds("periodic-known", "purely periodic policy (Simchi-Levi, Zheng, Zhu 2021)",
                                  "plays the planned periodic policy: knows how arms recover"),
                           "R(d) / d, d of the form a 2^j", make_periodic_known, Kind::kItems),
          baseline_learner(
              rounds("myopic-known", "myopic", "pulls the arms that bring most at once: knows how arms recover"),
              "R(idle)", make_myopic_known, Kind::kItems)};
}

}  // namespace bellwether::bandits
