#include "solvers/risk/nested_risk.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "core/asking.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "core/rounding.h"
#include "solvers/risk/law.h"
#include "solvers/risk/outcomes.h"

namespace bellwether::solvers {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

enum class Measure { kConditional, kEntropicValue, kEntropic, kWorst };

Measure measure_of(const std::string& name) {
  if (name == "conditional-value-at-risk") return Measure::kConditional;
  if (name == "entropic-value-at-risk") return Measure::kEntropicValue;
  return name == "entropic" ? Measure::kEntropic : Measure::kWorst;
}

/// The risk of one step, with room for how far it may be off beside rounding.
struct StepRisk {
  Measure measure;
  double level, beta;

  Enclosure operator()(const Law& law) const {
    if (measure == Measure::kEntropicValue) return entropic_value_at_risk(law, level);
    double risk = 0;
    if (measure == Measure::kConditional) risk = conditional_value_at_risk(law, level);
    if (measure == Measure::kEntropic) risk = entropic_risk(law, beta);
    if (measure == Measure::kWorst) risk = law.atom.front();
    return {risk, risk};
  }
};

/// One backup of all states. Once `asking` has stopped its results mean nothing.
struct Backup {
  const mdp::TabularMdp& model;
  const OutcomeTable& table;
  double discount;
  StepRisk risk;
  Asking& asking;

  /// In the units of Asking: a law is made of each row, and one risk is found by a search.
  static std::int64_t effort(const mdp::TabularMdp& model, const StepRisk& risk) {
    return (risk.measure == Measure::kEntropicValue ? 500 : 10) * model.num_transitions();
  }

  struct Result {
    double residual = 0;   ///< largest change
    double uncertain = 0;  ///< widest enclosure of a risk
    double largest = 0;    ///< largest |value|, old or new
  };

  Result operator()(const std::vector<double>& v, std::vector<double>& out, std::vector<std::int32_t>& played) const {
    return parallel_reduce(
        model.num_states(), 16 * model.num_transitions(), Result{},
        [&](std::int64_t begin, std::int64_t end) {
          Result result;
          for (std::int64_t s = begin; s < end && asking.wanted(s); ++s)
            back_up(static_cast<int>(s), v, out, played, result);
          return result;
        },
        [](const Result& a, const Result& b) {
          return Result{std::max(a.residual, b.residual), std::max(a.uncertain, b.uncertain),
                        std::max(a.largest, b.largest)};
        });
  }

