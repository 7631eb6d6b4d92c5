#include "solvers/constrained/dual_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "solvers/constrained/certificate.h"
#include "solvers/constrained/column_pool.h"
#include "solvers/constrained/lagrangian.h"
#include "solvers/constrained/plain_policy.h"

namespace bellwether::solvers {
namespace {

using namespace constrained;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// What the dual searches share: the least dual value met, the pool of policies, the trace, when to stop.
class Search {
 public:
  Search(std::string algorithm, const Lagrangian& on, const SolveOptions& run)
      : on_(on), run_(run), pool_(on), best_(on.num_budgets()) {
    outcome_.algorithm = std::move(algorithm);
  }

  ColumnPool& pool() { return pool_; }
  const LeastDual& best() const { return best_; }
  bool more() const { return !outcome_.stopped && outcome_.iterations < run_.max_iterations; }
  void stop() {
    outcome_.stopped = true;
    on_.planner().stop();
  }

  /// Plans against the multipliers; the policy found is the pool's last. The value of the dual function.
  double ask(std::span<const double> y) {
    Lagrangian::Dual dual = on_.dual(y, run_.tolerance / 8, pool_.start(), ticking());
    outcome_.work += dual.best.work;
    if (dual.best.status == Status::kStoppedByCaller) stop();
    ++outcome_.iterations;
    if (dual.best.v.size() == 0) {
      failed_ = true;
      return kInfinite;
    }
    best_.offer(y, dual.value);
    // Planning broke off: evaluating what it had would keep the caller waiting.
    if (outcome_.stopped && pool_.size() > 0) return dual.value.upper;
    pool_.add(std::move(dual.best.policy), std::move(dual.best.v));
    if (on_.planner().given_up()) stop();
    failed_ = pool_.size() == 0;
    return dual.value.upper;
  }
  bool failed() const { return failed_; }
  bool stopped() const { return outcome_.stopped; }

  /// Ends a step at which a mixture worth `lower` is known.
  void finish_step(double lower) {
    const TraceRow row{
        .iteration = outcome_.iterations, .gap = best_.upper() - lower, .residual = kInfinite, .work = outcome_.work};
    trace_.record(row);
    if (run_.observer && !run_.observer(row)) stop();
  }

  const Observer& ticking() const { return run_.observer; }

  /// Nothing was found: stopped before the first answer, or numbers beyond double arithmetic.
  ConstrainedSolution without_answer() { return constrained::without_answer(on_, std::move(outcome_)); }
  ConstrainedSolution conclude_with(AnyPolicy policy, const Feasibility* found, bool reached) {
    outcome_.policy = std::move(policy);
    if (on_.planner().given_up()) settle_for_a_column();
    outcome_.multipliers = best_.multipliers();
    outcome_.priced = found == nullptr || outcome_.iterations > 1;  // zeros are asked first; are they the answer?
    outcome_.dual = best_.value();
    outcome_.feasibility = found;
    outcome_.exhausted = !reached && outcome_.iterations >= run_.max_iterations;
    outcome_.trace = trace_.take();
    const AnyPolicy wanted = outcome_.policy;
    return with_plain_policy(on_, wanted, conclude(on_, std::move(outcome_), run_), run_);
  }
  ConstrainedSolution give_up(Feasibility found) { return infeasible(on_, std::move(found), std::move(outcome_)); }

 private:
  /// The best of what is known already; the last policy where none keeps to the budgets.
  void settle_for_a_column() {
    int best = -1;
    for (int j = 0; j < pool_.size(); ++j)
      if (on_.excess(pool_.collected(j)) == 0 && (best < 0 || pool_.reward(j) > pool_.reward(best))) best = j;
    if (best < 0) best = pool_.size() - 1;
    outcome_.policy = pool_.policy(best);
    outcome_.collected.assign(pool_.collected(best).begin(), pool_.collected(best).end());
  }

