// What planning with a stock promises: published numbers, the laws of its policies, where greed fails.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "proofs_checks/risk/claims.h"
#include "proofs_checks/risk/small_models.h"
#include "solvers/exact/finite/backward_induction.h"
#include "solvers/risk/entropic.h"
#include "solvers/risk/nested_risk.h"
#include "solvers/risk/static_risk.h"

namespace bellwether::claims {
namespace {

using solvers::Law;
using solvers::Problem;
using solvers::RiskSolution;
using solvers::StockTree;
using Atoms = std::vector<std::pair<double, double>>;

constexpr const char* kPage = "docs/papers/distdp-stock.md";
const solvers::SolveOptions kExact{.tolerance = 1e-10};

// --- Published numbers -----------------------------------------------------------------------------------------------

struct KnownTail {
  Problem problem;
  double level, best, without_memory;
};

std::vector<KnownTail> known_tails() {
  return {{over_stages(gamble(.4), 2, 1), .5, .24, .04},
          {over_stages(gamble(.4), 3, 1), .5, .592, .504},
          {over_stages(gamble(.5), 4, 1), .5, .125, 0},
          {over_stages(gamble(.5), 3, 1), .7, .275 / .7, .225 / .7},
          {over_stages(coin_then_choice(), 2, 1), .75, 2, 5.0 / 3}};
}

using Planned = std::function<double(const Problem&, double level)>;

double planned_tail(const Problem& problem, double level) {
  return solvers::plan_for_conditional_value_at_risk(problem, level, {}, kExact).value;
}

/// The tail mean is a largest linear function of the law, hence convex in it: drawing choices gains nothing, and the
/// policies that play one for sure are all that need be tried.
double memoryless_tail(const Problem& problem, double level) {
  double best = -HUGE_VAL;
  for (const Law& law : laws_of_markov_policies(problem.model, problem.horizon, problem.discount))
    best = std::max(best, solvers::conditional_value_at_risk(law, level));
  return best;
}

Measurement known_numbers(const Planned& planned) {
  double worst = 0;
  for (const KnownTail& known : known_tails())
    worst = std::max({worst, std::abs(planned(known.problem, known.level) - known.best),
                      std::abs(memoryless_tail(known.problem, known.level) - known.without_memory)});
  return {.measured = worst,
          .bound = 1e-12,
          .replicates = static_cast<std::int64_t>(known_tails().size()),
          .detail = "largest difference from the published numbers"};
}

Claim known_numbers_claim() {
  return {
      .id = "tail-means-of-gambles",
      .family = "risk",
      .statement = "Gambles and the coin have the published tail means, with memory (.24, .592, 2, ...) and without",
      .page = kPage,
      .theorem = "exact sums (\"Numbers to check against\")",
      .kind = Kind::kEqual,
      .measure = [](const Effort&) { return known_numbers(planned_tail); },
      .controls = {{"no-memory", "plans with policies that look at the stage and the state alone",
                    [](const Effort&) { return known_numbers(memoryless_tail); }},
                   {"nested", "takes the tail mean of each step", [](const Effort&) {
                      return known_numbers([](const Problem& problem, double level) {
                        return solvers::plan_for_nested_risk(problem, {.level = level}).value[0];
                      });
                    }}}};
}

// --- Laws ------------------------------------------------------------------------------------------------------------

/// What a policy of a tree plays in a state with this stock, found by the stock itself; `looks` at it, or takes the
/// first node of the state.
std::int32_t played(const StockTree& tree, const solvers::StockPolicy& policy, int stage, int state, double stock,
                    bool looks) {
  const auto nodes = tree.nodes(stage);
  std::size_t best = nodes.size();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].state != state) continue;
    if (best == nodes.size() || (looks && std::abs(nodes[i].stock - stock) < std::abs(nodes[best].stock - stock)))
      best = i;
  }
  return policy[static_cast<std::size_t>(stage)][best];
}

/// The distributional Bellman equation of the augmented model: the law of the return from here on, backwards.
Law law_from(const Problem& problem, const StockTree& tree, const solvers::StockPolicy& policy, bool looks, int stage,
             int state, double stock) {
  if (stage == problem.horizon) return {{0}, {1}};
  const mdp::TabularMdp& model = problem.model;
  const std::int64_t c = model.first_choice(state) + played(tree, policy, stage, state, stock, looks);
  Atoms atoms;
  for (std::size_t k = 0; k < model.successors(c).size(); ++k) {
    const double reward = std::pow(problem.discount, stage) * rewards_of(model, c)[k];
    const Law later = law_from(problem, tree, policy, looks, stage + 1, model.successors(c)[k], stock + reward);
    for (std::size_t i = 0; i < later.atom.size(); ++i)
      atoms.emplace_back(reward + later.atom[i], later.weight[i] * model.probabilities(c)[k]);
  }
  return solvers::make_law(std::move(atoms));
}

double total_variation(const Law& one, const Law& other) {
  std::map<double, double> difference;
  for (std::size_t i = 0; i < one.atom.size(); ++i) difference[one.atom[i]] += one.weight[i];
  for (std::size_t i = 0; i < other.atom.size(); ++i) difference[other.atom[i]] -= other.weight[i];
  double sum = 0;
  for (const auto& [atom, mass] : difference) sum += std::abs(mass);
  return sum / 2;
}

