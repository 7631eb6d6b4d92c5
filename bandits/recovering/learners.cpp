#include "bandits/recovering/learners.h"

#include "bandits/recovering/known_recovery.h"
#include "bandits/recovering/periodic_ucb.h"

namespace bellwether::bandits {
namespace {

LearnerInfo rounds(std::string_view name, std::string_view title, std::string_view summary, double practical = 1) {
  return {.name = name,
          .title = title,
          .summary = summary,
          .page = "docs/papers/recovering-rewards.md",
          .protocol = Protocol::kRounds,
          .practical = practical};
}

using Make = std::unique_ptr<Agent> (*)(const Bandit&, const World&, const std::vector<Setting>&, const Stream&);

Learner known(const LearnerInfo& info, std::string_view index, Make make) {
  Learner row;
  static_cast<LearnerInfo&>(row) = info;
  row.index = index;
  row.kind = Kind::kItems;
  row.options = [] { return std::vector<OptionRow>{}; };
  row.make = make;
  return row;
}

}  // namespace

std::vector<Learner> recovering_learners() {
  return {bandit_learner<PeriodicUcbOptions, make_periodic_ucb>(
              rounds("periodic-ucb", "optimistic periodic policies (Simchi-Levi, Zheng, Zhu 2021)",
                     "plays in phases the periodic policy that is best under upper bounds of recovering rewards",
                     kRecoveryPractical),
              "policy for min over d' >= d of m(d') + sqrt(2 ln(N D T) / n(d'))", Kind::kItems),
          bandit_learner<MyopicUcbOptions, make_myopic_ucb>(
              rounds("myopic-ucb", "optimistic and myopic",
                     "pulls the arms whose upper bounds are largest at their idle times", kRecoveryPractical),
              "min over d' >= idle of m(d') + sqrt(2 ln(N D T) / n(d'))", Kind::kItems),
          known(rounds("periodic-known", "purely periodic policy (Simchi-Levi, Zheng, Zhu 2021)",
                       "plays the planned periodic policy: knows how arms recover"),
                "R(d) / d, d of the form a 2^j", make_periodic_known),
          known(rounds("myopic-known", "myopic", "pulls the arms that bring most at once: knows how arms recover"),
                "R(idle)", make_myopic_known)};
}

}  // namespace bellwether::bandits
