#include "solvers/constrained/pareto/coverage_set.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include <Eigen/LU>
#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "core/text.h"
#include "mdp/evaluate/policy_chain.h"
#include "solvers/lp/linear_program.h"

namespace bellwether::solvers {
namespace {

using constrained::VectorPlanner;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

double product(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// What both algorithms do: solve for weights, keep points, and remember how far the optimum lies above them.
class Support {
 public:
  Support(const MultiObjectiveProblem& problem, const LinearSupportOptions& options, const SolveOptions& run)
      : planner_(problem.question, problem.objectives), options_(options), run_(run) {
    for (int k = 0; k < planner_.num_columns(); ++k) scale_ = std::max(scale_, planner_.scale(k));
  }

  int objectives() const { return planner_.num_columns(); }
  std::size_t size() const { return points_.size(); }
  const Objectives& at(std::size_t j) const { return values_[j]; }
  /// As fine as the tolerance asks, where rounding lets it.
  double grain() const {
    constexpr double kRounding = 1e-11;
    return std::min(options_.precision, std::max(kRounding, run_.tolerance / 2 / scale_)) * scale_;
  }
  bool more() const { return !stopped_ && !failed_ && set_.solves < run_.max_iterations; }

  double best(std::span<const double> w) const {
    double most = -kInfinite;
    for (const Objectives& p : values_) most = std::max(most, product(w, p));
    return most;
  }

  /// Solves for w. The new point's number when it improves on all others there.
  std::optional<std::size_t> solve(const std::vector<double>& w) {
    VectorPlanner::Best found =
        planner_.best(w, grain() / 4 + 1e-300, start_.size() == 0 ? nullptr : &start_, run_.observer);
    ++set_.solves;
    if (found.v.size() == 0) {
      (found.status == Status::kStoppedByCaller ? stopped_ : failed_) = true;
      return std::nullopt;
    }
    if (run_.observer && !run_.observer({.iteration = set_.solves})) stopped_ = true;
    start_ = std::move(found.v);
    FrontPoint point{.policy = std::move(found.policy), .value = {}};
    point.value = planner_.evaluate(point.policy);
    solved_.push_back({w, found.value.upper});
    const Objectives value = point.at();
    if (!points_.empty() && product(w, value) <= best(w) + grain()) return std::nullopt;
    points_.push_back(std::move(point));
    values_.push_back(value);
    return points_.size() - 1;
  }

  /// Whether w has been solved for, up to rounding.
  bool solved(std::span<const double> w) const {
    return std::any_of(solved_.begin(), solved_.end(), [&](const Solved& s) {
      double most = 0;
      for (std::size_t k = 0; k < w.size(); ++k) most = std::max(most, std::abs(w[k] - s.weights[k]));
      return most <= 1e-12;
    });
  }

  /// How much better than every point the optimum at w may be at the most, by the values solved for so far.
  double optimistic_gain(std::span<const double> w) const {
    lp::LinearProgram program;
    for (const Solved& s : solved_) program.add_row(-lp::kInfinity, s.upper / scale_);
    for (std::size_t k = 0; k < w.size(); ++k) {
      program.add_column(-w[k], -lp::kInfinity, lp::kInfinity);
      for (std::size_t j = 0; j < solved_.size(); ++j)
        if (solved_[j].weights[k] != 0) program.add_entry(static_cast<int>(j), solved_[j].weights[k]);
    }
    const lp::LpResult result = lp::solve(program);
    return result.status == lp::LpStatus::kOptimal ? -result.objective * scale_ - best(w) : kInfinite;
  }

  /// The set, with the largest excess over all weights solved for; `complete` when these hold all corners.
  CoverageSet finish(bool complete) {
    double gap = 0;
    for (const Solved& s : solved_) {
      double lowest = -kInfinite;  // of the best point, proven
      for (const FrontPoint& p : points_) {
        Bounded sum = constrained::exactly(0);
        for (std::size_t k = 0; k < p.value.size(); ++k)
          sum = constrained::plus(sum, constrained::times(s.weights[k], p.value[k]));
        lowest = std::max(lowest, sum.lower);
      }
      gap = std::max(gap, round_up(s.upper - lowest));
    }
    // Corners are computed to rounding: moving a weight by 1e-12 changes a weighted sum by that much of its scale.
    gap += 4e-12 * scale_ * objectives();
    complete = complete && more();
    if (complete) set_.gap = gap;
    set_.status = failed_                 ? Status::kNumericalTrouble
                  : stopped_              ? Status::kStoppedByCaller
                  : !complete             ? Status::kBudgetExhausted
                  : gap <= run_.tolerance ? Status::kConverged
                                          : Status::kRoundingLimited;
    set_.corners = static_cast<std::int64_t>(solved_.size());
    for (const std::size_t j : non_dominated(values_)) set_.points.push_back(std::move(points_[j]));
    std::sort(set_.points.begin(), set_.points.end(),
              [](const FrontPoint& a, const FrontPoint& b) { return a.at() < b.at(); });
    return std::move(set_);
  }

 private:
  struct Solved {
    std::vector<double> weights;
    double upper;
  };
  VectorPlanner planner_;
  const LinearSupportOptions& options_;
  const SolveOptions& run_;
  double scale_ = 0;
  std::vector<FrontPoint> points_;
  std::vector<Objectives> values_;
  std::vector<Solved> solved_;
  Eigen::VectorXd start_;
  CoverageSet set_;
  bool stopped_ = false, failed_ = false;
};

/// The corners of the upper envelope of the points over the simplex: every choice of m among points (at which the
/// envelope is attained) and sides (on which a weight is 0) gives one equation system.
class Corners {
 public:
  explicit Corners(const Support& support) : support_(support), m_(static_cast<std::size_t>(support.objectives())) {}

  std::vector<std::vector<double>> all() {
    pick(0);
    return std::move(found_);
  }

 private:
  void pick(std::size_t from) {
    if (picked_.size() == m_) return add_corner();
    for (std::size_t i = from; i < support_.size() + m_; ++i) {
      picked_.push_back(i);
      pick(i + 1);
      picked_.pop_back();
    }
  }

  void add_corner() {
    // Unknowns w and u: sum w = 1, w . p = u for each picked point, w_k = 0 for each picked side.
    const auto n = static_cast<Eigen::Index>(m_);
    Eigen::MatrixXd system = Eigen::MatrixXd::Zero(n + 1, n + 1);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(n + 1);
    system.row(0).head(n).setOnes();
    right[0] = 1;
    double scale = 0;
    for (std::size_t j = 0; j < support_.size(); ++j)
      for (const double x : support_.at(j)) scale = std::max(scale, std::abs(x));
    if (scale == 0) scale = 1;
    for (std::size_t row = 0; row < m_; ++row) {
      const auto i = static_cast<Eigen::Index>(row) + 1;
      if (picked_[row] < support_.size()) {
        for (Eigen::Index k = 0; k < n; ++k)
          system(i, k) = support_.at(picked_[row])[static_cast<std::size_t>(k)] / scale;
        system(i, n) = -1;
      } else {
        system(i, static_cast<Eigen::Index>(picked_[row] - support_.size())) = 1;
      }
    }
    const Eigen::FullPivLU<Eigen::MatrixXd> factors(system);
    if (factors.rank() <= n) return;
    const Eigen::VectorXd solution = factors.solve(right);
    constexpr double kRounding = 1e-11;
    std::vector<double> w;
    for (Eigen::Index k = 0; k < n; ++k) {
      if (solution[k] < -kRounding) return;
      w.push_back(std::max(0.0, solution[k]));
    }
    const double total = std::accumulate(w.begin(), w.end(), 0.0);
    for (double& x : w) x /= total;
    if (support_.best(w) > solution[n] * scale + kRounding * scale) return;  // another point lies above
    found_.push_back(std::move(w));
  }

  const Support& support_;
  std::size_t m_;
  std::vector<std::size_t> picked_;
  std::vector<std::vector<double>> found_;
};

}  // namespace

Objectives FrontPoint::at() const {
  Objectives result;
  for (const Bounded& x : value) result.push_back(x.value);
  return result;
}

std::vector<Objectives> CoverageSet::values() const {
  std::vector<Objectives> result;
  for (const FrontPoint& p : points) result.push_back(p.at());
  return result;
}

void require_valid(const MultiObjectiveProblem& problem) {
  if (problem.question.criterion == Criterion::kTotal || problem.question.criterion == Criterion::kReach) {
    throw InvalidOption(
        fmt::format("several objectives go with the criteria discounted, finite and average, not with {}",
                    to_string(problem.question.criterion)));
  }
  if (problem.objectives.size() < 2) {
    throw InvalidOption(fmt::format("there {} {}, at least 2 are needed", problem.objectives.size() == 1 ? "is" : "are",
                                    counted(static_cast<std::int64_t>(problem.objectives.size()), "objective")));
  }
  for (const std::string& name : problem.objectives) {
    mdp::column_values(problem.question.model, name);
    for (const mdp::TabularMdp& stage : problem.question.stages) mdp::column_values(stage, name);
  }
}

CoverageSet linear_support(const MultiObjectiveProblem& problem, const LinearSupportOptions& options,
                           const SolveOptions& run) {
  bellwether::require_valid("linear-support", options);
  require_valid(problem);
  if (problem.objectives.size() > 4) {
    throw InvalidOption(
        fmt::format("linear-support: there are {} objectives, at most 4 are possible", problem.objectives.size()));
  }
  Support support(problem, options, run);
  for (int k = 0; k < support.objectives() && support.more(); ++k) {
    std::vector<double> w(static_cast<std::size_t>(support.objectives()), 0.0);
    w[static_cast<std::size_t>(k)] = 1;
    support.solve(w);
  }
  bool complete = false;
  while (support.more()) {
    std::vector<double> next;
    double most = -kInfinite;
    for (std::vector<double>& w : Corners(support).all()) {
      if (support.solved(w)) continue;
      const double gain = support.optimistic_gain(w);
      if (gain <= most) continue;
      most = gain;
      next = std::move(w);
    }
    complete = next.empty();
    if (complete) break;
    support.solve(next);
  }
  return support.finish(complete);
}

CoverageSet two_objective_sweep(const MultiObjectiveProblem& problem, const LinearSupportOptions& options,
                                const SolveOptions& run) {
  bellwether::require_valid("two-objective-sweep", options);
  require_valid(problem);
  if (problem.objectives.size() != 2) {
    throw InvalidOption(fmt::format("two-objective-sweep: there are {} objectives, must be 2; choose linear-support",
                                    problem.objectives.size()));
  }
  Support support(problem, options, run);
  support.solve({1, 0});
  if (support.more()) support.solve({0, 1});
  std::vector<std::pair<std::size_t, std::size_t>> open;
  if (support.size() == 2) open.emplace_back(0, 1);
  while (!open.empty() && support.more()) {
    const auto [right, up] = open.back();  // more of the first objective, more of the second
    open.pop_back();
    const double dx = support.at(right)[0] - support.at(up)[0], dy = support.at(up)[1] - support.at(right)[1];
    if (!(dx + dy > 0) || dx < 0 || dy < 0) continue;  // equal, or one dominates
    const std::vector<double> w = {dy / (dx + dy), dx / (dx + dy)};
    if (support.solved(w)) continue;
    if (const std::optional<std::size_t> beyond = support.solve(w)) {
      open.emplace_back(right, *beyond);
      open.emplace_back(*beyond, up);
    }
  }
  return support.finish(open.empty());
}

}  // namespace bellwether::solvers
