// Learners of linear models: optimism, a regret bound with all constants, growth, and the family that hurts them all.
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/instances/linear.h"
#include "proofs_checks/linear_regret/claims.h"
#include "proofs_checks/linear_regret/tasks.h"
#include "proofs_checks/shares.h"
#include "proofs_checks/tabular_regret/tasks.h"
#include "solvers/online/linear/radius.h"
#include "solvers/online/registry.h"

namespace bellwether::claims {
namespace {

constexpr const char* kPage = "docs/papers/linear-regret.md";
constexpr const char* kFamily = "linear-regret";

// --- Optimism --------------------------------------------------------------------------------------------------------

struct Optimist {
  std::string_view learner, theorem;
  bool mixes;
};
constexpr Optimist kOptimists[] = {{"lsvi-ucb", "Jin, Yang, Wang and Jordan 2020, Lemma B.5", false},
                                   {"ucrl-vtr", "Jia, Yang, Szepesvari and Wang 2020, Lemma 1", true},
                                   {"ucrl-vtr-plus", "Zhou, Gu and Szepesvari 2021, Lemma C.5", true}};

Measurement pessimists(const Effort& effort, const Optimist& optimist, std::string_view constant) {
  const std::int64_t runs = effort.pick(20, 100), episodes = effort.pick(300, 2000);
  std::int64_t broken = 0;
  for (std::int64_t i = 0; i < runs; ++i) {
    const auto instance =
        optimist.mixes
            ? mdp::linear_mixture({.states = 8, .actions = 3, .dimension = 3, .successors = 4, .horizon = 4, .seed = i})
            : mdp::linear_mdp({.states = 8, .actions = 3, .dimension = 3, .horizon = 4, .seed = i});
    const online::EpisodicTask task = linear_task(instance);
    const Stream stream = effort.run(i);
    Witness witness(task, online::world_of(task, episodes),
                    agent_of(task, optimist.learner, with_constant(constant), episodes, stream));
    play(task, witness, episodes, stream);
    if (witness.violations() > 0) ++broken;
  }
  return never(broken, runs, kDelta, "runs that were not optimistic throughout");
}

Claim optimism_claim(const Optimist& optimist) {
  return {.id = fmt::format("{}-optimism", optimist.learner),
          .family = kFamily,
          .statement = fmt::format("{} believes V_0 >= V*_0 in every state and episode, with probability 1 - delta",
                                   optimist.learner),
          .page = kPage,
          .theorem = std::string(optimist.theorem),
          .kind = Kind::kNever,
          .measure = [optimist](const Effort& effort) { return pessimists(effort, optimist, "theory"); },
          .controls = {{"no-bonus", "the same learner with its radius set to zero",
                        [optimist](const Effort& effort) { return pessimists(effort, optimist, "0"); }}}};
}

// --- Regret under the bound ------------------------------------------------------------------------------------------

Measurement above_bound(const Effort& effort, bool learning) {
  const online::EpisodicTask task = small_mixture_task();
  const std::int64_t episodes = 400'000;
  const bounds::LinearSize size{
      .dimension = 2, .horizon = 2, .episodes = static_cast<double>(episodes), .delta = kDelta};
  const double radius = online::vtr_radius({.dimension = 2, .horizon = 2, .episodes = size.episodes, .delta = kDelta},
                                           1, std::sqrt(2.0), 1);
  const double bound = bounds::ucrl_vtr_regret(size, radius, 1);
  Shares shares{.on = "two stages"};
  for (std::int64_t i = 0; i < effort.pick(8, 20); ++i) {
    Stubborn stubborn(online::world_of(task, episodes));
    const double regret =
        learning ? play(task, "ucrl-vtr", with_constant("theory"), episodes, effort.run(i)).last.value_regret
                 : play(task, stubborn, episodes, effort.run(i)).last.value_regret;
    shares.of_bound.push_back(regret / bound);
  }
  return never_above({shares}, kDelta);
}

Claim bound_claim() {
  return {.id = "ucrl-vtr-regret",
          .family = kFamily,
          .statement = "Regret(K) of ucrl-vtr <= H N + 4 beta sqrt(d T G) + H sqrt(2 T ln(2/delta))",
          .page = kPage,
          .theorem = "Jia, Yang, Szepesvari and Wang 2020, Theorem 1, with the constants of its steps",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return above_bound(effort, true); },
          .controls = {{"never-learns", "plays the first choice for ever, where its loss has passed the bound",
                        [](const Effort& effort) { return above_bound(effort, false); }}}};
}

// --- Growth ----------------------------------------------------------------------------------------------------------

Measurement growth(const Effort& effort, std::string_view learner) {
  const std::vector<std::int64_t> at = {500, 1000, 2000, 4000, 8000};
  const std::vector<double> x(at.begin(), at.end());
  const online::EpisodicTask task = linear_task(mdp::linear_mdp());
  std::vector<double> slopes;
  for (int seed = 0; seed < effort.pick(8, 30); ++seed) {
    const Stream stream = effort.run(seed);
    const auto settings = learner == "uniform" ? std::vector<Setting>{} : with_constant("practical");
    const auto agent = agent_of(task, learner, settings, at.back(), stream);
    std::vector<double> regret;
    for (const auto& row : online::run_episodes(task, *agent, stream, {.episodes = at.back(), .checkpoints = at}).rows)
      regret.push_back(row.value_regret);
    slopes.push_back(std::log(regret.back() / regret.front()) / std::log(x.back() / x.front()));
  }
  return slope_within(slopes, 0, 0.8, "slope of log regret over log K, K in [500, 8000]");
}

Claim growth_claim() {
  return {.id = "lsvi-ucb-grows-slowly",
          .family = kFamily,
          .statement =
              "With the practical constant the regret of lsvi-ucb on a linear MDP, d = 4, grows no faster than K^0.8 "
              "(no theorem)",
          .page = kPage,
          .theorem = "none: the practical constant; the theorem has sqrt K",
          .kind = Kind::kRate,
          .measure = [](const Effort& effort) { return growth(effort, "lsvi-ucb"); },
          .controls = {{"uniform", "never learns: regret grows like K",
                        [](const Effort& effort) { return growth(effort, "uniform"); }}}};
}

// --- The hard mixture ------------------------------------------------------------------------------------------------

/// Regret divided by the bound, the mean over some members of the family; one number a seed.
Measurement hard_mixtures(const Effort& effort, const std::vector<std::string_view>& learners) {
  const bounds::LinearSize size{.dimension = 4, .horizon = 6, .episodes = 60};
  if (!bounds::hard_mixture_applies(size)) return {};
  const auto episodes = static_cast<std::int64_t>(size.episodes);
  Measurement least{.measured = 1e9, .bound = 1};
  for (const std::string_view learner : learners) {
    std::vector<double> samples;
    for (int seed = 0; seed < effort.pick(6, 20); ++seed) {
      double sum = 0;
      const int members = effort.pick(10, 40);
      for (int member = 0; member < members; ++member) {
        const Stream stream = effort.run(seed).child(static_cast<std::uint64_t>(member));
        Stream signs = stream.child("signs");
        std::vector<std::uint64_t> mu(6);
        for (auto& word : mu) word = signs.below(8);
        const online::EpisodicTask task = hard_mixture_task(size, mu);
        std::vector<Setting> settings;
        if (learner.starts_with("ucrl")) settings = {{"constant", "practical"}, {"theta_norm", "1.2"}};
        if (learner.starts_with("ucbvi")) settings = {{"constant", "practical"}};
        sum += play(task, learner, settings, episodes, stream).last.value_regret;
      }
      samples.push_back(sum / members / bounds::hard_mixture_regret(size));
    }
    const Measurement m = mean_against(samples, 1, fmt::format("smallest mean regret / bound: {}", learner));
    if (margin(Kind::kAbove, m) < margin(Kind::kAbove, least)) least = m;
  }
  return least;
}

Claim lower_bound_claim() {
  return {
      .id = "hard-mixture-lower-bound",
      .family = kFamily,
      .statement = "Averaged over the hard mixtures, every learner has E Regret(K) >= floor(H/2) (d-1) sqrt(HK) / 77",
      .page = kPage,
      .theorem = "Zhou, Gu and Szepesvari 2021, Theorem 5.6, with the constant derived on the page",
      .kind = Kind::kAbove,
      .measure =
          [](const Effort& effort) {
            return hard_mixtures(effort, {"ucrl-vtr", "ucrl-vtr-plus", "ucbvi-bf", "psrl", "greedy"});
          },
      .controls = {{"told", "a learner that is told which member of the family it plays",
                    [](const Effort& effort) { return hard_mixtures(effort, {"optimal"}); }}}};
}

}  // namespace

std::vector<Claim> regret_claims_of_linear_models() {
  std::vector<Claim> table;
  for (const Optimist& optimist : kOptimists) table.push_back(optimism_claim(optimist));
  table.push_back(bound_claim());
  table.push_back(growth_claim());
  table.push_back(lower_bound_claim());
  return table;
}

std::vector<Claim> linear_regret_claims() {
  std::vector<Claim> table = ellipsoid_claims_of_mixtures();
  for (auto& part : {regret_claims_of_linear_models(), lsvi_claims(), ravi_claims(), vwls_claims()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace bellwether::claims
