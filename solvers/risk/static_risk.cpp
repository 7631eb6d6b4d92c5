#include "solvers/risk/static_risk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "solvers/risk/scalar_search.h"

namespace bellwether::solvers {
namespace {

void require_level(double level) {
  if (!(level > 0 && level <= 1)) throw InvalidOption(fmt::format("risk: level is {}, must be in (0, 1]", level));
}

/// A minimised problem was solved with negated rewards: its law is that of minus the cost, and so are the numbers.
void speak_of_costs(RiskSolution& solution) {
  solution.value = -solution.value;
  solution.parameter = 0 - solution.parameter;  // no minus zero
  std::swap(solution.lower, solution.upper);
  solution.lower = -solution.lower;
  solution.upper = -solution.upper;
  turn_law(solution.law);
}

/// Whoever asks the observer while dynamic programs run.
class Questions {
 public:
  explicit Questions(const SolveOptions& run) : run_(run) {}

  bool go_on() {
    if (!stopped_ && run_.observer && !run_.observer(row_)) stopped_ = true;
    return !stopped_;
  }
  bool go_on(std::int64_t evaluations, double gap) {
    row_ = {.iteration = evaluations, .gap = gap};
    return go_on();
  }
  bool stopped() const { return stopped_; }

  StockTree::KeepGoing keep_going() {
    if (!run_.observer) return nullptr;
    return [this] { return go_on(); };
  }
  /// For passes over the tree: quick ones are not interrupted, so that who says stop gets a policy.
  StockTree::KeepGoing during_passes(const StockTree& tree) { return is_quick(tree) ? nullptr : keep_going(); }
  /// The caller said stop, and finding a policy and its law takes too long.
  bool given_up(const StockTree& tree) const { return stopped_ && !(tree.complete() && is_quick(tree)); }

 private:
  static bool is_quick(const StockTree& tree) {
    constexpr std::int64_t kQuick = 2'000'000;  // nodes, some tenths of a second a pass
    return tree.num_nodes() <= kQuick;
  }

