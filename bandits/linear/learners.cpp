#include "bandits/linear/learners.h"

#include "bandits/linear/discounted.h"
#include "bandits/linear/disjoint.h"
#include "bandits/linear/gaussian_process.h"
#include "bandits/linear/glm.h"
#include "bandits/linear/imed.h"
#include "bandits/linear/oful.h"
#include "bandits/linear/phased_elimination.h"
#include "bandits/linear/practical.h"
#include "bandits/linear/sup_lin_ucb.h"
#include "bandits/linear/thompson.h"

namespace bellwether::bandits {
namespace {

constexpr LearnerPage row{"linear-bandits", Protocol::kRounds, kEllipsoidPractical};

std::vector<Learner> ellipsoid_learners() {
  return {bandit_learner<OfulOptions, make_oful>(
              row("oful", "OFUL (Abbasi-Yadkori, Pal, Szepesvari 2011)",
                  "the arm that looks best under some parameter in a confidence ellipsoid"),
              "<theta, a> + b |a|_{V^-1}, b = sigma sqrt(2 ln(1/delta) + ln(det V / lambda^d)) + sqrt(lambda) S"),
          bandit_learner<DLinUcbOptions, make_d_lin_ucb>(
              row("d-lin-ucb", "D-LinUCB (Russac, Vernade, Cappe 2019)",
                  "an ellipsoid that forgets: for parameters that jump or drift"),
              "<theta, a> + b |a|_{V^-1 V~ V^-1}, b = sqrt(lambda) S + sigma sqrt(2 ln(1/delta) + d ln(1 + L^2 (1 - "
              "g^(2t)) / (lambda d (1 - g^2))))"),
          bandit_learner<LinTsOptions, make_lin_ts>(
              row("lin-ts", "Linear Thompson sampling (Agrawal, Goyal 2013)",
                  "the best arm of a parameter drawn around the estimate", kSamplingPractical),
              "<theta', a>, theta' ~ N(theta, v^2 V^-1), v = sigma sqrt(9 d ln(t/delta))"),
          bandit_learner<LinImedOptions, make_lin_imed>(
              row("lin-imed", "LinIMED-1 (Bian, Tan 2024)", "the arm whose being the best would surprise least"),
              "-(gap^2 / (b^2 |a|^2_{V^-1}) - ln(b^2 |a|^2_{V^-1})), b as of oful"),
          bandit_learner<LinUcbOptions, make_lin_ucb>(
              row("lin-ucb", "LinUCB, disjoint models (Li, Chu, Langford, Schapire 2010)",
                  "a least-squares estimate of its own for every arm, and a width"),
              "<theta_a, x> + (1 + sqrt(ln(2/delta) / 2)) |x|_{V_a^-1}")};
}

}  // namespace

std::vector<Learner> linear_learners() {
  std::vector<Learner> all = ellipsoid_learners();
  std::vector<Learner> others = {
      bandit_learner<SupLinUcbOptions, make_sup_lin_ucb>(
          row("sup-lin-ucb", "SupLinUCB (Chu, Li, Reyzin, Schapire 2011)",
              "levels of precision, each with data whose choice did not look at its rewards"),
          "<theta_s, a> + w, w = (sigma sqrt(2 ln(2 T K s_max / delta)) + S) |a|_{V_s^-1}"),
      bandit_learner<PhasedEliminationOptions, make_phased_elimination>(
          row("phased-elimination", "Phased elimination with G-optimal designs (Lattimore, Szepesvari 2020)",
              "phases that halve the precision; arms that are worse beyond doubt are dropped"),
          "drop a when max <theta, b - a> > 2^(1-l); pulls 2 sigma^2 d pi(a) 4^l ln(K l (l+1) / delta)"),
      bandit_learner<UcbGlmOptions, make_ucb_glm>(
          row("ucb-glm", "UCB-GLM (Li, Lu, Zhou 2017)", "maximum likelihood of a link function, and a width"),
          "<theta, a> + (sigma/kappa) sqrt((d/2) ln(1 + 2T/d) + ln(1/delta)) |a|_{V^-1}, kappa = m'(L (S + 1)), the "
          "least slope of the link m; 1 for the identity"),
      bandit_learner<GpUcbOptions, make_gp_ucb>(
          row("gp-ucb", "GP-UCB (Srinivas, Krause, Kakade, Seeger 2010)",
              "mean and deviation of a Gaussian process on the arms", kGpPractical),
          "m + sqrt(2 ln(K t^2 pi^2 / (6 delta))) s")};
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

}  // namespace bellwether::bandits
