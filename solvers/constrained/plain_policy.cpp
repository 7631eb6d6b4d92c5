#include "solvers/constrained/plain_policy.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <Eigen/QR>

#include "solvers/constrained/certificate.h"

namespace bellwether::solvers::constrained {
namespace {

/// The share of a state's plays, and the share of all steps, below which a choice or a state is left out at first. What
/// that costs is proven afterwards.
constexpr double kDust = 1e-10;

/// Probabilities of all choices, one list a stage (or only one).
using Layers = std::vector<std::vector<double>>;

AnyPolicy as_policy(const Lagrangian& on, const Layers& layers) {
  AnyPolicy policy;
  if (on.problem().criterion != Criterion::kFinite) {
    policy.stationary = mdp::Policy::randomised(layers.front());
  } else {
    for (const auto& layer : layers) policy.stages.push_back(mdp::Policy::randomised(layer));
  }
  return policy;
}

const mdp::TabularMdp& model_of(const Lagrangian& on, std::size_t layer) {
  return on.planner().task().stage(static_cast<int>(layer));
}

const mdp::Policy& layer_of(const AnyPolicy& policy, std::size_t layer) {
  return policy.stages.empty() ? policy.stationary : policy.stages[layer];
}

AnyPolicy policy_of(const ConstrainedSolution& solution) {
  if (solution.mixture.num_nodes() == 0) return {.stationary = solution.policy, .stages = solution.stages};
  return {.parts = solution.mixture.policy, .weights = solution.mixture.initial};
}

bool draws(const AnyPolicy& policy) {
  const auto random = [](const mdp::Policy& p) { return !p.empty() && !p.is_deterministic(); };
  return !policy.parts.empty() || random(policy.stationary) || std::ranges::any_of(policy.stages, random);
}

/// Probabilities in proportion to the masses of the choices of state s; false where they are next to nothing.
bool proportional(const mdp::TabularMdp& model, int s, std::span<const double> mass, double nothing, double dust,
                  std::vector<double>& probability) {
  const auto first = static_cast<std::size_t>(model.first_choice(s)),
             last = static_cast<std::size_t>(model.first_choice(s + 1));
  double total = 0, kept = 0;
  for (std::size_t c = first; c < last; ++c) total += mass[c];
  if (!(total > nothing)) return false;
  for (std::size_t c = first; c < last; ++c) {
    probability[c] = mass[c] < dust * total ? 0 : mass[c];
    kept += probability[c];
  }
  for (std::size_t c = first; c < last; ++c) probability[c] /= kept;
  return true;
}

/// States not decided yet take the choice that most probably enters those that are, until none can.
void lead_there(const mdp::TabularMdp& model, std::vector<char>& decided, std::vector<double>& probability) {
  for (bool found = true; found;) {
    found = false;
    const std::vector<char> before = decided;
    for (int s = 0; s < model.num_states(); ++s) {
      if (before[static_cast<std::size_t>(s)]) continue;
      double most = 0;
      std::int64_t best = -1;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        double enters = 0;
        for (std::size_t k = 0; k < model.successors(c).size(); ++k)
          if (before[static_cast<std::size_t>(model.successors(c)[k])]) enters += model.probabilities(c)[k];
        if (enters > most) {
          most = enters;
          best = c;
        }
      }
      if (best < 0) continue;
      probability[static_cast<std::size_t>(best)] = 1;
      decided[static_cast<std::size_t>(s)] = 1;
      found = true;
    }
  }
}

/// The policy of an occupancy: in proportion to it, else (average) to the visits on the way and towards it, else what
/// is best for the multipliers.
Layers read_off(const Lagrangian& on, const Occupation& occupation, const AnyPolicy& best, double dust) {
  const bool average = on.problem().criterion == Criterion::kAverage;
  const double nothing = dust * on.planner().duration();
  Layers layers;
  for (std::size_t h = 0; h < occupation.mass.size(); ++h) {
    const mdp::TabularMdp& model = model_of(on, h);
    std::vector<double> probability(static_cast<std::size_t>(model.num_choices()), 0.0);
    std::vector<char> decided(static_cast<std::size_t>(model.num_states()), 0);
    for (int s = 0; s < model.num_states(); ++s) {
      char& done = decided[static_cast<std::size_t>(s)];
      done = proportional(model, s, occupation.mass[h], nothing, dust, probability) ||
             (average && proportional(model, s, occupation.way, dust, dust, probability));
    }
    if (average) lead_there(model, decided, probability);
    for (int s = 0; s < model.num_states(); ++s) {
      if (decided[static_cast<std::size_t>(s)]) continue;
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
        probability[static_cast<std::size_t>(c)] = layer_of(best, h).probability(model, s, c);
    }
    layers.push_back(std::move(probability));
  }
  return layers;
}

/// Probability that may be moved between two choices of a state.
struct Coin {
  std::size_t layer, from, to;
};

std::vector<Coin> coins_of(const Lagrangian& on, const Layers& layers) {
  std::vector<Coin> coins;
  for (std::size_t h = 0; h < layers.size(); ++h) {
    const mdp::TabularMdp& model = model_of(on, h);
    for (int s = 0; s < model.num_states(); ++s) {
      const auto last = static_cast<std::size_t>(model.first_choice(s + 1));
      std::size_t first = static_cast<std::size_t>(model.first_choice(s));
      while (layers[h][first] == 0) ++first;
      for (std::size_t c = first + 1; c < last; ++c)
        if (layers[h][c] > 0) coins.push_back({h, first, c});
    }
  }
  return coins;
}

bool move(const Coin& coin, double amount, Layers& layers) {
  double &from = layers[coin.layer][coin.from], &to = layers[coin.layer][coin.to];
  from -= amount;
  to += amount;
  return from >= 0 && to >= 0;
}

/// How much each cost changes by each coin that is moved, a column a coin, by differences.
Eigen::MatrixXd sensitivities(const Lagrangian& on, const Layers& layers, std::span<const Coin> coins,
                              std::span<const Bounded> collected) {
  Eigen::MatrixXd result(on.num_budgets(), static_cast<Eigen::Index>(coins.size()));
  for (std::size_t k = 0; k < coins.size(); ++k) {
    const double from = layers[coins[k].layer][coins[k].from], to = layers[coins[k].layer][coins[k].to];
    const double amount = from > to ? from / 8 : -to / 8;
    Layers moved = layers;
    move(coins[k], amount, moved);
    const std::vector<Bounded> then = on.planner().evaluate(as_policy(on, moved));
    for (int i = 0; i < on.num_budgets(); ++i) {
      const auto column = static_cast<std::size_t>(i) + 1;
      result(i, static_cast<Eigen::Index>(k)) = (then[column].value - collected[column].value) / amount;
    }
  }
  return result;
}

/// Moves the coins until every cost is proven to be within its limit; false when that fails. The excess to mend is one
/// of rounding, so the first derivatives tell enough.
bool keep_to_budgets(const Lagrangian& on, Layers& layers, std::vector<Bounded>& collected) {
  constexpr std::size_t kMostCoins = 16;
  constexpr int kAttempts = 6;
  if (on.excess(collected) == 0) return true;
  const std::vector<Coin> coins = coins_of(on, layers);
  if (coins.empty() || coins.size() > kMostCoins) return false;
  const Eigen::MatrixXd change = sensitivities(on, layers, coins, collected);
  if (!change.allFinite()) return false;
  const Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> system(change);
  double margin = 1;
  for (int attempt = 0; attempt < kAttempts && !on.planner().given_up(); ++attempt, margin *= 4) {
    Eigen::VectorXd wanted = Eigen::VectorXd::Zero(on.num_budgets());
    for (int i = 0; i < on.num_budgets(); ++i) {
      const Bounded& cost = collected[static_cast<std::size_t>(i) + 1];
      const double width = cost.upper - cost.lower, over = cost.upper - on.limit(i);
      if (over > -width) wanted[i] = -margin * (std::max(0.0, over) + width);
    }
    const Eigen::VectorXd amounts = system.solve(wanted);
    for (std::size_t k = 0; k < coins.size(); ++k)
      if (!move(coins[k], amounts[static_cast<Eigen::Index>(k)], layers)) return false;
    collected = on.planner().evaluate(as_policy(on, layers));
    if (on.excess(collected) == 0) return true;
  }
  return false;
}

/// The answer as it was, but for the policy and what is proven of it.
ConstrainedSolution told_again(const Lagrangian& on, const ConstrainedSolution& before, AnyPolicy policy,
                               std::vector<Bounded> collected, const SolveOptions& run) {
  const double dual = on.sign() > 0 ? before.optimum.upper : -before.optimum.lower;
  Outcome outcome{.algorithm = before.algorithm,
                  .policy = std::move(policy),
                  .collected = std::move(collected),
                  .multipliers = {},
                  .dual = Bounded{.upper = dual},
                  .note = before.note,
                  .iterations = before.iterations,
                  .work = before.transitions_read,
                  .trace = before.trace,
                  .exhausted = before.status == Status::kBudgetExhausted};
  outcome.multipliers.assign(before.budgets.size(), 0.0);
  ConstrainedSolution after = conclude(on, std::move(outcome), run);
  for (std::size_t i = 0; i < before.budgets.size(); ++i) after.budgets[i].multiplier = before.budgets[i].multiplier;
  after.infeasible_by = before.infeasible_by;
  after.path = before.path;
  return after;
}

}  // namespace

