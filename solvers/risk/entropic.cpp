#include "solvers/risk/entropic.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/asking.h"
#include "core/errors.h"
#include "core/parallel.h"
#include "core/rounding.h"
#include "solvers/exact/discounted/value_iteration.h"
#include "solvers/risk/outcomes.h"
#include "solvers/risk/scalar_search.h"

namespace bellwether::solvers {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// -(1/beta) log sum p exp(-beta x) for the values x of a row, from their smallest; the smallest at beta = infinity and
/// the mean at 0.
double row_risk(std::span<const Outcome> row, std::span<const double> x, double beta) {
  const double smallest = *std::ranges::min_element(x);
  if (std::isinf(beta)) return smallest;
  double sum = 0, mass = 0;
  for (std::size_t k = 0; k < row.size(); ++k) {
    const double above = x[k] - smallest;
    sum += row[k].probability * (beta > 0 ? std::expm1(-beta * above) : above);
    mass += row[k].probability * std::exp(-beta * above);
  }
  if (!(beta > 0)) return smallest + sum;
  return smallest - (sum < -0.5 ? std::log(mass) : std::log1p(sum)) / beta;  // what is left of one has no digits
}

/// How far a computed row risk may be from that of the exact numbers, when the values are at most `largest`: exp and
/// log are right to an ulp, and expm1's argument misses beta times 3u of the values, which the division by beta undoes;
/// weights that miss one by 2^-50 move the mass by as much, which log1p multiplies by at most the span.
double row_error(std::size_t outcomes, double largest) {
  return (rounding_error(static_cast<std::int64_t>(outcomes) + 12) + 0x1p-48) * 4 * largest + kUnderflowSlack;
}

/// Backward induction with a risk aversion a stage.
class Induction {
 public:
  Induction(const Problem& problem, int horizon) : problem_(problem), horizon_(horizon) {
    const auto add = [&](const mdp::TabularMdp& model) { outcomes_.emplace_back(model, problem.sign()); };
    if (problem.stages.empty()) add(problem.model);
    for (const mdp::TabularMdp& model : problem.stages) add(model);
    for (const OutcomeTable& table : outcomes_) {
      most_ = std::max(most_, table.most_outcomes());
      largest_reward_ = std::max(largest_reward_, table.largest_reward());
    }
    double weight = 1;
    for (int h = 0; h < horizon; ++h, weight *= problem.discount) {
      largest_return_ += weight * outcomes(h).largest_reward();
      most_surprise_ -= std::log(outcomes(h).least_probability());
    }
    require_range(largest_return_);
  }

  const mdp::TabularMdp& model(int h) const {
    return problem_.stages.empty() ? problem_.model : problem_.stages[static_cast<std::size_t>(h)];
  }
  const OutcomeTable& outcomes(int h) const {
    return outcomes_[problem_.stages.empty() ? 0 : static_cast<std::size_t>(h)];
  }
  /// A pass over all stages takes some tenths of a second at most.
  bool quick() const {
    constexpr std::int64_t kQuick = 10'000'000;  // transitions
    std::int64_t sum = 0;
    for (int h = 0; h < horizon_ && sum <= kQuick; ++h) sum += model(h).num_transitions();
    return sum <= kQuick;
  }
  double largest_return() const { return largest_return_; }  ///< in absolute value
  double most_surprise() const { return most_surprise_; }    ///< -log of the probability of any play, at most

  /// Values of the first stage from `value` after the last; `stages` receives the policy, or else, when `given` is not
  /// null, that policy is evaluated. `error` is grown by what rounding did. False when the observer says stop.
  bool run(std::vector<double>& value, double beta, mdp::StagePolicy* stages, const mdp::StagePolicy* given,
           double& error, const Observer& observer) const {
    Asking asking;
    std::vector<double> later(value.size());
    if (stages != nullptr) stages->assign(static_cast<std::size_t>(horizon_), {});
    for (int h = horizon_ - 1; h >= 0; --h) {
      later.swap(value);
      const double aversion = beta > 0 && std::isfinite(beta) ? beta * std::pow(problem_.discount, h) : beta;
      std::vector<std::int32_t> played(later.size());
      if (given != nullptr) {
        const auto choices = (*given)[static_cast<std::size_t>(h)].choices();
        played.assign(choices.begin(), choices.end());
      }
      const TraceRow row{.iteration = horizon_ - h};
      constexpr std::int64_t kEffort = 2;  // of an outcome, in the units of Asking: two exponentials
      if (observer)
        asking.ask([&] { return observer(row); }, model(h).num_states(), kEffort * model(h).num_transitions());
      back_up(h, aversion, later, value, played, given != nullptr, asking);
      if (asking.stopped()) return false;
      double largest = largest_reward_;
      for (const double v : later) largest = std::max(largest, largest_reward_ + problem_.discount * std::abs(v));
      error = round_up(error * problem_.discount * (1 + 0x1p-50) + row_error(most_, largest));
      if (stages != nullptr) (*stages)[static_cast<std::size_t>(h)] = mdp::Policy::deterministic(std::move(played));
      if (observer && !observer(row)) return false;
    }
    return true;
  }

