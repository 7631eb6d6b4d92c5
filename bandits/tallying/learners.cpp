#include "bandits/tallying/learners.h"

#include "bandits/tallying/full_exposure.h"
#include "bandits/tallying/repeated_exposure.h"

namespace bellwether::bandits {
namespace {

constexpr std::string_view kPage = "weighted-tallying-bandits";

}  // namespace

std::vector<Learner> tallying_learners() {
  Learner elimination = bandit_learner<RepeatedExposureOptions, make_repeated_exposure>(
      {.name = "wtb-se",
       .title = "successive elimination with repeated exposures (Malik, Igoe, Li, Singh 2023)",
       .summary = "plays an arm until it is fully exposed before it measures it; eliminates in doubling epochs",
       .page = kPage,
       .protocol = Protocol::kRounds,
       .practical = kExposurePractical},
      "keep i when max m - m_i <= 2 sqrt(2 s^2 ln(2 K T log2 T) / 2^e)");
  const LearnerInfo oracle = {.name = "full-exposure",
                              .title = "the arm that is best at full exposure",
                              .summary =
                                  "knows the bandit: the comparator of regret, which pays for the way to full "
                                  "exposure alone",
                              .page = kPage,
                              .protocol = Protocol::kRounds};
  return {elimination, baseline_learner(oracle, "argmin over i of h_i(|w|)", make_full_exposure)};
}

}  // namespace bellwether::bandits
