#include "solvers/constrained/occupancy_lp.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/graph/end_components.h"
#include "solvers/constrained/certificate.h"
#include "solvers/constrained/column_pool.h"
#include "solvers/constrained/dual_search.h"
#include "solvers/constrained/plain_policy.h"

namespace bellwether::solvers {
namespace constrained {
namespace {

using lp::kInfinity;

constexpr std::int64_t kMostColumns = 200'000;

/// A power of two near x (1 for 0), so that dividing by it rounds nothing.
double unit_near(double x) { return x > 0 ? std::ldexp(1.0, std::clamp(std::ilogb(x), -1000, 1000)) : 1.0; }

int num_models(const Lagrangian& on) {
  return on.problem().criterion == Criterion::kFinite ? on.planner().task().horizon() : 1;
}
const mdp::TabularMdp& model_at(const Lagrangian& on, int h) { return on.planner().task().stage(h); }

std::vector<double> initial_of(const Lagrangian& on) {
  std::vector<double> initial = on.planner().question().model.initial();
  const double total = std::accumulate(initial.begin(), initial.end(), 0.0);
  for (double& p : initial) p /= total;
  return initial;
}

}  // namespace

/// What is added to the program when the limit of budget `moved` is. `along`: x stays among the choices that are best
/// for the multipliers, and one more column moves the limit. `beside`: the program of directions out of x, in which
/// what is taken may fall, what is not may not, and the limit gives way by one unit.
struct OccupancyProgram::Restriction {
  enum Kind { kNone, kAlong, kBeside };
  Kind kind = kNone;
  const Answer* at = nullptr;
  int moved = -1;
  bool up = true;
};

OccupancyProgram::OccupancyProgram(const Lagrangian& on, bool multichain, std::vector<char> forbidden)
    : on_(on), multichain_(multichain), forbidden_(std::move(forbidden)) {
  const double duration = on.planner().duration();
  reward_unit_ = unit_near(on.reward_scale() / duration);
  for (int i = 0; i < on.num_budgets(); ++i) cost_unit_.push_back(unit_near(on.cost_scale(i) / duration));
}

std::int64_t OccupancyProgram::num_columns() const {
  std::int64_t columns = 0;
  for (int h = 0; h < num_models(on_); ++h) columns += model_at(on_, h).num_choices();
  return multichain_ ? 2 * columns : columns;
}

/// Where the rows of the program begin: flow, what sums to one (or who ends where), budgets.
struct OccupancyProgram::Rows {
  int second = 0, budget = 0;
};

namespace {
constexpr double kTight = 1e-7;  // reduced costs and multipliers below are taken for zero, in units of about one
}

/// Flow rows stage by stage, then for the average a sum of one, or (multichain) what starts in each state, then
/// budgets.
OccupancyProgram::Rows OccupancyProgram::add_rows(const Restriction& restriction, lp::LinearProgram& program) const {
  const bool average = on_.problem().criterion == Criterion::kAverage;
  const bool directions = restriction.kind == Restriction::kBeside;
  std::vector<double> initial = initial_of(on_);
  if (directions) std::ranges::fill(initial, 0.0);
  for (int h = 0; h < num_models(on_); ++h) {
    for (const double start : initial) {
      const double right = average || h > 0 ? 0.0 : start;
      program.add_row(right, right);
    }
  }
  Rows rows{.second = program.num_rows()};
  if (average && multichain_) {
    for (const double start : initial) program.add_row(start, start);
  } else if (average) {
    program.add_row(directions ? 0 : 1, directions ? 0 : 1);
  }
  rows.budget = program.num_rows();
  for (std::size_t i = 0; i < cost_unit_.size(); ++i) {
    const double limit = this->limit(static_cast<int>(i)) / cost_unit_[i];
    if (directions) {
      const double moves = static_cast<int>(i) != restriction.moved ? 0 : restriction.up ? 1 : -1;
      program.add_row(-kInfinity, used_up(*restriction.at, i) ? moves : kInfinity);
    } else {
      // With the multipliers kept, a budget with a positive one is used up.
      program.add_row(restriction.at != nullptr && priced(*restriction.at, i) ? limit : -kInfinity, limit);
    }
  }
  return rows;
}

bool OccupancyProgram::priced(const Answer& at, std::size_t i) const {
  return at.multipliers[i] * cost_unit_[i] > kTight * reward_unit_;
}

/// Nothing is left of budget i.
bool OccupancyProgram::used_up(const Answer& at, std::size_t i) const {
  if (priced(at, i)) return true;
  const double limit = this->limit(static_cast<int>(i)) / cost_unit_[i];
  double cost = 0;
  std::size_t column = 0;
  for (int h = 0; h < num_models(on_); ++h)
    for (const double entry : model_at(on_, h).data().costs[i].expected) cost += entry / cost_unit_[i] * at.x[column++];
  return limit - cost <= kTight * std::max(1.0, std::abs(limit));
}

/// A column within its bounds: choices that are forbidden, or not best for the multipliers, are not taken.
void OccupancyProgram::add_column(const Restriction& restriction, double cost, std::int64_t choice, std::size_t column,
                                  lp::LinearProgram& program) const {
  constexpr double kTaken = 1e-9;
  const Answer* const at = restriction.at;
  const bool forbidden = !forbidden_.empty() && forbidden_[static_cast<std::size_t>(choice)];
  double lower = 0, upper = forbidden ? 0 : kInfinity;
  if (restriction.kind == Restriction::kAlong && at->reduced[column] > kTight) upper = 0;
  if (restriction.kind == Restriction::kBeside && !forbidden) {
    const double taken = column < at->x.size() ? at->x[column] : at->y[column - at->x.size()];
    if (taken > kTaken) lower = -kInfinity;
  }
  program.add_column(restriction.kind == Restriction::kAlong ? 0 : cost, lower, upper);
}

/// x of each choice: leaves its state, arrives at the successors (of the next stage), costs.
void OccupancyProgram::add_occupancies(const Restriction& restriction, const Rows& rows,
                                       lp::LinearProgram& program) const {
  const ConstrainedProblem& problem = on_.problem();
  const bool average = problem.criterion == Criterion::kAverage, finite = problem.criterion == Criterion::kFinite;
  const double discount = average ? 1 : problem.discount;
  const int models = num_models(on_), states = problem.model.model().num_states();
  std::size_t column = 0;
  for (int h = 0; h < models; ++h) {
    const mdp::TabularMdp& model = model_at(on_, h);
    for (int s = 0; s < states; ++s) {
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c, ++column) {
        add_column(restriction, -on_.sign() * model.reward(c) / reward_unit_, c, column, program);
        program.add_entry(h * states + s, 1);
        if (!finite || h + 1 < models) {
          const int arrives = (finite ? h + 1 : 0) * states;
          for (std::size_t k = 0; k < model.successors(c).size(); ++k)
            program.add_entry(arrives + model.successors(c)[k], -discount * model.probabilities(c)[k]);
        }
        if (average) program.add_entry(multichain_ ? rows.second + s : rows.second, 1);
        for (std::size_t i = 0; i < cost_unit_.size(); ++i) {
          const double entry = model.data().costs[i].expected[static_cast<std::size_t>(c)] / cost_unit_[i];
          if (entry != 0) program.add_entry(rows.budget + static_cast<int>(i), entry);
        }
      }
    }
  }
}

/// y of each choice, multichain average: on the way to where the play settles.
void OccupancyProgram::add_ways(const Restriction& restriction, const Rows& rows, lp::LinearProgram& program) const {
  const mdp::TabularMdp& model = model_at(on_, 0);
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      add_column(restriction, 0, c, static_cast<std::size_t>(model.num_choices() + c), program);
      program.add_entry(rows.second + s, 1);
      for (std::size_t k = 0; k < model.successors(c).size(); ++k)
        program.add_entry(rows.second + model.successors(c)[k], -model.probabilities(c)[k]);
    }
  }
}

