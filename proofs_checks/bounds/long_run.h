#pragma once

namespace bellwether::bounds {

// Regret of learners of the long run. Regret(T) = T g* - sum of rewards, rewards in [0, 1], natural logarithms unless a
// base is named. Statements: docs/papers, the page of each learner.

struct LongRunSize {
  double states = 1, actions = 1, diameter = 1, steps = 1;
  double delta = 0.05;
};

/// 34 D S sqrt(A T ln(T / delta)) with probability 1 - delta: Jaksch, Ortner and Auer 2010, Theorem 2.
double ucrl2_regret(const LongRunSize& size);
/// S A log_2(8 T / (S A)) episodes at most, for T >= S A: the same paper, Proposition 18. Counting alone: it holds in
/// every run.
double ucrl2_episodes(const LongRunSize& size);
/// 34^2 D^2 S^2 A ln(T / delta) / gap: the part of Theorem 4 of the same paper that grows with T, of the expected
/// regret; `gap` is the distance from the optimal gain to the best gain below it. The theorem adds a constant that
/// depends on the model and is not published as a formula in these sizes.
double ucrl2_gap_leading(const LongRunSize& size, double gap);
/// E Regret >= 0.015 sqrt(D S A T): the same paper, Theorem 5. For every learner there is such a model.
double jao_regret(const LongRunSize& size);
/// S >= 10, A >= 10, D >= 20 log_A S, T >= D S A.
bool jao_applies(const LongRunSize& size);

// Shapes only: constants and logarithms are not published or hidden.

/// sqrt(D Gamma S A T), Gamma the largest number of successors: UCRL2B (Fruit, Pirotta and Lazaric 2020).
double ucrl2b_shape(const LongRunSize& size, double successors);
/// D S sqrt(A T): KL-UCRL (Filippi, Cappe and Garivier 2010).
double kl_ucrl_shape(const LongRunSize& size);
/// c sqrt(Gamma S A T) for c >= span of the bias: SCAL (Fruit, Pirotta, Lazaric and Ortner 2018).
double scal_shape(const LongRunSize& size, double successors, double span);
/// span S sqrt(A T), averaged over the prior: TSDE (Ouyang, Gagrani, Nayyar and Jain 2017).
double tsde_bayes_shape(const LongRunSize& size, double span);

}  // namespace bellwether::bounds
