// What robust policy iterations promise: the rate of partial policy iteration, and an end.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/robust.h"
#include "proofs_checks/planning/models.h"
#include "proofs_checks/robust/claims.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/operator.h"
#include "solvers/robust/robust_policy_iteration.h"

namespace bellwether::claims {
namespace {

using mdp::RobustMdp;
using mdp::SetKind;
using solvers::RobustProblem;
using Values = std::vector<double>;

constexpr const char* kPage = "docs/papers/robust-mdps.md";

Values values_of(const RobustProblem& problem, const mdp::Policy& policy) {
  const solvers::RobustSolution got =
      solvers::evaluate_robust(problem, policy, {{.worst_case = "none"}}, {.tolerance = 1e-10});
  return {got.value.begin(), got.value.end()};
}

/// The largest |V* - V^{pi_k}| / bound along partial policy iteration whose evaluations are as wrong as they may be:
/// v_k = V^{pi_k} + noise with |T v_k - v_k| <= (1 - gamma) eps_k.
Measurement partial_rate(const Effort& effort, bool accuracy_grows) {
  constexpr double kExponent = 1.5, kFirst = 1;
  double worst = 0;
  std::int64_t policies = 0;
  Stream stream = effort.stream.child("partial");
  for (const double discount : {0.7, 0.9}) {
    for (int i = 0; i < effort.pick(2, 20); ++i) {
      const RobustProblem problem{
          .model = RobustMdp(drawn_garnet(15, 4, 4, stream), {.kind = SetKind::kL1, .radius = {0.3}}),
          .discount = discount};
      const solvers::RobustSolution truth =
          solvers::robust_policy_iteration(problem, {{.worst_case = "none"}}, {.tolerance = 1e-10});
      const Values best(truth.value.begin(), truth.value.end());
      solvers::robust::Operator op(problem);
      Values v(best.size(), 0.0), out(best.size());
      double accuracy = kFirst, first_error = 0;
      for (int k = 1; k <= 12; ++k) {
        solvers::robust::Decision decision;
        op.improve(v, out, decision);
        const Values worth = values_of(problem, decision.policy());
        const double error = distance(worth, best);
        if (k == 1) first_error = error;
        const double bound = bounds::partial_policy_iteration_error(k, first_error, kFirst, kExponent, discount) + 1e-8;
        worst = std::max(worst, error / bound);
        ++policies;
        // Noise of this size moves the residual by at most (1 - gamma) eps.
        const double size = accuracy * (1 - discount) / (1 + discount);
        v = worth;
        for (double& x : v) x += size * (stream.uniform() < 0.5 ? -1 : 1);
        if (accuracy_grows)
          accuracy *= std::pow(discount, kExponent);
        else
          accuracy = 20;
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = policies, .detail = "largest |V* - V^pi_k| / bound"};
}

Claim partial_claim() {
  return {.id = "partial-policy-iteration-rate",
          .family = "robust",
          .statement = "Evaluations to accuracy gamma^(ck), c > 1, keep the rate gamma^k of exact policy iteration",
          .page = kPage,
          .theorem = "Ho, Petrik and Wiesemann 2021, section 4 (constants proven on the page)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return partial_rate(effort, true); },
          .controls = {{"careless", "every evaluation is off by 20, whatever k",
                        [](const Effort& effort) { return partial_rate(effort, false); }}}};
}

/// Two states, discount .9. State 0 stays, rewards -2 and 0. In state 1, choice 0 earns 1 and nature picks the next
/// state, choice 1 costs 1 and stays. The robust values are 0 and 1.
RobustProblem cycling_example() {
  mdp::TabularMdpBuilder builder(2);
  builder.add_choice(0, -2.0, {{0, 1.0}});
  builder.add_choice(0, 0.0, {{0, 1.0}});
  builder.add_choice(1, 1.0, {{0, 0.5}, {1, 0.5}});
  builder.add_choice(1, -1.0, {{1, 1.0}});
  return {.model = RobustMdp(std::move(builder).build(), {.kind = SetKind::kContamination, .radius = {1}}),
          .discount = 0.9};
}

/// The error after `rounds` rounds in which both policies are improved at once from the values of their pair.
double naive_error(const RobustProblem& problem, int rounds) {
  const mdp::TabularMdp& model = problem.model.nominal();
  const mdp::Nature nature(problem.model, problem.discount, mdp::NatureAim::kLowest);
  std::vector<std::int32_t> choice = {0, 0};
  std::vector<double> q = {0, 1};  // nature begins by staying in state 1
  Values v(2, 0.0);
  for (int round = 0; round < rounds; ++round) {
    v[0] = model.reward(choice[0]) / (1 - problem.discount);
    v[1] = choice[1] == 1 ? model.reward(3) / (1 - problem.discount)
                          : (model.reward(2) + problem.discount * q[0] * v[0]) / (1 - problem.discount * q[1]);
    choice[0] = nature.value(1, v) > nature.value(0, v) ? 1 : 0;
    choice[1] = nature.value(3, v) > nature.value(2, v) ? 1 : 0;
    q = nature.respond(2, v);
  }
  return std::max(std::abs(v[0]), std::abs(v[1] - 1));
}

Claim cycle_claim() {
  return {
      .id = "robust-policy-iteration-ends",
      .family = "robust",
      .statement =
          "Policy iteration that evaluates each policy against nature ends where improving both at once cycles",
      .page = kPage,
      .theorem = "a two-state cycle (docs/papers/robust-mdps.md, \"Robust policy iteration\")",
      .kind = Kind::kBelow,
      .measure =
          [](const Effort&) {
            const solvers::RobustSolution got =
                solvers::robust_policy_iteration(cycling_example(), {}, {.tolerance = 1e-10});
            return Measurement{.measured = std::max(std::abs(got.value[0]), std::abs(got.value[1] - 1)),
                               .bound = 1e-9,
                               .detail = fmt::format("error after {} improvements", got.iterations)};
          },
      .controls = {{"naive", "one linear solve for the pair of policies, then both greedy", [](const Effort& effort) {
                      const int rounds = effort.pick(1000, 100'000);
                      return Measurement{.measured = std::min(naive_error(cycling_example(), rounds),
                                                              naive_error(cycling_example(), rounds + 1)),
                                         .bound = 1e-9,
                                         .detail = fmt::format("error after {} rounds", rounds)};
                    }}}};
}

}  // namespace

std::vector<Claim> robust_iteration_claims() { return {partial_claim(), cycle_claim()}; }

}  // namespace bellwether::claims
