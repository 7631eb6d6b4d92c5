// MDPO's inner steps, and softmax gradients stage by stage.
#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "mdp/instances/garnet.h"
#include "proofs_checks/bounds/mirror.h"
#include "proofs_checks/mirror/claims.h"
#include "proofs_checks/mirror/runs.h"
#include "solvers/mirror/dynamic_policy_gradient.h"
#include "solvers/mirror/mdpo.h"

namespace bellwether::claims {
namespace {

using namespace solvers;
using namespace solvers::mirror;

// --- Inner steps -----------------------------------------------------------------------------------------------------

/// The mean gap of MDPO's last policy; `sign` -1 turns the advantages around.
double final_gap(const Problem& problem, const Eigen::VectorXd& best, int inner_steps, double sign) {
  const std::vector<double> mu = start_distribution(problem.model, "uniform");
  Table logits = logarithms(uniform_weights(problem.model));
  const UpdateRule rule{.inner_steps = inner_steps};
  for (int k = 0; k < 99; ++k) {
    Surrogate surrogate = exact_surrogate(problem.model, problem.discount, logits, mu, 0);
    if (sign < 0) {
      std::swap(surrogate.gain, surrogate.loss);
      for (double& x : surrogate.gain) x = -x;
      for (double& x : surrogate.loss) x = -x;
    }
    logits = updated(rule, surrogate, 1);
  }
  return (best - valued(problem, probabilities(logits)).v).mean();
}

/// In how many models the order m = 1, 5, 10, closed form is broken.
Measurement order(const Effort& effort, double sign) {
  std::int64_t broken = 0, models = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(10, 100))) {
    const Eigen::VectorXd best = optimum(problem);
    std::vector<double> gap;
    for (const int m : {1, 5, 10, 0}) gap.push_back(final_gap(problem, best, m, sign));
    broken += std::ranges::is_sorted(gap, std::greater<>()) ? 0 : 1;
    ++models;
  }
  return {.measured = static_cast<double>(broken) / static_cast<double>(models),
          .bound = 0.1,
          .replicates = models,
          .detail = "share of the models in which more inner steps ended further away"};
}

Claim order_claim() {
  return {.id = "mdpo-inner-steps",
          .family = "mirror",
          .statement =
              "After 100 policies MDPO with 1, 5, 10 inner steps and in closed form is ever nearer (9 of 10 models)",
          .page = "docs/papers/mdpo.md",
          .theorem = "observation of Tomar, Shani, Efroni and Ghavamzadeh 2020",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return order(effort, 1); },
          .controls = {
              {"wrong-sign", "turns the advantages around", [](const Effort& effort) { return order(effort, -1); }}}};
}

// --- Stage by stage --------------------------------------------------------------------------------------------------

/// Five stages that differ, four states, three choices.
Problem staged(Stream& stream) {
  std::vector<mdp::TabularMdp> stages;
  for (int h = 0; h < 5; ++h)
    stages.push_back(
        mdp::random_dense({.states = 4, .actions = 3, .seed = static_cast<std::int64_t>(stream.below(1'000'000'000))})
            .model);
  return {.model = stages[0], .criterion = Criterion::kFinite, .discount = 1, .horizon = 5, .stages = stages};
}

/// The largest gap of a stage / bound along dynamic policy gradient; at each stage the logits begin at 0, or with the
/// worst choice `ahead`.
Measurement stage_errors(const Effort& effort, double ahead) {
  double worst = 0;
  std::int64_t steps = 0;
  Stream stream = effort.stream.child("models");
  const std::vector<double> mu(4, 0.25);
  for (int i = 0; i < effort.pick(5, 50); ++i) {
    const UnitProblem unit(staged(stream));
    Eigen::VectorXd later = Eigen::VectorXd::Zero(4);
    for (int h = 4; h >= 0; --h) {
      const mdp::TabularMdp& model = unit.stage(h);
      const Table q = choice_values(model, 1, later);
      Table logits(q.size(), 0.0);
      for (int s = 0; s < 4; ++s)
        *(of_state(model, logits, s).begin() +
          (std::ranges::min_element(of_state(model, q, s)) - of_state(model, q, s).begin())) += ahead;
      normalise_logits(model, logits);
      for (int n = 1; n <= effort.pick(3000, 30'000); ++n) {
        const Table gradient = bandit_gradient(model, mu, q, probabilities(logits));
        for (std::size_t c = 0; c < logits.size(); ++c) logits[c] += gradient[c] / (2.0 * (5 - h));
        normalise_logits(model, logits);
        const Table weights = probabilities(logits);
        double gap = 0;
        for (int s = 0; s < 4; ++s) {
          const auto own = of_state(model, q, s), pi = of_state(model, weights, s);
          double v = 0;
          for (std::size_t a = 0; a < own.size(); ++a) v += pi[a] * own[a];
          later[s] = v;
          gap += (*std::ranges::max_element(own) - v) / 4;
        }
        worst = std::max(worst, gap / bounds::dynamic_gradient_error(n, 5 - h, 4, 3));
        ++steps;
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = steps, .detail = "largest gap of a stage / bound"};
}

Claim dynamic_claim() {
  return {.id = "dynamic-gradient-rate",
          .family = "mirror",
          .statement = "One stage of dynamic policy gradient: J* - J_n <= 4 (H-h) R S A^2 / n from the uniform policy",
          .page = "docs/papers/dynamic-policy-gradient.md",
          .theorem = "Klein, Weissmann and Doering 2024",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return stage_errors(effort, 0); },
          .controls = {{"bad-start", "begins with the worst choice far ahead",
                        [](const Effort& effort) { return stage_errors(effort, 10); }}}};
}

}  // namespace

std::vector<Claim> policy_optimisation_claims() { return {order_claim(), dynamic_claim()}; }

}  // namespace bellwether::claims
