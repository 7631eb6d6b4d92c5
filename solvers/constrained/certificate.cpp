#include "solvers/constrained/certificate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/rounding.h"
#include "core/text.h"

namespace bellwether::solvers::constrained {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// sum y_i limit_i, enclosed.
Bounded allowed(const Lagrangian& on, std::span<const double> y) {
  Bounded sum = exactly(0);
  for (int i = 0; i < on.num_budgets(); ++i)
    sum = plus(sum, times(y[static_cast<std::size_t>(i)], exactly(on.limit(i))));
  return sum;
}

/// One exact solve: no policy has sum y_i cost_i below this.
struct Against {
  Bounded least = {};
  VectorPlanner::Best best = {};
};
Against plan_against(const Lagrangian& on, std::span<const double> y, const Eigen::VectorXd* start, double tolerance,
                     const Observer& observer) {
  std::vector<double> weights = {0.0};
  for (const double w : y) weights.push_back(-w);
  Against result{.best = on.planner().best(weights, tolerance, start, observer)};
  result.least = times(-1, result.best.value);
  return result;
}

/// All budgets alike; where limits are out of reach, the one that is exceeded most for certain.
std::vector<double> first_weights(const Lagrangian& on, std::span<const double> unit) {
  std::vector<double> y;
  std::size_t worst = 0;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const auto over = [&](std::size_t j) {
      const int budget = static_cast<int>(j);
      return (-on.cost_scale(budget) - on.limit(budget)) / unit[j];
    };
    y.push_back(1 / (unit[i] * static_cast<double>(unit.size())));
    if (over(i) > over(worst)) worst = i;
  }
  if (!on.out_of_reach()) return y;
  std::ranges::fill(y, 0.0);
  y[worst] = 1 / unit[worst];
  return y;
}

/// The room that a policy leaves in the budget where it leaves the least, in units.
double least_room(const Lagrangian& on, std::span<const Bounded> collected, std::span<const double> unit) {
  double least = kInfinite;
  for (std::size_t i = 0; i < unit.size(); ++i)
    least = std::min(least, (on.limit(static_cast<int>(i)) - collected[i + 1].value) / unit[i]);
  return least;
}

/// Weights of the proof sum to one.
std::vector<double> summing_to_one(std::vector<double> y) {
  double total = 0;
  for (const double w : y) total += w;
  for (double& w : y) w /= total;
  return y;
}

Infeasibility proof(const Lagrangian& on, std::vector<double> y, double tolerance, const Observer& observer) {
  Infeasibility result{.weights = summing_to_one(std::move(y))};
  double unit = 0;  // a mean of costs is at least as accurate as its largest part
  for (int i = 0; i < on.num_budgets(); ++i)
    unit = std::max(unit, result.weights[static_cast<std::size_t>(i)] * on.cost_scale(i));
  const Against checked = plan_against(on, result.weights, nullptr, tolerance * unit, observer);
  const Bounded right = allowed(on, result.weights);
  result.least_mean = checked.least.lower;
  result.allowed_mean = right.upper;
  result.least_violation.lower = round_down(checked.least.lower - right.upper);
  return result;
}