lp::LinearProgram OccupancyProgram::build(const Restriction& restriction) const {
  lp::LinearProgram program;
  const Rows rows = add_rows(restriction, program);
  add_occupancies(restriction, rows, program);
  if (multichain_) add_ways(restriction, rows, program);
  if (restriction.kind == Restriction::kAlong) {  // the limit becomes limit + delta (up) or limit - delta
    program.add_column(-1, 0, kInfinity);
    program.add_entry(rows.budget + restriction.moved, restriction.up ? -1 : 1);
  }
  return program;
}

OccupancyProgram::Answer OccupancyProgram::solve(const lp::LpOptions& options) const {
  const lp::LpResult result = lp::solve(build({}), options);
  const int models = num_models(on_), states = on_.problem().model.model().num_states();
  Answer answer{.status = result.status, .iterations = result.iterations};
  answer.value = -result.objective * reward_unit_;
  const std::ptrdiff_t columns = multichain_ ? num_columns() / 2 : num_columns();
  answer.x.assign(result.x.begin(), result.x.begin() + columns);
  if (multichain_) answer.y.assign(result.x.begin() + columns, result.x.end());
  answer.reduced = result.reduced_cost;
  const int rows = models * states;
  for (int s = 0; s < rows; ++s)
    answer.state_value.push_back(-result.row_dual[static_cast<std::size_t>(s)] * reward_unit_);
  answer.multipliers = multipliers(result);
  return answer;
}