 private:
  void back_up(int h, double beta, const std::vector<double>& later, std::vector<double>& value,
               std::vector<std::int32_t>& played, bool fixed, Asking& asking) const {
    const mdp::TabularMdp& model = this->model(h);
    const OutcomeTable& table = outcomes(h);
    parallel_for(model.num_states(), 8 * model.num_transitions(), [&](std::int64_t begin, std::int64_t end) {
      std::vector<double> x;
      for (std::int64_t s = begin; s < end && asking.wanted(s); ++s) {
        const auto state = static_cast<std::size_t>(s);
        const std::int64_t first = model.first_choice(static_cast<int>(s));
        const std::int64_t last = model.first_choice(static_cast<int>(s) + 1);
        double best = -kInfinity;
        for (std::int64_t c = fixed ? first + played[state] : first; c < (fixed ? first + played[state] + 1 : last);
             ++c) {
          const std::span<const Outcome> row = table.of(c);
          x.resize(row.size());
          for (std::size_t k = 0; k < row.size(); ++k)
            x[k] = row[k].reward + problem_.discount * later[static_cast<std::size_t>(row[k].next)];
          const double q = row_risk(row, x, beta);
          if (!(q > best)) continue;
          best = q;
          played[state] = static_cast<std::int32_t>(c - first);
        }
        value[state] = best;
      }
    });
  }

