#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"
#include "mdp/robust/nature.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// On whose side nature is.
enum class NatureSide {
  kWorst,  ///< against the agent: the guaranteed value
  kBest    ///< with the agent: the optimistic value
};

/// A question about a robust model.
///
///   RobustProblem problem{.model = mdp::RobustMdp(model, {.kind = mdp::SetKind::kL1, .radius = {0.2}}),
///                         .discount = 0.95};
///   RobustSolution answer = robust_automatic(problem);
struct RobustProblem {
  mdp::RobustMdp model;
  Criterion criterion = Criterion::kDiscounted;  ///< or kFinite; kTotal and kReach for intervals that keep the graph
  Direction direction = Direction::kMaximise;    ///< of the agent
  NatureSide nature = NatureSide::kWorst;
  double discount = 1;
  int horizon = 0;
  std::vector<std::int32_t> target = {};  ///< as in Problem

  bool maximise() const { return direction == Direction::kMaximise; }
  bool adversarial() const { return nature == NatureSide::kWorst; }
  mdp::NatureAim aim() const {
    return maximise() == adversarial() ? mdp::NatureAim::kLowest : mdp::NatureAim::kHighest;
  }
  /// The same question about the nominal model.
  Problem nominal() const;
};

/// InvalidOption unless the criterion, its numbers and the sets go together.
void require_valid(const RobustProblem& problem);

/// Distributions of nature: a row for each choice of the model, empty where none was asked for. A row lists the
/// successors of the choice in their order (zeros included), then other states that got mass.
struct NatureRows {
  std::vector<std::int64_t> begin;  ///< choices + 1 offsets; empty when nothing was asked for
  std::vector<std::int32_t> successor;
  std::vector<double> probability;
  /// What nature's payment for the row adds to the reward of each choice; empty where she does not pay.
  std::vector<double> payment = {};

  bool empty() const { return begin.empty(); }
  std::span<const std::int32_t> successors(std::int64_t choice) const {
    return std::span(successor).subspan(static_cast<std::size_t>(begin[static_cast<std::size_t>(choice)]),
                                        size(choice));
  }
  std::span<const double> probabilities(std::int64_t choice) const {
    return std::span(probability)
        .subspan(static_cast<std::size_t>(begin[static_cast<std::size_t>(choice)]), size(choice));
  }
  double paid(std::int64_t choice) const { return payment.empty() ? 0 : payment[static_cast<std::size_t>(choice)]; }
  std::size_t size(std::int64_t choice) const {
    const auto c = static_cast<std::size_t>(choice);
    return static_cast<std::size_t>(begin[c + 1] - begin[c]);
  }
};

/// What every robust planner returns. `lower` and `upper` enclose the robust value of each state and what the returned
/// policy is worth when nature answers it; `worst_case` is nature's answer to it (its best one, where nature helps).
struct RobustSolution : Solution {
  NatureRows worst_case = {};
  std::vector<NatureRows> worst_case_stages = {};  ///< finite horizon: one a stage
};

struct RobustOptions {
  std::string worst_case = "policy";
};

template <class Field>
void describe(RobustOptions& o, Field&& field) {
  field("worst_case", o.worst_case, one_of({"none", "policy", "all"}),
        "nature's distributions to return: none, of the choices that the policy plays, or of all");
}

}  // namespace bellwether::solvers
