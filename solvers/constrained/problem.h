#pragma once

#include <vector>

#include "mdp/constrained/constrained_mdp.h"
#include "solvers/problem.h"

namespace bellwether::solvers {

/// A question with budgets: optimise the expected reward from the initial distribution among the policies whose
/// expected costs keep to them. Criteria kDiscounted, kFinite and kAverage.
struct ConstrainedProblem {
  mdp::ConstrainedMdp model;
  Criterion criterion = Criterion::kDiscounted;
  Direction direction = Direction::kMaximise;  ///< of the reward; budgets bound costs from above either way
  double discount = 1;
  int horizon = 0;
  /// For kFinite: the models of the stages when they differ, each with the cost columns that have budgets.
  std::vector<mdp::TabularMdp> stages = {};

  int num_budgets() const { return model.num_budgets(); }
  double sign() const { return direction == Direction::kMaximise ? 1.0 : -1.0; }
  /// The question without its budgets.
  Problem unconstrained() const;
};

/// InvalidOption unless criterion, discount and horizon fit; InvalidModel, naming stage and column, when a stage lacks
/// a cost column, or when an entry is so large that totals (entry times the length of the play) exceed 1e150.
void require_valid(const ConstrainedProblem& problem);

}  // namespace bellwether::solvers