  const Problem& problem_;
  int horizon_;
  std::vector<OutcomeTable> outcomes_;
  std::size_t most_ = 1;
  double largest_reward_ = 0, largest_return_ = 0, most_surprise_ = 0;
};

/// Values with an interval around each, turned back into costs when the problem is minimised.
void certify(Solution& solution, const Problem& problem, const std::vector<double>& lower,
             const std::vector<double>& value, const std::vector<double>& upper, double tolerance) {
  const auto count = static_cast<Eigen::Index>(value.size());
  solution.value.resize(count);
  solution.lower.resize(count);
  solution.upper.resize(count);
  solution.gap = 0;
  for (Eigen::Index s = 0; s < count; ++s) {
    const auto i = static_cast<std::size_t>(s);
    solution.value[s] = problem.sign() * value[i];
    solution.lower[s] = problem.maximise() ? round_down(lower[i]) : -round_up(upper[i]);
    solution.upper[s] = problem.maximise() ? round_up(upper[i]) : -round_down(lower[i]);
    solution.gap =
        std::max({solution.gap, solution.upper[s] - solution.value[s], solution.value[s] - solution.lower[s]});
  }
  if (!solution.value.allFinite() || !solution.lower.allFinite() || !solution.upper.allFinite()) {
    solution.status = Status::kNumericalTrouble;
    solution.note = kOutOfRange;
    solution.gap = kInfinity;
    return;
  }
  solution.status = solution.gap <= tolerance ? Status::kConverged : Status::kRoundingLimited;
}

Solution stopped(std::string algorithm) {
  return {.status = Status::kStoppedByCaller,
          .algorithm = std::move(algorithm),
          .note = "stopped before the first stage was reached, so there is no answer yet"};
}

Solution plan_finite(const Problem& problem, double beta, std::string algorithm, const SolveOptions& run) {
  const Induction induction(problem, problem.horizon);
  std::vector<double> value(static_cast<std::size_t>(problem.model.num_states()), 0.0);
  Solution solution{.algorithm = std::move(algorithm)};
  double error = 0;
  if (!induction.run(value, beta, &solution.stages, nullptr, error, run.observer)) return stopped(solution.algorithm);
  std::vector<double> lower = value, upper = value;
  for (double& v : lower) v -= error;
  for (double& v : upper) v += error;
  solution.iterations = problem.horizon;
  certify(solution, problem, lower, value, upper, run.tolerance);
  return solution;
}

/// Discounted: after T stages the rest, X in [a, b] with b - a = span = (max r - min r) / (1 - discount), has a risk
/// between E X - beta_T span^2 / 8 and E X (Hoeffding's lemma), so planning on from the risk-neutral values loses no
/// more than discount^T beta_T span^2 / 8.
Solution plan_discounted(const Problem& problem, double beta, const SolveOptions& run) {
  const OutcomeTable table(problem.model, problem.sign());
  const double g = problem.discount;
  require_range(table.largest_reward() / (1 - g));
  const Solution mean = value_iteration(
      problem, {}, {.tolerance = run.tolerance / 8, .max_iterations = run.max_iterations, .observer = run.observer});
  // What is known of the mean says nothing of the risk as long as the stages are missing.
  if (mean.status == Status::kStoppedByCaller) return stopped("entropic-risk");
  if (!std::isfinite(mean.gap)) return {.status = mean.status, .algorithm = "entropic-risk", .note = mean.note};
  const double span = table.reward_range() / (1 - g);
  const auto lost = [&](int stages) {
    return std::pow(g, 2 * stages) * beta * span * span / 8 * (1 + 0x1p-30) + std::pow(g, stages) * mean.gap;
  };
  const auto longest = static_cast<int>(std::clamp<std::int64_t>(run.max_iterations - mean.iterations, 0, 10'000'000));
  int horizon = 0;
  while (lost(horizon) > run.tolerance / 2 && horizon < longest) ++horizon;

  const Induction induction(problem, horizon);
  const auto states = static_cast<std::size_t>(problem.model.num_states());
  Solution solution{.algorithm = "entropic-risk", .policy = mean.policy};
  double error = 0;
  std::vector<double> value(states);
  for (std::size_t s = 0; s < states; ++s) value[s] = problem.sign() * mean.value[static_cast<Eigen::Index>(s)];
  if (!induction.run(value, beta, &solution.stages, nullptr, error, run.observer)) return stopped(solution.algorithm);
  // Both ends move by the same map, which does not stretch distances: what the tail misses, discount^T of it, is all.
  const double above = std::pow(g, horizon) * mean.gap * (1 + 0x1p-30) + error, below = lost(horizon) + error;
  std::vector<double> lower = value, upper = value;
  for (double& v : lower) v -= below + above;  // the policy's tail may be worse than the best one's by the gap
  for (double& v : upper) v += above;
  solution.iterations = horizon + mean.iterations;
  solution.note = fmt::format("risk-averse for {} stages, risk neutral from there on", horizon);
  certify(solution, problem, lower, value, upper, run.tolerance);
  if (solution.status == Status::kRoundingLimited && lost(horizon) > run.tolerance / 2)
    solution.status = Status::kBudgetExhausted;
  return solution;
}

/// For one law X and theta = 1 / beta, the second derivative of ERM_{1/theta} is -Var(Y) / theta, where Y = (X - min X)
/// / theta has the weights p exp(-Y) / E exp(-Y). With excess = -log E exp(-Y), that is (ERM - min X) / theta, the mass
/// above excess + t is at most exp(-t); so Var(Y) <= E (Y - excess / 2)^2 is at most this. The excess is also at most
/// -log P(X = min X).
double most_bend(double excess) { return (excess * excess / 4 + excess + 2) * (1 + 0x1p-30); }

void require_finite_horizon(const Problem& problem, std::string_view what) {
  if (problem.criterion != Criterion::kFinite)
    throw InvalidOption(fmt::format("risk: {} is planned for at finite horizon only", what));
}

}  // namespace

Solution plan_for_entropic_risk(const Problem& problem, double beta, const SolveOptions& run) {
  require_valid(problem);
  if (!(beta > 0 && std::isfinite(beta)))
    throw InvalidOption(fmt::format("risk: beta is {}, must be a number above 0", beta));
  if (problem.criterion == Criterion::kDiscounted) return plan_discounted(problem, beta, run);
  require_finite_horizon(problem, "undiscounted entropic risk");
  return plan_finite(problem, beta, "entropic-risk", run);
}

Solution plan_for_worst_case(const Problem& problem, const SolveOptions& run) {
  require_valid(problem);
  require_finite_horizon(problem, "the worst case");
  return plan_finite(problem, kInfinity, "worst-case", run);
}

