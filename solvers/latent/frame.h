#pragma once

#include <cstdint>
#include <vector>

#include "mdp/latent/belief_model.h"
#include "solvers/latent/problem.h"
#include "solvers/latent/relaxations.h"
#include "solvers/latent/solution.h"

namespace bellwether::solvers::latent {

/// A problem as all these planners work on it: maximised, with its stages, the size of its values, the error of a
/// backup, and the relaxations. Discounted problems have one stage that follows itself.
class Frame {
 public:
  /// `observer` is asked while the relaxations are found; where it says stop they stay coarse, and valid.
  Frame(const LatentProblem& problem, const Observer& observer);

  const LatentProblem& problem() const { return problem_; }
  const mdp::BeliefModel& model() const { return model_; }
  const Relaxations& relaxations() const { return relaxations_; }
  bool stopped() const { return relaxations_.stopped; }  ///< the observer said so
  bool finite() const { return problem_.criterion == Criterion::kFinite; }
  double discount() const { return problem_.discount; }
  int stages() const { return finite() ? problem_.horizon : 1; }
  int next(int stage) const { return finite() ? stage + 1 : stage; }
  bool ends(int stage) const { return finite() && stage >= problem_.horizon; }

  /// Sum of discount^t over the steps from a stage on.
  double steps(int stage) const { return steps_[static_cast<std::size_t>(stage)]; }
  /// Bounds on what any policy earns from a stage on, a unit of mass.
  double least(int stage) const;
  double most(int stage) const;
  /// By how much a backup of values from a stage on may be wrong, a unit of mass; and what such errors add up to.
  double backup_error() const { return backup_error_; }
  double total_error(int stage) const { return backup_error_ * steps(stage); }

  /// Completes the solution from bounds on the maximised problem; intersects them with the relaxations and turns all
  /// signs where the problem is minimised.
  void finish(LatentSolution& solution, double lower, double upper) const;

 private:
  LatentProblem problem_;
  mdp::BeliefModel model_;
  std::vector<double> steps_;
  double backup_error_;
  Relaxations relaxations_;
};

}  // namespace bellwether::solvers::latent