std::vector<double> OccupancyProgram::multipliers(const lp::LpResult& result) const {
  const std::size_t budget_row = result.row_dual.size() - cost_unit_.size();
  std::vector<double> y;
  for (std::size_t i = 0; i < cost_unit_.size(); ++i)
    y.push_back(std::max(0.0, -result.row_dual[budget_row + i] * (reward_unit_ / cost_unit_[i])));
  return y;
}

OccupancyProgram::Answer OccupancyProgram::beside(const Answer& at, int i, bool up,
                                                  const lp::LpOptions& options) const {
  // Clp's own choice of a method calls some of these programs infeasible that 0 solves: both of its simplexes are
  // asked.
  lp::LpOptions how = options;
  const lp::LinearProgram program = build({.kind = Restriction::kBeside, .at = &at, .moved = i, .up = up});
  lp::LpResult result;
  for (const char* method : {"primal", "dual"}) {
    if (result.status == lp::LpStatus::kOptimal) break;
    how.method = method;
    result = lp::solve(program, how);
  }
  Answer answer = at;
  answer.status = result.status;
  answer.multipliers = multipliers(result);
  answer.reduced = result.reduced_cost;
  return answer;
}

double OccupancyProgram::range(const Answer& at, int i, bool up, const lp::LpOptions& options) const {
  const lp::LpResult result = lp::solve(build({.kind = Restriction::kAlong, .at = &at, .moved = i, .up = up}), options);
  if (result.status == lp::LpStatus::kUnbounded) return kInfinity;
  if (result.status != lp::LpStatus::kOptimal) return 0;
  return std::max(0.0, -result.objective) * cost_unit_[static_cast<std::size_t>(i)];
}

namespace {

/// Probabilities proportional to the masses; where none is left those of `then`, else the first choice.
mdp::Policy proportional(const mdp::TabularMdp& model, std::span<const double> mass, std::span<const double> then) {
  constexpr double kNothing = 1e-13;
  std::vector<double> probability(static_cast<std::size_t>(model.num_choices()), 0.0);
  for (int s = 0; s < model.num_states(); ++s) {
    const auto first = static_cast<std::size_t>(model.first_choice(s)),
               last = static_cast<std::size_t>(model.first_choice(s + 1));
    bool found = false;
    for (const std::span<const double> of : {mass, then}) {
      if (found || of.empty()) continue;
      double total = 0;
      for (std::size_t c = first; c < last; ++c) total += std::max(0.0, of[c]);
      if (total <= kNothing) continue;
      found = true;
      for (std::size_t c = first; c < last; ++c) probability[c] = std::max(0.0, of[c]) / total;
    }
    if (!found) probability[first] = 1;
  }
  return mdp::Policy::randomised(std::move(probability));
}

}  // namespace

