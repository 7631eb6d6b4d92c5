#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "core/options.h"
#include "solvers/mirror/tables.h"
#include "solvers/robust/operator.h"

namespace bellwether::solvers {

/// A policy of the double loop with nature's answer to it.
struct RobustIterate {
  std::int64_t iteration = 0;       ///< 0: the uniform policy
  std::span<const double> weights;  ///< its probabilities, one a choice
  const Eigen::VectorXd& value;     ///< V of the policy under nature's answer
  double objective = 0;             ///< the mean of `value` over the start distribution
  double best = 0;                  ///< the best objective so far, less what nature could still take of it
  double accuracy = 0;              ///< nature could change `value` by at most this, up to rounding
};

/// Called for each policy of a run, before the next step.
using RobustWatch = std::function<void(const RobustIterate&)>;

/// Nature's rows for a policy (all choices); `v` is the value of the last policy.
using NatureAnswer =
    std::function<NatureRows(robust::Operator& op, const robust::Decision& policy, std::span<const double> v)>;

struct RobustPolicyGradientOptions : RobustOptions {
  double eta = 0.25;
  std::string rule = "constant";
  std::string inner = "exact";
  double accuracy = 0;
  double inner_eta = 0.5;
  int inner_steps = 500;
  std::string start = "uniform";
  std::int64_t iterations = 1'000;
  std::vector<double> first = {};  ///< probabilities to begin with, one a choice; uniform when empty
  RobustWatch watch = nullptr;
  NatureAnswer answer = nullptr;  ///< an inner answer of your own in place of `inner`
};

template <class Field>
void describe(RobustPolicyGradientOptions& o, Field&& field) {
  describe(static_cast<RobustOptions&>(o), field);
  field("eta", o.eta, above(0), "step, for rewards divided by their range");
  field("rule", o.rule, one_of({"constant", "theory"}), "steps of eta, or of eta / sqrt(iterations)");
  field("inner", o.inner, one_of({"exact", "gradient"}),
        "nature's answer: policy iteration of nature, or projected gradient steps on its rows");
  field("accuracy", o.accuracy, at_least(0),
        "of the first answer of nature, as a share of the reward range; shrinks by the discount each step; 0: exact");
  field("inner_eta", o.inner_eta, above(0), "nature's step, for rewards divided by their range");
  field("inner_steps", o.inner_steps, at_least(1), "gradient steps of nature for each policy at most");
  field("start", o.start, one_of({"uniform", "initial"}), "distribution over states whose value is raised");
  field("iterations", o.iterations, at_least(1), "policies to evaluate at most");
}

/// The double loop of Wang, Ho and Petrik (2023): nature answers the policy, the policy takes a projected gradient step
/// against that answer,
///
///   pi <- Proj(pi + eta grad), grad(s,a) = x(s) q(s,a), x the discounted visits of policy and nature,
///
/// and the best policy seen is returned (docs/papers/drpg.md). All sets, by choice and by state, with exact answers.
/// Certificate: the returned policy is evaluated against nature to the end; its proven value is one side, the bound of
/// the robust optimum from one backup of that value the other. Steps are of order 1/sqrt(k) in theory, so small
/// tolerances may end as budget_exhausted. Cost of a step: nature's answer and two linear solves.
RobustSolution robust_policy_gradient(const RobustProblem& problem, const RobustPolicyGradientOptions& options = {},
                                      const SolveOptions& run = {});

namespace robust {

/// The largest difference of two rewards of transitions, 1 when there is none: the unit of steps.
double reward_range(const mdp::RobustMdp& model);

/// A policy with nature's rows: values, visits from `start`, and gradients of the mean value over `start`.
struct PlayedPair {
  Eigen::VectorXd value;
  mirror::Table q;             ///< of each choice under nature's rows
  std::vector<double> visits;  ///< sum of discount^t P(s_t = s)
};
PlayedPair play(const RobustProblem& problem, const NatureRows& rows, std::span<const double> weights,
                std::span<const double> start);

/// d/dpi(a|s) of the mean value: x(s) q(s,a).
mirror::Table policy_gradient(const RobustProblem& problem, const PlayedPair& pair);
/// d/dp(s'|s,a) of the mean value, an entry for each of the rows': x(s) pi(a|s) (r(s,a,s') + discount v(s')).
std::vector<double> nature_gradient(const RobustProblem& problem, const PlayedPair& pair, const NatureRows& rows,
                                    std::span<const double> weights);

/// What nature could still change: the bound (largest change of T_pi v in its direction) / (1 - discount).
double answer_accuracy(Operator& op, const Decision& decision, std::span<const double> v);

/// Nature's policy iteration: answer, solve the chain of both, answer again, until `accuracy` or no progress.
/// `keep_going` is asked during and after each solve; its no ends them, and the rows mean nothing.
NatureRows exact_answer(Operator& op, std::span<const double> weights, std::span<const double> start, double accuracy,
                        Eigen::VectorXd& v, const std::function<bool()>& keep_going = nullptr);
/// Projected gradient steps from `rows`, which lists what `reference` lists; `keep_going` as above.
NatureRows gradient_answer(Operator& op, std::span<const double> weights, std::span<const double> start,
                           double accuracy, double eta, int steps, const NatureRows& reference, NatureRows rows,
                           Eigen::VectorXd& v, const std::function<bool()>& keep_going = nullptr);

}  // namespace robust
}  // namespace bellwether::solvers