  const Lagrangian& on_;
  const SolveOptions& run_;
  ColumnPool pool_;
  TraceRecorder trace_;
  LeastDual best_;
  Outcome outcome_;
  bool failed_ = false;
};

/// The policy when nothing better is known.
AnyPolicy fallback(const Feasibility& found, const ColumnPool& pool) {
  return found.safe ? *found.safe : pool.policy(pool.size() - 1);
}

/// A multiplier with the policy that is best for it.
struct End {
  double multiplier;
  int column;
};

/// Halves the interval of multipliers, or cuts it where the two lines cross; `low` exceeds the budget, `high` does not.
void bisect(const Lagrangian& on, Search& search, const DualBisectionOptions& options, const SolveOptions& run,
            End& low, End& high) {
  ColumnPool& pool = search.pool();
  int since_halved = 0;
  double width = kInfinite;
  while (search.more() && !search.failed()) {
    const double cost_low = pool.cost(low.column, 0), cost_high = pool.cost(high.column, 0);
    const double slope = (pool.reward(low.column) - pool.reward(high.column)) / (cost_low - cost_high);
    const double share = (on.limit(0) - cost_high) / (cost_low - cost_high);
    const double mixed = pool.reward(high.column) + share * (pool.reward(low.column) - pool.reward(high.column));
    search.finish_step(mixed);
    if (search.best().upper() - mixed <= run.tolerance / 2 || !search.more()) return;
    const bool finite = std::isfinite(high.multiplier);
    if (finite && high.multiplier - low.multiplier <= 1e-15 * high.multiplier) return;
    const bool cross =
        (options.secant || !finite) && since_halved < 4 && slope > low.multiplier && slope < high.multiplier;
    double next = cross    ? slope
                  : finite ? 0.5 * (low.multiplier + high.multiplier)
                           : std::max(2 * low.multiplier, slope);
    if (!std::isfinite(next)) return;
    const std::vector<double> y = {next};
    search.ask(y);
    if (search.failed() || search.stopped()) return;
    const int last = pool.size() - 1;
    const bool repeats = cross && std::abs(pool.reward(last) - next * pool.cost(last, 0) -
                                           (pool.reward(low.column) - next * cost_low)) <=
                                      1e-14 * (on.reward_scale() + next * on.cost_scale(0));
    if (pool.cost(last, 0) > on.limit(0)) {
      low = {next, last};
    } else {
      high = {next, last};
    }
    if (repeats) {  // no policy beats the two that cross here: the multiplier is found
      search.finish_step(mixed);
      return;
    }
    since_halved = high.multiplier - low.multiplier <= width / 2 ? 0 : since_halved + 1;
    if (since_halved == 0 || since_halved > 4) {
      width = high.multiplier - low.multiplier;
      since_halved = 0;
    }
  }
}

}  // namespace

ConstrainedSolution dual_bisection(const ConstrainedProblem& problem, const DualBisectionOptions& options,
                                   const SolveOptions& run) {
  bellwether::require_valid("dual-bisection", options);
  const Lagrangian on(problem, run.observer);
  if (on.num_budgets() != 1) {
    throw InvalidOption(
        fmt::format("dual-bisection: the problem has {} budgets, must have one; choose bundle", on.num_budgets()));
  }
  Search search("dual-bisection", on, run);
  ColumnPool& pool = search.pool();
  const std::vector<double> none = {0.0};
  search.ask(none);
  if (search.failed()) return search.without_answer();
  if (pool.cost(0, 0) <= on.limit(0)) {
    search.finish_step(pool.reward(0));
    return search.conclude_with(pool.policy(0), nullptr, true);
  }
  Feasibility found = find_safe(on, pool, search.ticking());
  if (found.infeasibility) return search.give_up(std::move(found));
  if (found.stopped) search.stop();
  End low{0, 0}, high{kInfinite, pool.size() - 1};
  if (!found.safe || pool.cost(high.column, 0) > on.limit(0))  // nothing but the cheapest policy can be hoped for
    return search.conclude_with(fallback(found, pool), &found, true);
  bisect(on, search, options, run, low, high);
  std::vector<double> weights(static_cast<std::size_t>(pool.size()), 0.0);
  const double cost_low = pool.cost(low.column, 0), cost_high = pool.cost(high.column, 0);
  const double share = std::clamp((on.limit(0) - cost_high) / (cost_low - cost_high), 0.0, 1.0);
  weights[static_cast<std::size_t>(low.column)] = share;
  weights[static_cast<std::size_t>(high.column)] += 1 - share;
  return search.conclude_with(pool.mixed(weights), &found, search.more());
}

ConstrainedSolution bundle(const ConstrainedProblem& problem, const BundleOptions& options, const SolveOptions& run) {
  bellwether::require_valid("bundle", options);
  const Lagrangian on(problem, run.observer);
  Search search("bundle", on, run);
  ColumnPool& pool = search.pool();
  const std::vector<double> none(static_cast<std::size_t>(on.num_budgets()), 0.0);
  search.ask(none);
  if (search.failed()) return search.without_answer();
  const auto kept = [&](int i) { return pool.cost(0, i) <= on.limit(i); };
  if (std::ranges::all_of(std::views::iota(0, on.num_budgets()), kept)) {
    search.finish_step(pool.reward(0));
    return search.conclude_with(pool.policy(0), nullptr, true);
  }
  Feasibility found = find_safe(on, pool, search.ticking());
  if (found.infeasibility) return search.give_up(std::move(found));
  if (found.stopped) search.stop();
  ColumnPool::Master master = pool.best_mixture();
  double caution = options.caution;
  while (master.solved && search.more() && !search.failed()) {
    search.finish_step(master.value);
    if (search.best().upper() - master.value <= run.tolerance / 2 || !search.more()) break;
    std::vector<double> next = master.multipliers;
    for (std::size_t i = 0; i < next.size(); ++i)
      next[i] = caution * search.best().multipliers()[i] + (1 - caution) * next[i];
    const double before = search.best().upper();
    const double promised = master.value;
    const int columns = pool.size();
    const double asked = search.ask(next);
    if (search.failed()) break;
    master = pool.best_mixture();
    const bool gained = asked < before || (master.solved && master.value > promised);
    // Where neither side moved, the point between said nothing: ask at the master's own multipliers.
    if (!gained && caution == 0 && pool.size() == columns + 1) {
      const double slack = 1e-13 * on.reward_scale();
      if (master.solved && master.value - promised <= slack && asked >= before - slack) break;
    }
    caution = gained ? options.caution : 0;
  }
  AnyPolicy policy = master.solved ? pool.mixed(master.weights) : fallback(found, pool);
  const bool reached = search.more();
  return search.conclude_with(std::move(policy), &found, reached);
}

}  // namespace bellwether::solvers