 private:
  void back_up(int s, const std::vector<double>& v, std::vector<double>& out, std::vector<std::int32_t>& played,
               Result& result) const {
    const auto state = static_cast<std::size_t>(s);
    const std::int64_t first = model.first_choice(s);
    double best = -kInfinity;
    for (std::int64_t c = first; c < model.first_choice(s + 1); ++c) {
      std::vector<std::pair<double, double>> atoms;
      for (const Outcome& outcome : table.of(c))
        atoms.emplace_back(outcome.reward + discount * v[static_cast<std::size_t>(outcome.next)], outcome.probability);
      const Enclosure q = risk(make_law(std::move(atoms)));
      result.uncertain = std::max(result.uncertain, q.upper - q.lower);
      if (!(q.middle() > best)) continue;
      best = q.middle();
      played[state] = static_cast<std::int32_t>(c - first);
    }
    out[state] = best;
    result.residual = std::max(result.residual, std::abs(best - v[state]));
    result.largest = std::max({result.largest, std::abs(best), std::abs(v[state])});
  }
};

/// What rounding may do to one backup, given the largest value it saw: a mean of `outcomes` terms, a division by the
/// level or beta in the worst, log and exp right to an ulp; weights that miss one by 2^-50.
double backup_error(const StepRisk& risk, std::size_t outcomes, double largest) {
  const double relative = rounding_error(static_cast<std::int64_t>(outcomes) + 12) + 0x1p-48;
  const double stretched = risk.measure == Measure::kConditional || risk.measure == Measure::kEntropicValue
                               ? relative / risk.level
                               : relative;
  return 4 * stretched * largest + kUnderflowSlack;
}

void certify(Solution& solution, const Problem& problem, const std::vector<double>& value, double error,
             double tolerance) {
  const auto count = static_cast<Eigen::Index>(value.size());
  solution.value.resize(count);
  solution.lower.resize(count);
  solution.upper.resize(count);
  solution.gap = 0;
  for (Eigen::Index s = 0; s < count; ++s) {
    solution.value[s] = problem.sign() * value[static_cast<std::size_t>(s)];
    solution.lower[s] = round_down(solution.value[s] - error);
    solution.upper[s] = round_up(solution.value[s] + error);
    solution.gap =
        std::max({solution.gap, solution.upper[s] - solution.value[s], solution.value[s] - solution.lower[s]});
  }
  if (!solution.value.allFinite() || !solution.lower.allFinite() || !solution.upper.allFinite()) {
    solution.status = Status::kNumericalTrouble;
    solution.note = kOutOfRange;
    solution.gap = kInfinity;
  }
  if (solution.gap <= tolerance) solution.status = Status::kConverged;
}

Solution finite(const Problem& problem, const StepRisk& risk, const SolveOptions& run) {
  Solution solution{.status = Status::kRoundingLimited, .algorithm = "nested-risk"};
  std::vector<double> value(static_cast<std::size_t>(problem.model.num_states()), 0.0), later = value;
  solution.stages.resize(static_cast<std::size_t>(problem.horizon));
  double error = 0, most = 0;
  Asking asking;
  const auto ask = [&] { return run.observer(TraceRow{.iteration = solution.iterations}); };
  for (int h = problem.horizon - 1; h >= 0; --h) {
    const mdp::TabularMdp& model = problem.stages.empty() ? problem.model : problem.stages[static_cast<std::size_t>(h)];
    const OutcomeTable table(model, problem.sign());
    most = table.largest_reward() + problem.discount * most;
    require_range(most);
    later.swap(value);
    std::vector<std::int32_t> played(value.size());
    if (run.observer) asking.ask(ask, model.num_states(), Backup::effort(model, risk));
    const Backup::Result result = Backup{model, table, problem.discount, risk, asking}(later, value, played);
    const double largest = table.largest_reward() + result.largest;
    error = round_up(error * problem.discount * (1 + 0x1p-50) + result.uncertain +
                     backup_error(risk, table.most_outcomes(), largest));
    solution.stages[static_cast<std::size_t>(h)] = mdp::Policy::deterministic(std::move(played));
    ++solution.iterations;
    if (asking.stopped() || (h > 0 && run.observer && !ask())) {
      return {.status = Status::kStoppedByCaller,
              .algorithm = solution.algorithm,
              .note = "stopped before the first stage was reached, so there is no answer yet"};
    }
  }
  certify(solution, problem, value, error, run.tolerance);
  return solution;
}

Solution discounted(const Problem& problem, const StepRisk& risk, const SolveOptions& run) {
  Solution solution{.status = Status::kBudgetExhausted, .algorithm = "nested-risk"};
  const OutcomeTable table(problem.model, problem.sign());
  require_range(table.largest_reward() / (1 - problem.discount));
  TraceRow row;
  Asking asking;
  if (run.observer)
    asking.ask([&] { return run.observer(row); }, problem.model.num_states(), Backup::effort(problem.model, risk));
  const Backup backup{problem.model, table, problem.discount, risk, asking};
  std::vector<double> value(static_cast<std::size_t>(problem.model.num_states()), 0.0), next = value;
  std::vector<std::int32_t> played(value.size());
  const double g = problem.discount;
  double error = kInfinity;
  TraceRecorder trace;
  while (solution.iterations < run.max_iterations) {
    std::vector<std::int32_t> greedy(value.size());
    const Backup::Result result = backup(value, next, greedy);
    if (asking.stopped()) {
      solution.status = Status::kStoppedByCaller;
      break;
    }
    played.swap(greedy);
    value.swap(next);
    solution.residual = result.residual;
    // V is T of the last V, and T_pi of it for the policy that was greedy: by the contraction of both maps, V is within
    // (discount |V - last V| + what a backup missed) / (1 - discount) of V* and of the policy's value.
    const double missed =
        result.uncertain + backup_error(risk, table.most_outcomes(), table.largest_reward() + result.largest);
    error = (g * result.residual + missed) / (1 - g) * (1 + 0x1p-48);
    row = {.iteration = ++solution.iterations, .gap = error, .residual = result.residual};
    trace.record(row);
    if (error <= run.tolerance) break;
    if (g * result.residual <= missed) {
      solution.status = Status::kRoundingLimited;
      break;
    }
    if (run.observer && !run.observer(row)) {
      solution.status = Status::kStoppedByCaller;
      break;
    }
  }
  solution.policy = mdp::Policy::deterministic(played);
  if (asking.stopped() && solution.iterations == 0) {
    solution.note = "stopped within the first sweep, so nothing is proven yet";
    return solution;
  }
  certify(solution, problem, value, error, run.tolerance);
  solution.trace = trace.take();
  return solution;
}

}  // namespace

Solution plan_for_nested_risk(const Problem& problem, const NestedRiskOptions& options, const SolveOptions& run) {
  require_valid(problem);
  bellwether::require_valid("risk", options);
  const StepRisk risk{measure_of(options.measure), options.level, options.beta};
  if (problem.criterion == Criterion::kFinite) return finite(problem, risk, run);
  if (problem.criterion != Criterion::kDiscounted)
    throw InvalidOption("risk: nested risk is planned for with a discount or at finite horizon");
  return discounted(problem, risk, run);
}

}  // namespace bellwether::solvers
