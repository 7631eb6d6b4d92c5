#include "bandits/relaxation/learners.h"

#include "bandits/relaxation/cheb_cb.h"
#include "bandits/relaxation/known_relaxation.h"
#include "bandits/relaxation/tsallis_relaxation.h"

namespace bellwether::bandits {
namespace {

constexpr LearnerPage rounds{"learning-to-relax"};

}  // namespace

std::vector<Learner> relaxation_learners() {
  Learner fixed = baseline_learner(
      rounds("relax-fixed", "one value of omega", "plays the arm nearest to one value of omega for ever"),
      "argmin over i of |omega_i - omega|", make_fixed_relaxation);
  fixed.options = [] { return option_rows(FixedRelaxationOptions{}); };
  return {
      bandit_learner<TsallisRelaxationOptions, make_tsallis_relaxation>(
          rounds("relax-tsallis", "Tsallis-INF on iterations (Khodak, Chow, Balcan, Talwalkar 2024)",
                 "leader regularised by the Tsallis entropy, on numbers of iterations divided by their mean"),
          "p_i = 4 / (eta_t (L_i / scale - x))^2, eta_t = 2 / sqrt(t)"),
      bandit_learner<TsallisBinsOptions, make_tsallis_bins>(
          rounds("relax-tsallis-cb", "Tsallis-INF-CB (Khodak, Chow, Balcan, Talwalkar 2024)",
                 "a copy of its own for each of five parts of the range of contexts"),
          "p_i = 4 / (eta_t (L_bi / scale - x))^2, eta_t = 2 / sqrt(t_b), b the part of the context, of t_b rounds"),
      bandit_learner<ChebCbOptions, make_cheb_cb>(
          rounds("relax-chebcb", "ChebCB (Khodak, Chow, Balcan, Talwalkar 2024)",
                 "regression of each arm's iterations on Chebyshev polynomials, arms weighted by inverse gaps"),
          "p_i = 1 / (d + eta_t (y_i - min y)), eta_t = sqrt(d t), y_i = <theta_i, T(c)> / scale, scale the mean loss, "
          "|theta_i0| <= most iterations, |theta_ij| <= 4 scale / j"),
      fixed,
      baseline_learner(rounds("relax-known", "the best omega of each system (Young 1954)",
                              "knows how the best omega follows from the context"),
                       "argmin over i of |omega_i - omega*(c)|", make_instance_relaxation)};
}

}  // namespace bellwether::bandits
