#include "bandits/changing/learners.h"

#include "bandits/adversarial/gains.h"
#include "bandits/changing/restarts.h"
#include "bandits/changing/windows.h"

namespace bellwether::bandits {
namespace {

constexpr LearnerPage rounds{"non-stationary-bandits"};

}  // namespace

std::vector<Learner> changing_learners() {
  return {
      bandit_learner<SlidingWindowOptions, make_sliding_window_ucb>(
          rounds("sw-ucb", "SW-UCB (Garivier, Moulines 2011)", "UCB that remembers the last rounds only",
                 kSlidingPractical),
          "m_tau + B sqrt(xi ln min(n, tau) / N_tau), xi = 0.6, tau = 4 sqrt(T ln T), or 2 B sqrt(T ln T / Y) with "
          "changes=Y"),
      bandit_learner<DiscountedOptions, make_discounted_ucb>(
          rounds("d-ucb", "D-UCB (Kocsis, Szepesvari 2006; Garivier, Moulines 2011)",
                 "UCB that forgets at a steady rate", kDiscountedPractical),
          "m_g + 2 B sqrt(xi ln n_g / N_g), xi = 0.6, g = 1 - 1 / (4 sqrt(T)), or 1 - sqrt(Y / T) / (4 B) with "
          "changes=Y"),
      bandit_learner<Exp3SOptions, make_exp3_s>(
          rounds("exp3-s", "Exp3.S (Auer, Cesa-Bianchi, Freund, Schapire 2002)",
                 "exponential weights that are shared, against the best sequence of arms"),
          "p = (1 - g) w / W + g / K, w <- w exp(g x / (K p)) + (e a / K) W, a = 1 / T, g = min(1, sqrt(K (Y ln(K T) + "
          "e) / ((e - 1) T))), Y = changes"),
      bandit_learner<Rexp3Options, make_rexp3>(
          rounds("rexp3", "Rexp3 (Besbes, Gur, Zeevi 2014)", "Exp3 begun anew at regular intervals"),
          "p = (1 - g) softmax(g G / K) + g / K, G since the last restart, one every b = ceil((K ln K)^(1/3) (T / "
          "V)^(2/3)) rounds, g = min(1, sqrt(K ln K / ((e - 1) b)))"),
      bandit_learner<MasterOptions, make_master>(
          rounds("master", "MASTER (Wei, Luo 2021)",
                 "UCB1 on all scales of time, begun anew when a test finds a change", kMasterPractical),
          "m + sqrt(ln(T / delta) / (2 N)) of the shortest copy that is running")};
}

}  // namespace bellwether::bandits
