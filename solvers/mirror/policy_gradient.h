#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"
#include "solvers/mirror/loop.h"

namespace bellwether::solvers {

// Exact gradient ascent on V(mu) (docs/papers/policy-gradient.md) for rewards mapped to [0, 1] and maximised, whatever
// the problem's. Every function proves every policy it makes (mirror::Loop). Guarantees are of order 1/k at best, so
// small tolerances end as budget_exhausted.

struct SoftmaxPolicyGradientOptions {
  std::string regulariser = "none";
  double weight = 0.01;
  double eta = 0;
  std::string start = "uniform";
  std::int64_t iterations = 10'000;
  std::vector<double> logits = {};  ///< to begin with, one a choice; all 0 when empty
  Watch watch = nullptr;
};

template <class Field>
void describe(SoftmaxPolicyGradientOptions& o, Field&& field) {
  field("regulariser", o.regulariser, one_of({"none", "entropy", "log-barrier"}), "what is added to the value");
  field("weight", o.weight, at_least(0), "of the regulariser: temperature or lambda, in units of the reward range");
  field("eta", o.eta, at_least(0), "step; 0: the theorem's, 1 / smoothness");
  field("start", o.start, one_of({"uniform", "initial"}), "distribution mu over states whose value is raised");
  field("iterations", o.iterations, at_least(1), "policies to evaluate at most");
}

/// theta += eta grad V(mu), pi = softmax(theta) (Agarwal et al. 2021, Mei et al. 2020). With a regulariser the gradient
/// is that of V_tau or of the value with a log barrier; bounds are on the problem's own value in any case, so what the
/// regulariser costs stays in the gap. InvalidModel when the number of logits is wrong.
Solution softmax_policy_gradient(const Problem& problem, const SoftmaxPolicyGradientOptions& options = {},
                                 const SolveOptions& run_options = {});

struct NaturalPolicyGradientOptions {
  double eta = 1;
  std::int64_t iterations = 10'000;
  std::vector<double> logits = {};
  Watch watch = nullptr;
};

template <class Field>
void describe(NaturalPolicyGradientOptions& o, Field&& field) {
  field("eta", o.eta, above(0), "exponent that multiplies Q of rewards on [0, 1]; papers' step is eta (1 - discount)");
  field("iterations", o.iterations, at_least(1), "policies to evaluate at most");
}

/// theta += (eta_npg / (1 - g)) A with eta_npg = eta (1 - g), which is the gradient times the pseudo-inverse of the
/// Fisher matrix: pi_{k+1} is proportional to pi_k exp(eta Q_k) (Kakade 2001). From the uniform policy
/// V* - V_k <= log A / ((1 - g) eta k) + 1 / ((1 - g)^2 k) in every state, and values never fall.
Solution natural_policy_gradient(const Problem& problem, const NaturalPolicyGradientOptions& options = {},
                                 const SolveOptions& run_options = {});

struct ProjectedPolicyGradientOptions {
  double eta = 0;
  std::string start = "uniform";
  std::int64_t iterations = 10'000;
  Watch watch = nullptr;
};

template <class Field>
void describe(ProjectedPolicyGradientOptions& o, Field&& field) {
  field("eta", o.eta, at_least(0), "step; 0: the theorem's, 1 / smoothness = (1 - discount)^3 / (2 discount A)");
  field("start", o.start, one_of({"uniform", "initial"}), "distribution mu over states whose value is raised");
  field("iterations", o.iterations, at_least(1), "policies to evaluate at most");
}

/// pi <- Proj(pi + eta grad V(mu)), the exact projection on the simplex in each state (Agarwal et al. 2021).
Solution projected_policy_gradient(const Problem& problem, const ProjectedPolicyGradientOptions& options = {},
                                   const SolveOptions& run_options = {});

namespace mirror {

// Smoothness constants of V(mu) for rewards on [0, 1] (Agarwal et al. 2021, Mei et al. 2020): theorems step by 1 / it.
double softmax_smoothness(double discount);                             ///< 8 / (1-g)^3
double barrier_smoothness(double discount, double lambda, int states);  ///< 8 / (1-g)^3 + 2 lambda / S
double entropy_smoothness(double discount, double temperature,
                          int most_choices);                  ///< (8 + tau (4 + 8 log A)) / (1-g)^3
double direct_smoothness(double discount, int most_choices);  ///< 2 g A / (1-g)^3

}  // namespace mirror
}  // namespace bellwether::solvers
