// Regret under the bounds of the theorems, with their own constants.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/statistics.h"
#include "proofs_checks/bandits/adversarial_claims.h"
#include "proofs_checks/bandits/adversarial_runs.h"
#include "proofs_checks/shares.h"

namespace bellwether::claims {
namespace {

using bounds::BanditSize;

constexpr const char* kPage = "docs/papers/adversarial-bandits.md";
constexpr std::int64_t kRounds = 10'000;
constexpr double kDelta = 0.05;

/// A bound on expected regret against the best fixed arm, and how to make the learner of it unable to learn.
struct MeanTheorem {
  std::string id, learner, formula, source;
  std::vector<Setting> settings, lame;
  double (*bound)(const BanditSize&);
};

std::vector<MeanTheorem> mean_theorems() {
  const std::vector<Setting> still = {{"eta", "1e-12"}};
  return {{"exp3-bound",
           "exp3",
           "sqrt(2 T K ln K)",
           "Bubeck and Cesa-Bianchi 2012, Theorem 3.1",
           {},
           still,
           bounds::exp3_fixed},
          {"exp3-anytime-bound",
           "exp3",
           "2 sqrt(T K ln K)",
           "Bubeck and Cesa-Bianchi 2012, Theorem 3.1",
           {{"schedule", "anytime"}},
           still,
           bounds::exp3_anytime},
          {"exp3-rewards-bound",
           "exp3-rewards",
           "2 sqrt(e - 1) sqrt(T K ln K)",
           "Auer et al. 2002, Corollary 3.2",
           {},
           {{"exploration", "1"}},
           bounds::exp3_rewards},
          {"exp4-bound",
           "exp4",
           "sqrt(2 T K ln n) with n experts",
           "Bubeck and Cesa-Bianchi 2012, Theorem 4.2",
           {},
           still,
           [](const BanditSize& size) { return bounds::exp4(size, size.arms); }},
          {"tsallis-inf-iw-bound",
           "tsallis-inf",
           "4 sqrt(K T) + 1",
           "Zimmert and Seldin 2021, Theorem 1",
           {{"estimator", "iw"}},
           still,
           bounds::tsallis_inf_weighted},
          {"tsallis-inf-rv-bound",
           "tsallis-inf",
           "2 sqrt(K T) + 10 K ln T + 16",
           "Zimmert and Seldin 2021, Theorem 1",
           {},
           still,
           bounds::tsallis_inf_reduced},
          {"ftrl-tsallis-bound",
           "ftrl-tsallis",
           "sqrt(2 T K^a (K^(1 - a) - 1) / (a (1 - a))), a = 3/4",
           "Abernethy, Lee and Tewari 2015",
           {{"alpha", "0.75"}},
           still,
           [](const BanditSize& size) { return bounds::tsallis_fixed(size, 0.75); }},
          {"ftrl-tsallis-anytime-bound",
           "ftrl-tsallis",
           "2 sqrt(T K^a (K^(1 - a) - 1) / (a (1 - a))), a = 1/4",
           "Abernethy, Lee and Tewari 2015",
           {{"alpha", "0.25"}, {"schedule", "anytime"}},
           still,
           [](const BanditSize& size) { return bounds::tsallis_anytime(size, 0.25); }},
          {"log-barrier-bound",
           "ftrl-log-barrier",
           "1 + 2 sqrt(K T ln T)",
           "Foster et al. 2016",
           {},
           still,
           bounds::log_barrier}};
}

/// The share of the bound that mean regret takes, on the bandit where it comes closest.
Measurement share_of_bound(const Effort& effort, const MeanTheorem& theorem, const std::vector<Setting>& settings) {
  Measurement worst;
  for (const NamedArms& on : adversarial_arms()) {
    const double bound = theorem.bound({static_cast<double>(on.bandit->world(kRounds).arms), kRounds});
    std::vector<double> sample = bandit_regrets(*on.bandit, theorem.learner, settings, kRounds, effort.pick(16, 200),
                                                effort.stream.child(on.name));
    for (double& x : sample) x /= bound;
    const Measurement here = mean_against(sample, 1, fmt::format("of the bound {:.0f}, on {} arms", bound, on.name));
    if (!(here.measured <= worst.measured)) worst = here;
  }
  return worst;
}

Claim mean_claim(const MeanTheorem& theorem) {
  return {.id = theorem.id,
          .family = "bandits",
          .statement = fmt::format("Mean regret of {} is at most {}", theorem.learner, theorem.formula),
          .page = kPage,
          .theorem = theorem.source,
          .kind = Kind::kBelow,
          .measure = [theorem](const Effort& effort) { return share_of_bound(effort, theorem, theorem.settings); },
          .controls = {{"never-learns", "the same learner at a rate of nothing", [theorem](const Effort& effort) {
                          std::vector<Setting> lame = theorem.settings;
                          lame.insert(lame.end(), theorem.lame.begin(), theorem.lame.end());
                          return share_of_bound(effort, theorem, lame);
                        }}}};
}

// --- Bounds that hold of the regret itself ---------------------------------------------------------------------------

/// Arm 1 is bad until half of the run is over and the best by far from then on.
NamedArms late_winner() {
  return named_arms("late winner", "piecewise-arms",
                    {{"means", "0.7/0.4/0.5/0.5/0.5/0.7/0.95/0.5/0.5/0.5"}, {"arms", "5"}, {"against", "fixed"}});
}

/// Runs whose regret on the rewards drawn exceeds the bound, bandit by bandit.
Measurement above_bound(const Effort& effort, const std::string& learner, const std::vector<Setting>& settings,
                        double (*bound)(const BanditSize&, double)) {
  std::vector<Shares> tasks;
  std::vector<NamedArms> all = adversarial_arms();
  all.push_back(late_winner());
  all.push_back(named_arms("adaptive", "adaptive-adversary", {}));
  for (const NamedArms& on : all) {
    const double limit = bound({static_cast<double>(on.bandit->world(kRounds).arms), kRounds}, kDelta);
    Shares& shares = tasks.emplace_back(Shares{.on = on.name});
    for (const double regret : bandit_regrets(*on.bandit, learner, settings, kRounds, effort.pick(30, 300),
                                              effort.stream.child(on.name), Regret::kHindsight))
      shares.of_bound.push_back(regret / limit);
  }
  return never_above(tasks, kDelta);
}

Claim realised_claim(const std::string& id, const std::string& learner, const std::string& formula,
                     const std::string& source, const std::vector<Setting>& lame,
                     double (*bound)(const BanditSize&, double)) {
  return {
      .id = id,
      .family = "bandits",
      .statement = fmt::format("The regret of {} itself is at most {} with probability 1 - delta", learner, formula),
      .page = kPage,
      .theorem = source,
      .kind = Kind::kNever,
      .measure = [=](const Effort& effort) { return above_bound(effort, learner, {}, bound); },
      .controls = {{"never-learns", "chooses evenly for ever", [=](const Effort& effort) {
                      return above_bound(effort, lame.empty() ? "exp3" : learner, {{"eta", "1e-12"}}, bound);
                    }}}};
}

/// How far the regret of Exp3-IX (or of another) spreads, as a share of that of Exp3.
Measurement spread(const Effort& effort, const std::string& learner) {
  const NamedArms on = late_winner();
  const std::int64_t runs = effort.pick(300, 3000);
  const auto deviation = [&](const std::string& name) {
    return standard_deviation(
        bandit_regrets(*on.bandit, name, {}, kRounds, runs, effort.stream.child(name + on.name), Regret::kHindsight));
  };
  const double wide = deviation("exp3"), ratio = deviation(learner) / wide;
  // The logarithm of a standard deviation has an error of about 1 / sqrt(2 n), that of a ratio 1 / sqrt(n).
  const double error = ratio * normal_quantile((1 + kConfidence) / 2) / std::sqrt(static_cast<double>(runs));
  return {.measured = ratio,
          .bound = 0.7,
          .uncertainty = error,
          .replicates = runs,
          .detail = fmt::format("standard deviation of regret, that of Exp3 being {:.0f}", wide)};
}

Claim spread_claim() {
  return {.id = "exp3-ix-spread",
          .family = "bandits",
          .statement = "Implicit exploration keeps the regret of single runs together: sd at most 0.7 of that of Exp3",
          .page = kPage,
          .theorem = "Neu 2015, section 5 (an observation, not a theorem)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return spread(effort, "exp3-ix"); },
          .controls = {{"without-it", "Exp3 over constant experts, which is Exp3",
                        [](const Effort& effort) { return spread(effort, "exp4"); }}}};
}

// --- Best of both worlds ---------------------------------------------------------------------------------------------

/// Mean growth of regret from 10,000 to 40,000 rounds under the stochastically constrained adversary.
Measurement growth(const Effort& effort, const std::string& learner) {
  const NamedArms on = named_arms("constrained", "constrained-adversary", {});
  std::vector<double> sample;
  for (const std::int64_t rounds : {kRounds, 4 * kRounds}) {
    const auto here = bandit_regrets(*on.bandit, learner, {}, rounds, effort.pick(60, 400), effort.stream);
    if (sample.empty()) sample.resize(here.size());
    for (std::size_t i = 0; i < here.size(); ++i) sample[i] = here[i] - sample[i];
  }
  return mean_against(sample, 60, "more regret after 40,000 rounds than after 10,000");
}

Claim growth_claim() {
  return {.id = "tsallis-inf-constrained-growth",
          .family = "bandits",
          .statement = "Under the stochastically constrained adversary the regret of Tsallis-INF grows by logarithms",
          .page = kPage,
          .theorem = "Zimmert and Seldin 2021, Theorem 1 (60 allows twice 4 ln 4 / gap)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return growth(effort, "tsallis-inf"); },
          .controls = {{"square-root", "Exp3, which has no second world",
                        [](const Effort& effort) { return growth(effort, "exp3"); }}}};
}

/// By how much the regret of a learner exceeds so many times that of Tsallis-INF.
Measurement excess(const Effort& effort, const NamedArms& on, const std::string& learner,
                   const std::vector<Setting>& settings, double times, std::int64_t rounds, std::int64_t runs) {
  std::vector<double> sample = bandit_regrets(*on.bandit, learner, settings, rounds, runs, effort.stream);
  const auto own = bandit_regrets(*on.bandit, "tsallis-inf", {}, rounds, runs, effort.stream);
  for (std::size_t i = 0; i < sample.size(); ++i) sample[i] -= times * own[i];
  return mean_against(
      sample, 0,
      fmt::format("regret of {} minus {} times that of Tsallis-INF, which is {:.0f}", learner, times, mean(own)));
}

Claim constrained_claim(const std::string& learner, double times, std::int64_t fast_runs) {
  const auto measure = [=](const std::string& name, const std::vector<Setting>& settings) {
    return [=](const Effort& effort) {
      const NamedArms on = named_arms("constrained", "constrained-adversary", {});
      return excess(effort, on, name, settings, times, kRounds, effort.pick<std::int64_t>(fast_runs, 600));
    };
  };
  return {
      .id = learner + "-fails-constrained",
      .family = "bandits",
      .statement = fmt::format(
          "Under the stochastically constrained adversary {} has {} times the regret of Tsallis-INF", learner, times),
      .page = kPage,
      .theorem = "Zimmert and Seldin 2021, section 6 (an observation, not a theorem)",
      .kind = Kind::kAbove,
      .measure = measure(learner, {}),
      .controls = {{"weighted", "Tsallis-INF with importance weights in its place",
                    measure("tsallis-inf", {{"estimator", "iw"}})}}};
}

// --- What nobody can avoid -------------------------------------------------------------------------------------------

/// Mean regret over the five bandits of which one arm each is better by sqrt(K / T) / 4, all others coins of 1/2.
Measurement unavoidable(const Effort& effort, const std::string& learner, bool told) {
  const BanditSize size{5, kRounds};
  const double gap = std::sqrt(size.arms / size.rounds) / 4;
  std::vector<double> sample;
  for (int best = 0; best < 5; ++best) {
    std::string means;
    for (int arm = 0; arm < 5; ++arm) means += fmt::format("{}{}", arm == 0 ? "" : "/", arm == best ? 0.5 + gap : 0.5);
    const NamedArms on = named_arms("hidden", "bernoulli-arms", {{"means", means}});
    // Advice that names the best arm for certain: what no learner is given.
    std::string advice;
    for (int arm = 0; arm < 5; ++arm) advice += fmt::format("{}{}", arm == 0 ? "" : "/", arm == best ? 1 : 0);
    const std::vector<Setting> settings = told ? std::vector<Setting>{{"advice", advice}} : std::vector<Setting>{};
    const auto here = bandit_regrets(*on.bandit, learner, settings, kRounds, effort.pick(8, 60),
                                     effort.stream.child(static_cast<std::uint64_t>(best)));
    sample.insert(sample.end(), here.begin(), here.end());
  }
  return mean_against(sample, bounds::bandit_lower(size), fmt::format("mean regret of {} over five bandits", learner));
}

Claim lower_claim() {
  return {.id = "bandit-lower-bound",
          .family = "bandits",
          .statement =
              "On the average of K bandits that hide one slightly better arm, regret exceeds min(sqrt(K T), T) / 20",
          .page = kPage,
          .theorem = "Auer et al. 2002, Theorem 5.1",
          .kind = Kind::kAbove,
          .measure =
              [](const Effort& effort) {
                Measurement least = unavoidable(effort, "ucb1", false);
                for (const char* learner : {"exp3", "tsallis-inf", "ftrl-log-barrier", "sw-ucb"}) {
                  const Measurement here = unavoidable(effort, learner, false);
                  if (here.measured - here.uncertainty < least.measured - least.uncertainty) least = here;
                }
                return least;
              },
          .controls = {{"told", "Exp4 with an expert who knows the arm",
                        [](const Effort& effort) { return unavoidable(effort, "exp4", true); }}}};
}

}  // namespace

std::vector<Claim> adversarial_bound_claims() {
  std::vector<Claim> table;
  for (const MeanTheorem& theorem : mean_theorems()) table.push_back(mean_claim(theorem));
  table.push_back(realised_claim("exp3-ix-bound", "exp3-ix",
                                 "2 sqrt(2 K T ln K) + (sqrt(2 K T / ln K) + 1) ln(2 / delta)", "Neu 2015, Theorem 1",
                                 {{"eta", "1e-12"}}, bounds::exp3_ix));
  table.push_back(realised_claim("exp3-p-bound", "exp3-p", "5.15 sqrt(T K ln(K / delta))",
                                 "Bubeck and Cesa-Bianchi 2012, Theorem 3.3", {}, bounds::exp3_p));
  table.push_back(spread_claim());
  table.push_back(growth_claim());
  table.push_back(constrained_claim("ucb1", 3, 150));
  table.push_back(constrained_claim("thompson", 2, 300));
  table.push_back(lower_claim());
  return table;
}

}  // namespace bellwether::claims
