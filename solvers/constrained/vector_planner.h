#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/asking.h"
#include "mdp/evaluate/evaluation.h"
#include "mdp/horizon.h"
#include "solvers/constrained/any_policy.h"
#include "solvers/constrained/solution.h"
#include "solvers/problem.h"

namespace bellwether::solvers::constrained {

/// Sums and products of enclosed numbers, rounded outwards.
Bounded plus(const Bounded& a, const Bounded& b);
Bounded times(double factor, const Bounded& x);
inline Bounded exactly(double x) { return {x, x, x}; }

/// Plans for weighted sums of several columns of one model and tells what a policy collects in each: what constrained
/// and multi-objective planners have in common. All columns are read with their names (rewards first, then costs).
class VectorPlanner {
 public:
  /// InvalidModel when a column does not exist. The question's own rewards and direction are not used.
  VectorPlanner(Problem question, std::vector<std::string> columns);

  const Problem& question() const { return question_; }
  int num_columns() const { return static_cast<int>(columns_.size()); }
  const mdp::FiniteHorizonMdp& task() const { return *task_; }

  /// A best policy for the sum of w_k column_k, which is maximised.
  struct Best {
    AnyPolicy policy = {};   ///< deterministic
    Bounded value = {};      ///< encloses the best expected total from the initial distribution
    Eigen::VectorXd v = {};  ///< the values of the states, for the next call
    Status status = Status::kNotRun;
    std::int64_t work = 0;
  };
  /// `start`, the values of a similar problem, makes discounted problems quicker; `tolerance` is of the values.
  Best best(std::span<const double> weights, double tolerance, const Eigen::VectorXd* start = nullptr,
            const Observer& observer = nullptr) const;

  /// From here on evaluate(), values() and mix() of large problems ask `keep_going` while they work, and so may loops
  /// of your own by still_wanted(). After a no they do nothing more: given_up().
  void ask(std::function<bool()> keep_going) const { asking_->ask(std::move(keep_going)); }
  bool still_wanted() const { return asking_->go_on(); }
  /// As after a no.
  void stop() const { asking_->stop(); }
  bool stopped() const { return asking_->stopped(); }
  /// The caller said stop, and evaluations take so long that they are left out. Small problems are evaluated all the
  /// same: who asks for an answer gets one with a proof.
  bool given_up() const { return stopped() && !quick_; }
  /// Whether a policy is evaluated in a tenth of a second or so.
  bool evaluates_quickly() const { return quick_; }

  /// What the policy collects in every column from the initial distribution, proven; anything (no number has bounds)
  /// when given_up().
  std::vector<Bounded> evaluate(const AnyPolicy& policy) const;
  /// The values of all states in the first column; none when given_up().
  mdp::Evaluation values(const AnyPolicy& policy) const;

  /// A policy whose occupancy is the mean of theirs, so that it collects the mean in every column: stationary, or one a
  /// stage. For the average it keeps the policies apart unless each, and the mixture, has one recurrent class:
  /// otherwise the mean of long-run frequencies need not belong to a stationary policy. Empty when given_up().
  AnyPolicy mix(std::span<const AnyPolicy> policies, std::span<const double> weights) const;

  /// Of any policy, also of one drawn before the first step; empty when given_up(), or when numbers overflow.
  Occupation occupation(const AnyPolicy& policy) const;

  /// The model of a weighted sum of columns, with the largest error that adding up made of an expected number.
  struct Weighted {
    mdp::TabularMdp model;
    double error = 0;
  };
  Weighted weighted(const mdp::TabularMdp& model, std::span<const double> weights) const;

  /// How often a choice is taken at the most, all told: what an error of each reward is multiplied by.
  double duration() const { return duration_; }
  /// A length that is small beside what can be collected in column k: largest |entry| * duration().
  double scale(int k) const { return scale_[static_cast<std::size_t>(k)]; }

 private:
  Problem question_;
  std::vector<std::string> columns_;
  std::shared_ptr<const mdp::FiniteHorizonMdp> task_;
  std::vector<double> initial_;
  std::vector<double> scale_;
  double duration_ = 1;
  bool quick_;
  std::shared_ptr<Asking> asking_ = std::make_shared<Asking>();

  /// The result of `work`, which owns what it touches; nothing when given_up().
  template <class Work>
  std::optional<std::invoke_result_t<Work>> unless_stopped(Work work) const;
  std::function<bool()> asks() const;
  Masses masses(const AnyPolicy& policy) const;
  Bounded expected(const mdp::Evaluation& values) const;
  /// Empty when given_up().
  std::vector<mdp::Evaluation> evaluations(const AnyPolicy& policy, std::span<const std::string> columns) const;
};

}  // namespace bellwether::solvers::constrained
