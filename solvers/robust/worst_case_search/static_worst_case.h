#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mdp/evaluate/evaluation.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

/// What is known of one of the models. Means over the start distribution, between proven bounds.
struct MemberReport {
  double value = 0, lower = 0, upper = 0;  ///< of the policy in this model
  /// Of the best policy, if one knew that this model is the true one.
  double optimum_lower = -std::numeric_limits<double>::infinity();
  double optimum_upper = std::numeric_limits<double>::infinity();
};

/// A policy for models of which one is true for the whole play.
struct StaticWorstCase {
  Status status = Status::kNotRun;
  std::string note = {};
  mdp::Policy policy = {};
  std::vector<MemberReport> members = {};
  std::size_t worst = 0;        ///< the model in which the policy is worth least
  mdp::Evaluation values = {};  ///< of the policy in that model, state by state
  /// Maximising: the policy is worth at least `lower` in each model, and no policy, whether it draws or remembers, is
  /// worth more than `upper` in all of them. Minimising: at most `upper`, and none less than `lower`.
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
  double gap = std::numeric_limits<double>::infinity();  ///< upper - lower
  std::int64_t policies = 0;                             ///< that were evaluated in every model
};

/// The best deterministic policy among those that the search in the family (worst_case_search) and the members' own
/// optima offer, judged by the worst of the discounted `members`. They share states and choices (InvalidModel); the
/// play starts as in the first. Certificate: evaluations from one side, the least optimum of a member from the other
/// (docs/papers/iwocs.md, "Which bound"); where a policy should draw or learn which model it is in, a gap remains.
StaticWorstCase static_worst_case(std::span<const mdp::TabularMdp> members, double discount, Direction direction,
                                  const SolveOptions& run = {});

}  // namespace bellwether::solvers
