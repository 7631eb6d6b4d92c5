#include "solvers/exact/total/total_reward.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "core/errors.h"
#include "solvers/exact/total/enclosure.h"
#include "solvers/exact/total/howard.h"
#include "solvers/exact/total/preparation.h"
#include "solvers/exact/total/sweeps.h"

namespace bellwether::solvers {
namespace {

using total::Enclosure;
using total::Fate;
using total::Monitor;
using total::Prepared;
using total::Range;
using total::ReducedModel;
using total::SweepEnd;
using total::Target;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// What one solver does with one range of states.
using SolveRange = std::function<void(const ReducedModel&, const Range&, const Target&, Enclosure&, Monitor&)>;

void require_total(const Problem& problem, std::string_view where, const TotalOptions& options) {
  require_valid(problem);
  if (problem.criterion != Criterion::kReach && problem.criterion != Criterion::kTotal) {
    throw InvalidOption(fmt::format("{} solves reachability and total rewards, not the {} criterion", where,
                                    to_string(problem.criterion)));
  }
  if (problem.criterion == Criterion::kTotal && problem.target.empty() && options.must_reach_goal == "yes") {
    throw InvalidOption(fmt::format("{}: 'must_reach_goal' is yes but the problem names no goal", where));
  }
}

bool is_trivial(const ReducedModel& m, int component) {
  return m.component_begin[static_cast<std::size_t>(component) + 1] -
             m.component_begin[static_cast<std::size_t>(component)] ==
         1;
}

/// How many components with cycles lie between a component and the end of the play, itself included.
std::vector<int> levels(const ReducedModel& m) {
  std::vector<int> level(static_cast<std::size_t>(m.num_components()), 0);
  std::vector<int> of_state(static_cast<std::size_t>(m.num_states()), 0);
  for (int k = 0; k < m.num_components(); ++k) {
    const int begin = m.component_begin[static_cast<std::size_t>(k)];
    const int end = m.component_begin[static_cast<std::size_t>(k) + 1];
    int deepest = 0;
    const std::int64_t last = m.row_begin[static_cast<std::size_t>(m.first_row(end))];
    for (std::int64_t i = m.row_begin[static_cast<std::size_t>(m.first_row(begin))]; i < last; ++i) {
      const std::int32_t next = m.next[static_cast<std::size_t>(i)];
      if (next < begin) deepest = std::max(deepest, of_state[static_cast<std::size_t>(next)]);
    }
    level[static_cast<std::size_t>(k)] = deepest + (is_trivial(m, k) ? 0 : 1);
    for (int s = begin; s < end; ++s) of_state[static_cast<std::size_t>(s)] = level[static_cast<std::size_t>(k)];
  }
  return level;
}

/// Component by component; each level of nested cycles may add its share to the width.
void solve_components(const ReducedModel& m, Target target, Enclosure& e, Monitor& monitor, const SolveRange& solve) {
  const std::vector<int> level = levels(m);
  const int depth = level.empty() ? 1 : std::max(1, *std::max_element(level.begin(), level.end()));
  for (int k = 0; k < m.num_components() && !monitor.stopped(); ++k) {
    const Range range{m.component_begin[static_cast<std::size_t>(k)],
                      m.component_begin[static_cast<std::size_t>(k) + 1], m.losing[static_cast<std::size_t>(k)] != 0};
    if (is_trivial(m, k)) {
      total::solve_single(m, range.begin, e, monitor);
      continue;
    }
    target.fraction = static_cast<double>(level[static_cast<std::size_t>(k)]) / depth;
    solve(m, range, target, e, monitor);
  }
}

/// All states as one range, still in topological order.
void solve_at_once(const ReducedModel& m, const Target& target, Enclosure& e, Monitor& monitor,
                   const SolveRange& solve) {
  if (m.num_states() == 0) return;
  const bool losing = std::any_of(m.losing.begin(), m.losing.end(), [](char flag) { return flag != 0; });
  solve(m, {0, m.num_states(), losing}, target, e, monitor);
}

/// Beyond this size a factorisation can cost more than any number of sweeps that is worth waiting for ...
constexpr int kSweepsOnlyBeyond = 50'000;
/// ... and up to it less than so many sweeps, which end where the play is slow to end or its value has no more digits.
constexpr std::int64_t kPatience = 100'000;

std::int64_t patience(const Range& range) {
  return range.size() > kSweepsOnlyBeyond ? std::numeric_limits<std::int64_t>::max() : kPatience;
}

void solve_interval(const ReducedModel& m, const Range& range, const Target& target, Enclosure& e, Monitor& monitor) {
  const bool below = total::start_below(m, range, e, monitor);
  const bool above = !monitor.stopped() && total::start_above(m, range, e, monitor);
  if (monitor.stopped()) return;
  // Without a cheap bound on the number of steps policy iteration supplies bounds, usually tight ones.
  const bool direct = !(below && above);
  if (direct && !total::howard(m, range, e, monitor)) return;
  const SweepEnd end = total::iterate_interval(m, range, target, patience(range), e, monitor);
  if (end == SweepEnd::kGaveUp && !direct) total::howard(m, range, e, monitor);
}

void solve_optimistic(const ReducedModel& m, const Range& range, const Target& target, Enclosure& e, Monitor& monitor,
                      std::int64_t max_sweeps) {
  SweepEnd end = SweepEnd::kGaveUp;
  if (total::start_below(m, range, e, monitor) && !monitor.stopped()) {
    end = total::iterate_optimistic(m, range, target, max_sweeps, e, monitor);
  }
  if (end == SweepEnd::kTargetMet || monitor.stopped()) return;
  if (end == SweepEnd::kRoundingLimited && total::start_above(m, range, e, monitor)) {
    // The lower bounds are as high as they get and no guess so close to them holds: close in from above instead.
    end = total::iterate_interval(m, range, target, patience(range), e, monitor);
    if (end != SweepEnd::kGaveUp) return;
  }
  if (!monitor.stopped()) total::howard(m, range, e, monitor);
}

void solve_automatic(const ReducedModel& m, const Range& range, const Target& target, Enclosure& e, Monitor& monitor,
                     const TotalAutoOptions& options) {
  if (range.size() <= options.direct_up_to && total::howard(m, range, e, monitor)) return;
  if (monitor.stopped()) return;
  solve_optimistic(m, range, target, e, monitor,
                   range.size() > kSweepsOnlyBeyond ? patience(range) : options.optimistic_sweeps);
}

/// Rows without a bound from below are as they began and may go round for ever. There the play heads for its end, or
/// for rows with bounds, which end it; so the policy is one that a proof can start from.
void head_for_the_end(const ReducedModel& m, Enclosure& e) {
  const auto unbounded = [](double low) { return low == -kInfinity; };
  if (std::none_of(e.lower.begin(), e.lower.end(), unbounded)) return;
  const std::vector<std::int64_t> rows = total::exit_rows(m, {0, m.num_states()});
  for (std::size_t s = 0; s < rows.size(); ++s)
    if (unbounded(e.lower[s])) e.row[s] = rows[s];
}

struct InfiniteStates {
  std::int64_t gain = 0, loss = 0;
  std::int32_t first = -1;
  bool from_start = false;
};

/// Values of the original states from those of the reduced ones.
InfiniteStates spread(const Prepared& p, const Enclosure& e, Solution& solution) {
  const auto n = static_cast<Eigen::Index>(p.quotient.state_of.size());
  solution.lower.resize(n);
  solution.upper.resize(n);
  const std::vector<double> initial = p.model.initial();
  InfiniteStates infinite;
  for (Eigen::Index s = 0; s < n; ++s) {
    const auto q = static_cast<std::size_t>(p.quotient.state_of[static_cast<std::size_t>(s)]);
    double low = 0, high = 0;
    switch (p.fate[q]) {
      case Fate::kNumber:
        // The value is a number: an infinity here is an overflow, and bounds from its own side only.
        low = std::min(e.lower[static_cast<std::size_t>(p.reduced_state[q])], std::numeric_limits<double>::max());
        high = std::max(e.upper[static_cast<std::size_t>(p.reduced_state[q])], std::numeric_limits<double>::lowest());
        break;
      case Fate::kZero:
        break;
      case Fate::kOne:
        low = high = p.reduced.one_value;
        break;
      case Fate::kGain:
      case Fate::kLoss:
        low = high = p.fate[q] == Fate::kGain ? kInfinity : -kInfinity;
        ++(p.fate[q] == Fate::kGain ? infinite.gain : infinite.loss);
        if (infinite.first < 0) infinite.first = static_cast<std::int32_t>(s);
        if (initial[static_cast<std::size_t>(s)] > 0) infinite.from_start = true;
        break;
    }
    solution.lower[s] = p.sign > 0 ? low : -high + 0.0;
    solution.upper[s] = p.sign > 0 ? high : -low + 0.0;
  }
  return infinite;
}

/// Midpoints and the proven gap; true when every state meets the target.
bool finish_values(const Target& target, Solution& solution) {
  solution.value = solution.lower;
  solution.gap = 0;
  bool met = true;
  for (Eigen::Index s = 0; s < solution.value.size(); ++s) {
    const double low = solution.lower[s], high = solution.upper[s];
    if (low == high) continue;
    if (!std::isfinite(high - low)) {  // one side has no bound: the other is the best there is to say
      solution.value[s] = std::isfinite(low) ? low : std::isfinite(high) ? high : 0;
      solution.gap = kInfinity;
      met = false;
      continue;
    }
    solution.value[s] = low + (high - low) / 2;
    solution.gap = std::max(solution.gap,
                            round_up(std::max(round_up(high - solution.value[s]), round_up(solution.value[s] - low))));
    met = met && target.met(low, high);
  }
  return met;
}

void add_note(std::string& note, const std::string& sentence) { note += (note.empty() ? "" : " ") + sentence; }

void describe_infinite(const Prepared& p, const InfiniteStates& infinite, Solution& solution) {
  if (infinite.first < 0) return;
  const std::string where = p.model.state_name(infinite.first);
  const auto count = infinite.gain + infinite.loss;
  const std::string many =
      fmt::format("{} state{} an infinite value (first: state {}): ", count, count == 1 ? " has" : "s have", where);
  if (infinite.gain > 0 && infinite.loss > 0) {
    add_note(solution.note, many + "some can collect for ever, others must lose for ever.");
  } else if (infinite.gain > 0) {
    add_note(solution.note, many + "a component where rewards can be collected for ever is within reach.");
  } else if (p.must_reach) {
    add_note(solution.note, many + "no policy reaches the goal from there with probability one.");
  } else {
    add_note(solution.note, many + "the play cannot be kept from losing for ever.");
  }
}

Status final_status(const Prepared& p, const InfiniteStates& infinite, bool met, const Monitor& monitor,
                    Solution& solution) {
  const bool cut_short = monitor.stopped() && !met;
  if (infinite.from_start) {  // known before the first sweep
    if (cut_short) add_note(solution.note, "The run was stopped before the finite values met the tolerance.");
    return p.must_reach && infinite.gain == 0 ? Status::kInfeasible : Status::kUnbounded;
  }
  if (cut_short) return monitor.status();
  if (met) return Status::kConverged;
  if (!std::isfinite(solution.gap)) {
    add_note(solution.note,
             "The linear systems are too ill-conditioned for double arithmetic: no bound could be proven.");
    return Status::kNumericalTrouble;
  }
  add_note(solution.note, "Double arithmetic cannot prove more: slow mixing magnifies each rounding.");
  return Status::kRoundingLimited;
}

Solution solve_total(const Problem& problem, std::string_view name, const TotalOptions& options,
                     const SolveOptions& run, bool by_component, const SolveRange& solve) {
  require_total(problem, name, options);
  const Prepared p = total::prepare(problem, must_reach_goal(problem, options));
  Monitor monitor(run);
  const Target target{run.tolerance, options.relative, 1};
  Enclosure e = total::trivial_enclosure(p.reduced);
  if (by_component) {
    solve_components(p.reduced, target, e, monitor, solve);
  } else {
    solve_at_once(p.reduced, target, e, monitor, solve);
  }
  head_for_the_end(p.reduced, e);
  Solution solution{.algorithm = std::string(name)};
  const InfiniteStates infinite = spread(p, e, solution);
  describe_infinite(p, infinite, solution);
  const bool met = finish_values(target, solution);
  solution.policy = total::assemble_policy(p, e.row);
  solution.status = final_status(p, infinite, met, monitor, solution);
  solution.iterations = monitor.iterations();
  solution.transitions_read = monitor.transitions();
  solution.trace = monitor.take_trace();
  solution.residual = solution.trace.empty() ? 0 : solution.trace.back().residual;
  if (!std::isfinite(solution.gap)) {
    solution.gap = kInfinity;
    solution.lower.resize(0);
    solution.upper.resize(0);
  }
  return solution;
}

}  // namespace

bool must_reach_goal(const Problem& problem, const TotalOptions& options) {
  if (problem.criterion != Criterion::kTotal || problem.target.empty()) return false;
  return options.must_reach_goal == "auto" ? !problem.maximise() : options.must_reach_goal == "yes";
}

Solution interval_iteration(const Problem& problem, const IntervalIterationOptions& options, const SolveOptions& run) {
  bellwether::require_valid("interval-iteration", options);
  return solve_total(problem, "interval-iteration", options, run, false, solve_interval);
}

Solution optimistic_value_iteration(const Problem& problem, const OptimisticValueIterationOptions& options,
                                    const SolveOptions& run) {
  bellwether::require_valid("optimistic-value-iteration", options);
  return solve_total(problem, "optimistic-value-iteration", options, run, false,
                     [](const ReducedModel& m, const Range& range, const Target& target, Enclosure& e,
                        Monitor& monitor) { solve_optimistic(m, range, target, e, monitor, patience(range)); });
}

Solution total_topological_value_iteration(const Problem& problem, const TotalTopologicalOptions& options,
                                           const SolveOptions& run) {
  bellwether::require_valid("topological-value-iteration", options);
  return solve_total(problem, "topological-value-iteration", options, run, true, solve_interval);
}

Solution total_policy_iteration(const Problem& problem, const TotalPolicyIterationOptions& options,
                                const SolveOptions& run) {
  bellwether::require_valid("policy-iteration", options);
  return solve_total(problem, "policy-iteration", options, run, true,
                     [](const ReducedModel& m, const Range& range, const Target&, Enclosure& e, Monitor& monitor) {
                       total::howard(m, range, e, monitor);
                     });
}

Solution total_auto(const Problem& problem, const TotalAutoOptions& options, const SolveOptions& run) {
  bellwether::require_valid("total-auto", options);
  return solve_total(problem, "total-auto", options, run, true,
                     [&](const ReducedModel& m, const Range& range, const Target& target, Enclosure& e,
                         Monitor& monitor) { solve_automatic(m, range, target, e, monitor, options); });
}

}  // namespace bellwether::solvers
