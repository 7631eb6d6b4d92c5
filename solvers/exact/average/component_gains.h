#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "mdp/evaluate/gain_and_bias.h"
#include "mdp/graph/end_components.h"
#include "mdp/graph/reverse_transitions.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers::average {

// Models in which the best gain differs between states (docs/papers/average-reward.md, "Multichain models"). In the
// long run every policy stays in an end component, so the optimal gain is the best expected gain of the component in
// which to stay: a stopping problem on the model with each maximal end component shrunk to a state.

/// What staying in each maximal end component for ever is worth.
struct ComponentGains {
  std::vector<double> lower, upper;  ///< enclose the best gain of each component, rounding included
  /// For members the model-wide number of a choice of the component; the policy they make has, in every state of the
  /// component, a gain inside the interval. -1 elsewhere.
  std::vector<std::int64_t> choice;
};

/// The interval that one backup of any h proves for each component: with d = Th - h over the choices of the component,
/// min d <= gain of the greedy policy <= best gain <= max d (maximising; mirrored when minimising).
ComponentGains backup_bounds(const Problem& problem, const mdp::EndComponents& components, std::span<const double> h);

/// A component as a model of its own; `choices` lists the original choice of each of its choices.
struct Part {
  mdp::TabularMdp model;
  std::vector<std::int64_t> choices;
};
Part part_of(const mdp::TabularMdp& model, const mdp::EndComponents& components, int component);

/// Bounds on the optimal gain of every state, and a policy whose gain they contain.
struct GainBounds {
  Eigen::VectorXd lower, upper;
  mdp::Policy policy;
  std::int64_t transitions_read = 0;
  Status status = Status::kConverged;  ///< of the stopping problem
};
GainBounds choose_components(const Problem& problem, const mdp::ReverseTransitions& reverse,
                             const mdp::EndComponents& components, const ComponentGains& gains,
                             const SolveOptions& run);

/// The bias of a policy, or nothing where its equations are too ill-conditioned for double arithmetic: g + h = r + P h
/// must hold to 1e-6 of the largest reward. Nothing either once `keep_going`, if there is one, said no.
Eigen::VectorXd bias_of(const mdp::TabularMdp& model, const mdp::Policy& policy,
                        const std::function<bool()>& keep_going = nullptr);

/// Gain and bias of a chain, or nothing once `keep_going`, if there is one, said no. A large factorisation, which
/// cannot be interrupted, is then left to end on a thread of its own.
std::optional<mdp::GainAndBias> evaluated(mdp::MarkovChain chain, const std::function<bool()>& keep_going);

/// The solution that these bounds make; status and gap by the tolerance. `h` becomes the bias.
Solution solution_of(const Problem& problem, GainBounds bounds, const Eigen::VectorXd& h, const SolveOptions& run);

}  // namespace bellwether::solvers::average
