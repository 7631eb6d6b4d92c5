#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "core/errors.h"
#include "solvers/constrained/pareto/extensions.h"
#include "solvers/constrained/pareto/gradient_steps.h"

namespace bellwether::solvers {
namespace {

using namespace constrained;

/// The least of sqrt(a + 2 b y + m y^2) length + c y over y >= 0; nothing when it falls for ever.
std::optional<double> best_multiplier(double a, double b, double m, double c, double length) {
  if (!(m > 0)) return c >= 0 ? std::optional(0.0) : std::nullopt;
  const double spread = std::max(0.0, a - b * b / m), room = length * length - c * c / m;
  if (!(room > 0)) return c >= 0 ? std::optional(0.0) : std::nullopt;
  // Where the derivative vanishes: length u = -c sqrt(spread + u^2 / m), u = b + m y.
  const double u = -c * std::sqrt(spread / room);
  return std::max(0.0, (u - b) / m);
}

/// Steps of constrained policy optimisation with exact gradients. With A_k the advantages of objective k, d the states'
/// occupancy and <f, g> = sum of d(s) pi(c|s) f(c) g(c), a step pi exp(x) changes objective k by <A_k, x> and has the
/// divergence (1 - gamma) <x, x> / 2, both up to higher orders. The best x with slack_i + <A_i, x> >= 0 is
///   x = t (A_0 + sum of y_i A_i),
/// and y >= 0 minimises sqrt(<A_y, A_y>) sqrt(2 radius / (1 - gamma)) + sum of y_i slack_i.
class TrustRegion {
 public:
  TrustRegion(const ExtensionGame& on, const mdp::Policy& start, const TrustRegionOptions& options)
      : on_(on), largest_(options.radius), radius_(options.radius), at_(on.softened(start, view_)) {
    find_advantages();
  }

  double smallest_slack() const { return on_.smallest_slack(view_); }
  double objective() const { return on_.objective(view_); }
  double largest_divergence() const { return largest_divergence_; }
  FrontPoint point() const { return on_.point(at_); }

  /// Raises objective 0, all thresholds kept. False when it cannot any more.
  bool climb() {
    const double here = objective();
    Eigen::VectorXd correction = Eigen::VectorXd::Zero(on_.num_thresholds());
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
      const std::optional<Eigen::VectorXd> weights = multipliers(correction);
      if (weights) {
        const auto next = tried(*weights);
        const double least = next ? on_.smallest_slack(next->second) : 0;
        if (next && least >= 0 && on_.objective(next->second) > here) return accept(*next);
        if (next && least < 0 && attempt % kCorrections != 0) {
          // What the linear model did not see: ask for that much more.
          for (int i = 0; i < on_.num_thresholds(); ++i)
            correction[i] += 2 * std::max(0.0, -on_.slack(next->second, i));
          continue;
        }
      }
      correction.setZero();
      radius_ /= 4;
    }
    return false;
  }

  /// Raises the objective that is farthest below its threshold. False when it cannot.
  bool repair() {
    int worst = 0;
    for (int i = 1; i < on_.num_thresholds(); ++i)
      if (on_.slack(view_, i) < on_.slack(view_, worst)) worst = i;
    const double here = smallest_slack();
    Eigen::VectorXd weights = Eigen::VectorXd::Zero(on_.num_thresholds() + 1);
    weights[worst + 1] = 1;
    for (int attempt = 1; attempt <= kAttempts; ++attempt, radius_ /= 4)
      if (const auto next = tried(weights); next && on_.smallest_slack(next->second) > here) return accept(*next);
    return false;
  }

 private:
  using Tried = std::pair<Point, View>;
  static constexpr int kAttempts = 60, kCorrections = 5;

  /// Advantages of all objectives, and their products <A_j, A_k>.
  void find_advantages() {
    const mdp::TabularMdp& model = on_.game().model();
    const int objectives = on_.num_thresholds() + 1;
    advantage_.resize(model.num_choices(), objectives);
    for (int k = 0; k < objectives; ++k) advantage_.col(k) = on_.q(view_, k);
    product_ = Eigen::MatrixXd::Zero(objectives, objectives);
    for (int s = 0; s < model.num_states(); ++s) {
      const Eigen::Index first = model.first_choice(s), count = model.num_choices(s);
      const Eigen::Map<const Eigen::VectorXd> policy(at_.policy.data() + first, count);
      auto block = advantage_.middleRows(first, count);
      const Eigen::RowVectorXd mean = policy.transpose() * block;
      block.rowwise() -= mean;
      product_ += view_.occupancy[s] * block.transpose() * policy.asDiagonal() * block;
    }
  }

