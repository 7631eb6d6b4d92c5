#include "solvers/constrained/dual_ascent.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "solvers/constrained/best_proof.h"
#include "solvers/constrained/certificate.h"
#include "solvers/constrained/column_pool.h"
#include "solvers/constrained/lagrangian.h"
#include "solvers/constrained/plain_policy.h"
#include "solvers/constrained/recent_mean.h"

namespace bellwether::solvers {
namespace constrained {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr const char* kName = "dual-ascent";

/// A policy that is best for some multipliers.
struct Planned {
  AnyPolicy policy = {};
  std::vector<Bounded> collected = {};
  Bounded dual = {};
};

class Ascent {
 public:
  Ascent(const Lagrangian& on, const DualAscentOptions& options, const SolveOptions& run, const DualStep& move)
      : on_(on),
        options_(options),
        run_(run),
        move_(move),
        u_(static_cast<std::size_t>(on.num_budgets()), 0.0),
        mean_(on.planner()),
        best_(on, found_, run) {}

  ConstrainedSolution solve() {
    if (!plan()) return without_answer(on_, outcome());
    if (on_.excess(at_.collected) > 0) {  // else no policy is worth more than this one
      ColumnPool pool(on_);
      found_ = find_safe(on_, pool, run_.observer);
      if (found_.infeasibility) return infeasible(on_, std::move(found_), outcome());
      if (found_.stopped) stop();
      if (found_.safe) add_policy(*found_.safe, found_.collected);
      radius_ = options_.step > 0 ? options_.step : radius();
      climb();
    }
    return answer();
  }

 private:
  bool converged() const { return best_.solution().status == Status::kConverged; }

  /// One step after the other until the gap is closed or the caller stops.
  void climb() {
    while (!stopped_ && !converged()) {
      const std::vector<double> h = excesses();
      const double size = length(h);
      constexpr double kNothing = 1e-13;
      if (size <= kNothing) {  // nothing to move: the policy keeps to every limit and uses up those that have a price
        add_policy(at_.policy, at_.collected);
        return;
      }
      const double step = step_length(size);
      mean_.add(at_.policy, at_.collected, step);
      const double gap = best_.least().upper() - lower();
      const TraceRow row{.iteration = iterations_, .gap = gap, .residual = kInfinite, .work = work_};
      trace_.record(row);
      if (run_.observer && !run_.observer(row)) stop();
      if (stopped_) return;
      if (gap <= near_enough() || exhausted()) return;
      if (gap < tried_ / 2) {  // worth a proof: the mean may become worse again
        tried_ = gap;
        add_mean();
      }
      move_(u_, h, step);
      if ((iterations_ & (iterations_ - 1)) == 0) mean_.begin_block();
      if (!plan()) return;
    }
  }

  /// Plans against the multipliers and evaluates what was planned. False when that cannot be done any more.
  bool plan() {
    std::vector<double> y;
    for (int i = 0; i < on_.num_budgets(); ++i) y.push_back(u_[static_cast<std::size_t>(i)] / on_.cost_scale(i));
    Lagrangian::Dual dual = on_.dual(y, run_.tolerance / 8, start_.size() == 0 ? nullptr : &start_, run_.observer);
    work_ += dual.best.work;
    ++iterations_;
    if (dual.best.status == Status::kStoppedByCaller) stop();
    if (dual.best.v.size() == 0 || !std::isfinite(dual.value.upper)) return false;
    best_.offer(y, dual.value);
    start_ = std::move(dual.best.v);
    const std::vector<Bounded>* known = mean_.find(dual.best.policy);
    std::vector<Bounded> collected = known != nullptr ? *known : on_.planner().evaluate(dual.best.policy);
    if (on_.planner().given_up()) {
      stop();
      return false;
    }
    at_ = {std::move(dual.best.policy), std::move(collected), dual.value};
    if (on_.excess(at_.collected) == 0 && on_.reward(at_.collected).lower > best_.worth())
      add_policy(at_.policy, at_.collected);
    return true;
  }

  /// By how much the policy exceeds each limit, as a share of the most that the cost can come to.
  std::vector<double> excesses() const {
    std::vector<double> h;
    for (int i = 0; i < on_.num_budgets(); ++i)
      h.push_back((at_.collected[static_cast<std::size_t>(i) + 1].value - on_.limit(i)) / on_.cost_scale(i));
    return h;
  }

  /// Of the part that moves the multipliers: those at zero stay there while their limit is kept.
  double length(const std::vector<double>& h) const {
    double squares = 0;
    for (std::size_t i = 0; i < h.size(); ++i)
      if (u_[i] > 0 || h[i] > 0) squares += h[i] * h[i];
    return std::sqrt(squares);
  }

