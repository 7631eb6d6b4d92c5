#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "bandits/arms/families.h"
#include "bandits/arms/recovering.h"
#include "core/errors.h"
#include "core/stream.h"

namespace bellwether::bandits {
namespace {

struct RecoveringOptions {
  int arms = 12, pulls = 2, delays = 12;
  std::string shape = "mixed", comparator = "bound";
  std::int64_t seed = 0;
};

template <class Field>
void describe(RecoveringOptions& o, Field&& field) {
  field("arms", o.arms, between(1, 10'000), "number of arms");
  field("pulls", o.pulls, between(1, 10'000), "how many may be pulled in a round");
  field("delays", o.delays, between(1, 10'000), "rounds after which an arm recovers no more");
  field("shape", o.shape, one_of({"mixed", "exponential", "linear", "step", "constant"}),
        "of R(d): c (1 - exp(-d / tau)), c min(1, d / tau), c from tau on, c; mixed: one of the first three each");
  field("comparator", o.comparator, one_of({"bound", "periodic"}),
        "regret against the linear programme's bound or against the planned periodic policy");
  field("seed", o.seed, at_least(0), "draws c in [.3, 1], tau in [2, 12] and mixed shapes");
}

NamedBandit recovering(const RecoveringOptions& o) {
  std::vector<Recovery> recoveries;
  const std::vector<std::string> shapes = {"exponential", "linear", "step"};
  for (int i = 0; i < o.arms; ++i) {
    Stream stream = Stream(static_cast<std::uint64_t>(o.seed)).child("arm").child(static_cast<std::uint64_t>(i));
    const double c = .3 + .7 * stream.uniform(), tau = 2 + 10 * stream.uniform();
    const std::string& drawn = shapes[stream.below(shapes.size())];
    const std::string& shape = o.shape == "mixed" ? drawn : o.shape;
    Recovery recovery;
    for (int d = 1; d <= o.delays; ++d) {
      const double share = shape == "exponential" ? -std::expm1(-d / tau)
                           : shape == "linear"    ? std::min(1.0, d / tau)
                           : shape == "step"      ? (d >= tau ? 1.0 : 0.0)
                                                  : 1.0;
      recovery.push_back(c * share);
    }
    recoveries.push_back(std::move(recovery));
  }
  using Comparator = RecoveringBandit::Comparator;
  const auto bandit = std::make_shared<const RecoveringBandit>(
      std::move(recoveries), o.pulls, o.comparator == "bound" ? Comparator::kBound : Comparator::kPeriodic);
  return {.bandit = bandit,
          .facts = {{"most that can be earned a round", bandit->bound(), "linear programme over concave envelopes"},
                    {"earned a round by the periodic policy", bandit->periodic_value(), "sum of R(d) / d"}}};
}

}  // namespace

std::vector<Family> recovering_families() {
  return {bandit_family<RecoveringOptions, recovering>(
      "recovering-arms",
      "arms whose rewards grow while they rest, several pulled at once; regret against the bound of a linear programme "
      "or a periodic policy",
      "Simchi-Levi, Zheng, Zhu 2021", "arms")};
}

}  // namespace bellwether::bandits
