#include "solvers/robust/worst_case_search/static_worst_case.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/errors.h"
#include "core/rounding.h"
#include "mdp/evaluate/discounted.h"
#include "solvers/exact/discounted/discounted_auto.h"
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
  }

  StaticWorstCase solve() {
    const SearchResult found = worst_case_search(members_, discount_, direction_, run_.tolerance, {}, run_.observer);
    consider(found.policy);
    std::vector<mdp::Policy> optima;
    for (std::size_t j = 0; j < members_.size() && !stopped_; ++j) optima.push_back(solve_member(j));
    for (const mdp::Policy& policy : optima)
      if (!policy.empty()) consider(policy);
    return finish(found.status == Status::kStoppedByCaller);
  }

 private:
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

  void consider(const mdp::Policy& policy) {
    std::vector<MemberReport> reports = best_.members;
    std::vector<mdp::Evaluation> values;
    for (std::size_t j = 0; j < members_.size(); ++j) {
      values.push_back(mdp::evaluate_discounted(mdp::PolicyChain(members_[j], policy), discount_));
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
    inner.observer = [&](const TraceRow& row) {
      if (run_.observer && !run_.observer({.iteration = best_.policies, .work = row.work})) stopped_ = true;
      return !stopped_;
    };
    const Solution solved =
        discounted_auto({.model = members_[j], .direction = direction_, .discount = discount_}, inner);
    MemberReport& report = best_.members[j];
    if (solved.lower.size() == 0) return solved.policy;
    const double error = rounding(solved.upper.cwiseAbs().cwiseMax(solved.lower.cwiseAbs()).maxCoeff());
    report.optimum_lower = round_down(mean_over(start_, solved.lower) - error);
    report.optimum_upper = round_up(mean_over(start_, solved.upper) + error);
    return solved.policy;
  }

  StaticWorstCase finish(bool search_was_stopped) {
    double possible = kInfinity, error = 0;
    for (const MemberReport& report : best_.members) {
      possible = std::min(possible, maximise() ? report.optimum_upper : -report.optimum_lower);
      error = std::max({error, report.upper - report.lower, report.optimum_upper - report.optimum_lower});
    }
    best_.lower = maximise() ? sure_ : -possible;
    best_.upper = maximise() ? possible : -sure_;
    best_.gap = std::max(0.0, best_.upper - best_.lower);
    const bool stopped = stopped_ || search_was_stopped;
    best_.status = !std::isfinite(best_.gap) && !stopped     ? Status::kNumericalTrouble
                   : best_.gap <= run_.tolerance             ? Status::kConverged
                   : stopped                                 ? Status::kStoppedByCaller
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
  StaticWorstCase best_;
};

}  // namespace

StaticWorstCase static_worst_case(std::span<const mdp::TabularMdp> members, double discount, Direction direction,
                                  const SolveOptions& run) {
  if (members.empty()) throw InvalidModel("static worst case: there are no models");
  return Family(members, discount, direction, run).solve();
}

}  // namespace bellwether::solvers