AnyPolicy policy_of(const Lagrangian& on, const OccupancyProgram::Answer& answer) {
  AnyPolicy policy;
  if (on.problem().criterion != Criterion::kFinite) {
    policy.stationary = proportional(model_at(on, 0), answer.x, answer.y);
    return policy;
  }
  std::size_t begin = 0;
  for (int h = 0; h < num_models(on); ++h) {
    const auto choices = static_cast<std::size_t>(model_at(on, h).num_choices());
    policy.stages.push_back(proportional(model_at(on, h), std::span(answer.x).subspan(begin, choices), {}));
    begin += choices;
  }
  return policy;
}

}  // namespace constrained

namespace {

using namespace constrained;

/// All states reach each other whatever the start: one balance describes every policy.
bool one_component(const mdp::TabularMdp& model) {
  const mdp::EndComponents components = mdp::maximal_end_components(model, mdp::ReverseTransitions(model));
  return components.count() == 1 && components.members_of(0).size() == static_cast<std::size_t>(model.num_states());
}

bool wants_multichain(const ConstrainedProblem& problem, const OccupancyLpOptions& options, std::string& note) {
  if (problem.criterion != Criterion::kAverage) return false;
  const bool multichain =
      options.structure == "multichain" || (options.structure == "auto" && !one_component(problem.model.model()));
  note = multichain ? "The program says where each play ends (multichain)."
                    : "The program has one balance for all states (unichain).";
  return multichain;
}

/// Long-run averages jump when a policy with several recurrent classes changes: whether the one read off the program
/// does what the program says.
bool as_promised(const Lagrangian& on, const AnyPolicy& policy, const OccupancyProgram::Answer& answer) {
  constexpr double kTolerance = 1e-7;
  const std::vector<Bounded> collected = on.planner().evaluate(policy);
  if (!(on.reward(collected).value >= answer.value - kTolerance * on.reward_scale())) return false;
  for (int i = 0; i < on.num_budgets(); ++i) {
    if (!(collected[static_cast<std::size_t>(i) + 1].value <= on.limit(i) + kTolerance * on.cost_scale(i)))
      return false;
  }
  return true;
}

lp::LpOptions lp_options(const OccupancyLpOptions& options, const SolveOptions& run) {
  lp::LpOptions result{.method = options.method};
  if (run.observer) {
    result.keep_going = [observer = run.observer](std::int64_t iteration) {
      return observer(TraceRow{.iteration = iteration});
    };
  }
  return result;
}

/// The same for the program itself, which ends with the iterations.
lp::LpOptions within_iterations(lp::LpOptions how, std::int64_t most, bool& exhausted) {
  if (most == SolveOptions{}.max_iterations) return how;
  how.keep_going = [go_on = std::move(how.keep_going), most, &exhausted](std::int64_t iteration) {
    exhausted = exhausted || iteration > most;
    return !exhausted && (!go_on || go_on(iteration));
  };
  return how;
}

/// What one more and one less unit of budget i are worth, and where. Where the answer's own multipliers do not last to
/// a side of the limit, they are sought anew for it.
void add_prices(const Lagrangian& on, const OccupancyProgram& program, const OccupancyProgram::Answer& answer, int i,
                const lp::LpOptions& options, BudgetReport& report) {
  constexpr double kGrain = 1e-7;
  const auto at = static_cast<std::size_t>(i);
  const auto price = [&](double y) { return y == 0 ? 0 : on.sign() * y; };
  const auto lasts = [&](const OccupancyProgram::Answer& with, bool up) { return program.range(with, i, up, options); };
  const double limit = program.limit(i), below = lasts(answer, false), above = lasts(answer, true),
               grain = kGrain * on.cost_scale(i);
  report.multiplier = report.multiplier_below = price(answer.multipliers[at]);
  report.stays_from = limit - below;
  report.stays_to = limit + above;
  if (above <= grain) {
    const OccupancyProgram::Answer right = program.beside(answer, i, true, options);
    if (right.status == lp::LpStatus::kOptimal) {
      report.multiplier = price(right.multipliers[at]);
      report.stays_from = limit - lasts(right, false);
      report.stays_to = limit + lasts(right, true);
    }
  }
  if (below <= grain) {
    const OccupancyProgram::Answer left = program.beside(answer, i, false, options);
    if (left.status == lp::LpStatus::kOptimal) report.multiplier_below = price(left.multipliers[at]);
    if (left.status == lp::LpStatus::kInfeasible) report.multiplier_below = price(lp::kInfinity);
  }
}

/// Infeasible, stopped or in trouble: nothing that Clp says is believed. Plan against the budgets instead.
ConstrainedSolution without_program(const Lagrangian& on, lp::LpStatus status, Outcome outcome,
                                    const SolveOptions& run) {
  ColumnPool pool(on);
  Feasibility found = find_safe(on, pool, run.observer);
  if (found.infeasibility) return infeasible(on, std::move(found), std::move(outcome));
  if (!outcome.note.empty()) outcome.note += ' ';
  outcome.note += fmt::format("The program could not be solved ({}).", lp::to_string(status));
  outcome.stopped = (status == lp::LpStatus::kStopped && !outcome.exhausted) || found.stopped;
  if (!outcome.stopped && !outcome.exhausted) {
    ConstrainedSolution solution = bundle(on.problem(), {}, run);
    solution.algorithm = outcome.algorithm;
    solution.iterations += outcome.iterations;
    solution.note =
        outcome.note + " Cutting planes answer in its place." + (solution.note.empty() ? "" : " ") + solution.note;
    return solution;
  }
  if (pool.size() == 0) return without_answer(on, std::move(outcome));
  outcome.policy = found.safe ? *found.safe : pool.policy(pool.size() - 1);
  outcome.multipliers.assign(static_cast<std::size_t>(on.num_budgets()), 0.0);
  outcome.priced = false;
  outcome.feasibility = &found;
  return conclude(on, std::move(outcome), run);
}

}  // namespace

