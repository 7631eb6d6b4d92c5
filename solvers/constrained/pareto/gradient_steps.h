#pragma once

#include <string_view>

#include <Eigen/Core>

#include "solvers/constrained/first_order/game.h"
#include "solvers/constrained/first_order/loop.h"
#include "solvers/constrained/pareto/extensions.h"

namespace bellwether::solvers::constrained {

/// An extension as methods with gradients see it, in the problem's units: objective 0 is to be raised, objectives 1, 2,
/// ... have thresholds. Discounted problems.
class ExtensionGame {
 public:
  ExtensionGame(const MultiObjectiveProblem& problem, int l, const Objectives& at_least, std::string_view method);
  ExtensionGame(const ExtensionGame&) = delete;  // the game looks into the extension
  ExtensionGame& operator=(const ExtensionGame&) = delete;

  const Game& game() const { return game_; }
  int num_thresholds() const { return game_.num_budgets(); }
  double objective(const View& view) const { return view.total[0] * game_.reward_unit(); }
  /// What objective 1 + i has above its threshold.
  double slack(const View& view, int i) const { return -game_.excess(view, i) * game_.cost_unit(i); }
  double smallest_slack(const View& view) const;
  /// The values of the choices in one objective.
  Eigen::VectorXd q(const View& view, int objective) const;

  /// A policy with a share of the uniform one, from a quarter down to nothing, as much as the thresholds allow, and
  /// what it is worth: probabilities of exactly zero would stay zero.
  Point softened(const mdp::Policy& start, View& view) const;
  /// Probabilities times exp(length q), normalised.
  Point moved(const Point& from, const Eigen::VectorXd& q, double length) const;
  FrontPoint point(const Point& at) const;

 private:
  MultiObjectiveProblem problem_;
  ConstrainedProblem extension_;
  Lagrangian lagrangian_;
  Game game_;
};

}  // namespace bellwether::solvers::constrained
