#include "bandits/contextual/learners.h"

#include "bandits/contextual/exp4_policies.h"
#include "bandits/contextual/greedy.h"
#include "bandits/contextual/iltcb.h"
#include "bandits/contextual/square_cb.h"

namespace bellwether::bandits {
namespace {

constexpr LearnerPage row{"contextual-bandits"};

}  // namespace

std::vector<Learner> contextual_learners() {
  return {
      bandit_learner<SquareCbOptions, make_square_cb>(
          row("square-cb", "SquareCB (Foster, Rakhlin 2020)",
              "inverse-gap weighting of the predictions of a square-loss oracle", kSquareCbPractical),
          "p(a) = 1 / (K + gamma (max y - y(a))), gamma = sqrt(K T / (R + ln(2/delta)))"),
      bandit_learner<ExploreFirstOptions, make_explore_first>(
          row("explore-first", "Explore first, then the empirically best policy (Langford, Zhang 2007)",
              "uniform rounds, then the policy that would have earned most in them"),
          "T^(2/3) (K ln N)^(1/3) uniform rounds, then argmax of sum of K r 1{pi(x) = a}"),
      bandit_learner<EpochGreedyOptions, make_epoch_greedy>(
          row("epoch-greedy", "Epoch-greedy (Langford, Zhang 2007)",
              "single uniform rounds, and ever more greedy ones between them"),
          "argmax of sum of K r 1{pi(x) = a} for sqrt(n / (K ln N)) rounds after the n-th uniform one"),
      bandit_learner<Exp4PoliciesOptions, make_exp4_policies>(
          row("exp4-policies", "Exp4 over policies (Auer, Cesa-Bianchi, Freund, Schapire 2002)",
              "exponential weights on policies by their estimated losses; rewards in a bounded interval"),
          "p(a) = sum of w 1{pi(x) = a}, w = exp(-eta L), L += 1{pi(x) = a} loss / p(a), eta = sqrt(2 ln N / (K T))"),
      bandit_learner<IltcbOptions, make_iltcb>(
          row("ilovetoconbandits", "ILOVETOCONBANDITS (Agarwal et al. 2014)",
              "weights on policies that keep the variance of their estimates low; rewards in [0, 1]", kIltcbPractical),
          "sum w b <= 2K, E[1 / Q(pi(x) | x)] <= 2K + b_pi, b = regret / (100 mu), mu = min(1 / (2K), sqrt(ln(16 t^2 "
          "N / delta) / (K t))) after t rounds")};
}

}  // namespace bellwether::bandits
