#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "solvers/exact/discounted/choice_list.h"
#include "solvers/exact/discounted/lazy_policy_iteration.h"
#include "solvers/exact/discounted/policy_rows.h"
#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/units.h"

namespace bellwether::solvers::discounted {

/// The loop of lazy_policy_iteration, which `auto` may leave for another method.
class LazySolver {
 public:
  enum class End { kFinished, kSlow };

  LazySolver(Run& run, const LazyPolicyIterationOptions& options);

  /// Until the run has no more to do or, when `leave_when_slow`, an evaluation contracts too slowly to be worth while.
  /// kSlow also when the run stalled.
  End solve(bool leave_when_slow);

  /// The values, in the problem's units.
  const Eigen::VectorXd& answer();

 private:
  struct Improvement {
    Extent extent;  ///< of TV - V
    std::int64_t read = 0, changed = 0;
    double largest = 0;  ///< |V|, |TV|
    static Improvement join(const Improvement& a, const Improvement& b);
  };

  Extent first_improvement();
  void make_expiries();
  Extent improve();
  void improve_block(std::int64_t begin, std::int64_t end, float alive, Improvement& out);
  void choose(std::int64_t s, std::int64_t first, std::span<const std::int32_t> live, std::span<const double> q,
              Improvement& out);
  void extract();
  bool evaluate(const Extent& d);
  void correct(double shift);
  void rescale(const Extent& d);
  bool finish(const Extent& d);
  void allocate();
  void release();

  Run& run_;
  const mdp::TabularMdp& model_;
  const LazyPolicyIterationOptions options_;
  const double discount_;
  Units units_;
  Eigen::VectorXd value_;
  std::vector<PolicyRows> rows_;  ///< one, or none once released
  std::vector<float> residual_, delta_, next_, expiry_;
  ChoiceList policy_;
  std::vector<std::uint8_t> changed_;
  bool in_problem_units_ = false;
  double drift_ = 0, slack_ = 0;
  double scale_ = 1;               ///< residual_ and delta_ hold so many times the numbers
  Extent last_;                    ///< of TV - V
  double largest_ = 0, most_ = 0;  ///< |V|, |TV| now, and so far
  std::int64_t num_changed_ = 0;
};

}  // namespace bellwether::solvers::discounted
