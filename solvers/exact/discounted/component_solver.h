#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "mdp/graph/components.h"
#include "solvers/exact/discounted/certificate.h"
#include "solvers/exact/discounted/run.h"

namespace bellwether::solvers::discounted {

/// Solves components one after another and carries proven bounds from each to those that can reach it.
///
/// Inside, everything is multiplied by the problem's sign, so larger is better: near(s) <= sign * V(s) <= far(s).
class ComponentSolver {
 public:
  ComponentSolver(Run& run, const mdp::Components& components);

  /// Solves component k; its successors outside must be solved. `width` is the half-width to reach inside.
  void solve(int k, double width);

  /// A component whose states need more than one backup.
  bool is_cyclic(int k) const;

  std::int64_t backups() const { return backups_; }
  Certificate take_certificate();

 private:
  struct Row {
    double middle, near, far, slack;
    double stay_low, stay_high;  // bounds on the probability of staying in the component
  };
  Row enclose_row(int k, std::int64_t choice) const;
  void value_iteration(int k, double width);
  Enclosure tail_of(int k) const;
  void close_bounds(int k);
  void enclose_state(int k, int s, Enclosure& stay);
  void settle(int s, double near, double far);
  std::int64_t transitions_of(int k) const;
  double best_of_staying(int s) const;

  Run& run_;
  const Problem& problem_;
  const mdp::Components& components_;
  Eigen::VectorXd value_, near_, far_;  // value_ is not multiplied by the sign
  std::vector<std::int32_t> choice_;
  std::vector<double> next_, slack_;
  double residual_ = 0;
  std::int64_t backups_ = 0;
};

}  // namespace bellwether::solvers::discounted
