#include "solvers/mirror/regularised.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/projections.h"
#include "core/rounding.h"
#include "solvers/exact/discounted/rounding_bounds.h"
#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/sweeps.h"
#include "solvers/mirror/policy_values.h"

namespace bellwether::solvers {
namespace mirror {

Eigen::VectorXd soft_backup(const mdp::TabularMdp& model, const Table& q, double temperature, Table& log_weights) {
  Eigen::VectorXd value(model.num_states());
  log_weights = q;
  for (int s = 0; s < model.num_states(); ++s) {
    const auto own = of_state(model, log_weights, s);
    const double top = *std::ranges::max_element(own);
    for (double& x : own) x = (x - top) / temperature;
    const double sum = log_sum_exp(own);
    value[s] = top + temperature * sum;
    for (double& x : own) x = std::max(x - sum, kLowestLog);
  }
  return value;
}

namespace {

using discounted::Enclosure;

/// T_tau v and T^pi_tau v of one state for the rewards to be maximised, with everything rounding may have done.
struct SoftRow {
  Enclosure best, played;
};

SoftRow soft_row(const Problem& problem, int s, std::span<const double> q, std::span<const double> log_weights,
                 double largest, double temperature) {
  const mdp::TabularMdp& model = problem.model;
  const auto n = static_cast<std::int64_t>(q.size());
  std::vector<double> x(q.begin(), q.end());
  double slack = 0, size = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    x[i] *= problem.sign();
    const std::int64_t c = model.first_choice(s) + static_cast<std::int64_t>(i);
    const double magnitude = std::abs(model.reward(c)) + problem.discount * largest;
    const auto length = static_cast<std::int64_t>(model.successors(c).size());
    slack = std::max(slack, discounted::row_error(length) * magnitude + discounted::kUnderflow);
    size = std::max(size, std::abs(x[i]));
  }
  const double top = *std::ranges::max_element(x);
  double total = 0, mean = 0, entropy_size = 0, entropy = 0, sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += std::exp((x[i] - top) / temperature);
    const double w = std::exp(log_weights[i]);
    if (w == 0) continue;
    total += w;
    mean += w * (x[i] - top);
    entropy -= w * log_weights[i];
    entropy_size += w * std::abs(log_weights[i]);
  }
  // Exponents are off by two units of their size, which e^-x x <= .37 makes less than one of the term; exp and log by
  // one unit each; sums of n terms by n. The weights stand for w / sum(w), whose entropy is that of w / total.
  const double best = top + temperature * std::log(sum);
  const double best_error = slack + temperature * rounding_error(6 * n + 16) +
                            rounding_error(6) * (size + temperature * std::log(static_cast<double>(n)));
  const double own = top + mean / total + temperature * (entropy / total + std::log(total));
  const double own_error = slack + rounding_error(8 * n + 32) * (3 * size + temperature * (2 + entropy_size));
  const double grow = 1 + 1e-12;
  return {{best - best_error * grow, best + best_error * grow}, {own - own_error * grow, own + own_error * grow}};
}

/// Encloses the optimum of the problem with entropy and the value of the policy in it, from any v:
/// T^pi v + t min (T^pi v - v) <= V_tau^pi <= V_tau* <= T v + t max (Tv - v), t = g / (1 - g), every step outwards.
Certificate certify_regularised(const Problem& problem, const Eigen::VectorXd& v, const Table& log_weights,
                                double temperature) {
  const mdp::TabularMdp& model = problem.model;
  const Table q = choice_values(model, problem.discount, v);
  const double largest = v.lpNorm<Eigen::Infinity>() * (1 + 0x1p-48), sign = problem.sign();
  std::vector<SoftRow> rows;
  Enclosure d{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  Certificate out;
  out.residual = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    rows.push_back(soft_row(problem, s, of_state(model, q, s), of_state(model, log_weights, s), largest, temperature));
    const SoftRow& row = rows.back();
    d.low = std::min(d.low, round_down(row.played.low - sign * v[s]));
    d.high = std::max(d.high, round_up(row.best.high - sign * v[s]));
    out.residual = std::max(out.residual, std::abs((row.best.low + row.best.high) / 2 - sign * v[s]));
    out.rounding = std::max(out.rounding, row.best.high - row.best.low);
  }
  const Enclosure tail = discounted::discount_tail(problem.discount);
  const Enclosure shift = discounted::outward_product(tail, d);
  out.lower.resize(v.size());
  out.upper.resize(v.size());
  out.value.resize(v.size());
  out.gap = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    const SoftRow& row = rows[static_cast<std::size_t>(s)];
    const double low = round_down(row.played.low + shift.low), high = round_up(row.best.high + shift.high);
    out.lower[s] = sign > 0 ? low : -high;
    out.upper[s] = sign > 0 ? high : -low;
    out.value[s] = out.lower[s] + (out.upper[s] - out.lower[s]) / 2;
    out.gap = std::max({out.gap, round_up(out.upper[s] - out.value[s]), round_up(out.value[s] - out.lower[s])});
    if (!std::isfinite(high - low)) out.gap = std::numeric_limits<double>::infinity();
  }
  out.rounding *= 1 + tail.low;
  out.policy = played(model, probabilities(log_weights));
  return out;
}

