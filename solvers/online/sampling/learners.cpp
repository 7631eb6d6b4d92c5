#include "solvers/online/sampling/learners.h"

#include "solvers/online/sampling/optimistic_posterior_sampling.h"
#include "solvers/online/sampling/posterior_sampling.h"
#include "solvers/online/sampling/rlsvi.h"

namespace bellwether::online {

std::vector<EpisodicLearner> sampling_learners() {
  return {
      episodic_learner<PsrlOptions, make_psrl>({.name = "psrl",
                                                .title = "PSRL (Osband, Russo, Van Roy 2013)",
                                                .summary = "plays what is optimal in a model drawn from the posterior",
                                                .page = "posterior-sampling"}),
      episodic_learner<OpsrlOptions, make_opsrl>(
          {.name = "opsrl",
           .title = "OPSRL (Tiapkin et al. 2022)",
           .summary = "posterior sampling made optimistic: an inflated posterior, the best of several draws",
           .page = "posterior-sampling",
           .practical = kOpsrlPractical,
           .results_version = 2}),
      episodic_learner<RlsviOptions, make_rlsvi>(
          {.name = "rlsvi",
           .title = "RLSVI (Russo 2019)",
           .summary = "backward induction in the empirical model with normal noise on every reward",
           .page = "rlsvi",
           .practical = kRlsviPractical})};
}

}  // namespace bellwether::online
