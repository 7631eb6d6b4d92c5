#include "bandits/dynamical/learners.h"

#include "bandits/dynamical/dynlin_ucb.h"

namespace bellwether::bandits {
namespace {

constexpr LearnerPage rounds{"dynlin-ucb"};

}  // namespace

std::vector<Learner> dynamical_learners() {
  Learner dynlin = baseline_learner(
      rounds("dynlin-ucb", "DynLin-UCB (Mussi, Metelli, Restelli 2023)",
             "linear optimism over what constant actions earn, each played until the hidden state settles",
             kDynLinPractical),
      "<h^, u> + beta_t |u|_{V^-1}, beta_t = c1 ln(e (t + 1)) / sqrt(lambda) + c2 sqrt(lambda) + sqrt(2 s^2 (ln T + "
      "(d / 2) ln(1 + t U^2 / (d lambda)))), c1 = U O F (U B / (1 - rho) + X), c2 = Theta + O F B / (1 - rho), s^2 = "
      "sigma^2 (1 + O^2 F^2 / (1 - rho^2)), lambda = ln T; bounds of |u|, |omega|, Phi, |B|, |theta|: U, O, F, B, "
      "Theta; X = F U B / (1 - rho)",
      make_dynlin_ucb);
  dynlin.results_version = 2;
  dynlin.options = [] { return option_rows(DynLinOptions{}); };
  return {dynlin,
          baseline_learner(rounds("dynlin-expert", "the best constant action",
                                  "knows what every constant action earns in the long run"),
                           "<h, u>", make_dynlin_expert),
          baseline_learner(rounds("dynlin-myopic", "the action that is best at once",
                                  "knows what actions earn without the hidden state"),
                           "<theta, u>", make_dynlin_myopic)};
}

}  // namespace bellwether::bandits