ConstrainedSolution occupancy_lp(const ConstrainedProblem& problem, const OccupancyLpOptions& options,
                                 const SolveOptions& run) {
  bellwether::require_valid("occupancy-lp", options);
  const Lagrangian on(problem, run.observer);
  Outcome outcome{.algorithm = "occupancy-lp"};
  const OccupancyProgram program(on, wants_multichain(problem, options, outcome.note));
  if (program.num_columns() > kMostColumns) {
    throw InvalidOption(
        fmt::format("occupancy-lp: the program would have {} columns, at most {} are possible; choose "
                    "dual-bisection or bundle",
                    program.num_columns(), kMostColumns));
  }
  if (on.out_of_reach()) return without_program(on, lp::LpStatus::kInfeasible, std::move(outcome), run);
  const lp::LpOptions how = lp_options(options, run);
  const OccupancyProgram::Answer answer = program.solve(within_iterations(how, run.max_iterations, outcome.exhausted));
  outcome.iterations = answer.iterations;
  if (answer.status != lp::LpStatus::kOptimal) {
    return without_program(on, answer.status, std::move(outcome), run);
  }
  outcome.policy = policy_of(on, answer);
  outcome.multipliers = answer.multipliers;
  ConstrainedSolution solution;
  if (problem.criterion == Criterion::kAverage && !as_promised(on, outcome.policy, answer)) {
    solution = bundle(problem, {}, run);
    solution.algorithm = outcome.algorithm;
    solution.iterations += answer.iterations;
    solution.note = outcome.note +
                    " The policy read off it does not do what the program promises, so cutting planes found the one "
                    "returned." +
                    (solution.note.empty() ? "" : " ") + solution.note;
  } else {
    const AnyPolicy wanted = outcome.policy;
    solution = with_plain_policy(on, wanted, conclude(on, std::move(outcome), run), run);
  }
  if (options.sensitivity && solution.status != Status::kInfeasible &&
      solution.budgets.size() == answer.multipliers.size()) {
    for (int i = 0; i < on.num_budgets(); ++i)
      add_prices(on, program, answer, i, how, solution.budgets[static_cast<std::size_t>(i)]);
  }
  return solution;
}

}  // namespace bellwether::solvers
