#include "bandits/identification/learners.h"

#include "bandits/identification/confidence.h"
#include "bandits/identification/phases.h"
#include "bandits/identification/private_identification.h"
#include "bandits/identification/track_and_stop.h"

namespace bellwether::bandits {
namespace {

constexpr LearnerPage identification{"best-arm-identification", Protocol::kIdentification};
constexpr LearnerPage identification_in_private{"dp-bai", Protocol::kIdentification};

std::vector<Learner> fixed_budget() {
  return {bandit_learner<UniformBudgetOptions, make_uniform_budget>(
              identification("uniform-budget", "Uniform", "all arms equally often, then names the best mean"),
              "round robin"),
          bandit_learner<SuccessiveRejectsOptions, make_successive_rejects>(
              identification("successive-rejects", "Successive rejects (Audibert, Bubeck, Munos 2010)",
                             "drops the worst mean, one arm a phase, until one is left"),
              "drop the least m at n_k = ceil((n - K) / (l (K + 1 - k))) pulls each"),
          bandit_learner<SequentialHalvingOptions, make_sequential_halving>(
              identification("sequential-halving", "Sequential halving (Karnin, Koren, Somekh 2013)",
                             "drops the worse half after each of log2 K equal phases"),
              "keep the better half after n / (A ceil(log2 K)) pulls each of A arms"),
          bandit_learner<DpBaiOptions, make_dp_bai>(
              identification_in_private("dp-bai", "DP-BAI (Chen, Karthik, Chee, Tan 2024)",
                                        "halving on means with Laplace noise: eps-private in each reward"),
              "m + Laplace(1 / (eps n)), n pulls of each in the phase, the smallest go")};
}

std::vector<Learner> fixed_confidence() {
  return {bandit_learner<LucbOptions, make_lucb>(
              identification("lucb", "LUCB1 (Kalyanakrishnan, Tewari, Auer, Stone 2012)",
                             "plays the best mean and its strongest rival until their intervals part"),
              "m +- sqrt(2 sigma^2 ln(5 K t^4 / (4 delta)) / N)"),
          bandit_learner<KlLucbOptions, make_kl_lucb>(
              identification("kl-lucb", "KL-LUCB (Kaufmann, Kalyanakrishnan 2013)", "LUCB with intervals of d"),
              "{q : N d(m, q) <= x + ln x}, x = ln(405.5 K t^1.1 / delta)"),
          bandit_learner<KlLucbOptions, make_kl_racing>(
              identification("kl-racing", "KL-Racing (Kaufmann, Kalyanakrishnan 2013)",
                             "plays all arms in turn and drops those whose interval lies below another's"),
              "{q : N d(m, q) <= x + ln x}, x = ln(405.5 K t^1.1 / delta)"),
          bandit_learner<TrackAndStopOptions, make_track_and_stop>(
              identification("track-and-stop", "Track-and-Stop (Garivier, Kaufmann 2016)",
                             "plays the optimal shares for the means so far: asymptotically optimal"),
              "t w*(m) - N, an arm below sqrt(t) - K / 2 pulls first; stops when min over b of N d(m, m') + N_b "
              "d(m_b, m') > ln((1 + ln t) / delta), or ln(2 t (K - 1) / delta) with threshold=proven"),
          bandit_learner<TopTwoOptions, make_top_two>(
              identification("top-two", "Top-two Thompson sampling (Russo 2016; Shang et al. 2020)",
                             "plays the best arm of a posterior draw or a challenger, half the time each"),
              "best of a draw, or with probability 1/2 the b of least E_b = N d(m, m') + N_b d(m_b, m') against it; "
              "stops when min E_b of the best m > ln((1 + ln t) / delta), or ln(2 t (K - 1) / delta) with "
              "threshold=proven")};
}

}  // namespace

std::vector<Learner> identification_learners() {
  std::vector<Learner> all = fixed_budget();
  const std::vector<Learner> more = fixed_confidence();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace bellwether::bandits
