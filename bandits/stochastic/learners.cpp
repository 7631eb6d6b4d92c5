#include "bandits/stochastic/learners.h"

#include "bandits/stochastic/upper_confidence.h"

namespace bellwether::bandits {
namespace {

constexpr std::string_view kPage = "stochastic-bandits";

LearnerInfo rounds(LearnerInfo info) {
  info.page = kPage;
  info.protocol = Protocol::kRounds;
  return info;
}

}  // namespace

std::vector<Learner> stochastic_learners() {
  return {bandit_learner<Ucb1Options, make_ucb1>(
      rounds({.name = "ucb1",
              .title = "UCB1 (Auer, Cesa-Bianchi, Fischer 2002)",
              .summary = "the mean and a width that falls like the root of the count; rewards in [0, 1]",
              .practical = kUcb1Practical}),
      "m + sqrt(2 ln n / N)")};
}

}  // namespace bellwether::bandits
