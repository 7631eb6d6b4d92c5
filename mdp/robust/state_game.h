#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/robust/nature.h"

namespace bellwether::mdp {

/// The game of one state when one budget covers all its choices (Rectangular::kState): the agent mixes its choices,
/// nature spends the budget on their rows (docs/papers/robust-mdps.md, "One budget a state").
///
/// Against the agent, nature's best is to bring all choices down to one level u, the least that
/// sum over a of x_a(u) <= k allows, x_a(u) being the budget that brings choice a down to u; the agent's best is to
/// play the choices that are touched with weights proportional to 1 / (slope of their value in the budget). For sets
/// that are polytopes u is found exactly, breakpoint by breakpoint from above; for L2, KL and chi-square by Newton's
/// method. Where nature is on the agent's side, it spends everything on the best choice.
class StateGame {
 public:
  /// `adversarial`: nature works against the agent. `nature` must outlive the object and be prepared for v.
  StateGame(const Nature& nature, bool adversarial) : nature_(nature), adversarial_(adversarial) {}

  struct Answer {
    double value = 0;
    std::vector<double> weight;  ///< the agent's, one a choice of the state
    std::vector<double> budget;  ///< nature's, one a choice; the sum is at most k
    Bounds bounds;               ///< of the value of the game (solve) or of nature's best answer (against), proven
  };

  /// The value of the game, for sweeps.
  double value(int s, std::span<const double> v) const;

  /// With weights and budgets, nothing proven.
  Answer decide(int s, std::span<const double> v) const;

  /// With weights, budgets and bounds. The weights guarantee the lower bound when nature minimises (the upper one
  /// when it maximises), and the budgets keep every choice within the other one.
  Answer solve(int s, std::span<const double> v) const;

  /// Nature's best answer to these weights.
  Answer against(int s, std::span<const double> v, std::span<const double> weight) const;

  /// Nature's distribution over the outcomes of a choice that got this budget.
  std::vector<double> respond(std::int64_t choice, std::span<const double> v, double budget) const;

 private:
  const Nature& nature_;
  bool adversarial_;
};

}  // namespace bellwether::mdp
