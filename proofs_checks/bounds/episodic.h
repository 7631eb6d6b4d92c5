#pragma once

#include <cstdint>

namespace bellwether::bounds {

// Regret of episodic learners. Regret(K) = sum over episodes of V*(s_k) - V^{pi_k}(s_k), rewards in [0, 1], natural
// logarithms. "Homogeneous" theorems speak of models that are the same at every stage, "inhomogeneous" ones of models
// with a transition law for each. Statements: the page of each learner in docs/papers.

struct EpisodicSize {
  double states = 1, actions = 1, horizon = 1, episodes = 1;
  double delta = 0.05;  ///< the probability with which the bound may fail

  double steps() const { return episodes * horizon; }
};

/// K H: no learner can do worse.
double trivial_regret(const EpisodicSize& size);

// With all constants, each with probability 1 - delta.

/// L = ln(5 S A T / delta), in the bonuses and bounds of UCBVI.
double ucbvi_log(const EpisodicSize& size);
/// 20 H^{3/2} L sqrt(SAK) + 250 H^2 S^2 A L^2: Azar, Osband and Munos 2017, Theorem 1. Homogeneous, known rewards.
double ucbvi_ch_regret(const EpisodicSize& size);
/// 30 H L sqrt(SAK) + 2500 H^2 S^2 A L^2 + 4 H^{3/2} sqrt(K L): Azar, Osband and Munos 2017, Theorem 2. Homogeneous,
/// known rewards.
double ucbvi_bf_regret(const EpisodicSize& size);

// Shapes only: the published theorems hide a constant, and where they hide logarithms too the shape has none. A shape
// is for slopes and for figures, never for a claim that regret is below it.

/// sqrt(Q S A T) + S^{3/2} A H^2 (sqrt S + sqrt H), Q = max over rows of Var r + Var V*: Zanette and Brunskill 2019.
/// Homogeneous.
double euler_shape(const EpisodicSize& size, double variance);
/// min(sqrt(S A H^3 K), H K): Zhang, Chen, Lee and Du 2024. Inhomogeneous.
double mvp_shape(const EpisodicSize& size);
/// sqrt(H^4 S A T i), i = ln(S A T / delta): Jin, Allen-Zhu, Bubeck and Jordan 2018, Theorem 1. Inhomogeneous.
double ucb_q_hoeffding_shape(const EpisodicSize& size);
/// sqrt(H^3 S A T i) + sqrt(H^9 S^3 A^3) i^2: the same paper, Theorem 2. Inhomogeneous.
double ucb_q_bernstein_shape(const EpisodicSize& size);
/// sqrt(H^2 S A T): Zhang, Zhou and Ji 2020. Inhomogeneous.
double ucb_advantage_shape(const EpisodicSize& size);
/// H S sqrt(A T), of the regret averaged over the prior: Osband, Russo and Van Roy 2013. Homogeneous.
double psrl_bayes_shape(const EpisodicSize& size);
/// H^3 S^{3/2} sqrt(A K): Russo 2019. Inhomogeneous.
double rlsvi_shape(const EpisodicSize& size);
/// sqrt(S^2 A H^4 K): Shani, Efroni, Rosenberg and Mannor 2020, stochastic costs. Inhomogeneous.
double optimistic_policy_shape(const EpisodicSize& size);
/// H^2 S sqrt(A) K^{2/3}: the same paper, adversarial costs with bandit feedback.
double optimistic_policy_adversarial_shape(const EpisodicSize& size);
/// H^3 S A (ln(1/delta) + S) / eps^2 episodes, reward-free exploration: Menard et al. 2021.
double reward_free_shape(const EpisodicSize& size, double epsilon);
/// H^3 S A ln(1/delta) / eps^2 episodes until an eps-optimal policy is known: Menard et al. 2021.
double best_policy_shape(const EpisodicSize& size, double epsilon);
/// S A H^2 ln(1/delta) / eps^2 episodes with a certificate above eps: Dann, Li, Wei and Brunskill 2019.
double certificate_mistakes_shape(const EpisodicSize& size, double epsilon);

// Lower bounds, with all constants: for every learner there is a model of the family that hurts it this much.

/// E Regret >= (1 / (48 sqrt 6)) sqrt(H^3 S A K): Domingues, Menard, Kaufmann and Valko 2021, Theorem 9. Inhomogeneous;
/// needs the conditions below.
double domingues_regret(const EpisodicSize& size);
/// S >= 6, A >= 2, H >= 3 d and K >= H S A, where the tree of depth d has S = 3 + (A^d - 1) / (A - 1) states.
bool domingues_applies(const EpisodicSize& size, int depth);
/// The advantage that the proof gives the good choice: (1 / (2 sqrt 2)) (1 - 1 / (L A H')) sqrt(L A H' / K), for L
/// leaves and H' stages at which waiting may end.
double domingues_advantage(double leaves, double actions, double waiting, double episodes);
/// The same proof with the advantage given, for any K: the regret of a learner, averaged over the L A H' members of the
/// family, is at least K x (1 - 1 / n - sqrt(2) x sqrt(K / n)), n = L A H', x = advantage <= 1/4, in units of what a
/// right choice brings (`reward`: the stages that pay). It is larger for some smaller K, and regret never falls.
double hard_tree_regret(double ways, double advantage, double reward, double episodes);
/// E tau >= (1 / 3456) (H^3 S A / eps^2) ln(1 / delta) episodes until an eps-optimal policy is known, for eps <= H / 24
/// and delta <= 1/16: the same paper, Theorem 7. Inhomogeneous.
double best_policy_episodes(const EpisodicSize& size, double epsilon);
/// sqrt(A K) / 27 for a bandit with A arms: Lattimore and Szepesvari 2020, Theorem 15.2 (with A - 1 in place of A).
double bandit_regret(double arms, double rounds);

}  // namespace bellwether::bounds
