#include "solvers/online/exploration/learners.h"

#include "solvers/online/exploration/best_policy.h"
#include "solvers/online/exploration/orlc.h"
#include "solvers/online/exploration/reward_free.h"

namespace bellwether::online {

std::vector<EpisodicLearner> exploration_learners() {
  return {
      episodic_learner<BestPolicyOptions, make_bpi_ucbvi>(
          {.name = "bpi-ucbvi",
           .title = "BPI-UCBVI (Menard et al. 2021)",
           .summary = "stops when its policy provably loses at most epsilon",
           .page = "best-policy-identification",
           .protocol = Protocol::kStopping,
           .practical = kBpiUcbviPractical}),
      episodic_learner<RewardFreeOptions, make_rf_ucrl>(
          {.name = "rf-ucrl",
           .title = "RF-UCRL (Kaufmann et al. 2021)",
           .summary = "explores without rewards until its model is good for all of them; widths 1 / sqrt(n)",
           .page = "reward-free-exploration",
           .protocol = Protocol::kStopping,
           .practical = kRfUcrlPractical,
           .results_version = 2}),
      episodic_learner<RewardFreeOptions, make_rf_express>(
          {.name = "rf-express",
           .title = "RF-Express (Menard et al. 2021)",
           .summary = "explores without rewards until its model is good for all of them; widths 1 / n",
           .page = "reward-free-exploration",
           .protocol = Protocol::kStopping,
           .practical = kRfExpressPractical,
           .results_version = 2}),
      episodic_learner<OrlcOptions, make_orlc>(
          {.name = "orlc",
           .title = "ORLC (Dann, Li, Wei, Brunskill 2019)",
           .summary = "says before every episode what its policy loses at the most",
           .page = "orlc",
           .practical = kOrlcPractical}),
  };
}

}  // namespace bellwether::online