/// Distances between the law of a planned policy, forward along the tree, and by the Bellman equation, backwards; and
/// between the tail mean that was promised and that of the latter. Discounts are powers of two, so atoms are exact.
Measurement laws(const Effort& effort, bool looks) {
  double worst = 0;
  const int models = effort.pick(40, 400);
  for (int i = 0; i < models; ++i) {
    Stream stream = effort.run(i);
    const Problem problem = over_stages(drawn_risky_model(stream.child(0)), 5, i % 2 == 0 ? 1 : .5);
    const double level = .05 + .9 * stream.uniform();
    const RiskSolution planned = solvers::plan_for_conditional_value_at_risk(problem, level, {}, kExact);
    const Law backward = law_from(problem, *planned.tree, planned.policy, looks, 0, 0, 0);
    double short_of = 0;  // b - E(b - X)^+ / level, for the b that was found
    for (std::size_t k = 0; k < backward.atom.size(); ++k)
      short_of += backward.weight[k] * std::max(planned.parameter - backward.atom[k], 0.0);
    worst = std::max({worst, total_variation(planned.law, backward),
                      std::abs(planned.parameter - short_of / level - planned.value)});
  }
  return {.measured = worst, .bound = 1e-12, .replicates = models, .detail = "largest distance"};
}

Claim laws_claim() {
  return {.id = "laws-forward-and-backward",
          .family = "risk",
          .statement = "The law that a policy was promised is the fixed point of the distributional Bellman equation",
          .page = kPage,
          .theorem = "Pires et al. 2025; b - E(b - X)^+ / level is its tail mean",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return laws(effort, true); },
          .controls = {{"forgets-the-stock", "plays in a state what was planned for its lowest stock",
                        [](const Effort& effort) { return laws(effort, false); }}}};
}

/// Level 1 against the mean, a level below every probability against the best worst case, and by how much the tail mean
/// ever falls as the level grows.
Measurement ends(const Effort& effort, const std::function<double(double)>& level_meant) {
  double worst = 0;
  const int models = effort.pick(20, 200);
  for (int i = 0; i < models; ++i) {
    const Problem problem = over_stages(drawn_risky_model(effort.run(i)), 4, i % 3 == 0 ? .9 : 1);
    const auto tail = [&](double level) { return planned_tail(problem, level_meant(level)); };
    constexpr double kLeast = 1e-5;  // a play of four stages has at least probability 1e-4
    worst = std::max({worst, std::abs(tail(1) - solvers::backward_induction(problem).value[0]),
                      std::abs(tail(kLeast) - solvers::plan_for_worst_case(problem).value[0])});
    double last = -HUGE_VAL;
    for (const double level : {kLeast, .05, .2, .5, .8, 1.0}) {
      const double now = tail(level);
      worst = std::max(worst, last - now);
      last = now;
    }
  }
  return {.measured = worst, .bound = 1e-9, .replicates = models, .detail = "largest difference or fall"};
}

Claim ends_claim() {
  return {.id = "tail-mean-ends",
          .family = "risk",
          .statement = "The best tail mean grows with the level, from the best worst case to the best mean",
          .page = kPage,
          .theorem = "definition of the tail mean",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return ends(effort, [](double level) { return level; }); },
          .controls = {{"upper-share", "reads the level as the share that does not count", [](const Effort& effort) {
                          return ends(effort, [](double level) { return std::max(1e-5, 1 - level); });
                        }}}};
}

// --- Greedy laws -----------------------------------------------------------------------------------------------------

using Functional = std::function<double(const Law&)>;

/// On how many models the policy that chooses the best law at each node is beaten; the least over the functionals.
Measurement greedy(const Effort& effort, const std::vector<Functional>& functionals) {
  const int models = effort.pick(200, 2000);
  std::vector<std::int64_t> beaten(functionals.size());
  for (int i = 0; i < models; ++i) {
    const Problem problem = over_stages(drawn_risky_model(effort.run(i)), 3, 1);
    const StockTree tree(problem, {});
    const std::vector<Law> all = laws_of_all_policies(problem.model, 3, 1);
    for (std::size_t j = 0; j < functionals.size(); ++j) {
      double best = -HUGE_VAL;
      for (const Law& law : all) best = std::max(best, functionals[j](law));
      beaten[j] += functionals[j](tree.law(tree.greedy(functionals[j]))) < best - 1e-9;
    }
  }
  const std::int64_t least = *std::ranges::min_element(beaten);
  return {.measured = static_cast<double>(least),
          .bound = 1,
          .replicates = models,
          .detail = fmt::format("beaten on {} models", fmt::join(beaten, " and "))};
}

double median(const Law& law) { return solvers::value_at_risk(law, .5); }
double mean_variance(const Law& law) { return solvers::mean(law) - solvers::variance(law); }

Functional expected(double (*f)(double)) {
  return [f](const Law& law) {
    double sum = 0;
    for (std::size_t k = 0; k < law.atom.size(); ++k) sum += law.weight[k] * f(law.atom[k]);
    return sum;
  };
}

Claim greedy_claim() {
  return {.id = "greedy-needs-mixtures",
          .family = "risk",
          .statement = "The greedy choice of laws is beaten on some models, for the median and for mean minus variance",
          .page = kPage,
          .theorem = "Pires et al. 2025 (neither is indifferent to mixtures)",
          .kind = Kind::kAbove,
          .measure =
              [](const Effort& effort) {
                return greedy(effort, {median, mean_variance});
              },
          .controls = {{"expected-utilities", "asks it of expected utilities, which are indifferent to mixtures",
                        [](const Effort& effort) {
                          return greedy(effort, {expected([](double x) { return std::min(x - 1, 0.0); }),
                                                 expected([](double x) { return -(x - 2) * (x - 2); })});
                        }}}};
}

}  // namespace

std::vector<Claim> stock_risk_claims() { return {known_numbers_claim(), laws_claim(), ends_claim(), greedy_claim()}; }

}  // namespace bellwether::claims
