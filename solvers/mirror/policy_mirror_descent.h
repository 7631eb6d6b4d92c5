#pragma once

#include <cstdint>
#include <string>

#include "core/options.h"
#include "solvers/mirror/geometry.h"
#include "solvers/mirror/loop.h"

namespace bellwether::solvers {

struct PolicyMirrorDescentOptions {
  std::string geometry = "kl";
  double index = 1.5;
  std::string step = "adaptive";
  double eta = 1;
  double growth = 0;
  double slack = 1e-6;
  std::int64_t iterations = 100'000;
  mdp::Policy start = {};  ///< uniform when empty
  Watch watch = nullptr;
};

template <class Field>
void describe(PolicyMirrorDescentOptions& o, Field&& field) {
  field("geometry", o.geometry, one_of({"kl", "euclidean", "tsallis"}),
        "mirror map: what distance between policies is");
  field("index", o.index, between(0.05, 20), "of the Tsallis entropy");
  field("step", o.step, one_of({"adaptive", "constant", "geometric"}), "how long the steps are");
  field("eta", o.eta, above(0), "the constant step, or the first geometric one: multiplies Q of rewards on [0, 1]");
  field("growth", o.growth, at_least(0), "factor of geometric steps; 0: 1 / discount");
  field("slack", o.slack, above(0), "c_0 of adaptive steps: what a step may lose beside policy iteration");
  field("iterations", o.iterations, at_least(1), "policies to evaluate at most");
}

/// Policy mirror descent (docs/papers/policy-mirror-descent.md): pi_{k+1}(.|s) = argmax over p of
/// eta_k <Q_k(s,.), p> - D(p, pi_k(.|s)) for rewards mapped to [0, 1]. Steps:
///   adaptive (Johnson, Pike-Burke and Rebeschini 2023): eta_k >= max over s of D(greedy, pi_k(.|s)) / c_k with
///     c_k = discount^(2(k+1)) c_0, never shorter than the one before: |V* - V_k| <= discount^k (|V* - V_0| + c_0 g /
///     (1 - g)), as fast as policy iteration, which it is in the limit c_0 -> 0;
///   constant: |V* - V_k| = O(1/k);
///   geometric (Xiao 2022): linear.
/// Certificate: see mirror::Loop. Cost of an iteration: one linear solve.
Solution policy_mirror_descent(const Problem& problem, const PolicyMirrorDescentOptions& options = {},
                               const SolveOptions& run_options = {});

/// The same with a geometry of the caller's (options.geometry and index are not read).
Solution policy_mirror_descent_with(const mirror::Geometry& geometry, const Problem& problem,
                                    const PolicyMirrorDescentOptions& options = {},
                                    const SolveOptions& run_options = {});

namespace mirror {

/// The least step that Johnson's rule allows: max over s of min over greedy p of D(p, pi(.|s)), divided by c. Choices
/// whose Q is within rounding of the best count as greedy.
double adaptive_step(const Geometry& geometry, const mdp::TabularMdp& model, const Table& q, const Table& coordinates,
                     const Table& weights, double c);

/// One step of length eta in every state, in place.
void mirror_step(const Geometry& geometry, const mdp::TabularMdp& model, const Table& q, double eta, Table& coordinates,
                 Table& weights);

}  // namespace mirror
}  // namespace bellwether::solvers
