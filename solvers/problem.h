#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "mdp/horizon.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::solvers {

/// What is to be optimised.
enum class Criterion {
  kDiscounted,  ///< sum over t of discount^t r_t, 0 <= discount < 1
  kFinite,      ///< sum of r_t over `horizon` stages (discounted when discount < 1)
  kTotal,       ///< sum of r_t, undiscounted, until the play ends
  kReach,       ///< probability of reaching the target
  kAverage      ///< long-run reward a step
};

constexpr std::string_view to_string(Criterion criterion) {
  switch (criterion) {
    case Criterion::kDiscounted:
      return "discounted";
    case Criterion::kFinite:
      return "finite";
    case Criterion::kTotal:
      return "total";
    case Criterion::kReach:
      return "reach";
    case Criterion::kAverage:
      return "average";
  }
  return "discounted";
}

enum class Direction { kMaximise, kMinimise };

/// A question about a model.
struct Problem {
  mdp::TabularMdp model;
  Criterion criterion = Criterion::kDiscounted;
  Direction direction = Direction::kMaximise;
  double discount = 1;  ///< below 1 for kDiscounted; any value in [0, 1] for kFinite
  int horizon = 0;      ///< for kFinite
  /// For kReach the states to reach, for kTotal the states where the play ends (none: wherever rewards end).
  /// Ascending. For kDiscounted and kFinite apply mdp::absorbing or mdp::reaching to the model instead.
  std::vector<std::int32_t> target = {};
  /// For kFinite: the models of the stages when they differ (then `model` is the first); empty when stationary.
  std::vector<mdp::TabularMdp> stages = {};

  bool maximise() const { return direction == Direction::kMaximise; }
  /// +1 when maximising, -1 when minimising: minimising r is maximising -r.
  double sign() const { return maximise() ? 1.0 : -1.0; }
};

/// InvalidOption unless discount, horizon and target make sense for the criterion.
void require_valid(const Problem& problem);

/// InvalidOption when options of total rewards and reachability were given for another criterion.
void require_total_options(const Problem& problem, bool relative, std::string_view must_reach_goal);

}  // namespace bellwether::solvers