  /// Of a step in the linear model: nine tenths of the radius, for the divergence has higher orders, too.
  double length() const { return std::sqrt(1.8 * radius_ / (1 - on_.game().discount())); }

  /// (1, y), one multiplier at a time until none moves; the function is convex and smooth, so that is its minimum.
  std::optional<Eigen::VectorXd> multipliers(const Eigen::VectorXd& correction) const {
    Eigen::VectorXd weights = Eigen::VectorXd::Zero(on_.num_thresholds() + 1);
    weights[0] = 1;
    for (int cycle = 0; cycle < 1000; ++cycle) {
      double moved = 0;
      for (int i = 0; i < on_.num_thresholds(); ++i) {
        Eigen::VectorXd others = weights;
        others[i + 1] = 0;
        const Eigen::VectorXd along = product_ * others;
        const auto best = best_multiplier(others.dot(along), along[i + 1], product_(i + 1, i + 1),
                                          on_.slack(view_, i) - correction[i], length());
        if (!best) return std::nullopt;
        moved = std::max(moved, std::abs(*best - weights[i + 1]) / (1 + *best));
        weights[i + 1] = *best;
      }
      if (moved < 1e-12) break;
    }
    return weights;
  }

  /// The policy a step along the weighted advantages leads to, unless it is farther than the radius.
  std::optional<Tried> tried(const Eigen::VectorXd& weights) const {
    const double size = std::sqrt(std::max(0.0, weights.dot(product_ * weights)));
    if (!(size > 0)) return std::nullopt;
    Tried next{on_.moved(at_, advantage_ * weights, length() / size), View{}};
    if (!(divergence(next.first) <= largest_)) return std::nullopt;
    on_.game().evaluate(next.first.policy, next.second, true);
    return next;
  }

  /// Mean over the states' visits of KL(next, now).
  double divergence(const Point& next) const {
    const mdp::TabularMdp& model = on_.game().model();
    double sum = 0;
    for (int s = 0; s < model.num_states(); ++s)
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        const auto i = static_cast<std::size_t>(c);
        if (next.policy[i] > 0) sum += view_.occupancy[s] * next.policy[i] * (next.log_policy[i] - at_.log_policy[i]);
      }
    return (1 - on_.game().discount()) * sum;
  }

  bool accept(const Tried& next) {
    largest_divergence_ = std::max(largest_divergence_, divergence(next.first));
    at_ = next.first;
    view_ = next.second;
    find_advantages();
    radius_ = std::min(largest_, 2 * radius_);
    return true;
  }

  const ExtensionGame& on_;
  double largest_, radius_, largest_divergence_ = 0;
  View view_;
  Point at_;
  Eigen::MatrixXd advantage_, product_;
};

}  // namespace

TrustRegionRun extend_by_trust_region(const MultiObjectiveProblem& problem, int l, const Objectives& at_least,
                                      const mdp::Policy& start, const TrustRegionOptions& options) {
  bellwether::require_valid("trust-region", options);
  const ExtensionGame on(problem, l, at_least, "trust-region");
  TrustRegion region(on, start, options);
  TrustRegionRun run;
  while (region.smallest_slack() < 0 && run.repairs < options.steps && region.repair()) ++run.repairs;
  run.found = region.smallest_slack() >= 0;
  run.smallest_slack = region.smallest_slack();
  constexpr double kSettled = 1e-13;  // a step that gains no more than rounding
  while (run.found && run.repairs + run.steps < options.steps) {
    const double before = region.objective();
    if (!region.climb()) break;
    ++run.steps;
    run.smallest_slack = std::min(run.smallest_slack, region.smallest_slack());
    if (region.objective() - before <= kSettled * (1 + std::abs(before))) break;
  }
  run.largest_divergence = region.largest_divergence();
  run.point = region.point();
  return run;
}

}  // namespace bellwether::solvers
