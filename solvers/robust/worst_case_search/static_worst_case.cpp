#include "solvers/robust/worst_case_search/static_worst_case.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "core/errors.h"
#include "core/rounding.h"
#include "solvers/exact/discounted/discounted_auto.h"
#include "solvers/robust/certificate.h"
#include "solvers/robust/worst_case_search/member_evaluation.h"
#include "solvers/robust/worst_case_search/worst_case_search.h"

namespace bellwether::solvers {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double mean_over(std::span<const double> start, const Eigen::VectorXd& v) {
  double sum = 0;
  for (std::size_t s = 0; s < start.size(); ++s)
    if (start[s] > 0) sum += start[s] * v[static_cast<Eigen::Index>(s)];
  return sum;
}

class Family {
 public:
  Family(std::span<const mdp::TabularMdp> members, double discount, Direction direction, const SolveOptions& run)
      : members_(members),
        discount_(discount),
        direction_(direction),
        run_(run),
        start_(members.front().initial()),
        slack_(rounding_error(static_cast<std::int64_t>(start_.size()) + 2)) {
    best_.members.resize(members.size());
    if (run.observer) {
      keep_going_ = [this] { return still_wanted({.iteration = best_.policies}); };
      watched_ = [this](const TraceRow& row) { return still_wanted(row); };
    }
  }

  StaticWorstCase solve() {
    const SearchResult found =
        worst_case_search(members_, discount_, direction_, run_.tolerance, {}, watched_,
                          [this](const mdp::Policy& policy, std::vector<mdp::Evaluation> values) {
                            take_if_better(policy, std::move(values));
                          });
    std::vector<mdp::Policy> optima;
    for (std::size_t j = 0; j < members_.size() && !stopped_; ++j) optima.push_back(solve_member(j));
    for (const mdp::Policy& policy : optima)
      if (!policy.empty()) consider(policy);
    if (best_.policy.empty()) take_unevaluated(found.policy);
    return finish();
  }

 private:
  bool still_wanted(const TraceRow& row) {
    stopped_ = stopped_ || !run_.observer(row);
    return !stopped_;
  }
  bool maximise() const { return direction_ == Direction::kMaximise; }
  /// A mean of numbers this large is off by no more than this.
  double rounding(double magnitude) const { return slack_ * magnitude; }

  /// What the policy is sure of, the larger the better.
  static double guarantee(const std::vector<MemberReport>& reports, bool maximise, std::size_t& worst) {
    double least = kInfinity;
    for (std::size_t j = 0; j < reports.size(); ++j) {
      const double sure = maximise ? reports[j].lower : -reports[j].upper;
      if (sure < least) worst = j;
      least = std::min(least, sure);
    }
    return least;
  }

  /// Judges a policy by its value in every model, unless the caller says stop on the way.
  void consider(const mdp::Policy& policy) {
    std::vector<mdp::Evaluation> values;
    for (const mdp::TabularMdp& member : members_) {
      auto evaluated = evaluate_member(member, policy, discount_, keep_going_);
      if (!evaluated) return;
      values.push_back(*std::move(evaluated));
    }
    take_if_better(policy, std::move(values));
  }

  /// Where no policy was evaluated before the stop: this one, by the rewards alone.
  void take_unevaluated(const mdp::Policy& policy) {
    std::vector<mdp::Evaluation> values;
    for (const mdp::TabularMdp& member : members_) values.push_back(bound_member_by_rewards(member, discount_));
    take_if_better(policy, std::move(values));
    best_.note = robust::kBoundedByRewards;
  }

  void take_if_better(const mdp::Policy& policy, std::vector<mdp::Evaluation> values) {
    std::vector<MemberReport> reports = best_.members;
    for (std::size_t j = 0; j < members_.size(); ++j) {
      MemberReport& report = reports[j];
      report.value = values[j].expected(start_);
      const double error = mean_over(start_, values[j].error) + rounding(values[j].value.lpNorm<Eigen::Infinity>());
      report.lower = round_down(report.value - error);
      report.upper = round_up(report.value + error);
    }
    ++best_.policies;
    std::size_t worst = 0;
    const double sure = guarantee(reports, maximise(), worst);
    if (!(sure > sure_)) return;
    sure_ = sure;
    best_.policy = policy;
    best_.members = std::move(reports);
    best_.worst = worst;
    best_.values = std::move(values[worst]);
  }

  /// Bounds of what a member allows, and its best policy.
  mdp::Policy solve_member(std::size_t j) {
    SolveOptions inner{.tolerance = run_.tolerance / 4, .max_iterations = run_.max_iterations};
    if (keep_going_) {
      inner.observer = [&](const TraceRow& row) {
        return still_wanted({.iteration = best_.policies, .work = row.work});
      };
    }
    const Solution solved =
        discounted_auto({.model = members_[j], .direction = direction_, .discount = discount_}, inner);
    MemberReport& report = best_.members[j];
    if (solved.lower.size() == 0) return solved.policy;
    const double error = rounding(solved.upper.cwiseAbs().cwiseMax(solved.lower.cwiseAbs()).maxCoeff());
    report.optimum_lower = round_down(mean_over(start_, solved.lower) - error);
    report.optimum_upper = round_up(mean_over(start_, solved.upper) + error);
    return solved.policy;
  }

  StaticWorstCase finish() {
    double possible = kInfinity, error = 0;
    for (const MemberReport& report : best_.members) {
      possible = std::min(possible, maximise() ? report.optimum_upper : -report.optimum_lower);
      error = std::max({error, report.upper - report.lower, report.optimum_upper - report.optimum_lower});
    }
    best_.lower = maximise() ? sure_ : -possible;
    best_.upper = maximise() ? possible : -sure_;
    best_.gap = std::max(0.0, best_.upper - best_.lower);
    best_.status = !std::isfinite(best_.gap) && !stopped_    ? Status::kNumericalTrouble
                   : best_.gap <= run_.tolerance             ? Status::kConverged
                   : stopped_                                ? Status::kStoppedByCaller
                   : best_.gap <= run_.tolerance + 2 * error ? Status::kRoundingLimited
                                                             : Status::kBudgetExhausted;
    return std::move(best_);
  }

  std::span<const mdp::TabularMdp> members_;
  double discount_;
  Direction direction_;
  const SolveOptions& run_;
  std::vector<double> start_;
  double slack_;
  double sure_ = -kInfinity;
  bool stopped_ = false;
  std::function<bool()> keep_going_ = nullptr;
  Observer watched_ = nullptr;  ///< the run's, which is asked nothing after a no
  StaticWorstCase best_;
};

}  // namespace

StaticWorstCase static_worst_case(std::span<const mdp::TabularMdp> members, double discount, Direction direction,
                                  const SolveOptions& run) {
  if (members.empty()) throw InvalidModel("static worst case: there are no models");
  return Family(members, discount, direction, run).solve();
}

}  // namespace bellwether::solvers