/// Proves, shows and counts each policy of a run; keeps the log-weights of the one that is returned.
class SoftLoop {
 public:
  SoftLoop(std::string_view algorithm, const Problem& problem, const SolveOptions& run_options, double temperature,
           const RegularisedWatch& watch, bool contracts)
      : problem_(problem),
        run_(algorithm, problem, run_options),
        temperature_(temperature),
        watch_(watch),
        contracts_(contracts) {}

  /// `value` in the problem's units, of the policy or (soft value iteration) any vector it is the soft-greedy one of.
  bool go_on(std::int64_t iteration, double eta, const Eigen::VectorXd& value, const Table& log_weights) {
    Certificate proof = certify_regularised(problem_, value, log_weights, temperature_);
    run_.read(2 * problem_.model.num_transitions());
    if (watch_) {
      const Table q = choice_values(problem_.model, problem_.discount, value);
      watch_({iteration, eta, value, q, log_weights});
    }
    if (!best_ || proof.gap < best_->gap) {
      best_ = proof;
      log_weights_ = log_weights;
    }
    if (!run_.more()) return false;
    run_.finish_iteration(std::move(proof), value.lpNorm<Eigen::Infinity>(), contracts_);
    return run_.more();
  }

  RegularisedSolution solution() {
    run_.add_note("Value and bounds are those of the problem with entropy.");
    return {run_.solution(std::move(*best_)), std::move(log_weights_)};
  }

 private:
  const Problem& problem_;
  discounted::Run run_;
  double temperature_;
  const RegularisedWatch& watch_;
  bool contracts_;
  std::optional<Certificate> best_;
  Table log_weights_;
};

}  // namespace
}  // namespace mirror

RegularisedSolution regularised_mirror_descent(const Problem& problem, const RegularisedMirrorDescentOptions& options,
                                               const SolveOptions& run_options) {
  using namespace mirror;
  bellwether::require_valid("regularised-mirror-descent", options);
  const bool decreasing = options.schedule == "decreasing";
  const bool unlimited = options.eta == 0 && !decreasing;
  SoftLoop loop("regularised-mirror-descent", problem, run_options, options.temperature, options.watch, unlimited);
  const UnitProblem unit(problem);
  const double temperature = options.temperature / unit.scale();
  Table logits = logarithms(weights_of(unit.model(), options.start));
  double eta = 0;
  for (std::int64_t k = 0;; ++k) {
    const Eigen::VectorXd v =
        PolicyValues(unit.model(), unit.discount(), probabilities(logits)).regularised_value(temperature);
    if (!loop.go_on(k, eta, unit.problem_values(v), logits) || k + 1 >= options.iterations) break;
    const Table q = choice_values(unit.model(), unit.discount(), v);
    if (unlimited) {
      eta = std::numeric_limits<double>::infinity();
      soft_backup(unit.model(), q, temperature, logits);
      continue;
    }
    eta = decreasing ? 1 / (options.temperature * static_cast<double>(k + 2)) : options.eta;
    const double keep = 1 / (1 + eta * options.temperature), gain = eta * unit.scale() * keep;
    for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = keep * logits[i] + gain * q[i];
    normalise_logits(unit.model(), logits);
  }
  return loop.solution();
}

RegularisedSolution soft_value_iteration(const Problem& problem, const SoftValueIterationOptions& options,
                                         const SolveOptions& run_options) {
  using namespace mirror;
  bellwether::require_valid("soft-value-iteration", options);
  SoftLoop loop("soft-value-iteration", problem, run_options, options.temperature, options.watch, true);
  const UnitProblem unit(problem);
  const double temperature = options.temperature / unit.scale();
  Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states());
  Table log_weights;
  for (std::int64_t k = 0;; ++k) {
    const Table q = choice_values(unit.model(), unit.discount(), v);
    Eigen::VectorXd next = soft_backup(unit.model(), q, temperature, log_weights);
    if (!loop.go_on(k, 0, unit.problem_values(v), log_weights)) break;
    v.swap(next);
  }
  return loop.solution();
}

}  // namespace bellwether::solvers