/// `unit` is what violations of each budget are measured in; `thorough` goes on until the best slack is known.
Feasibility phase_one(const Lagrangian& on, ColumnPool& pool, std::span<const double> unit, bool thorough,
                      const Observer& observer) {
  constexpr int kRounds = 400;
  constexpr double kTolerance = 1e-9;
  Feasibility result;
  double upper = kInfinite;
  std::vector<double> y = first_weights(on, unit), best_y = y;
  ColumnPool::Master master;
  for (int round = 1; round <= kRounds; ++round) {
    double scale = 0;
    for (int i = 0; i < on.num_budgets(); ++i)
      scale = std::max(scale, y[static_cast<std::size_t>(i)] * on.cost_scale(i));
    Against against = plan_against(on, y, pool.start(), kTolerance * scale, observer);
    result.rounds = round;
    if (observer && !observer({.iteration = round})) {
      result.stopped = true;
      return result;
    }
    const double room = round_up(allowed(on, y).upper - against.least.lower);  // no policy has more slack, in units
    if (room < upper) {
      upper = room;
      best_y = y;
    }
    pool.add(std::move(against.best.policy), std::move(against.best.v));
    if (on.planner().given_up()) {
      result.stopped = true;
      return result;
    }
    const double grain = 4 * kTolerance * std::max(scale, std::abs(upper));
    const double own = least_room(on, pool.collected(pool.size() - 1), unit);
    // Who leaves the most room there is needs nobody beside him: limits beyond what the LP library reads are proven
    // without it.
    master = upper - own <= grain ? pool.alone(pool.size() - 1, own) : pool.safest_mixture(unit);
    if (!master.solved && upper < 0) master = pool.alone(pool.size() - 1, own);
    if (!master.solved || master.multipliers.empty()) break;
    const bool closed = upper - master.value <= grain || on.num_budgets() == 1;
    if (closed || (!thorough && (upper < 0 || master.value > 0.25 * upper))) break;
    if (master.multipliers == y) break;  // planned against these already: rounding is all that is left
    y = master.multipliers;
  }
  if (!master.solved) return result;
  AnyPolicy mixed = pool.mixed(master.weights);
  std::vector<Bounded> collected = on.planner().evaluate(mixed);
  if (on.planner().given_up()) {
    result.stopped = true;
    return result;
  }
  if (upper < 0) {
    result.infeasibility = proof(on, best_y, 1e-10, observer);
    result.infeasibility->least_violation.upper = on.excess(collected);
    result.infeasibility->least_violation.value = on.excess(collected);
    if (!(result.infeasibility->least_violation.lower > 0)) result.infeasibility.reset();
    result.least_violating = std::move(mixed);
    result.collected = std::move(collected);
    return result;
  }
  if (on.excess(collected) > 0) {
    result.least_violating = std::move(mixed);
    result.collected = std::move(collected);
    return result;
  }
  result.room = kInfinite;
  for (int i = 0; i < on.num_budgets(); ++i) {
    const double left = on.limit(i) - collected[static_cast<std::size_t>(i) + 1].upper;
    result.room = std::min(result.room, left / on.cost_scale(i));
  }
  result.safe = std::move(mixed);
  result.collected = std::move(collected);
  return result;
}

/// Whether the policy of least violation exceeds the limits by less, and not only by what rounding makes of a cost.
bool violates_less(const Lagrangian& on, const Feasibility& found, std::span<const Bounded> collected) {
  constexpr double kGrain = 1e-12;
  if (found.collected.empty()) return false;
  double unit = kInfinite;
  for (int i = 0; i < on.num_budgets(); ++i) unit = std::min(unit, on.cost_scale(i));
  return on.excess(found.collected) + kGrain * unit < on.excess(collected);
}

/// The policy moved towards the safe one until it provably keeps to the budgets. Where there is none, the nearest to
/// the limits that is known, and false.
bool make_feasible(const Lagrangian& on, const Feasibility& found, AnyPolicy& policy, std::vector<Bounded>& collected) {
  if (!found.safe) {
    if (violates_less(on, found, collected)) {
      policy = found.least_violating;
      collected = found.collected;
    }
    return false;
  }
  double overshoot = 1e-3;
  const double least_share = share_of_safe(on, found, collected);
  const AnyPolicy original = policy;
  for (int attempt = 0; attempt < 8 && !on.planner().given_up(); ++attempt, overshoot *= 8) {
    const double share = std::min(1.0, least_share * (1 + overshoot) + 1e-15 * overshoot / 1e-3);
    const std::vector<AnyPolicy> both = {original, *found.safe};
    const std::vector<double> weights = {1 - share, share};
    policy = on.planner().mix(both, weights);
    if (on.planner().given_up()) break;
    collected = on.planner().evaluate(policy);
    if (on.excess(collected) == 0) return true;
  }
  policy = *found.safe;
  collected = found.collected;
  return true;
}

