// What policy iteration promises: monotone improvement, geometric error, few steps whatever the ties.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/evaluate/discounted.h"
#include "mdp/operators.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/planning.h"
#include "proofs_checks/planning/claims.h"
#include "proofs_checks/planning/models.h"
#include "solvers/exact/discounted/policy_iteration.h"

namespace bellwether::claims {
namespace {

using Choices = std::vector<std::int32_t>;

constexpr const char* kPage = "docs/papers/exact-solvers.md";

/// The policy after k steps from `start`.
using Iterate = Choices (*)(const Case&, const Choices& start, int k);

/// The solver's own, without its stopping rule: greedy for the value of the policy after k - 1 steps.
Choices improved(const Case& on, const Choices& start, int k) {
  if (k == 0) return start;
  const solvers::Solution after =
      solvers::policy_iteration_from(on.problem, start, {}, {.tolerance = 0, .max_iterations = k});
  return {after.policy.choices().begin(), after.policy.choices().end()};
}

/// With the sign of the improvement wrong: every policy is the worst for the values of the one before.
Choices worsened(const Case& on, const Choices& start, int k) {
  Case mirrored = on;
  mirrored.problem.direction = solvers::Direction::kMinimise;
  return improved(mirrored, start, k);
}

/// Changes one state in a step, the first that can gain: no contraction.
Choices improved_in_one_state(const Case& on, const Choices& start, int k) {
  Choices policy = start;
  for (; k > 0; --k) {
    const Choices better = improved(on, policy, 1);
    for (std::size_t s = 0; s < policy.size(); ++s) {
      if (better[s] == policy[s]) continue;
      policy[s] = better[s];
      break;
    }
  }
  return policy;
}

mdp::Evaluation value_of(const Case& on, const Choices& policy) {
  return mdp::evaluate_discounted(mdp::PolicyChain(on.model(), mdp::Policy::deterministic(policy)), on.discount());
}

/// Calls visit(k, value of policy k with its error, value of policy k + 1) along policy iteration from drawn policies.
template <class Visit>
void follow(const Effort& effort, const Case& on, Iterate iterate, const Visit& visit) {
  Stream stream = effort.stream.child(on.name);
  for (int start = 0; start < effort.pick(5, 50); ++start) {
    const mdp::Policy drawn = drawn_policy(on.model(), stream);
    const Choices first(drawn.choices().begin(), drawn.choices().end());
    Choices policy = first;
    mdp::Evaluation value = value_of(on, policy);
    for (int k = 0; k < 12; ++k) {
      Choices better = iterate(on, first, k + 1);
      const mdp::Evaluation next = value_of(on, better);
      visit(k, value, next);
      if (better == policy) break;
      policy = std::move(better);
      value = next;
    }
  }
}

Measurement monotone_improvement(const Effort& effort, Iterate iterate) {
  std::int64_t steps = 0, violated = 0;
  for (const Case& on : discounted_cases(effort)) {
    // Among equally good choices the policy that is returned may differ from the one that was iterated.
    if (on.name == "deep-sea") continue;
    follow(effort, on, iterate, [&](int, const mdp::Evaluation& before, const mdp::Evaluation& after) {
      ++steps;
      if (((before.value - before.error) - (after.value + after.error)).maxCoeff() > 0) ++violated;
    });
  }
  return never(violated, steps, 0, "improvements after which some state is provably worth less");
}

Claim monotone_improvement_claim() {
  return {.id = "policy-iteration-monotone",
          .family = "planning",
          .statement = "Policy iteration never makes a state worth less",
          .page = kPage,
          .theorem = "Puterman 1994, Proposition 6.4.1",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return monotone_improvement(effort, improved); },
          .controls = {{"wrong-sign", "takes the choice that is worst for the present values",
                        [](const Effort& effort) { return monotone_improvement(effort, worsened); }}}};
}

/// The largest |V* - V^{pi_k}| / (factor^k |V* - V^{pi_0}|).
Measurement improvement_error(const Effort& effort, Iterate iterate) {
  double worst = 0;
  std::int64_t steps = 0;
  for (const Case& on : discounted_cases(effort)) {
    const Truth truth(on);
    double first = 0;
    follow(effort, on, iterate, [&](int k, const mdp::Evaluation& before, const mdp::Evaluation& after) {
      if (k == 0) first = distance(view(before.value), truth.value) + before.gap() + truth.error;
      const double known = std::max(0.0, distance(view(after.value), truth.value) - after.gap() - truth.error);
      worst = std::max(worst, known / bounds::policy_iteration_error(k + 1, first, on.discount()));
      ++steps;
    });
  }
  return {.measured = worst, .bound = 1, .replicates = steps, .detail = "largest error / (gamma^k first error)"};
}

Claim improvement_error_claim() {
  return {.id = "policy-iteration-error",
          .family = "planning",
          .statement = "|V* - V^{pi_k}| <= gamma^k |V* - V^{pi_0}| along policy iteration",
          .page = kPage,
          .theorem = "Puterman 1994, section 6.4",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return improvement_error(effort, improved); },
          .controls = {{"one-state", "improves one state at a time",
                        [](const Effort& effort) { return improvement_error(effort, improved_in_one_state); }},
                       {"wrong-sign", "takes the choice that is worst for the present values",
                        [](const Effort& effort) { return improvement_error(effort, worsened); }}}};
}