  const SolveOptions& run_;
  TraceRow row_;
  bool stopped_ = false;
};

RiskSolution start(const Problem& problem, std::string algorithm, const StockOptions& options, Questions& questions) {
  RiskSolution solution{.algorithm = std::move(algorithm)};
  solution.tree = std::make_shared<const StockTree>(problem, options, questions.keep_going());
  return solution;
}

RiskSolution without_answer(RiskSolution solution) {
  return {.status = Status::kStoppedByCaller,
          .algorithm = std::move(solution.algorithm),
          .note = "stopped before there was an answer",
          .evaluations = solution.evaluations};
}

/// Why a search ended before it had proven its tolerance; kNotRun when it had not.
Status early_end(const ScalarMaximum& found) {
  return found.stopped ? Status::kStoppedByCaller : found.exhausted ? Status::kBudgetExhausted : Status::kNotRun;
}

/// Fills in what every criterion has: the value, its bounds, and what they mean.
RiskSolution conclude(RiskSolution solution, double achieved, double lower, double upper, Status early,
                      double tolerance) {
  solution.value = achieved;
  solution.lower = lower;
  solution.upper = upper;
  solution.gap = std::max(solution.upper - achieved, achieved - solution.lower);
  const bool proven = std::isfinite(solution.lower) && std::isfinite(solution.upper);
  if (!proven) solution.gap = std::numeric_limits<double>::infinity();
  solution.status = !proven                             ? Status::kNumericalTrouble
                    : early == Status::kStoppedByCaller ? early
                    : solution.gap <= tolerance         ? Status::kConverged
                    : early != Status::kNotRun          ? early
                    : solution.tree->has_grid()         ? Status::kBudgetExhausted
                                                        : Status::kRoundingLimited;
  const StockTree& tree = *solution.tree;
  solution.note =
      fmt::format("{} pairs of a state and earnings, {} final earnings", tree.num_nodes(), tree.final_stocks().size());
  if (!proven) solution.note += fmt::format("; {}", kOutOfRange);
  if (solution.status == Status::kBudgetExhausted)
    solution.limit = early == Status::kBudgetExhausted ? "the number of evaluations" : kGridOfEarnings;
  return solution;
}

/// For criteria in the unit of the return: `achieved` is the risk of the policy's law, `upper` a bound on the best,
/// both up to `error`.
RiskSolution finish(const Problem& problem, RiskSolution solution, double achieved, double upper, double error,
                    Status early, double tolerance) {
  solution = conclude(std::move(solution), achieved, round_down(achieved - error),
                      round_up(std::max(upper, achieved) + error), early, tolerance);
  if (!problem.maximise()) speak_of_costs(solution);
  return solution;
}

std::function<bool(std::int64_t, double)> asks(Questions& questions) {
  return [&questions](std::int64_t evaluations, double gap) { return questions.go_on(evaluations, gap); };
}

/// The function that is linear with slope one below b and zero above: what a budget of b lacks.
std::function<double(double)> shortfall(double b) {
  return [b](double x) { return std::min(x - b, 0.0); };
}

/// Between which final stocks a quantile lies, and whether the level is the mass below the next one.
struct Decided {
  std::size_t first, last;
  bool tie = false;
};

/// Tells by fractions what rounding could not: the last stock from `reached` to `possible` whose mass is below the
/// level. `policy` is set when that is beyond `reached`.
Decided decide(const StockTree& tree, double level, std::size_t reached, std::size_t possible, StockPolicy& policy,
               const StockTree::KeepGoing& keep_going) {
  Decided decided{reached, reached};
  for (std::size_t k = reached + 1; k <= possible; ++k) {
    StockPolicy found;
    const std::optional<int> mass = tree.compare_least_mass(tree.final_stocks()[k], level, &found, keep_going);
    if (!mass) return {reached, possible};
    decided.tie = *mass == 0;
    if (*mass >= 0) break;
    decided.first = decided.last = k;
    policy = std::move(found);
  }
  return decided;
}

/// A candidate strictly between a and b.
std::optional<double> candidate_between(const std::vector<double>& candidates, double a, double b) {
  const auto first = std::ranges::upper_bound(candidates, a);
  const auto last = std::ranges::lower_bound(candidates, b);
  if (first >= last) return std::nullopt;
  return *(first + (last - first) / 2);
}

}  // namespace

RiskSolution plan_for_utility(const Problem& problem, const std::function<double(double)>& f, double lipschitz,
                              const StockOptions& options, const SolveOptions& run) {
  if (!(lipschitz >= 0))
    throw InvalidOption(fmt::format("risk: the slope of the utility is {}, must be at least 0", lipschitz));
  Questions questions(run);
  RiskSolution solution = start(problem, "utility", options, questions);
  const StockTree& tree = *solution.tree;
  if (questions.given_up(tree)) return without_answer(std::move(solution));
  const StockTree::KeepGoing keep_going = questions.during_passes(tree);
  const double best = tree.maximise(f, &solution.policy, keep_going);
  solution.law = tree.law(solution.policy, keep_going);
  solution.evaluations = 1;
  if (questions.given_up(tree)) return without_answer(std::move(solution));
  double achieved = 0, largest = 0;
  for (std::size_t i = 0; i < solution.law.atom.size(); ++i)
    achieved += solution.law.weight[i] * f(solution.law.atom[i]);
  for (const double stock : tree.final_stocks()) largest = std::max(largest, std::abs(f(stock)));
  const double error = std::isinf(lipschitz) ? std::numeric_limits<double>::infinity()
                                             : lipschitz * tree.stock_error() + tree.expectation_error() * largest;
  solution = finish(problem, std::move(solution), achieved, best, error, Status::kNotRun, run.tolerance);
  if (std::isinf(lipschitz)) {  // the stocks may be off, and by how much that moves the utility nobody said
    solution.status = Status::kRoundingLimited;
    solution.note = fmt::format(
        "nothing is proven: earnings are known to {:.2g}, and the slope of the utility has no bound; give one to have "
        "an interval",
        tree.stock_error());
  }
  return solution;
}

RiskSolution plan_for_target(const Problem& problem, double target, const StockOptions& options,
                             const SolveOptions& run) {
  if (!std::isfinite(target)) throw InvalidOption(fmt::format("risk: the target is {}, must be a number", target));
  Questions questions(run);
  RiskSolution solution = start(problem, "target", options, questions);
  const StockTree& tree = *solution.tree;
  if (questions.given_up(tree)) return without_answer(std::move(solution));
  const StockTree::KeepGoing keep_going = questions.during_passes(tree);
  // What stocks may miss without a grid, and more: a return that is the target on paper counts, whatever its sum says.
  const double close = 3 * problem.horizon * 0x1.1p-44 * std::max(tree.largest_stock(), std::abs(target));
  const double below = problem.sign() * target - close, error = tree.stock_error();
  // The stock of a node is within `error` of the return X: {stock < below - error} implies {X < below}, which implies
  // {stock < below + error}.
  const Enclosure least = tree.least_mass_below(below - error, nullptr, keep_going);
  const Enclosure most = tree.least_mass_below(below + error, &solution.policy, keep_going);
  solution.evaluations = 2;
  if (!questions.given_up(tree)) solution.law = tree.law(solution.policy, keep_going);
  if (questions.given_up(tree)) return without_answer(std::move(solution));
  const auto bounded = [](double x) { return std::clamp(x, 0.0, 1.0); };
  const bool exact = least.lower == most.upper && 1 - (1 - most.upper) == most.upper;
  const double lower = bounded(exact ? 1 - most.upper : round_down(1 - most.upper));
  const double upper = bounded(exact ? 1 - least.lower : round_up(1 - least.lower));
  solution = conclude(std::move(solution), bounded(1 - most.upper), lower, upper, Status::kNotRun, run.tolerance);
  solution.parameter = target;
  if (close > 0)
    solution.note +=
        fmt::format("; a return that misses the target by rounding (about {:.1g}) counts as reaching it", close);
  if (!problem.maximise()) turn_law(solution.law);
  return solution;
}

RiskSolution plan_for_conditional_value_at_risk(const Problem& problem, double level, const StockOptions& options,
                                                const SolveOptions& run) {
  require_level(level);
  Questions questions(run);
  RiskSolution solution = start(problem, "conditional-value-at-risk", options, questions);
  const StockTree& tree = *solution.tree;
  if (questions.given_up(tree)) return without_answer(std::move(solution));
  const StockTree::KeepGoing keep_going = questions.during_passes(tree);
  const std::vector<double>& stocks = tree.final_stocks();
  // g(b) = b + max over policies E min(X - b, 0) / level. For one policy it is largest at an atom of X, so the stocks
  // are all that need be tried; on the way from a to b it gains at most b - a, and loses at most (1 / level - 1)(b -
  // a).
  const double fall = 1 / level - 1;
  const ScalarFunction g{
      .value = [&](double b) { return b + tree.maximise(shortfall(b), nullptr, keep_going) / level; },
      .bound =
          [&](double a, double value_a, double b, double value_b) {
            // The two lines meet at the peak: value_a + t = value_b + fall (b - a - t).
            const double t = std::clamp((value_b - value_a + fall * (b - a)) / (1 + fall), 0.0, b - a);
            return candidate_between(stocks, a, b) ? std::min(value_a + t, value_b + fall * (b - a - t)) +
                                                         4 * kUnitRoundoff * (std::abs(value_a) + std::abs(value_b))
                                                   : std::max(value_a, value_b);
          },
      .split = [&](double a, double b) { return candidate_between(stocks, a, b); }};
  const ScalarMaximum found = maximise(g, stocks.front(), stocks.back(), run.tolerance / 2, asks(questions));
  solution.parameter = found.argument;
  solution.evaluations = found.evaluations;
  if (!questions.given_up(tree)) tree.maximise(shortfall(found.argument), &solution.policy, keep_going);
  if (!questions.given_up(tree)) solution.law = tree.law(solution.policy, keep_going);
  if (questions.given_up(tree)) return without_answer(std::move(solution));
  // Conditional value at risk moves by no more than the return does; an expectation counts 1 / level times.
  const double largest = 2 * tree.largest_stock() + tree.stock_error();
  const double error = tree.stock_error() + (tree.expectation_error() + 0x1p-50) * largest / level;
  return finish(problem, std::move(solution), conditional_value_at_risk(solution.law, level), found.upper, error,
                early_end(found), run.tolerance);
}

RiskSolution plan_for_value_at_risk(const Problem& problem, double level, const StockOptions& options,
                                    const SolveOptions& run) {
  require_level(level);
  Questions questions(run);
  RiskSolution solution = start(problem, "value-at-risk", options, questions);
  const StockTree& tree = *solution.tree;
  if (questions.given_up(tree)) return without_answer(std::move(solution));
  const StockTree::KeepGoing keep_going = questions.during_passes(tree);
  const std::vector<double>& stocks = tree.final_stocks();
  // The larger b, the larger the mass below it: bisect for the last stock of those from `low` on, where it is, whose
  // mass is below the level.
  const auto last = [&](std::size_t low, const std::function<bool(const Enclosure&)>& below_level) {
    std::size_t high = stocks.size();
    while (high - low > 1 && !questions.stopped()) {
      const std::size_t middle = low + (high - low) / 2;
      const Enclosure mass = tree.least_mass_below(stocks[middle], nullptr, keep_going);
      if (questions.stopped()) break;
      (below_level(mass) ? low : high) = middle;
      questions.go_on(++solution.evaluations, std::numeric_limits<double>::infinity());
    }
    return std::pair(low, high - 1);
  };
  const std::size_t reached = last(0, [level](const Enclosure& mass) { return mass.upper < level; }).first;
  const std::size_t possible = last(reached, [level](const Enclosure& mass) { return mass.lower < level; }).second;
  const Decided decided = questions.stopped() ? Decided{reached, possible}
                                              : decide(tree, level, reached, possible, solution.policy, keep_going);
  if (decided.first == reached && !questions.given_up(tree))
    tree.least_mass_below(stocks[reached], &solution.policy, keep_going);
  if (!questions.given_up(tree)) solution.law = tree.law(solution.policy, keep_going);
  if (questions.given_up(tree)) return without_answer(std::move(solution));
  const bool stopped = questions.stopped();
  solution.parameter = stocks[decided.first];
  solution = finish(problem, std::move(solution), stocks[decided.first], stocks[decided.last], tree.stock_error(),
                    stopped ? Status::kStoppedByCaller : Status::kNotRun, run.tolerance);
  if (decided.tie)
    solution.note += fmt::format(
        "; the level is exactly a probability (read as a decimal), where the quantile jumps: at any level "
        "above it is {:.6g}",
        problem.sign() * stocks[decided.first + 1]);
  else if (decided.last > decided.first && !stopped)
    solution.note += "; the level is within rounding of a probability, where the quantile jumps";
  return solution;
}

RiskSolution plan_for_mean_variance(const Problem& problem, double weight, const StockOptions& options,
                                    const SolveOptions& run) {
  if (!(weight >= 0 && std::isfinite(weight)))
    throw InvalidOption(fmt::format("risk: the weight of the variance is {}, must be a number of at least 0", weight));
  Questions questions(run);
  RiskSolution solution = start(problem, "mean-variance", options, questions);
  const StockTree& tree = *solution.tree;
  if (questions.given_up(tree)) return without_answer(std::move(solution));
  const StockTree::KeepGoing keep_going = questions.during_passes(tree);
  const std::vector<double>& stocks = tree.final_stocks();
  const auto utility = [weight](double v) { return [weight, v](double x) { return x - weight * (x - v) * (x - v); }; };
  // G(v) + weight v^2 is a maximum of functions linear in v: convex, so below its chord on every interval.
  const double largest = tree.largest_stock() * (1 + 4 * weight * tree.largest_stock());
  require_range(largest);
  const double rounding = tree.expectation_error() * largest;
  const ScalarFunction g{.value = [&](double v) { return tree.maximise(utility(v), nullptr, keep_going); },
                         .bound =
                             [&](double a, double value_a, double b, double value_b) {
                               if (!(b > a) || weight == 0) return std::max(value_a, value_b);
                               const double phi_a = value_a + weight * a * a, phi_b = value_b + weight * b * b;
                               const double slope = (phi_b - phi_a) / (b - a);
                               const double v = std::clamp(slope / (2 * weight), a, b);
                               return phi_a + slope * (v - a) - weight * v * v + 4 * rounding;
                             },
                         .split = middle_of};
  const double reachable = std::max(run.tolerance / 2, 8 * rounding);  // each bound has 4 times the rounding in it
  const ScalarMaximum found = maximise(g, stocks.front(), stocks.back(), reachable, asks(questions));
  solution.parameter = found.argument;
  solution.evaluations = found.evaluations;
  if (!questions.given_up(tree)) tree.maximise(utility(found.argument), &solution.policy, keep_going);
  if (!questions.given_up(tree)) solution.law = tree.law(solution.policy, keep_going);
  if (questions.given_up(tree)) return without_answer(std::move(solution));
  const double achieved = mean(solution.law) - weight * variance(solution.law);
  const double error = tree.stock_error() * (1 + 8 * weight * tree.largest_stock()) + 2 * rounding;
  return finish(problem, std::move(solution), achieved, found.upper, error, early_end(found), run.tolerance);
}

}  // namespace bellwether::solvers
