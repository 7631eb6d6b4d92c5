#include "solvers/online/policy_optimisation/learners.h"

#include "solvers/online/policy_optimisation/policy_optimisation.h"

namespace bellwether::online {

std::vector<EpisodicLearner> policy_optimisation_learners() {
  return {episodic_learner<PolicyOptimisationOptions, make_optimistic_policy_optimisation>(
              {.name = "optimistic-policy-optimisation",
               .title = "Optimistic policy optimisation (Shani, Efroni, Rosenberg, Mannor 2020)",
               .summary = "mirror descent on the policy along its optimistic values; rewards seen where collected",
               .page = "optimistic-policy-optimisation",
               .practical = kOptimisticPolicyOptimisationPractical}),
          episodic_learner<PolicyOptimisationOptions, make_oppo>(
              {.name = "oppo",
               .title = "OPPO (Cai, Yang, Jin, Wang 2020)",
               .summary = "mirror descent on the policy along its optimistic values; rewards known",
               .page = "optimistic-policy-optimisation",
               .practical = kOppoPractical})};
}

}  // namespace bellwether::online
