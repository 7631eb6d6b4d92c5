#include "experiments/papers/papers.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "experiments/studies/registry.h"
#include "proofs_checks/registry.h"

namespace bellwether::experiments {
namespace {

/// What is told of papers that have more than claims. A new one adds a row here.
struct Told {
  std::string_view name, summary;
};
constexpr Told kTold[] = {
    {"tabular-regret",
     "learners of tabular models: RiverSwim, DeepSea, hard instances, constants of bonuses, the long run"},
    {"stochastic-bandits", "learners of independent arms on three known instances, and regret against the gap"},
    {"best-arm-identification", "rounds until the best arm is known, and errors within a budget"},
    {"adversarial-bandits", "who is good in both worlds, what delays cost, and wrong rewards"},
    {"non-stationary-bandits", "forgetting where means jump"},
    {"bandit-indices", "indices of arms that move: channels, machines, coins from a known law"},
    {"rotting-bandits", "arms whose means fall with pulls or with time, and the most pessimistic of all windows"},
    {"linear-bandits", "ellipsoids, sampling and designs on fixed and drawn arms, and where optimism ends"},
    {"contextual-bandits", "policies and oracles against logistic rewards of features"},
    {"combinatorial-bandits", "several items at once, each reward seen"},
    {"duelling-bandits", "which of two, from wins alone"},
    {"linear-regret", "learners with features: linear MDPs, and mixtures of known kernels"},
    {"ravi-ucb", "one regularised backup an epoch: tables, mixtures of kernels, a known model"},
    {"vwls-mdvi", "a memory of backups and weighted regressions, with a generative model"},
    {"dp-bai", "what privacy costs whoever names the best arm"},
    {"dynlin-ucb", "hidden linear systems: waiting until they settle, or not"},
    {"recovering-rewards", "periodic and myopic pulls of arms that recover"},
    {"weighted-tallying-bandits", "arms that are best once they are fully exposed"},
    {"learning-to-relax", "relaxation parameters learnt from iterations"},
    {"policy-mirror-descent", "eight optimisers of a policy on one axis, with the bounds of three"},
    {"policy-gradient", "softmax gradients on a bandit and the plateau behind a bad start"},
    {"mdpo", "mirror descent policy optimisation by the number of inner steps"},
    {"dynamic-policy-gradient", "softmax gradients stage by stage against all stages at once"},
    {"reload", "who circles and who settles: first-order methods on the way to the saddle point"},
    {"constrained-mdps", "what a budget is worth, and averages of primal-dual steps against their bounds"},
    {"constrained-regret", "learning under limits: who breaks them, by how much, and what safety costs"},
    {"stepmix", "leaving a safe baseline without an episode below the floor"},
    {"c-morl", "fronts of Deep Sea Treasure, a drawn model and a fruit tree, and what a solve adds to them"},
    {"robust-mdps", "partial policy iteration against value iteration, and the price of robustness"},
    {"drpg", "policy gradient against nature on the Garnets of the paper"},
    {"iwocs", "the search for the worst wind, and when it closes its gap"},
    {"rfzi", "robust planning from data: error against samples, and plans in models that slip more"},
    {"risk-measures", "mean against tail mean in a risky corridor, and the tail mean at every level"},
    {"distdp-stock", "planning for the whole law of the return: tails, targets, set points, grids of stocks"},
    {"linear-function-approximation",
     "linear functions in place of tables: TD, GTD2, TDC, LSTD, LSPE, LSPI, fitted Q, and where TD diverges"},
    {"lmdp-horizon-free", "learning latent models told the context in hindsight: constants, horizon, lower bound"},
};

std::vector<Paper> all_papers() {
  const std::vector<std::string> claimed = claims::claimed_papers();
  const auto has_claims = [&](std::string_view name) { return std::ranges::find(claimed, name) != claimed.end(); };
  std::vector<Paper> table;
  for (const auto& [name, summary] : kTold) {
    Paper paper{.name = std::string(name), .summary = std::string(summary), .claims = {}};
    if (has_claims(name)) paper.claims.emplace_back(name);
    table.push_back(std::move(paper));
  }
  for (const std::string& name : claimed)
    if (std::ranges::find(table, name, &Paper::name) == table.end())
      table.push_back({.name = name, .summary = "claims", .claims = {name}});
  return table;
}

}  // namespace

std::vector<PlanText> Paper::plans() const {
  std::vector<PlanText> own;
  for (const PlanText& plan : plan_texts())
    if (plan.name.starts_with(fmt::format("{}/", name))) own.push_back(plan);
  return own;
}

std::vector<const studies::Study*> Paper::studies() const { return studies::studies_of(name); }

std::span<const Paper> paper_table() {
  static const std::vector<Paper> table = all_papers();
  return table;
}

const Paper& find_paper(std::string_view name) {
  std::vector<std::string> known;
  for (const Paper& paper : paper_table()) {
    if (paper.name == name) return paper;
    known.emplace_back(paper.name);
  }
  throw InvalidOption(fmt::format("'{}' is no paper that can be reproduced{}; known are {}", name,
                                  did_you_mean(name, known), join_names(known)));
}

}  // namespace bellwether::experiments
