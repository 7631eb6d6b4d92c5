#include "bandits/adversarial/learners.h"

#include "bandits/adversarial/barbar.h"
#include "bandits/adversarial/batched.h"
#include "bandits/adversarial/experts.h"
#include "bandits/adversarial/gains.h"
#include "bandits/adversarial/regularised_leader.h"

namespace bellwether::bandits {
namespace {

constexpr LearnerPage rounds{"adversarial-bandits"};

std::vector<Learner> leaders() {
  return {
      bandit_learner<Exp3Options, make_exp3>(
          rounds("exp3", "Exp3 (Auer, Cesa-Bianchi, Freund, Schapire 2002; in losses)",
                 "exponential weights of losses estimated by importance weights"),
          "p = softmax(-eta L), L_i += l 1{A = i} / p_i, eta = sqrt(2 ln K / (K T)), or sqrt(ln K / (K t)) with "
          "schedule=anytime"),
      bandit_learner<Exp3IxOptions, make_exp3_ix>(
          rounds("exp3-ix", "Exp3-IX (Neu 2015)",
                 "Exp3 whose estimates are biased down: the regret itself is bounded, not its mean only"),
          "p = softmax(-eta L), L_i += l 1{A = i} / (p_i + gamma), gamma = eta / 2, eta = sqrt(2 ln K / (K T)), or "
          "sqrt(ln K / (K t)) with schedule=anytime"),
      bandit_learner<Exp3DelayOptions, make_exp3_delay>(
          rounds("exp3-delay", "Exp3 with delayed updates (Thune, Cesa-Bianchi, Seldin 2019)",
                 "Exp3 at a rate for feedback that comes late"),
          "p = softmax(-eta L), L over what has come, eta = min(1 / (2 e d_max), sqrt(ln K / (e K T / 2 + D))), D the "
          "sum of all delays, d_max the largest"),
      bandit_learner<TsallisInfOptions, make_tsallis_inf>(
          rounds("tsallis-inf", "Tsallis-INF (Zimmert, Seldin 2021)",
                 "leader regularised by the Tsallis entropy: best of both worlds"),
          "p_i = 4 / (eta_t (L_i - x))^2, x with sum p = 1, eta_t = 4 / sqrt(t), or 2 / sqrt(t) with estimator=iw"),
      bandit_learner<TsallisOptions, make_ftrl_tsallis>(
          rounds("ftrl-tsallis", "leader regularised by Tsallis entropy (Abernethy, Lee, Tewari 2015)",
                 "any alpha between the log barrier and Exp3"),
          "p_i = ((1 - a) eta (L_i - x))^(-1 / (1 - a)), a = alpha, eta = sqrt(2 c / T), or sqrt(c / t) with "
          "schedule=anytime, c = (K^(1 - a) - 1) / (a (1 - a) K^a)"),
      bandit_learner<LogBarrierOptions, make_ftrl_log_barrier>(
          rounds("ftrl-log-barrier", "leader regularised by the log barrier (Foster et al. 2016; Wei, Luo 2018)",
                 "regret small where losses are small"),
          "p_i = 1 / (eta (L_i - x)), eta = min(1/2, sqrt(K ln T / T))")};
}

}  // namespace

std::vector<Learner> adversarial_learners() {
  std::vector<Learner> rows = leaders();
  rows.push_back(bandit_learner<Exp3RewardsOptions, make_exp3_rewards>(
      rounds("exp3-rewards", "Exp3 as first published (Auer, Cesa-Bianchi, Freund, Schapire 2002)",
             "exponential weights of rewards, mixed with uniform choices"),
      "p = (1 - g) softmax(g G / K) + g / K, G_i += x 1{A = i} / p_i, g = min(1, sqrt(K ln K / ((e - 1) T)))"));
  rows.push_back(bandit_learner<Exp3POptions, make_exp3_p>(
      rounds("exp3-p", "Exp3.P (Auer et al. 2002; Bubeck, Cesa-Bianchi 2012)",
             "exponential weights of rewards with a bonus for what is seldom drawn"),
      "p = (1 - g) softmax(eta G) + g / K, G_i += (x 1{A = i} + b) / p_i, b = sqrt(ln(K / delta) / (K T)), eta = 0.95 "
      "sqrt(ln K / (K T)), g = min(1, 1.05 sqrt(K ln K / T))"));
  rows.push_back(bandit_learner<Exp4Options, make_exp4>(
      rounds("exp4", "Exp4 (Auer, Cesa-Bianchi, Freund, Schapire 2002)",
             "exponential weights over experts that advise distributions"),
      "p = E' softmax(-eta L), L_m += E_mA l / p_A, eta = sqrt(2 ln n / (K T)), n experts"));
  rows.push_back(bandit_learner<BatchedExp3Options, make_batched_exp3>(
      rounds("batched-exp3", "batched Exp3 (Arora, Dekel, Tewari 2012)",
             "Exp3 that plays an arm for a batch: for adversaries that answer to the last plays"),
      "p = softmax(-eta L) once a batch, L_i += mean l of the batch 1{A = i} / p_i, eta = sqrt(2 ln K / (K ceil(T / "
      "b))), batches of b = (2 m^2 T / (K ln K))^(1/3) rounds, m the memory"));
  rows.push_back(bandit_learner<BarbarOptions, make_barbar>(
      rounds("barbar", "BARBAR (Gupta, Koren, Talwar 2019)", "random epochs in which no corrupted round says much",
             kBarbarPractical),
      "epoch m: p_i proportional to 1 / gap_i^2 for lambda sum of 1 / gap_i^2 rounds, lambda = 1024 ln(8 K log2(T) / "
      "delta), then gap_i = max(2^-m, max_j(r_j - gap_j / 16) - r_i), r_i = (rewards of i) gap_i^2 / lambda"));
  return rows;
}

}  // namespace bellwether::bandits
