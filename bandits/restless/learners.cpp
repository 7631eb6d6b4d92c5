#include "bandits/restless/learners.h"

#include "bandits/restless/gittins_policy.h"
#include "bandits/restless/known_chains.h"

namespace bellwether::bandits {
namespace {

constexpr LearnerPage rounds{"bandit-indices"};

}  // namespace

std::vector<Learner> restless_learners() {
  Learner whittle = baseline_learner(
      rounds("whittle", "Whittle's index (Whittle 1988)",
             "plays the arms that would have to be paid most to rest: knows how they move, sees where they are"),
      "subsidy at which rest and play are equally good in the arm's state", make_whittle, Kind::kItems);
  whittle.options = [] { return option_rows(WhittleOptions{}); };
  return {bandit_learner<GittinsOptions, make_gittins>(
              rounds("gittins", "Gittins' index (Gittins 1979)",
                     "the best policy for discounted rounds under a prior that is true; rewards 0 or 1"),
              "sup over tau of E sum of discount^t x_t / E sum of discount^t, t < tau, under Beta(S + a, F + b)"),
          whittle,
          baseline_learner(rounds("myopic", "myopic",
                                  "plays the arms that bring most at once: knows what they bring, sees where they are"),
                           "r(s, play) - r(s, rest)", make_myopic, Kind::kItems)};
}

}  // namespace bellwether::bandits
