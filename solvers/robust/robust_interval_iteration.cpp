#include "solvers/robust/robust_interval_iteration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "solvers/exact/total/enclosure.h"
#include "solvers/exact/total/sweeps.h"
#include "solvers/exact/total/total_reward.h"
#include "solvers/robust/interval_model.h"
#include "solvers/robust/operator.h"

namespace bellwether::solvers {
namespace {

using robust::IntervalModel;
using total::Enclosure;
using total::Fate;
using total::Monitor;
using total::Prepared;
using total::Target;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kMostStepSweeps = 200'000;

void require_one_sign(const RobustProblem& problem) {
  if (problem.criterion != Criterion::kTotal) return;
  const mdp::TabularMdp& model = problem.model.nominal();
  const auto by_transition = problem.model.transition_reward();
  double low = 0, high = 0;
  const mdp::StateSet target = mdp::state_set(model, problem.target);
  for (int s = 0; s < model.num_states(); ++s) {
    if (target[static_cast<std::size_t>(s)]) continue;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      for (std::int64_t i = model.choice_begin()[c]; i < model.choice_begin()[c + 1]; ++i) {
        const double r = by_transition.empty() ? model.reward(c) : by_transition[static_cast<std::size_t>(i)];
        low = std::min(low, r);
        high = std::max(high, r);
      }
    }
  }
  if (low < 0 && high > 0) {
    throw InvalidModel(
        fmt::format("robust-interval-iteration: rewards lie between {} and {}; the total of an interval "
                    "model is solved for rewards of one sign",
                    low, high));
  }
}

/// A vector w >= 1 + P w for the rows given and whatever nature does; false when the play lasts too long to find one.
template <class Rows>
bool step_bound(const IntervalModel& m, const Rows& rows_of, std::vector<double>& w, Monitor& monitor) {
  std::vector<double> t(static_cast<std::size_t>(m.num_states()), 0), next = t;
  for (int sweep = 0; sweep < kMostStepSweeps; ++sweep) {
    double rise = 0;
    for (int s = 0; s < m.num_states(); ++s) {
      double most = 0;
      rows_of(s, [&](std::int64_t row) { most = std::max(most, m.steps_above(row, t)); });
      next[static_cast<std::size_t>(s)] = most;
      rise = std::max(rise, most - t[static_cast<std::size_t>(s)]);
    }
    t.swap(next);
    if (!monitor.work(m.num_transitions())) return false;
    // With t' = 1 + P t <= t + .45 the vector w = 2 t satisfies 1 + P w = 2 t' - 1 <= w - .1: room for rounding.
    if (rise <= 0.45) {
      w.resize(t.size());
      for (std::size_t s = 0; s < t.size(); ++s) w[s] = 2 * t[s];
      return *std::max_element(t.begin(), t.end()) < 1e11;
    }
  }
  return false;
}

/// Replaces the infinite sides of the start by finite bounds; false when none could be found.
bool finite_start(const IntervalModel& m, Enclosure& e, Monitor& monitor) {
  const bool above = std::any_of(e.upper.begin(), e.upper.end(), [](double x) { return x == kInfinity; });
  const bool below = std::any_of(e.lower.begin(), e.lower.end(), [](double x) { return x == -kInfinity; });
  std::vector<double> w;
  if (above) {  // rewards are gains: every policy ends, so its gains are at most the largest, step by step
    const auto all = [&](int s, const auto& visit) {
      for (std::int64_t row = m.first_row(s); row < m.first_row(s + 1); ++row) visit(row);
    };
    if (!step_bound(m, all, w, monitor)) return false;
    for (std::size_t s = 0; s < w.size(); ++s) e.upper[s] = std::min(e.upper[s], round_up(m.largest_reward() * w[s]));
  }
  if (below) {  // rewards are losses: those of a policy that ends the play
    const auto own = [&](int s, const auto& visit) { visit(e.row[static_cast<std::size_t>(s)]); };
    if (!step_bound(m, own, w, monitor)) return false;
    for (std::size_t s = 0; s < w.size(); ++s)
      e.lower[s] = std::max(e.lower[s], round_down(m.smallest_reward() * w[s]));
  }
  return true;
}

/// Gauss-Seidel sweeps from both sides until they meet or neither moves.
void iterate(const IntervalModel& m, const Target& target, const SolveOptions& run, Enclosure& e, Monitor& monitor) {
  const total::Range all{0, m.num_states(), false};
  while (!total::target_met(e, all, target)) {
    double moved = 0;
    for (int s = 0; s < m.num_states(); ++s) {
      const auto i = static_cast<std::size_t>(s);
      double above = -kInfinity;
      for (std::int64_t row = m.first_row(s); row < m.first_row(s + 1); ++row) {
        const double below = m.row_below(row, e.lower);
        if (below > e.lower[i]) {
          moved = std::max(moved, below - e.lower[i]);
          e.lower[i] = below;
          e.row[i] = row;
        }
        above = std::max(above, m.row_above(row, e.upper));
      }
      if (above < e.upper[i]) {
        moved = std::max(moved, e.upper[i] - above);
        e.upper[i] = above;
      }
    }
    if (moved == 0) return;
    if (!monitor.iteration(2 * m.num_transitions(), total::half_width(e, all), moved)) return;
    if (monitor.iterations() >= run.max_iterations) return;
  }
}

struct Spread {
  bool infinite_from_start = false, loss = false;
  std::int32_t first_infinite = -1;
};

/// Bounds of the reduced states and the facts of the graph, state by state, in the problem's direction.
Spread spread(const Prepared& p, const Enclosure& e, RobustSolution& solution) {
  const int states = p.model.num_states();
  const std::vector<double> initial = p.model.initial();
  solution.lower.resize(states);
  solution.upper.resize(states);
  Spread found;
  for (int s = 0; s < states; ++s) {
    const auto q = static_cast<std::size_t>(p.quotient.state_of[static_cast<std::size_t>(s)]);
    double low = 0, high = 0;
    if (p.fate[q] == Fate::kNumber) {
      low = e.lower[static_cast<std::size_t>(p.reduced_state[q])];
      high = e.upper[static_cast<std::size_t>(p.reduced_state[q])];
    } else if (p.fate[q] == Fate::kOne) {
      low = high = p.reduced.one_value;
    } else if (p.fate[q] != Fate::kZero) {
      low = high = p.fate[q] == Fate::kGain ? kInfinity : -kInfinity;
      if (found.first_infinite < 0) found.first_infinite = s;
      found.loss = found.loss || p.fate[q] == Fate::kLoss;
      found.infinite_from_start = found.infinite_from_start || initial[static_cast<std::size_t>(s)] > 0;
    }
    solution.lower[s] = p.sign > 0 ? low : -high + 0.0;
    solution.upper[s] = p.sign > 0 ? high : -low + 0.0;
  }
  return found;
}

void finish_values(const Target& target, RobustSolution& solution, bool& met) {
  solution.value = solution.lower;
  solution.gap = 0;
  for (Eigen::Index s = 0; s < solution.value.size(); ++s) {
    const double low = solution.lower[s], high = solution.upper[s];
    if (low == high) continue;
    solution.value[s] = low + (high - low) / 2;
    solution.gap = std::max(solution.gap, round_up(std::max(high - solution.value[s], solution.value[s] - low)));
    met = met && target.met(low, high);
  }
}

/// Nature's rows for the values found; the nominal row where a successor has an infinite value.
NatureRows respond(const RobustProblem& problem, const Prepared& p, const RobustSolution& solution, bool all) {
  mdp::Ambiguity set = problem.model.ambiguity();
  const mdp::RobustMdp counted(problem.criterion == Criterion::kReach ? p.model : problem.model.nominal(),
                               std::move(set));
  const mdp::Nature nature(counted, 1, problem.aim());
  const std::span<const double> v(solution.value.data(), static_cast<std::size_t>(solution.value.size()));
  NatureRows rows;
  rows.begin.push_back(0);
  const mdp::TabularMdp& model = counted.nominal();
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      if (all || solution.policy.probability(model, s, c) > 0) {
        const auto successors = model.successors(c);
        const auto nominal = model.probabilities(c);
        const bool finite = std::all_of(successors.begin(), successors.end(), [&](std::int32_t to) {
          return std::isfinite(v[static_cast<std::size_t>(to)]);
        });
        const std::vector<double> q =
            finite ? nature.respond(c, v) : std::vector<double>(nominal.begin(), nominal.end());
        rows.successor.insert(rows.successor.end(), successors.begin(), successors.end());
        rows.probability.insert(rows.probability.end(), q.begin(), q.end());
      }
      rows.begin.push_back(static_cast<std::int64_t>(rows.successor.size()));
    }
  }
  return rows;
}

}  // namespace

