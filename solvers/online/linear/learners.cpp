#include "solvers/online/linear/learners.h"

#include "solvers/online/linear/lsvi.h"
#include "solvers/online/linear/lsvi_plus_plus.h"
#include "solvers/online/linear/vtr.h"

namespace bellwether::online {

std::vector<EpisodicLearner> linear_learners() {
  return {
      episodic_learner<LsviUcbOptions, make_lsvi_ucb>(
          {.name = "lsvi-ucb",
           .title = "LSVI-UCB (Jin, Yang, Wang, Jordan 2020)",
           .summary = "least-squares value iteration on features, bonus of what the features have not seen",
           .page = "linear-regret",
           .practical = kLsviUcbPractical}),
      episodic_learner<LsviPlusPlusOptions, make_lsvi_plus_plus>(
          {.name = "lsvi-ucb-plus-plus",
           .title = "LSVI-UCB++ (He, Zhao, Zhou, Gu 2023)",
           .summary = "least squares weighted by variances, upper and lower values, planning at doubled determinants",
           .page = "linear-regret",
           .practical = kLsviPlusPlusPractical}),
      episodic_learner<LsviPheOptions, make_lsvi_phe>({.name = "lsvi-phe",
                                                       .title = "LSVI-PHE (Ishfaq et al. 2021)",
                                                       .summary = "least squares on perturbed targets",
                                                       .page = "linear-regret",
                                                       .practical = kLsviPhePractical}),
      episodic_learner<LsviEpsilonGreedyOptions, make_lsvi_epsilon_greedy>(
          {.name = "lsvi-epsilon-greedy",
           .title = "LSVI, epsilon-greedy",
           .summary = "least-squares value iteration without a bonus, now and then a uniform action",
           .page = "linear-regret"}),
      episodic_learner<UcrlVtrOptions, make_ucrl_vtr>(
          {.name = "ucrl-vtr",
           .title = "UCRL-VTR (Jia, Yang, Szepesvari, Wang 2020)",
           .summary = "the mixture's weights by regression on past values, optimism in an ellipsoid",
           .page = "linear-regret",
           .practical = kUcrlVtrPractical}),
      episodic_learner<UcrlVtrPlusOptions, make_ucrl_vtr_plus>(
          {.name = "ucrl-vtr-plus",
           .title = "UCRL-VTR+ (Zhou, Gu, Szepesvari 2021)",
           .summary = "the same a stage, steps weighted by the variance of their values",
           .page = "linear-regret",
           .practical = kUcrlVtrPlusPractical}),
  };
}

}  // namespace bellwether::online