void report_policy(const Lagrangian& on, const AnyPolicy& policy, std::span<const Bounded> collected,
                   ConstrainedSolution& solution) {
  if (const mdp::Evaluation states = on.planner().values(policy); !on.planner().given_up()) {
    solution.value = states.value;
    solution.lower = states.value - states.error * (1 + 1e-12);
    solution.upper = states.value + states.error * (1 + 1e-12);
  }
  solution.expected = collected.front();
  solution.violation = on.excess(collected);
  solution.policy = policy.stationary;
  solution.stages = policy.stages;
  if (!policy.parts.empty()) solution.mixture = mdp::mixture(on.problem().model.model(), policy.parts, policy.weights);
  solution.budgets.clear();
  for (int i = 0; i < on.num_budgets(); ++i) {
    const mdp::Budget& budget = on.problem().model.budgets()[static_cast<std::size_t>(i)];
    solution.budgets.push_back(
        {.column = budget.column, .limit = budget.limit, .cost = collected[static_cast<std::size_t>(i) + 1]});
  }
}

void add_note(std::string& note, std::string_view sentence) {
  if (!note.empty()) note += ' ';
  note += sentence;
}

}  // namespace

Feasibility find_safe(const Lagrangian& on, ColumnPool& pool, const Observer& observer) {
  Feasibility found;
  if (!on.out_of_reach()) {
    std::vector<double> unit;
    for (int i = 0; i < on.num_budgets(); ++i) unit.push_back(on.cost_scale(i));
    found = phase_one(on, pool, unit, false, observer);
    if (!found.infeasibility) return found;
  }
  Feasibility exact = prove_infeasible(on, pool, observer);
  exact.rounds += found.rounds;
  if (exact.infeasibility || exact.stopped) return exact;
  return found;  // the proof in relative units stands
}

Feasibility prove_infeasible(const Lagrangian& on, ColumnPool& pool, const Observer& observer) {
  const std::vector<double> unit(static_cast<std::size_t>(on.num_budgets()), 1.0);
  return phase_one(on, pool, unit, true, observer);
}

ConstrainedSolution infeasible(const Lagrangian& on, Feasibility found, Outcome outcome) {
  ConstrainedSolution solution;
  solution.status = Status::kInfeasible;
  solution.algorithm = std::move(outcome.algorithm);
  solution.iterations = outcome.iterations + found.rounds;
  solution.transitions_read = outcome.work;
  report_policy(on, found.least_violating, found.collected, solution);
  std::vector<std::string> conflict;
  for (int i = 0; i < on.num_budgets(); ++i) {
    if (found.infeasibility->weights[static_cast<std::size_t>(i)] > 1e-12)
      conflict.push_back("'" + on.problem().model.budgets()[static_cast<std::size_t>(i)].column + "'");
  }
  const Bounded& least = found.infeasibility->least_violation;
  solution.note = fmt::format(
      "No policy keeps to the budget{} of {}: some cost exceeds its limit by at least {:.6g} whatever is played.",
      conflict.size() == 1 ? "" : "s", join_names(conflict), least.lower);
  if (std::isfinite(least.upper))
    add_note(solution.note, fmt::format("The policy returned exceeds none by more than {:.6g}.", least.upper));
  solution.infeasibility = std::move(found.infeasibility);
  solution.optimum.value = kUnknown;
  return solution;
}

double share_of_safe(const Lagrangian& on, const Feasibility& found, std::span<const Bounded> collected) {
  double share = 0;
  for (int i = 0; i < on.num_budgets(); ++i) {
    const auto at = static_cast<std::size_t>(i) + 1;
    const double over = collected[at].upper - on.limit(i);
    const double room = found.safe ? on.limit(i) - found.collected[at].upper : 0;
    if (over > 0) share = std::max(share, over / (over + std::max(0.0, room)));
  }
  return share;
}

Bounded optimum_within(const Lagrangian& on, const Bounded& attained, double upper) {
  const bool known = std::isfinite(attained.lower) && std::isfinite(upper);
  const double value = known ? std::min(attained.value, upper) : kUnknown;
  if (on.sign() < 0) return {-value, -upper, -attained.lower};
  return {value, attained.lower, upper};
}

