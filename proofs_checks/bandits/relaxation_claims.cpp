// Relaxation parameters: what they cost on real systems, and what learners make of that.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bandits/arms/family.h"
#include "bandits/arms/relaxation.h"
#include "bandits/trial.h"
#include "proofs_checks/bandits/structured_claims.h"
#include "proofs_checks/bounds/bandits_adversarial.h"
#include "proofs_checks/bounds/bandits_structured.h"

namespace bellwether::claims {
namespace {

using namespace bandits;

constexpr const char* kPage = "docs/papers/learning-to-relax.md";
constexpr std::int64_t kRounds = 5000;
constexpr int kRuns = 3;
constexpr int kTableRuns = 1;  // where every system is solved with every omega

/// Mean regret over the bound, for two values of omega, of which one is good, and at most 3000 iterations.
Measurement relaxation_regret(const Effort& effort, const char* learner, const std::vector<Setting>& settings) {
  constexpr std::int64_t kLong = 16'000;
  constexpr double kMost = 3000;
  const NamedBandit named =
      find_family("relaxation")
          ->make({{"shifts", "low"}, {"comparator", "fixed"}, {"omegas", "1/1.7"}, {"most", fmt::format("{}", kMost)}});
  std::vector<double> shares;
  for (int seed = 0; seed < 4; ++seed) {
    const Series run =
        play(*named.bandit, learner, settings, effort.run(seed), {.length = kLong, .checkpoints = {kLong}});
    shares.push_back(run.value(0, 0) / (kMost * bounds::tsallis_inf_weighted({2, kLong})));
  }
  return mean_against(shares, 1, "regret / bound");
}

/// How far mean iterations lie from those that an independent program found, as a share of what is allowed: 5 % where
/// shifts vary little, 8 % where they vary much.
Measurement known_iterations(const Effort& effort, double tolerance) {
  struct Known {
    const char* shifts;
    double allowed;
    std::vector<std::pair<double, double>> iterations;
  };
  const std::array<Known, 2> all = {Known{"high",
                                          .08,
                                          {{1, 622},
                                           {1.2, 413},
                                           {1.4, 261},
                                           {1.6, 154},
                                           {1.75, 106.8},
                                           {1.8, 104.2},
                                           {1.85, 117},
                                           {1.9, 177},
                                           {1.95, 363}}},
                                    Known{"low", .05, {{1, 277}, {1.6, 64.5}, {1.65, 60.1}, {1.7, 61.8}, {1.8, 86}}}};
  double worst = 0;
  for (const Known& known : all) {
    const NamedBandit named =
        find_family("relaxation")->make({{"shifts", known.shifts}, {"tolerance", fmt::format("{}", tolerance)}});
    const auto& bandit = dynamic_cast<const RelaxationBandit&>(*named.bandit);
    const std::size_t arms = bandit.omegas().size();
    std::vector<double> means(arms);
    for (int run = 0; run < kRuns; ++run) {
      const auto table = bandit.table(kRounds, effort.run(run));
      for (std::size_t i = 0; i < table->size(); ++i)
        means[i % arms] += static_cast<double>((*table)[i]) / (kRuns * kRounds);
    }
    for (const auto& [omega, iterations] : known.iterations) {
      const auto arm = static_cast<std::size_t>(std::lround((omega - 1) / .05));
      worst = std::max(worst, std::abs(means[arm] / iterations - 1) / known.allowed);
    }
  }
  return {.measured = worst, .bound = 1, .replicates = 3, .detail = "largest deviation / what is allowed"};
}

// --- Young's bound ---------------------------------------------------------------------------------------------------

/// Systems and values of omega that take more iterations than U(omega) with this slack.
Measurement above_young(const Effort& effort, double slack) {
  constexpr double kTolerance = 1e-8;
  constexpr int kSide = 10;
  const NamedBandit named = find_family("relaxation")->make({{"shifts", "high"}});
  const auto& bandit = dynamic_cast<const RelaxationBandit&>(*named.bandit);
  const auto& omegas = bandit.omegas();
  const std::int64_t systems = effort.pick(100, 2000);
  std::int64_t above = 0;
  double largest = 0;
  const auto table = bandit.table(systems, effort.stream);
  for (std::int64_t round = 1; round <= systems; ++round) {
    const double beta = laplacian_jacobi_radius(kSide, bandit.instance(round, effort.stream).shift);
    for (std::size_t i = 0; i < omegas.size(); ++i) {
      const double bound = bounds::relaxation_iterations(sor_radius(omegas[i], beta), slack, kTolerance);
      const double share = (*table)[static_cast<std::size_t>(round - 1) * omegas.size() + i] / bound;
      above += share > 1 ? 1 : 0;
      largest = std::max(largest, share);
    }
  }
  return never(above, systems * static_cast<std::int64_t>(omegas.size()), 0,
               fmt::format("iterations above U; largest iterations / U {:.3f}", largest));
}

Claim young_claim() {
  return {.id = "relax-young",
          .family = "bandits",
          .statement =
              "Iterations are at most U(omega) = 1 + ln(1 / eps) / -ln(rho + tau (1 - rho)), tau = 1/4, rho by "
              "Young's formula",
          .page = kPage,
          .theorem = "Khodak, Chow, Balcan, Talwalkar 2024, Lemma 2.1 (which leaves tau to the systems)",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return above_young(effort, 0.25); },
          .controls = {{"no-slack", "tau = 0: the rate of the limit from the first iteration on",
                        [](const Effort& effort) { return above_young(effort, 0); }}}};
}

// --- Learners --------------------------------------------------------------------------------------------------------

struct Player {
  const char* learner;
  std::vector<Setting> settings = {};
};

/// Mean iterations after so many rounds, and after all.
struct Iterations {
  double early = 0, all = 0;
};
constexpr std::int64_t kEarly = 1000;

Iterations iterations_of(const RelaxationBandit& bandit, const Player& player, const Stream& stream) {
  const auto agent = make_agent(bandit, player.learner, player.settings, kRounds, stream.child("agent"));
  const auto game = bandit.start(kRounds, stream.child("systems"));
  Iterations means;
  double sum = 0;
  for (std::int64_t t = 1; t <= kRounds; ++t) {
    const Round& round = game->next();
    const int arm = agent->choose(round);
    const double reward = game->play(arm).reward;
    agent->learn({.round = t, .arm = arm, .reward = reward, .feature = round.feature(arm)});
    sum -= reward;
    if (t == kEarly) means.early = sum / kEarly;
  }
  means.all = sum / kRounds;
  return means;
}

NamedBandit systems(const std::string& shifts) { return find_family("relaxation")->make({{"shifts", shifts}}); }

/// The largest, over runs and both laws of shifts, of mean iterations over the least of a fixed omega that is more than
/// 0.1 away from the best.
Measurement beside_fixed(const Effort& effort, const Player& player) {
  double worst = 0;
  std::string detail;
  for (const char* shifts : {"high", "low"}) {
    const NamedBandit named = systems(shifts);
    const auto& bandit = dynamic_cast<const RelaxationBandit&>(*named.bandit);
    const auto& omegas = bandit.omegas();
    for (int run = 0; run < kTableRuns; ++run) {
      const auto table = bandit.table(kRounds, effort.run(run).child("systems"));
      std::vector<double> fixed(omegas.size());
      for (std::size_t i = 0; i < table->size(); ++i)
        fixed[i % omegas.size()] += static_cast<double>((*table)[i]) / kRounds;
      const auto best = static_cast<std::size_t>(std::ranges::min_element(fixed) - fixed.begin());
      double least = fixed.back();
      for (std::size_t i = 0; i < omegas.size(); ++i)
        if (std::abs(omegas[i] - omegas[best]) > 0.1 + 1e-9) least = std::min(least, fixed[i]);
      const double own = iterations_of(bandit, player, effort.run(run)).all;
      if (own / least <= worst) continue;
      worst = own / least;
      detail = fmt::format("{:.1f} iterations; omega = {:.2f}: {:.1f}, the others that are more than .1 off {:.1f}, {}",
                           own, omegas[best], fixed[best], least, shifts);
    }
  }
  return {.measured = worst, .bound = 1, .replicates = 2 * kTableRuns, .detail = detail};
}

/// The least, over runs and both laws, of how far iterations are from those of the best fixed omega after 1000 rounds,
/// over the same after 5000.
Measurement coming_closer(const Effort& effort, const Player& player) {
  Measurement least{.measured = 1e9, .bound = 1.5, .replicates = 2 * kTableRuns};
  for (const char* shifts : {"high", "low"}) {
    const NamedBandit named = systems(shifts);
    const auto& bandit = dynamic_cast<const RelaxationBandit&>(*named.bandit);
    for (int run = 0; run < kTableRuns; ++run) {
      const auto table = bandit.table(kRounds, effort.run(run).child("systems"));
      const std::size_t arms = bandit.omegas().size();
      const auto fixed = [&](std::int64_t rounds) {
        std::vector<double> sums(arms);
        for (std::size_t i = 0; i < static_cast<std::size_t>(rounds) * arms; ++i) sums[i % arms] += (*table)[i];
        return std::ranges::min(sums) / static_cast<double>(rounds);
      };
      const Iterations own = iterations_of(bandit, player, effort.run(run));
      const double early = own.early - fixed(kEarly), late = own.all - fixed(kRounds);
      if (early / late >= least.measured) continue;
      least.measured = early / late;
      least.detail =
          fmt::format("{:.1f} above the best omega after 1000 rounds, {:.1f} after 5000, {}", early, late, shifts);
    }
  }
  return least;
}

/// The largest of iterations of neighbours in this list, each over the next: below 1 where they are in order.
Measurement order(const Effort& effort, const std::vector<Player>& players) {
  const NamedBandit named = systems("high");
  const auto& bandit = dynamic_cast<const RelaxationBandit&>(*named.bandit);
  Measurement worst{.measured = 0, .bound = 1, .replicates = kRuns};
  for (int run = 0; run < kRuns; ++run) {
    double before = 0;
    std::string detail = "mean iterations";
    double largest = 0;
    for (const Player& player : players) {
      const double here = iterations_of(bandit, player, effort.run(run)).all;
      largest = std::max(largest, before / here);
      before = here;
      detail += fmt::format(" {:.1f}", here);
    }
    if (largest <= worst.measured) continue;
    worst.measured = largest;
    worst.detail = detail;
  }
  return worst;
}

std::vector<Claim> relaxation_learning_claims() {
  const auto of = [](auto measure, auto how) { return [=](const Effort& effort) { return measure(effort, how); }; };
  const Player plain{"relax-tsallis"}, deaf{"uniform"}, known{"relax-known"}, chebyshev{"relax-chebcb"},
      bins{"relax-tsallis-cb"}, shreds{"relax-tsallis-cb", {{"bins", "2000"}}},
      timid{"relax-chebcb", {{"exploration", "1e-9"}}};
  const char* paper = "Khodak, Chow, Balcan, Talwalkar 2024, section 4 (an observation, not a theorem)";
  return {{.id = "relax-tsallis-near-best",
           .family = "bandits",
           .statement = "Tsallis-INF takes fewer iterations than every omega more than .1 off the best one, T = 5000",
           .page = kPage,
           .theorem = paper,
           .kind = Kind::kBelow,
           .tier = Tier::kFull,
           .measure = of(beside_fixed, plain),
           .controls = {{"badly-fixed", "omega = 1.2 for ever",
                         of(beside_fixed, Player{"relax-fixed", {{"omega", "1.2"}}})},
                        {"deaf", "any omega in every round", of(beside_fixed, deaf)}}},
          {.id = "relax-tsallis-comes-closer",
           .family = "bandits",
           .statement = "From T = 1000 to 5000 mean iterations come 1.5 times closer to those of the best fixed omega",
           .page = kPage,
           .theorem = paper,
           .kind = Kind::kAbove,
           .tier = Tier::kFull,
           .measure = of(coming_closer, plain),
           .controls = {{"deaf", "any omega in every round", of(coming_closer, deaf)}}},
          {.id = "relax-contexts",
           .family = "bandits",
           .statement = "Contexts pay: Tsallis-INF takes more iterations than its copies by context, those more than "
                        "the best omega of each system",
           .page = kPage,
           .theorem = paper,
           .kind = Kind::kBelow,
           .tier = Tier::kFull,
           .measure = of(order, std::vector<Player>{known, bins, plain}),
           .controls = {{"shreds", "so many copies that none learns",
                         of(order, std::vector<Player>{known, shreds, plain})}}},
          {.id = "relax-chebyshev",
           .family = "bandits",
           .statement = "ChebCB takes fewer iterations than Tsallis-INF by context, more than the best omega of each "
                        "system",
           .page = kPage,
           .theorem = paper,
           .kind = Kind::kBelow,
           .tier = Tier::kFull,
           .measure = of(order, std::vector<Player>{known, chebyshev, bins}),
           .controls = {{"timid", "weighs all arms alike", of(order, std::vector<Player>{known, timid, bins})}}}};
}

}  // namespace

