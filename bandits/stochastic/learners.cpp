#include "bandits/stochastic/learners.h"

#include "bandits/stochastic/baselines.h"
#include "bandits/stochastic/divergence_index.h"
#include "bandits/stochastic/elimination.h"
#include "bandits/stochastic/exploration.h"
#include "bandits/stochastic/posterior.h"
#include "bandits/stochastic/robust.h"
#include "bandits/stochastic/upper_confidence.h"

namespace bellwether::bandits {
namespace {

constexpr LearnerPage rounds{"stochastic-bandits"};

std::vector<Learner> baselines() {
  return {baseline_learner(rounds("uniform", "Uniform", "a random arm in every round"), "none", make_uniform),
          baseline_learner(rounds("greedy", "Greedy", "every arm once, then the best mean"), "m", make_greedy),
          baseline_learner(rounds("optimal", "Optimal", "the best arm in every round: knows the bandit"), "mu",
                           make_optimal)};
}

std::vector<Learner> upper_confidence() {
  return {
      bandit_learner<Ucb1Options, make_ucb1>(
          rounds("ucb1", "UCB1 (Auer, Cesa-Bianchi, Fischer 2002)",
                 "the mean and a width that falls like the root of the count; rewards in [0, 1]", kUcb1Practical),
          "m + sqrt(2 ln n / N)"),
      bandit_learner<UcbOptions, make_ucb>(rounds("ucb", "UCB, asymptotically optimal (Lattimore, Szepesvari 2020)",
                                                  "the width of sigma-sub-Gaussian sums at a level just above ln t"),
                                           "m + sqrt(2 sigma^2 ln(1 + t ln(t)^2) / N)"),
      bandit_learner<UcbDeltaOptions, make_ucb_delta>(
          rounds("ucb-delta", "UCB(delta) (Lattimore, Szepesvari 2020)", "one level for all rounds; knows their number",
                 kFixedWidthPractical),
          "m + sqrt(2 sigma^2 ln(1 / delta) / N), delta = 1 / T^2"),
      bandit_learner<UcbVOptions, make_ucb_v>(
          rounds("ucb-v", "UCB-V (Audibert, Munos, Szepesvari 2009)",
                 "the empirical variance V in the width; bounded rewards of range b"),
          "m + sqrt(2 V E / N) + 3 b E / N, E = 1.2 ln t"),
      bandit_learner<MossOptions, make_moss>(
          rounds("moss", "MOSS (Audibert, Bubeck 2009)",
                 "no width for arms with more than their share of the rounds: minimax up to a constant"),
          "m + sqrt(4 sigma^2 ln+(T / (K N)) / N)"),
      bandit_learner<RobustUcbOptions, make_robust_ucb>(
          rounds("robust-ucb", "Robust UCB (Bubeck, Cesa-Bianchi, Lugosi 2013)",
                 "a mean without its outliers, for heavy tails: knows a moment of order 1 + eps", kRobustPractical),
          "m' + (4/3 + sqrt(2) + eps) u^(1 / (1 + eps)) (3 ln t / N)^(eps / (1 + eps)), m' the truncated mean")};
}

std::vector<Learner> divergence_indices() {
  return {bandit_learner<KlUcbOptions, make_kl_ucb>(
              rounds("kl-ucb", "KL-UCB (Garivier, Cappe 2011)",
                     "the largest mean that the evidence does not rule out: asymptotically optimal"),
              "max{q : N d(m, q) <= ln t + c ln ln t}"),
          bandit_learner<KlUcbPpOptions, make_kl_ucb_pp>(
              rounds("kl-ucb-pp", "KL-UCB++ (Menard, Garivier 2017)",
                     "asymptotically optimal and minimax; knows the number of rounds"),
              "max{q : N d(m, q) <= ln+(x (1 + (ln+ x)^2))}, x = T / (K N)"),
          bandit_learner<ImedOptions, make_imed>(
              rounds("imed", "IMED (Honda, Takemura 2015)", "the arm with the least evidence against it"),
              "-N d(m, max m) - ln N")};
}

std::vector<Learner> posteriors() {
  return {
      bandit_learner<ThompsonOptions, make_thompson>(
          rounds("thompson", "Thompson sampling (Thompson 1933; Agrawal, Goyal 2012)",
                 "draws a mean for every arm from its posterior and plays the largest"),
          "draw of Beta(S + 1, F + 1), N(m, sigma^2 / N), Gamma(S + 1/2) / N or S / Gamma(N)"),
      bandit_learner<BayesUcbOptions, make_bayes_ucb>(
          rounds("bayes-ucb", "Bayes-UCB (Kaufmann, Cappe, Garivier 2012)", "a high quantile of the posterior"),
          "quantile 1 - 1 / (t ln(T)^c) of Beta(S + 1, F + 1), N(m, sigma^2 / N), Gamma(S + 1/2) / N or S / Gamma(N)")};
}

std::vector<Learner> explorers() {
  return {
      bandit_learner<ExploreThenCommitOptions, make_explore_then_commit>(
          rounds("explore-then-commit", "Explore then commit",
                 "so many pulls of every arm, then the best mean for ever"),
          "round robin for K n rounds, then the largest m for ever; n = ceil((T / K)^(2/3) ln(T)^(1/3)), or ceil((4 "
          "sigma^2 / D^2) ln(T D^2 / (4 sigma^2))) with gap=D"),
      bandit_learner<EpsilonGreedyOptions, make_epsilon_greedy>(
          rounds("epsilon-greedy", "Epsilon-greedy (Auer, Cesa-Bianchi, Fischer 2002)",
                 "a random arm with probability eps_t, else the best mean"),
          "m with probability 1 - eps_t, else any arm; eps_t = min(1, c K / (d^2 t)), c = 6, d = gap = 0.1, of which "
          "the theorem wants c > 5 and d at most the least gap"),
      bandit_learner<SuccessiveEliminationOptions, make_successive_elimination>(
          rounds("successive-elimination", "Successive elimination (Even-Dar, Mannor, Mansour 2006)",
                 "plays all arms in turn and drops those that are surely worse"),
          "drop when max m - m >= 2 sqrt(2 sigma^2 ln(4 K n^2 / delta) / n)")};
}

}  // namespace

std::vector<Learner> stochastic_learners() {
  std::vector<Learner> all;
  for (const auto& part : {baselines(), upper_confidence(), divergence_indices(), posteriors(), explorers()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace bellwether::bandits
