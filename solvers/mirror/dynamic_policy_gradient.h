#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/stream.h"
#include "mdp/simulate/simulator.h"
#include "solvers/mirror/tables.h"
#include "solvers/mirror/unit_problem.h"
#include "solvers/problem.h"
#include "solvers/solution.h"

namespace bellwether::solvers {

// Softmax policy gradients at finite horizon, one table of logits a stage (Klein, Weissmann and Doering 2024),
// docs/papers/dynamic-policy-gradient.md, for rewards mapped to [0, 1] and maximised. G_n = 1 + g + ... + g^(n-1) is
// the largest return of n steps (n when undiscounted).

/// The stage policies after a step: probabilities, one table a stage. `stage` is the one that learns, -1: all.
struct StageIterate {
  int stage = 0;
  std::int64_t step = 0;  ///< 0 before the first
  const std::vector<mirror::Table>& weights;
};
using StageWatch = std::function<void(const StageIterate&)>;

struct DynamicPolicyGradientOptions {
  std::int64_t steps = 1'000;
  double eta = 0;
  std::string start = "uniform";
  StageWatch watch = nullptr;
};

template <class Field>
void describe(DynamicPolicyGradientOptions& o, Field&& field) {
  field("steps", o.steps, at_least(1), "gradient steps a stage");
  field("eta", o.eta, at_least(0), "step; 0: the theorem's, 1 / (2 G_(H-h)) at stage h");
  field("start", o.start, one_of({"uniform", "initial"}), "distribution over states that each stage is trained on");
}

/// Dynamic policy gradient: the last stage first, each with the later policies frozen, so that it is a contextual
/// bandit with rewards Q_h: theta += eta mu(s) pi(a|s) (Q_h - V_h). From theta = 0 and uniform mu the gap of a stage
/// after n steps is at most 4 G_(H-h) S A^2 / n, and the gaps of stages add up. Cost of a step: one pass over the
/// choices. Certificate: mirror::certify_stages.
Solution dynamic_policy_gradient(const Problem& problem, const DynamicPolicyGradientOptions& options = {},
                                 const SolveOptions& run = {});

struct SimultaneousPolicyGradientOptions {
  std::int64_t steps = 1'000;
  double eta = 0;
  bool ignore_time = false;
  std::string start = "uniform";
  StageWatch watch = nullptr;
};

template <class Field>
void describe(SimultaneousPolicyGradientOptions& o, Field&& field) {
  field("steps", o.steps, at_least(1), "gradient steps of all stages together");
  field("eta", o.eta, at_least(0), "step; 0: the theorem's, 1 / (5 H^2 sqrt(H))");
  field("ignore_time", o.ignore_time, any_value(), "one policy for all stages: what is lost by that can be seen");
  field("start", o.start, one_of({"uniform", "initial"}), "distribution over the states of the first stage");
}

/// All stages at once: gradient ascent on V_0(mu), d/dtheta_h(s,a) = g^h P(s_h = s) pi_h(a|s) (Q_h - V_h)(s,a). Cost of
/// a step: one pass forward and one back over the rows of each stage. InvalidOption when time is ignored and stages
/// differ.
Solution simultaneous_policy_gradient(const Problem& problem, const SimultaneousPolicyGradientOptions& options = {},
                                      const SolveOptions& run = {});

struct SampledPolicyGradientOptions {
  bool dynamic = true;
  std::int64_t steps = 1'000;
  std::int64_t batch = 10;
  double eta = 0;
  bool baseline = false;
  std::string start = "uniform";
  StageWatch watch = nullptr;
};

template <class Field>
void describe(SampledPolicyGradientOptions& o, Field&& field) {
  field("dynamic", o.dynamic, any_value(), "stage by stage from the last, or all stages at once");
  field("steps", o.steps, at_least(1), "gradient steps: of each stage, or of all together");
  field("batch", o.batch, at_least(1), "plays a step");
  field("eta", o.eta, at_least(0), "step; 0: that of the exact method");
  field("baseline", o.baseline, any_value(), "subtract the exact value of the state from each return");
  field("start", o.start, one_of({"uniform", "initial"}), "distribution that plays begin with");
}

/// The same two from plays (REINFORCE): at stage h a play starts from mu, takes one action of softmax(theta_h) and the
/// frozen policies after it, return R: theta_h += eta R (e_a - pi). All stages at once: whole plays, returns-to-go.
/// Actions drawn by a step: batch (H - h), or batch H.
Solution sampled_policy_gradient(const Problem& problem, const SampledPolicyGradientOptions& options,
                                 const Stream& stream, const SolveOptions& run = {});

namespace mirror {

/// mu(s) pi(a|s) (q(s,a) - sum over b of pi(b|s) q(s,b)): the gradient of sum of mu(s) <pi, q>.
Table bandit_gradient(const mdp::TabularMdp& model, std::span<const double> mu, const Table& q, const Table& weights);

/// The exact gradient of V_0(mu), a table a stage, and the values of all stages.
struct StageGradient {
  std::vector<Table> gradient;
  std::vector<Eigen::VectorXd> value;  ///< of stage 0 to H (zeros)
};
StageGradient stage_gradient(const UnitProblem& unit, const std::vector<Table>& weights, std::span<const double> mu);

/// What plays are drawn from: one simulator, or one a stage where stages differ.
std::vector<mdp::Simulator> stage_simulators(const UnitProblem& unit);

/// One step of the sampled methods, as an estimate of bandit_gradient (stage h) or of stage_gradient (all stages).
Table sampled_stage_gradient(const UnitProblem& unit, std::span<const mdp::Simulator> simulators, int h,
                             const std::vector<Table>& weights, std::span<const double> mu, std::int64_t batch,
                             const Eigen::VectorXd* baseline, const Stream& stream);
std::vector<Table> sampled_joint_gradient(const UnitProblem& unit, std::span<const mdp::Simulator> simulators,
                                          const std::vector<Table>& weights, std::span<const double> mu,
                                          std::int64_t batch, const std::vector<Eigen::VectorXd>* baseline,
                                          const Stream& stream);

/// V_h of stage policies, h = 0 .. H.
std::vector<Eigen::VectorXd> stage_values(const UnitProblem& unit, const std::vector<Table>& weights);

}  // namespace mirror
}  // namespace bellwether::solvers