EntropicValueSolution plan_for_entropic_value_at_risk(const Problem& problem, double level, const SolveOptions& run) {
  require_valid(problem);
  require_finite_horizon(problem, "the entropic value at risk");
  if (!(level > 0 && level <= 1)) throw InvalidOption(fmt::format("risk: level is {}, must be in (0, 1]", level));
  const Induction induction(problem, problem.horizon);
  EntropicValueSolution solution;
  double error = 0;
  // The initial distribution is one more draw of the law, under the same risk aversion.
  const std::vector<double> initial = problem.model.initial();
  std::vector<Outcome> start;
  for (std::size_t s = 0; s < initial.size(); ++s)
    if (initial[s] > 0) start.push_back({static_cast<std::int32_t>(s), 0, initial[s]});
  double surprise = induction.most_surprise();
  for (const Outcome& outcome : start) surprise -= std::log(outcome.probability);
  bool proceeding = true;
  const auto best_risk = [&](double beta, mdp::StagePolicy* stages) {
    if (!proceeding && stages == nullptr) return std::numeric_limits<double>::quiet_NaN();
    std::vector<double> value(initial.size(), 0.0);
    double own = 0;
    // The policy of what was found is wanted in any case, unless it is long in coming.
    const bool at_once = stages != nullptr && induction.quick();
    if (!induction.run(value, beta, stages, nullptr, own, at_once ? nullptr : run.observer)) {
      proceeding = false;
      return std::numeric_limits<double>::quiet_NaN();
    }
    std::vector<double> x;
    double largest = 0;
    for (const Outcome& outcome : start) {
      x.push_back(value[static_cast<std::size_t>(outcome.next)]);
      largest = std::max(largest, std::abs(x.back()));
    }
    error = std::max(error, own + row_error(start.size(), largest));
    return row_risk(start, x, beta);
  };
  // With theta = 1 / beta: ERM*_{1/theta} grows with theta, so on [a, b] it is at most that of b, and theta log(level)
  // is at most that of a. It is the largest of functions that bend down by at most most_bend / theta, so on [a, b] it
  // is at most the chord and (b - a)^2 / 8 times that: without this a plateau would be cut into pieces as short as the
  // tolerance. Beyond (mean - worst case) / -log(level) nothing beats theta = 0.
  const double log_level = std::log(level), worst = best_risk(kInfinity, nullptr), neutral = best_risk(0, nullptr);
  const auto beta_of = [](double theta) { return theta > 0 ? 1 / theta : kInfinity; };
  ScalarMaximum found{.argument = kInfinity, .value = neutral, .upper = neutral, .evaluations = 1};
  const double last = level < 1 ? std::max(0.0, (neutral - worst) / -log_level) : 0;
  const EntropicValueSolution unfinished{.status = Status::kStoppedByCaller,
                                         .note = "stopped before there was an answer"};
  if (!proceeding) return unfinished;
  if (!std::isfinite(last)) return {.status = Status::kNumericalTrouble, .note = std::string(kOutOfRange)};
  if (level < 1) {
    const ScalarFunction g{
        .value = [&](double theta) { return best_risk(beta_of(theta), nullptr) + theta * log_level; },
        .bound =
            [&](double a, double value_a, double b, double value_b) {
              const double linear = value_b + (a - b) * log_level;
              if (a == 0) return linear;
              const double risk_b = value_b - b * log_level;
              const double bend = most_bend(std::min(surprise, (risk_b + error + induction.largest_return()) / a));
              return std::min(linear, std::max(value_a, value_b) + bend * (b - a) * (b - a) / (8 * a));
            },
        .split = middle_of};
    found =
        maximise(g, 0, last, std::max(run.tolerance / 2, 8 * error), [&](std::int64_t, double) { return proceeding; });
    if (!std::isfinite(found.value)) return unfinished;
  }
  solution.beta = level < 1 ? beta_of(found.argument) : 0;
  if (proceeding || induction.quick()) best_risk(solution.beta, &solution.stages);
  if (!proceeding && !induction.quick()) return unfinished;
  solution.evaluations = found.evaluations;
  const double own = error + 8 * kUnitRoundoff * std::abs(found.upper);
  const double low = round_down(found.value - own), high = round_up(found.upper + own);
  solution.value = problem.sign() * found.value;
  solution.lower = problem.maximise() ? low : -high;
  solution.upper = problem.maximise() ? high : -low;
  solution.gap = std::max(solution.upper - solution.value, solution.value - solution.lower);
  solution.status = !proceeding                     ? Status::kStoppedByCaller
                    : solution.gap <= run.tolerance ? Status::kConverged
                    : found.exhausted               ? Status::kBudgetExhausted
                                                    : Status::kRoundingLimited;
  return solution;
}

}  // namespace bellwether::solvers
