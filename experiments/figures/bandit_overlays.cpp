#include "experiments/figures/bandit_overlays.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/stationary.h"
#include "core/text.h"
#include "proofs_checks/bounds/bandits_adversarial.h"
#include "proofs_checks/bounds/bandits_linear.h"
#include "proofs_checks/bounds/bandits_stochastic.h"

namespace bellwether::experiments {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// A bandit and a learner as conditions and formulas of theorems see them.
class Case {
 public:
  Case(const InstanceVariant& instance, const LearnerVariant& learner)
      : instance_(instance),
        learner_(learner),
        world_(instance.bandit()->bandit->world(learner.length)),
        stationary_(dynamic_cast<const bandits::StationaryBandit*>(instance.bandit()->bandit.get())) {
    if (stationary_ == nullptr) return;
    const auto means = stationary_->means();
    for (const double mean : means) gaps_.push_back(*std::ranges::max_element(means) - mean);
  }

  const bandits::World& world() const { return world_; }
  double last() const { return static_cast<double>(learner_.length); }
  std::string_view text(std::string_view setting) const {
    const auto found = std::ranges::find(learner_.settings, setting, &Setting::first);
    return found == learner_.settings.end() ? std::string_view{} : std::string_view(found->second);
  }
  double number(std::string_view setting) const { return parse_double(text(setting)).value_or(kNothing); }

  /// Independent arms whose laws never change.
  bool independent() const { return stationary_ != nullptr; }
  std::span<const double> gaps() const { return gaps_; }
  bool in_unit_interval() const { return world_.low >= 0 && world_.high <= 1; }
  bool sub_gaussian() const { return std::isfinite(world_.sigma); }
  /// Rewards in [0, 1], feedback at once, and one arm that is best in every round.
  bool one_best_arm() const {
    return in_unit_interval() && world_.largest_delay == 0 &&
           (independent() || instance_.id.starts_with("constrained-adversary@"));
  }
  bounds::BanditSize size(double rounds) const { return {static_cast<double>(world_.arms), std::max(rounds, 1.0)}; }

  /// Of regularised leaders: the rate of the theorem, and leaders themselves rather than mirror descent.
  bool by_the_book() const { return number("eta") == 0 && text("form") == "leader"; }
  bool anytime() const { return text("schedule") == "anytime"; }