ConstrainedSolution with_plain_policy(const Lagrangian& on, const AnyPolicy& wanted, ConstrainedSolution solution,
                                      const SolveOptions& run) {
  const AnyPolicy own = policy_of(solution);
  if (!on.planner().evaluates_quickly() || on.planner().stopped() || solution.status == Status::kStoppedByCaller ||
      !std::isfinite(solution.gap) || !draws(own))
    return solution;
  std::vector<double> multipliers;
  for (const BudgetReport& budget : solution.budgets)
    multipliers.push_back(std::isnan(budget.multiplier) ? 0 : std::abs(budget.multiplier));
  const AnyPolicy best = on.dual(multipliers, run.tolerance / 4, nullptr, run.observer).best.policy;
  if (best.stationary.empty() && best.stages.empty()) return solution;
  // A mixture that keeps to a limit by a hair of another policy needs that hair.
  std::vector<std::pair<const AnyPolicy*, double>> attempts{{&wanted, kDust}, {&own, kDust}};
  if (!own.parts.empty()) attempts.emplace_back(&own, 0.0);
  for (const auto& [policy, dust] : attempts) {
    const Occupation occupation = on.planner().occupation(*policy);
    if (occupation.mass.empty()) return solution;
    Layers layers = read_off(on, occupation, best, dust);
    std::vector<Bounded> collected = on.planner().evaluate(as_policy(on, layers));
    if (!keep_to_budgets(on, layers, collected)) continue;
    if (on.planner().stopped()) return solution;
    ConstrainedSolution plain = told_again(on, solution, as_policy(on, layers), std::move(collected), run);
    if (plain.gap <= std::max(solution.gap, run.tolerance)) return plain;
  }
  return solution;
}

}  // namespace bellwether::solvers::constrained
