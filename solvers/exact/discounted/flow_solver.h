#pragma once

#include <limits>
#include <vector>

#include <Eigen/Core>

#include "solvers/exact/discounted/block_system.h"
#include "solvers/exact/discounted/choice_list.h"
#include "solvers/exact/discounted/flow_policy_iteration.h"
#include "solvers/exact/discounted/run.h"
#include "solvers/exact/discounted/units.h"

namespace bellwether::solvers::discounted {

/// The loop of flow_policy_iteration. V is kept in `units_`, to be maximised.
class FlowSolver {
 public:
  FlowSolver(Run& run, const FlowPolicyIterationOptions& options);

  void solve();

  /// The values, in the problem's units.
  const Eigen::VectorXd& answer();

 private:
  void sweep(int most);
  template <bool SelfLoops>
  double gauss_seidel(bool forward);
  Extent improve();
  void evaluate();
  void finish(const Extent& d);
  bool has_self_loops() const;
  void allocate();
  void release();

  Run& run_;
  const mdp::TabularMdp& model_;
  const FlowPolicyIterationOptions options_;
  const double discount_;
  Units units_;
  const bool self_loops_;
  Blocks blocks_;
  Eigen::VectorXd value_, snapshot_;
  std::vector<BlockSystem> system_;  ///< one, or none once released
  ChoiceList policy_;
  std::int64_t num_changed_ = 0;
  double largest_ = 0;  ///< |V|
  // The sweeps contract always, evaluations of policies that are far from optimal need not: those that did not halve
  // the bound for so long are left out until the sweeps have, and the next ones get half as long.
  double best_width_ = std::numeric_limits<double>::infinity();
  int patience_ = 50, evaluations_ = 0;
  bool in_problem_units_ = false;
};

}  // namespace bellwether::solvers::discounted
