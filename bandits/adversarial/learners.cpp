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
  return {bandit_learner<Exp3Options, make_exp3>(
              rounds("exp3", "Exp3 (Auer, Cesa-Bianchi, Freund, Schapire 2002; in losses)",
                     "exponential weights of losses estimated by importance weights"),
              "p = softmax(-eta L), L_i += l 1{A = i} / p_i"),
          bandit_learner<Exp3IxOptions, make_exp3_ix>(
              rounds("exp3-ix", "Exp3-IX (Neu 2015)",
                     "Exp3 whose estimates are biased down: the regret itself is bounded, not its mean only"),
              "p = softmax(-eta L), L_i += l 1{A = i} / (p_i + eta / 2)"),
          bandit_learner<Exp3DelayOptions, make_exp3_delay>(
              rounds("exp3-delay", "Exp3 with delayed updates (Thune, Cesa-Bianchi, Seldin 2019)",
                     "Exp3 at a rate for feedback that comes late"),
              "p = softmax(-eta L), L over what has come"),
          bandit_learner<TsallisInfOptions, make_tsallis_inf>(
              rounds("tsallis-inf", "Tsallis-INF (Zimmert, Seldin 2021)",
                     "leader regularised by the Tsallis entropy: best of both worlds"),
              "p_i = 4 / (eta_t (L_i - x))^2, eta_t = c / sqrt(t)"),
          bandit_learner<TsallisOptions, make_ftrl_tsallis>(
              rounds("ftrl-tsallis", "leader regularised by Tsallis entropy (Abernethy, Lee, Tewari 2015)",
                     "any alpha between the log barrier and Exp3"),
              "p_i = ((1 - alpha) eta (L_i - x))^(-1 / (1 - alpha))"),
          bandit_learner<LogBarrierOptions, make_ftrl_log_barrier>(
              rounds("ftrl-log-barrier", "leader regularised by the log barrier (Foster et al. 2016; Wei, Luo 2018)",
                     "regret small where losses are small"),
              "p_i = 1 / (eta (L_i - x))")};
}

}  // namespace

std::vector<Learner> adversarial_learners() {
  std::vector<Learner> rows = leaders();
  rows.push_back(bandit_learner<Exp3RewardsOptions, make_exp3_rewards>(
      rounds("exp3-rewards", "Exp3 as first published (Auer, Cesa-Bianchi, Freund, Schapire 2002)",
             "exponential weights of rewards, mixed with uniform choices"),
      "p = (1 - g) softmax(g G / K) + g / K, G_i += x 1{A = i} / p_i"));
  rows.push_back(bandit_learner<Exp3POptions, make_exp3_p>(
      rounds("exp3-p", "Exp3.P (Auer et al. 2002; Bubeck, Cesa-Bianchi 2012)",
             "exponential weights of rewards with a bonus for what is seldom drawn"),
      "p = (1 - g) softmax(eta G) + g / K, G_i += (x 1{A = i} + b) / p_i"));
  rows.push_back(
      bandit_learner<Exp4Options, make_exp4>(rounds("exp4", "Exp4 (Auer, Cesa-Bianchi, Freund, Schapire 2002)",
                                                    "exponential weights over experts that advise distributions"),
                                             "p = E' softmax(-eta L), L_m += E_mA l / p_A"));
  rows.push_back(bandit_learner<BatchedExp3Options, make_batched_exp3>(
      rounds("batched-exp3", "batched Exp3 (Arora, Dekel, Tewari 2012)",
             "Exp3 that plays an arm for a batch: for adversaries that answer to the last plays"),
      "p = softmax(-eta L) once a batch, L_i += mean l of the batch 1{A = i} / p_i"));
  rows.push_back(bandit_learner<BarbarOptions, make_barbar>(
      rounds("barbar", "BARBAR (Gupta, Koren, Talwar 2019)", "random epochs in which no corrupted round says much",
             kBarbarPractical),
      "p_i proportional to 1 / gap_i^2 of the last epoch"));
  return rows;
}

}  // namespace bellwether::bandits