ConstrainedSolution without_answer(const Lagrangian& on, Outcome outcome) {
  ConstrainedSolution solution;
  solution.algorithm = std::move(outcome.algorithm);
  solution.status = outcome.stopped ? Status::kStoppedByCaller : Status::kNumericalTrouble;
  solution.iterations = outcome.iterations;
  solution.transitions_read = outcome.work;
  solution.note = std::move(outcome.note);
  add_note(solution.note, "No policy could be proven anything about.");
  solution.expected.value = solution.optimum.value = solution.violation = kUnknown;
  for (const mdp::Budget& budget : on.problem().model.budgets())
    solution.budgets.push_back({.column = budget.column, .limit = budget.limit, .cost = {.value = kUnknown}});
  return solution;
}

ConstrainedSolution conclude(const Lagrangian& on, Outcome outcome, const SolveOptions& run) {
  ConstrainedSolution solution;
  solution.algorithm = std::move(outcome.algorithm);
  solution.trace = std::move(outcome.trace);
  solution.note = std::move(outcome.note);
  if (outcome.stopped) on.planner().stop();
  if (!outcome.dual) {
    Lagrangian::Dual found = on.dual(outcome.multipliers, run.tolerance / 4, nullptr, run.observer);
    outcome.stopped = outcome.stopped || found.best.status == Status::kStoppedByCaller;
    outcome.dual = found.value;
  }
  AnyPolicy policy = std::move(outcome.policy);
  std::vector<Bounded> collected =
      outcome.collected.empty() ? on.planner().evaluate(policy) : std::move(outcome.collected);
  bool feasible = on.excess(collected) == 0;
  if (!feasible) {
    solution.infeasible_by = on.excess(collected);
    Feasibility found;
    if (outcome.feasibility == nullptr) {
      ColumnPool pool(on);
      found = find_safe(on, pool, run.observer);
      outcome.stopped = outcome.stopped || found.stopped;
      if (found.infeasibility) return infeasible(on, std::move(found), {.algorithm = solution.algorithm});
      outcome.feasibility = &found;
    }
    feasible = make_feasible(on, *outcome.feasibility, policy, collected);
  }
  if (on.planner().given_up()) {
    outcome.stopped = true;
    outcome.algorithm = solution.algorithm;
    if (!std::isfinite(on.excess(collected))) return without_answer(on, std::move(outcome));
  }
  report_policy(on, policy, collected, solution);
  if (!feasible) {
    // One that draws could be moved inwards, if anybody were there.
    const std::string_view nobody = "No policy is known to keep to every budget with room to spare; a";
    add_note(solution.note, fmt::format("{} cost of the one returned may exceed its limit by {:.3g}.",
                                        outcome.priced ? nobody : "A", solution.violation));
  }
  judge(on, outcome, run, solution);
  return solution;
}

void judge(const Lagrangian& on, const Outcome& outcome, const SolveOptions& run, ConstrainedSolution& solution) {
  solution.iterations = outcome.iterations;
  solution.transitions_read = outcome.work;
  const bool feasible = solution.violation == 0;
  const Bounded& dual = *outcome.dual;
  const Bounded attained = feasible ? times(on.sign(), solution.expected) : Bounded();
  solution.optimum = optimum_within(on, attained, dual.upper);
  const double width = round_up(dual.upper - attained.lower);
  solution.gap = std::isfinite(width) ? std::max(0.0, width) : kInfinite;
  // A gap that is closed was closed by these multipliers, wherever they come from.
  if (outcome.priced || solution.gap <= run.tolerance) {
    for (std::size_t i = 0; i < outcome.multipliers.size(); ++i) {
      const double y = outcome.multipliers[i];
      solution.budgets[i].multiplier = y == 0 ? 0 : on.sign() * y;
    }
  }
  if (solution.gap <= run.tolerance) {
    solution.status = Status::kConverged;
  } else if (outcome.stopped) {
    solution.status = Status::kStoppedByCaller;
  } else if (!std::isfinite(dual.upper) || !std::isfinite(solution.expected.value)) {
    solution.status = Status::kNumericalTrouble;
  } else {
    solution.status = outcome.exhausted ? Status::kBudgetExhausted : Status::kRoundingLimited;
  }
}

}  // namespace bellwether::solvers::constrained
