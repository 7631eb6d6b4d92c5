#include "solvers/online/optimistic/learners.h"

#include "solvers/online/optimistic/euler.h"
#include "solvers/online/optimistic/exploration_baselines.h"
#include "solvers/online/optimistic/mvp.h"
#include "solvers/online/optimistic/ucbvi.h"

namespace bellwether::online {

std::vector<EpisodicLearner> optimistic_learners() {
  return {
      episodic_learner<UcbviOptions, make_ucbvi_ch>({.name = "ucbvi-ch",
                                                     .title = "UCBVI-CH (Azar, Osband, Munos 2017)",
                                                     .summary = "optimistic value iteration, bonus of the visits alone",
                                                     .page = "ucbvi",
                                                     .practical = kUcbviChPractical}),
      episodic_learner<UcbviOptions, make_ucbvi_bf>(
          {.name = "ucbvi-bf",
           .title = "UCBVI-BF (Azar, Osband, Munos 2017)",
           .summary = "optimistic value iteration, bonus of the variance of next values",
           .page = "ucbvi",
           .practical = kUcbviBfPractical}),
      episodic_learner<EulerOptions, make_euler>(
          {.name = "euler",
           .title = "EULER (Zanette, Brunskill 2019)",
           .summary = "upper and lower values, bonuses that adapt to the variance of rewards and next values",
           .page = "euler",
           .practical = kEulerPractical}),
      episodic_learner<MvpOptions, make_mvp>(
          {.name = "mvp",
           .title = "MVP (Zhang, Ji, Du 2021)",
           .summary = "statistics renewed at doubling visits, no power of the horizon",
           .page = "mvp",
           .practical = kMvpPractical}),
      episodic_learner<Mvp2024Options, make_mvp_2024>(
          {.name = "mvp-2024",
           .title = "MVP (Zhang, Chen, Lee, Du 2024)",
           .summary = "a model of every stage from the newest visits alone, optimal for any number of episodes",
           .page = "mvp",
           .practical = kMvp2024Practical}),
      episodic_learner<GreedyOptions, make_greedy>({.name = "greedy",
                                                    .title = "greedy",
                                                    .summary = "the best policy of the empirical model, no exploration",
                                                    .page = "exploration-baselines"}),
      episodic_learner<EpsilonGreedyOptions, make_epsilon_greedy>(
          {.name = "epsilon-greedy",
           .title = "epsilon-greedy",
           .summary = "the best policy of the empirical model, now and then a uniform action",
           .page = "exploration-baselines"}),
      episodic_learner<BebOptions, make_beb>({.name = "beb",
                                              .title = "BEB (Kolter, Ng 2009)",
                                              .summary = "Bayesian exploration bonus 2 H^2 / (1 + n)",
                                              .page = "exploration-baselines",
                                              .practical = kBebPractical}),
  };
}

}  // namespace bellwether::online