  double step_length(double size) {
    largest_ = std::max(largest_, size);
    const double known = lower();
    if (options_.rule == "polyak" && std::isfinite(known)) return (at_.dual.upper - known) / (size * size);
    return radius_ / (largest_ * std::sqrt(static_cast<double>(iterations_)));
  }

  /// No best multipliers u sum to more: V* - V(safe) >= sum u_i room_i. Where nobody leaves room there is no bound, and
  /// what can be collected is a length as good as any.
  double radius() const {
    if (!found_.safe || !(found_.room > 0)) return on_.reward_scale();
    return (best_.least().upper() - on_.reward(found_.collected).lower) / found_.room;
  }

  /// A gap that the proof closes, or one that is hardly more than what rounding left of the dual value.
  double near_enough() const {
    const Bounded& dual = *best_.least().value();
    return std::max(run_.tolerance / 2, 2 * (dual.upper - dual.lower));
  }

  /// What is worth the best policy proven, or the mean when as much of the safe policy is mixed in as it takes.
  double lower() const {
    if (mean_.empty()) return best_.worth();
    const std::vector<Bounded> mean = mean_.collected();
    const double share = std::min(1.0, share_of_safe(on_, found_, mean) * (1 + 1e-3));
    if (share > 0 && !(found_.room > 0)) return best_.worth();
    const double mixed = share == 0 ? on_.reward(mean).value
                                    : (1 - share) * on_.reward(mean).value + share * on_.reward(found_.collected).value;
    return std::max(best_.worth(), mixed);
  }

  void stop() {
    stopped_ = true;
    on_.planner().stop();
  }

  bool exhausted() const { return iterations_ >= std::min(options_.iterations, run_.max_iterations); }
  Outcome outcome() const {
    return {.algorithm = kName,
            .priced = iterations_ > 1 || found_.rounds == 0,  // zeros are asked first; are they the answer?
            .iterations = iterations_,
            .work = work_,
            .stopped = stopped_,
            .exhausted = exhausted()};
  }
  void add_policy(AnyPolicy policy, std::vector<Bounded> collected) {
    Outcome proven = outcome();
    wanted_ = policy;
    proven.policy = std::move(policy);
    proven.collected = std::move(collected);
    best_.add(std::move(proven));
  }
  void add_mean() {
    AnyPolicy policy = mean_.policy();
    if (on_.planner().given_up()) return stop();
    add_policy(std::move(policy), {});
  }

  ConstrainedSolution answer() {
    if (!converged() && !mean_.empty() && !on_.planner().given_up()) add_mean();
    if (!best_.any()) add_policy(at_.policy, at_.collected);
    ConstrainedSolution solution = best_.solution();
    if (stopped_ && !converged()) solution.status = Status::kStoppedByCaller;
    solution.iterations = iterations_;
    solution.transitions_read = work_;
    solution.trace = trace_.take();
    return with_plain_policy(on_, wanted_, std::move(solution), run_);
  }

  const Lagrangian& on_;
  const DualAscentOptions& options_;
  const SolveOptions& run_;
  const DualStep& move_;
  std::vector<double> u_;  ///< multipliers, each times the cost's scale
  Planned at_;
  AnyPolicy wanted_;  ///< the last one that was to be proven
  Eigen::VectorXd start_;
  RecentMean mean_;
  Feasibility found_;
  BestProof best_;
  TraceRecorder trace_;
  double radius_ = 0, largest_ = 0, tried_ = kInfinite;
  std::int64_t iterations_ = 0, work_ = 0;
  bool stopped_ = false;
};

}  // namespace

void projected_step(std::vector<double>& u, const std::vector<double>& excess, double step) {
  for (std::size_t i = 0; i < u.size(); ++i) u[i] = std::max(0.0, u[i] + step * excess[i]);
}

ConstrainedSolution dual_ascent_by(const DualStep& move, const ConstrainedProblem& problem,
                                   const DualAscentOptions& options, const SolveOptions& run) {
  bellwether::require_valid(kName, options);
  const Lagrangian on(problem, run.observer);
  return Ascent(on, options, run, move).solve();
}

}  // namespace constrained

ConstrainedSolution dual_ascent(const ConstrainedProblem& problem, const DualAscentOptions& options,
                                const SolveOptions& run) {
  return constrained::dual_ascent_by(constrained::projected_step, problem, options, run);
}

}  // namespace bellwether::solvers
