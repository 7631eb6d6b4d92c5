#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/options.h"
#include "mdp/evaluate/evaluation.h"
#include "solvers/problem.h"
#include "solvers/robust/problem.h"

namespace bellwether::solvers {

struct WorstCaseSearchOptions : RobustOptions {
  int kernels = 100;
};

template <class Field>
void describe(WorstCaseSearchOptions& o, Field&& field) {
  describe(static_cast<RobustOptions&>(o), field);
  field("kernels", o.kernels, at_least(1), "models of nature to solve at most");
}

/// Incremental worst-case search (Zouitine, Geist and Rachelson 2024): a robust problem as a sequence of ordinary ones.
/// Plan for the worst of the models found so far, ask nature for its worst model against that plan, solve it too
/// (docs/papers/iwocs.md). Sets by choice and an adversarial nature (InvalidOption otherwise). Certificate: bounds of
/// the robust optimum and of the policy from one backup, as of the other robust planners. A search that is offered a
/// model it knows has stalled: it ends as budget_exhausted, with its gap. Cost of a step: one ordinary solve and one
/// robust evaluation.
RobustSolution worst_case_search(const RobustProblem& problem, const WorstCaseSearchOptions& options = {},
                                 const SolveOptions& run = {});

/// A model of nature, and what the policy is worth in it (the mean over the start distribution) with its proven error.
struct WorstModel {
  mdp::TabularMdp model;
  double value = 0, error = 0;
};

/// Nature's worst model against a policy.
using WorstModelOracle = std::function<WorstModel(const mdp::Policy& policy)>;

/// One step of a search: the robust optimum over stationary policies lies between `lower` and `upper`.
struct SearchStep {
  double lower = 0, upper = 0;  ///< maximising: worst value of the policy, and the bound by the models so far
  double planned = 0;           ///< what the plan promises: mean of max_a min_j Q_j
};

/// What a search found. `lower` and `upper` enclose the best static worst case of all policies and, at the side of the
/// agent, what `policy` is worth in the worst of the models.
struct SearchResult {
  Status status = Status::kNotRun;
  std::string note = {};
  bool stalled = false;
  mdp::Policy policy = {};
  double value = 0;  ///< worst value of `policy`
  double lower = 0, upper = 0, gap = 0;
  std::vector<SearchStep> steps = {};
  std::vector<mdp::TabularMdp> models = {};  ///< those that were solved, the first one included
};

struct SearchSettings {
  Problem first;               ///< the first model, discount and direction
  std::vector<double> start;   ///< distribution over states that values are means of; the model's own when empty
  bool rectangular = false;    ///< the oracle's models are those of sets by choice: then the plan itself is a bound
  double tolerance = 1e-8;     ///< of the gap
  double model_tolerance = 0;  ///< of the ordinary solves; 0: a hundredth of `tolerance`
  int most_models = 100;
  Observer observer = nullptr;  ///< asked during the ordinary solves and after each step
};

/// The search with an oracle of your own. The bound of the optimum: for sets by choice the plan max_a min_j Q_j, state
/// by state; without that structure min_j V_j at the start, since the plan may then promise less than what some policy
/// achieves (docs/papers/iwocs.md, "Which bound"). Every model counts that the oracle returned.
SearchResult search_worst_case(const SearchSettings& settings, const WorstModelOracle& oracle);

using PolicyEvaluated = std::function<void(const mdp::Policy& policy, std::vector<mdp::Evaluation> values)>;

/// The search in a finite family: `members` share states and choices (InvalidModel otherwise), nature picks one for the
/// whole play. The oracle evaluates the policy in each, and tells `evaluated` what it was worth in them.
SearchResult worst_case_search(std::span<const mdp::TabularMdp> members, double discount, Direction direction,
                               double tolerance = 1e-8, std::span<const double> start = {}, Observer observer = nullptr,
                               const PolicyEvaluated& evaluated = nullptr);

/// (1 - share) of one model's rows and share of another's, for families along directions. Rewards are the first's.
mdp::TabularMdp mixture(const mdp::TabularMdp& from, const mdp::TabularMdp& to, double share);

}  // namespace bellwether::solvers
