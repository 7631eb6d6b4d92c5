#include "solvers/online/constrained/learners.h"

#include "solvers/online/constrained/dual_learners.h"
#include "solvers/online/constrained/program_learners.h"
#include "solvers/online/constrained/step_mixture.h"

namespace bellwether::online {

std::vector<ConstrainedLearner> constrained_learners() {
  return {
      constrained_learner<ProgramLearnerOptions, make_opt_cmdp>(
          {.name = "opt-cmdp",
           .title = "OptCMDP (Efroni, Mannor, Pirotta 2020)",
           .summary = "the best occupancies of the best model within intervals, limits learnt by breaking them",
           .page = "constrained-regret",
           .practical = kProgramPractical}),
      constrained_learner<ProgramLearnerOptions, make_opt_lp>(
          {.name = "opt-lp",
           .title = "OptCMDP-bonus, OptLP (Efroni, Mannor, Pirotta 2020)",
           .summary = "occupancies of the empirical model, bonus on rewards and discount on costs",
           .page = "constrained-regret",
           .practical = kProgramPractical}),
      constrained_learner<DualLearnerOptions, make_opt_dual>(
          {.name = "opt-dual",
           .title = "OptDual-CMDP (Efroni, Mannor, Pirotta 2020)",
           .summary = "optimistic planning with prices on costs that follow what is overspent",
           .page = "constrained-regret",
           .practical = kDualPractical}),
      constrained_learner<DualLearnerOptions, make_opt_primal_dual>(
          {.name = "opt-primal-dual",
           .title = "OptPrimalDual-CMDP (Efroni, Mannor, Pirotta 2020)",
           .summary = "mirror ascent of the policy and prices on costs",
           .page = "constrained-regret",
           .practical = kDualPractical}),
      constrained_learner<ProgramLearnerOptions, make_opt_pess_lp>(
          {.name = "opt-pess-lp",
           .title = "OptPess-LP (Liu et al. 2021)",
           .summary = "never breaks a limit: pessimistic costs, optimistic rewards, a baseline to begin with",
           .page = "constrained-regret",
           .practical = kProgramPractical}),
      constrained_learner<ProgramLearnerOptions, make_dope>(
          {.name = "dope",
           .title = "DOPE (Bura et al. 2022)",
           .summary = "never breaks a limit: pessimistic costs on the best model within intervals",
           .page = "constrained-regret",
           .practical = kProgramPractical}),
      constrained_learner<StepMixOptions, make_stepmix>(
          {.name = "stepmix",
           .title = "StepMix (Li, Huang, Shen, Yang 2023)",
           .summary = "leaves a safe baseline step by step, never below a floor of the value",
           .page = "stepmix",
           .practical = kStepMixPractical}),
      constrained_learner<StepMixOptions, make_epsmix>(
          {.name = "epsmix",
           .title = "EpsMix (Li, Huang, Shen, Yang 2023)",
           .summary = "a safe baseline or an optimistic policy for the whole episode, by a coin",
           .page = "stepmix",
           .practical = kStepMixPractical}),
      constrained_learner<StepMixOptions, make_bpi_ucb>(
          {.name = "bpi-ucb",
           .title = "the optimistic policy of StepMix alone",
           .summary = "bonus of BPI-UCBVI, no constraint: what safety is measured against",
           .page = "stepmix",
           .practical = kStepMixPractical}),
  };
}

}  // namespace bellwether::online