std::vector<Claim> relaxation_claims() {
  std::vector<Claim> table = {{.id = "relax-tsallis-regret",
                               .family = "bandits",
                               .statement = "Regret of Tsallis-INF on iterations <= K (4 sqrt(dT) + 1)",
                               .page = kPage,
                               .theorem = "Zimmert, Seldin 2021, theorem 1",
                               .kind = Kind::kBelow,
                               .tier = Tier::kFull,
                               .measure =
                                   [](const Effort& effort) {
                                     return relaxation_regret(effort, "relax-tsallis", {{"scale", "3000"}});
                                   },
                               .controls = {{"never-learns", "plays omega = 1 for ever",
                                             [](const Effort& effort) {
                                               return relaxation_regret(effort, "relax-fixed", {{"omega", "1"}});
                                             }}}},
                              {.id = "relax-iterations",
                               .family = "bandits",
                               .statement = "Mean iterations of fixed relaxation parameters are the known ones",
                               .page = kPage,
                               .theorem = "Khodak, Chow, Balcan, Talwalkar 2024, synthetic systems",
                               .kind = Kind::kBelow,
                               .tier = Tier::kFull,
                               .measure = [](const Effort& effort) { return known_iterations(effort, 1e-8); },
                               .controls = {{"loose-tolerance", "stops at a residual of 1e-7",
                                             [](const Effort& effort) { return known_iterations(effort, 1e-7); }}}},
                              young_claim()};
  for (Claim& claim : relaxation_learning_claims()) table.push_back(std::move(claim));
  return table;
}

}  // namespace bellwether::claims