 private:
  const InstanceVariant& instance_;
  const LearnerVariant& learner_;
  bandits::World world_;
  const bandits::StationaryBandit* stationary_;
  std::vector<double> gaps_;
};

/// What the theorem promises after n rounds; NaN where its conditions do not hold.
struct Theorem {
  std::string_view learner, label;
  double (*after)(const Case& on, double n);
};

double ucb1(const Case& on, double n) {
  return on.independent() && on.in_unit_interval() ? bounds::ucb1_regret(on.gaps(), n) : kNothing;
}

double ucb_delta(const Case& on, double /*n*/) {
  if (!on.independent() || !on.sub_gaussian() || on.number("delta") != 0) return kNothing;
  return std::min(bounds::ucb_delta_regret(on.gaps(), on.last(), on.world().sigma),
                  bounds::ucb_delta_worst_regret(on.gaps(), on.last(), on.world().sigma));
}

double moss(const Case& on, double /*n*/) {
  return on.independent() && on.sub_gaussian() ? bounds::moss_regret(on.gaps(), on.last(), on.world().sigma) : kNothing;
}

double exp3(const Case& on, double n) {
  if (!on.one_best_arm() || !on.by_the_book()) return kNothing;
  return on.anytime() ? bounds::exp3_anytime(on.size(n)) : bounds::exp3_fixed(on.size(on.last()));
}

double exp3_rewards(const Case& on, double /*n*/) {
  return on.one_best_arm() && on.number("exploration") == 0 ? bounds::exp3_rewards(on.size(on.last())) : kNothing;
}

double tsallis_inf(const Case& on, double n) {
  if (!on.one_best_arm() || !on.by_the_book()) return kNothing;
  return on.text("estimator") == "iw" ? bounds::tsallis_inf_weighted(on.size(n))
                                      : bounds::tsallis_inf_reduced(on.size(n));
}

double ftrl_tsallis(const Case& on, double n) {
  if (!on.one_best_arm() || !on.by_the_book()) return kNothing;
  const double alpha = on.number("alpha");
  return on.anytime() ? bounds::tsallis_anytime(on.size(n), alpha) : bounds::tsallis_fixed(on.size(on.last()), alpha);
}

double log_barrier(const Case& on, double /*n*/) {
  return on.one_best_arm() && on.by_the_book() ? bounds::log_barrier(on.size(on.last())) : kNothing;
}

/// With probability 1 - delta in all rounds; delta is 1 / T where it is not set.
double oful(const Case& on, double n) {
  const bandits::World& world = on.world();
  const double lambda = on.number("lambda"), delta = on.number("delta");
  const bool holds = world.kind == bandits::Kind::kArms && world.dimension > 0 && world.largest_delay == 0 &&
                     world.link == bandits::Link::kIdentity && on.sub_gaussian() && on.number("growth") == 0 &&
                     world.feature_bound * world.parameter_bound <= 1 &&
                     lambda >= std::max(1.0, world.feature_bound * world.feature_bound);
  if (!holds) return kNothing;
  const bounds::LinearSize size{.rounds = static_cast<std::int64_t>(n),
                                .dimension = world.dimension,
                                .feature_bound = world.feature_bound,
                                .parameter_bound = world.parameter_bound,
                                .sigma = world.sigma,
                                .lambda = lambda,
                                .delta = delta > 0 ? delta : 1 / on.last()};
  return bounds::ellipsoid_radius(size, bounds::log_det_growth(size)) >= 1 ? bounds::oful_regret(size) : kNothing;
}

constexpr Theorem kTheorems[] = {{"ucb1", "Auer et al. 2002, theorem 1", ucb1},
                                 {"ucb-delta", "Lattimore, Szepesvari 2020, theorems 7.1 and 7.2", ucb_delta},
                                 {"moss", "Lattimore, Szepesvari 2020, theorem 9.1", moss},
                                 {"exp3", "Bubeck, Cesa-Bianchi 2012, theorem 3.1", exp3},
                                 {"exp3-rewards", "Auer et al. 2002, corollary 3.2", exp3_rewards},
                                 {"tsallis-inf", "Zimmert, Seldin 2021, theorem 1", tsallis_inf},
                                 {"ftrl-tsallis", "Abernethy, Lee, Tewari 2015", ftrl_tsallis},
                                 {"ftrl-log-barrier", "Foster et al. 2016", log_barrier},
                                 {"oful", "Abbasi-Yadkori et al. 2011, theorem 3", oful}};

/// The growth of the regret that no uniformly good learner avoids in the limit. No bound at any given round: early on
/// all learners may lie below.
std::optional<Overlay> growth_in_the_limit(const InstanceVariant& instance, std::span<const std::int64_t> at,
                                           std::string_view what, std::string_view source) {
  const auto& facts = instance.bandit()->facts;
  const auto fact = std::ranges::find(facts, what, &bandits::BanditFact::what);
  if (fact == facts.end()) return std::nullopt;
  Overlay overlay{fmt::format("growth in the limit: {}", source), true, {}};
  for (const std::int64_t n : at)
    overlay.y.push_back(n > 1 ? fact->value * std::log(static_cast<double>(n)) : kNothing);
  return overlay;
}

/// The mean over the signs of theta, which no learner knows, after the round that the size of its entries is made for.
std::optional<Overlay> hypercube_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                       std::span<const std::int64_t> at) {
  const bandits::World world = instance.bandit()->bandit->world(learner.length);
  const auto found = std::ranges::find(instance.settings, "gap", &Setting::first);
  const double gap = found == instance.settings.end() ? kNothing : parse_double(found->second).value_or(kNothing);
  const bool hard = std::abs(gap * std::sqrt(static_cast<double>(learner.length)) - 1) < 1e-9;
  const bool corners = world.arms == 1 << world.dimension;  // an intercept is one more coordinate
  if (!hard || !corners || world.link != bandits::Link::kIdentity || world.sigma != 1) return std::nullopt;
  Overlay overlay{"lower bound, mean over signs: Lattimore, Szepesvari 2020, theorem 24.1", true, {}};
  for (const std::int64_t n : at)
    overlay.y.push_back(n == learner.length ? bounds::hypercube_regret(n, world.dimension) : kNothing);
  return overlay;
}

}  // namespace

std::optional<Overlay> bandit_upper_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                          std::span<const std::int64_t> at) {
  const auto* theorem = std::ranges::find(kTheorems, std::string_view(learner.name), &Theorem::learner);
  if (theorem == std::end(kTheorems)) return std::nullopt;
  const Case on(instance, learner);
  Overlay overlay{std::string(theorem->label), true, {}};
  for (const std::int64_t n : at) overlay.y.push_back(theorem->after(on, static_cast<double>(n)));
  if (overlay.y.empty() || std::isnan(overlay.y.back())) return std::nullopt;
  return overlay;
}

std::optional<Overlay> bandit_lower_bound(const InstanceVariant& instance, const LearnerVariant& learner,
                                          std::span<const std::int64_t> at) {
  if (instance.id.starts_with("hypercube-arms@")) return hypercube_bound(instance, learner, at);
  if (auto growth = growth_in_the_limit(instance, at, "Lai-Robbins constant", "Lai and Robbins 1985")) return growth;
  return growth_in_the_limit(instance, at, "instance constant", "Lattimore and Szepesvari 2017");
}

}  // namespace bellwether::experiments
