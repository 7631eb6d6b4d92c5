// Exponential weights over a class of policies.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "bandits/arms/family.h"
#include "bandits/arms/linear.h"
#include "bandits/contextual/exp4_policies.h"
#include "proofs_checks/bandits/linear_claims.h"
#include "proofs_checks/bounds/bandits_adversarial.h"

namespace bellwether::claims {
namespace {

/// Expected rewards of the best policy of the class less those of the learner, over the theorem's bound.
Measurement policy_regret(const Effort& effort, double eta) {
  const auto bandit = std::static_pointer_cast<const bandits::ContextualBandit>(
      bandits::find_family("contextual-arms")
          ->make({{"logistic", "true"}, {"length", "5"}, {"arms", "4"}, {"dimension", "3"}})
          .bandit);
  const std::int64_t rounds = effort.pick(4000, 20'000);
  constexpr int kPolicies = 30;
  const double bound = bounds::exp4({.arms = 4, .rounds = static_cast<double>(rounds)}, kPolicies);
  std::vector<double> shares;
  for (int run = 0; run < effort.pick(20, 100); ++run) {
    bandits::Exp4Policies agent(bandit->world(rounds), {.policies = kPolicies, .eta = eta},
                                effort.run(run).child("agent"));
    const auto game = bandit->start(rounds, effort.run(run).child("game"));
    std::vector<double> earned(kPolicies), means(4);
    double learner = 0;
    for (std::int64_t t = 1; t <= rounds; ++t) {
      const bandits::Round& round = game->next();
      const int arm = agent.choose(round);
      for (int a = 0; a < round.arms; ++a)
        means[static_cast<std::size_t>(a)] = bandit->rewards().mean(round.feature(a));
      for (std::size_t p = 0; p < earned.size(); ++p) earned[p] += means[static_cast<std::size_t>(agent.taken()[p])];
      learner += means[static_cast<std::size_t>(arm)];
      agent.learn({.round = t, .arm = arm, .reward = game->play(arm).reward});
    }
    shares.push_back((std::ranges::max(earned) - learner) / bound);
  }
  return mean_against(shares, 1, "regret against the best of 30 policies over sqrt(2 T K ln N)");
}

}  // namespace

std::vector<Claim> policy_claims() {
  return {{.id = "exp4-policies-bound",
           .family = "bandits",
           .statement = "Exp4 over N policies loses at most sqrt(2 T K ln N) against the best of them",
           .page = "docs/papers/contextual-bandits.md",
           .theorem = "Bubeck and Cesa-Bianchi 2012, Theorem 4.2",
           .kind = Kind::kBelow,
           .measure = [](const Effort& effort) { return policy_regret(effort, 0); },
           .controls = {{"never-learns", "trusts all policies alike",
                         [](const Effort& effort) { return policy_regret(effort, 1e-9); }}}}};
}

}  // namespace bellwether::claims