/// A Garnet in which every state has each of its choices twice: a third of all improvements are ties.
Case tied_case(double discount, Stream& stream) {
  const mdp::TabularMdp plain = drawn_garnet(20, 3, 3, stream);
  mdp::TabularMdpBuilder builder(plain.num_states());
  for (int s = 0; s < plain.num_states(); ++s) {
    for (int copy = 0; copy < 2; ++copy) {
      for (std::int64_t c = plain.first_choice(s); c < plain.first_choice(s + 1); ++c) {
        std::vector<mdp::Entry> row;
        for (std::size_t i = 0; i < plain.successors(c).size(); ++i)
          row.push_back({plain.successors(c)[i], plain.probabilities(c)[i]});
        builder.add_choice(s, plain.reward(c), row);
      }
    }
  }
  return {fmt::format("tied garnet ({})", discount), {.model = std::move(builder).build(), .discount = discount}};
}

/// Policies that policy iteration goes through; at most `most`.
std::int64_t policies_seen(const Case& on, std::int64_t most) {
  return solvers::policy_iteration(on.problem, {}, {.tolerance = 0, .max_iterations = most}).iterations;
}

/// The same when ties are not left alone but go to the last of equals that is not the present choice.
std::int64_t policies_seen_switching_ties(const Case& on, std::int64_t most) {
  Choices policy(static_cast<std::size_t>(on.model().num_states()), 0);
  for (std::int64_t k = 1; k <= most; ++k) {
    const mdp::Evaluation value = value_of(on, policy);
    const Choices before = policy;
    for (int s = 0; s < on.model().num_states(); ++s) {
      double best = -std::numeric_limits<double>::infinity();
      const auto q = [&](int a) {
        const std::int64_t c = on.model().first_choice(s) + a;
        return on.model().reward(c) + on.discount() * mdp::Expectation{}(on.model().successors(c),
                                                                         on.model().probabilities(c),
                                                                         view(value.value));
      };
      for (int a = 0; a < on.model().num_choices(s); ++a) best = std::max(best, q(a));
      for (int a = 0; a < on.model().num_choices(s); ++a) {
        if (a != before[static_cast<std::size_t>(s)] && q(a) >= best - 1e-9) policy[static_cast<std::size_t>(s)] = a;
      }
    }
    if (policy == before) return k;
  }
  return most;
}

Measurement improvements(const Effort& effort, std::int64_t (*seen)(const Case&, std::int64_t)) {
  double worst = 0;
  std::int64_t runs = 0, longest = 0;
  std::vector<Case> cases = discounted_cases(effort);
  Stream stream = effort.stream.child("ties");
  for (const double discount : {0.5, 0.8, 0.9}) cases.push_back(tied_case(discount, stream));
  for (const Case& on : cases) {
    // One evaluation more than changes: the last confirms.
    const std::int64_t allowed =
        1 + bounds::howard_improvements_scherrer(on.model().num_states(), on.model().num_choices(), on.discount());
    const std::int64_t tries = std::min<std::int64_t>(allowed + 1, 5000);
    const std::int64_t used = seen(on, tries);
    worst = std::max(worst, static_cast<double>(used) / static_cast<double>(std::min(allowed, tries)));
    longest = std::max(longest, used);
    ++runs;
  }
  return {.measured = worst,
          .bound = 1,
          .replicates = runs,
          .detail = fmt::format("largest number of policies / bound; at most {} policies", longest)};
}

Claim improvements_claim() {
  return {.id = "policy-iteration-steps",
          .family = "planning",
          .statement = "Policy iteration ends within (m-n) ceil(log(1/(1-gamma))/(1-gamma)) changes, ties or not",
          .page = kPage,
          .theorem = "Scherrer 2013, Theorem 3",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return improvements(effort, policies_seen); },
          .controls = {{"switches-ties", "leaves its choice for an equally good one, and cycles",
                        [](const Effort& effort) { return improvements(effort, policies_seen_switching_ties); }}}};
}

}  // namespace

std::vector<Claim> policy_iteration_claims() {
  return {monotone_improvement_claim(), improvement_error_claim(), improvements_claim()};
}

}  // namespace bellwether::claims