RobustSolution robust_interval_iteration(const RobustProblem& problem, const RobustIntervalIterationOptions& options,
                                         const SolveOptions& run) {
  bellwether::require_valid("robust-interval-iteration", options);
  if (problem.criterion != Criterion::kReach && problem.criterion != Criterion::kTotal) {
    throw InvalidOption(fmt::format("robust-interval-iteration: the criterion is '{}', must be 'reach' or 'total'",
                                    to_string(problem.criterion)));
  }
  require_valid(problem);
  require_one_sign(problem);
  TotalOptions meaning;
  meaning.must_reach_goal = options.must_reach_goal;
  const Problem nominal = problem.nominal();
  const Prepared p = total::prepare(nominal, must_reach_goal(nominal, meaning));
  const IntervalModel m(problem, p);
  Monitor monitor(run);
  const Target target{run.tolerance, options.relative, 1};
  Enclosure e = total::trivial_enclosure(p.reduced);
  if (m.num_states() > 0) e.row = total::exit_rows(p.reduced, {0, m.num_states(), false});
  const bool finite = finite_start(m, e, monitor);
  if (finite && run.max_iterations > 0) iterate(m, target, run, e, monitor);
  RobustSolution solution;
  solution.algorithm = "robust-interval-iteration";
  const Spread found = spread(p, e, solution);
  solution.policy = total::assemble_policy(p, e.row);
  solution.iterations = monitor.iterations();
  solution.transitions_read = monitor.transitions();
  solution.trace = monitor.take_trace();
  solution.residual = solution.trace.empty() ? 0 : solution.trace.back().residual;
  if (!finite) {
    solution.status = monitor.stopped() ? monitor.status() : Status::kNumericalTrouble;
    if (!monitor.stopped()) solution.note = "The play lasts too long for a first bound on the total to be found.";
    solution.lower.resize(0);
    solution.upper.resize(0);
    return solution;
  }
  bool met = true;
  finish_values(target, solution, met);
  if (found.first_infinite >= 0) {
    solution.note = fmt::format("The value is infinite in some states, whatever nature does (the first: state {}).",
                                p.model.state_name(found.first_infinite));
  }
  if (found.infinite_from_start)  // known before the first sweep
    solution.status = found.loss && p.must_reach ? Status::kInfeasible : Status::kUnbounded;
  else if (monitor.stopped() && !met)
    solution.status = monitor.status();
  else if (met)
    solution.status = Status::kConverged;
  else
    solution.status = monitor.iterations() >= run.max_iterations ? Status::kBudgetExhausted : Status::kRoundingLimited;
  if (options.worst_case != "none") solution.worst_case = respond(problem, p, solution, options.worst_case == "all");
  return solution;
}

}  // namespace bellwether::solvers
