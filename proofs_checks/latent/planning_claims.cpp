// Planners with hidden states: agreement of independent routes, the order of information, proven intervals, observable
// operators.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mdp/latent/instances.h"
#include "proofs_checks/latent/claims.h"
#include "solvers/latent/belief_tree.h"
#include "solvers/latent/hsvi.h"
#include "solvers/latent/learning/optimistic_plans.h"
#include "solvers/latent/observable_operators.h"
#include "solvers/latent/simple_policies.h"

namespace bellwether::claims {
namespace {

using namespace solvers;

constexpr const char* kLatentPage = "docs/papers/latent-mdps.md";
constexpr const char* kPomdpPage = "docs/papers/pomdps.md";
constexpr int kHorizon = 4;

LatentProblem finite(const mdp::Pomdp& model) {
  return {.model = model, .criterion = Criterion::kFinite, .horizon = kHorizon};
}

mdp::LatentMdp drawn_latent(const Effort& effort, int i) {
  return mdp::random_latent(effort.run(i), {.contexts = 2 + i % 2, .states = 2, .horizon = kHorizon});
}

// --- Beliefs ---------------------------------------------------------------------------------------------------------

enum class Update { kUnnormalised, kForgetsProbability, kForgetsReweighting };

/// W_h(b, s), straight from the definition; the controls update the belief wrongly.
double history_value(const LatentTables& model, int steps, int s, const std::vector<double>& b, Update update) {
  if (steps == 0) return 0;
  double best = -1e300;
  for (int k = 0; k < model.actions; ++k) {
    double value = 0;
    for (int m = 0; m < model.contexts; ++m) value += b[static_cast<std::size_t>(m)] * model.reward[model.at(m, s, k)];
    for (int next = 0; next < model.states; ++next) {
      std::vector<double> after = b;
      double before = 0, sum = 0;
      for (int m = 0; m < model.contexts; ++m) {
        before += after[static_cast<std::size_t>(m)];
        after[static_cast<std::size_t>(m)] *= model.p(m, s, k, next);
        sum += after[static_cast<std::size_t>(m)];
      }
      if (sum == 0) continue;
      if (update == Update::kForgetsProbability)
        for (double& x : after) x *= before / sum / model.states;
      if (update == Update::kForgetsReweighting)
        for (std::size_t m = 0; m < after.size(); ++m) after[m] = b[m] * sum / before;
      value += history_value(model, steps - 1, next, after, update);
    }
    best = std::max(best, value);
  }
  return best;
}

Measurement agreement(const Effort& effort, Update update) {
  double worst = 0;
  const int models = effort.pick(20, 200);
  for (int i = 0; i < models; ++i) {
    const mdp::LatentMdp latent = drawn_latent(effort, i);
    const LatentTables tables(latent);
    double other = 0;
    for (int s = 0; s < tables.states; ++s) {
      std::vector<double> b;
      for (int m = 0; m < tables.contexts; ++m)
        b.push_back(tables.weight[static_cast<std::size_t>(m)] * tables.nu(m, s));
      other += history_value(tables, kHorizon, s, b, update);
    }
    worst = std::max(worst, std::abs(belief_tree(finite(latent.pomdp())).value - other));
  }
  return {.measured = worst, .bound = 1e-9, .replicates = models, .detail = "largest difference of values"};
}

Claim agreement_claim() {
  return {.id = "belief-is-enough",
          .family = "latent",
          .statement = "Planning over merged beliefs gives the value of the recursion over all histories",
          .page = kLatentPage,
          .theorem = "Astrom 1965; Smallwood and Sondik 1973",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return agreement(effort, Update::kUnnormalised); },
          .controls = {{"forgets-probability", "normalises beliefs and weighs all next states alike",
                        [](const Effort& effort) { return agreement(effort, Update::kForgetsProbability); }},
                       {"forgets-reweighting", "keeps the prior over contexts",
                        [](const Effort& effort) { return agreement(effort, Update::kForgetsReweighting); }}}};
}

// --- Order of information --------------------------------------------------------------------------------------------

/// How often something that knows less came out above something that knows more.
Measurement order(const Effort& effort, bool qmdp_is_attained) {
  std::int64_t violated = 0;
  const int models = effort.pick(20, 200);
  for (int i = 0; i < models; ++i) {
    const LatentProblem problem = finite(drawn_latent(effort, i).pomdp());
    const LatentSolution exact = belief_tree(problem), simple = memoryless(problem, {.most_policies = 300}),
                         fixed = open_loop(problem);
    const double slack = 1e-12, lowest = qmdp_is_attained ? exact.qmdp : exact.lower;
    const bool holds = fixed.lower <= exact.upper && simple.lower <= exact.upper && lowest <= exact.upper + slack &&
                       exact.lower <= exact.informed && exact.informed <= exact.qmdp && exact.qmdp <= exact.known;
    violated += holds ? 0 : 1;
  }
  return never(violated, models, 0);
}

Claim order_claim() {
  return {.id = "information-order",
          .family = "latent",
          .statement = "open loop, memoryless <= optimum <= informed <= QMDP <= context known",
          .page = kLatentPage,
          .theorem = "Hauskrecht 2000, Theorems 6 and 9",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return order(effort, false); },
          .controls = {{"qmdp-attained", "takes QMDP's number for the value of a policy",
                        [](const Effort& effort) { return order(effort, true); }}}};
}

// --- Proven intervals ------------------------------------------------------------------------------------------------

enum class Interval { kBoth, kLowerOnly, kUpperOnly };

Measurement interval(const Effort& effort, Interval which) {
  std::int64_t violated = 0;
  const int models = effort.pick(20, 200);
  for (int i = 0; i < models; ++i) {
    const LatentProblem problem =
        finite(mdp::random_pomdp(effort.run(i), {.states = 3, .actions = 2, .observations = 2 + i % 2}));
    const LatentSolution exact = belief_tree(problem), found = hsvi(problem, {}, {.tolerance = 1e-2});
    const double lower = which == Interval::kUpperOnly ? found.upper : found.lower;
    const double upper = which == Interval::kLowerOnly ? found.lower : found.upper;
    violated += lower <= exact.upper && upper >= exact.lower && found.gap <= 1e-2 ? 0 : 1;
  }
  return never(violated, models, 0);
}

Claim interval_claim() {
  return {.id = "hsvi-interval",
          .family = "latent",
          .statement = "HSVI ends within its tolerance, and its interval holds the optimum",
          .page = kPomdpPage,
          .theorem = "Smith and Simmons 2004, Theorems 3.1 and 4.1",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return interval(effort, Interval::kBoth); },
          .controls = {{"lower-for-value", "takes the vectors' value for the optimum",
                        [](const Effort& effort) { return interval(effort, Interval::kLowerOnly); }},
                       {"upper-for-value", "takes the sawtooth's value for the optimum",
                        [](const Effort& effort) { return interval(effort, Interval::kUpperOnly); }}}};
}

// --- Observable operators --------------------------------------------------------------------------------------------

double forward(const mdp::Pomdp& pomdp, const std::vector<std::int32_t>& seen,
               const std::vector<std::int32_t>& actions) {
  const mdp::TabularMdp& model = pomdp.model();
  const auto shows = [&](int s, std::int32_t o) {
    return pomdp.seen_first(s)[static_cast<std::size_t>(o)].probability;
  };
  std::vector<double> now = model.initial();
  for (int s = 0; s < model.num_states(); ++s) now[static_cast<std::size_t>(s)] *= shows(s, seen[0]);
  for (std::size_t t = 0; t < actions.size(); ++t) {
    std::vector<double> next(now.size(), 0.0);
    for (int s = 0; s < model.num_states(); ++s) {
      const std::int64_t c = model.first_choice(s) + actions[t];
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        next[static_cast<std::size_t>(model.successors(c)[i])] +=
            now[static_cast<std::size_t>(s)] * model.probabilities(c)[i] * shows(model.successors(c)[i], seen[t + 1]);
    }
    now = next;
  }
  double sum = 0;
  for (const double p : now) sum += p;
  return sum;
}

Measurement operators(const Effort& effort, bool late) {
  double worst = 0;
  const int models = effort.pick(5, 50);
  for (int i = 0; i < models; ++i) {
    const mdp::Pomdp pomdp =
        mdp::random_pomdp(effort.run(i), {.states = 3, .actions = 2, .observations = 4, .same_eyes = true});
    const ObservableOperators products(pomdp);
    for (int plan = 0; plan < 8; ++plan) {
      const std::vector<std::int32_t> actions = {plan & 1, plan >> 1 & 1, plan >> 2};
      std::vector<std::int32_t> used = actions;
      if (late) std::rotate(used.begin(), used.begin() + 1, used.end());
      for (int code = 0; code < 256; ++code) {
        const std::vector<std::int32_t> seen = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6};
        worst = std::max(worst, std::abs(products.probability(seen, used) - forward(pomdp, seen, actions)));
      }
    }
  }
  return {.measured = worst, .bound = 1e-9, .replicates = models, .detail = "largest difference of probabilities"};
}

Claim operators_claim() {
  return {.id = "observable-operators",
          .family = "latent",
          .statement = "Products of observable operators give every trajectory its probability",
          .page = kPomdpPage,
          .theorem = "Jaeger 2000; Jin, Kakade, Krishnamurthy and Liu 2020",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return operators(effort, false); },
          .controls = {{"late-actions", "pairs each observation with the next action",
                        [](const Effort& effort) { return operators(effort, true); }}}};
}

// --- One context -----------------------------------------------------------------------------------------------------

/// The model in which every step draws its context anew.
LatentTables averaged(const LatentTables& model) {
  LatentTables mean = model;
  mean.contexts = 1;
  mean.weight = {1};
  const auto average = [&](const std::vector<double>& of) {
    const std::size_t size = of.size() / static_cast<std::size_t>(model.contexts);
    std::vector<double> result(size, 0.0);
    for (std::size_t i = 0; i < of.size(); ++i) result[i % size] += model.weight[i / size] * of[i];
    return result;
  };
  mean.start = average(model.start);
  mean.reward = average(model.reward);
  mean.row = average(model.row);
  return mean;
}

/// Backward induction over the states, the backup being that of one context.
double by_states(const LatentTables& model, const ContextBackup& backup) {
  std::vector<double> v(static_cast<std::size_t>(model.states), 0.0);
  for (int h = 0; h < kHorizon; ++h) {
    std::vector<double> next(v.size(), -HUGE_VAL);
    for (int s = 0; s < model.states; ++s)
      for (int k = 0; k < model.choices[static_cast<std::size_t>(s)]; ++k)
        next[static_cast<std::size_t>(s)] = std::max(next[static_cast<std::size_t>(s)], backup(0, s, k, v));
    v = std::move(next);
  }
  double sum = 0;
  for (int s = 0; s < model.states; ++s) sum += model.nu(0, s) * v[static_cast<std::size_t>(s)];
  return sum;
}

/// MVP's backup with n visits of every choice.
ContextBackup optimistic(const LatentTables& model, double n) {
  return [&model, n](int m, int s, int k, std::span<const double> alpha) {
    const std::span<const double> law = std::span(model.row).subspan(model.at(m, s, k) * alpha.size(), alpha.size());
    double value = model.reward[model.at(m, s, k)] + mvp_bonus(law, alpha, n, 20);
    for (std::size_t i = 0; i < law.size(); ++i) value += law[i] * alpha[i];
    return std::min(1.0, value);
  };
}

/// The largest difference of planners of hidden contexts from backward induction over states.
Measurement one_context(const Effort& effort, int contexts) {
  double worst = 0;
  const int models = effort.pick(20, 200);
  for (int i = 0; i < models; ++i) {
    const mdp::LatentMdp latent =
        mdp::random_latent(effort.run(i), {.contexts = contexts, .states = 2 + i % 2, .horizon = kHorizon});
    const LatentTables tables(latent), states = averaged(tables);
    const LatentSolution exact = belief_tree(finite(latent.pomdp()));
    const double ordinary = by_states(states, plain_backup(states));
    const double n = std::exp(7 + 5 * effort.run(i).child("visits").uniform());
    const auto promised = [&](const ContextBackup& backup) {
      return plan_by_weights(tables, kHorizon, backup, 0).promised;
    };
    worst = std::max({worst, std::abs(exact.value - ordinary), std::abs(exact.qmdp - ordinary),
                      std::abs(exact.known - ordinary), std::abs(promised(plain_backup(tables)) - ordinary),
                      std::abs(promised(optimistic(tables, n)) - by_states(states, optimistic(states, n)))});
  }
  return {.measured = worst, .bound = 1e-10, .replicates = models, .detail = "largest difference of values"};
}

Claim one_context_claim() {
  return {.id = "one-context-is-no-secret",
          .family = "latent",
          .statement = "With one context all planners, and MVP's promise, are backward induction over the states",
          .page = kLatentPage,
          .theorem = "nothing is hidden; Zhou, Wang and Du 2023 for M = 1",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return one_context(effort, 1); },
          .controls = {{"two-contexts", "plans in the mean of two contexts, as if each step drew its own",
                        [](const Effort& effort) { return one_context(effort, 2); }}}};
}

}  // namespace

std::vector<Claim> hidden_planning_claims() {
  return {agreement_claim(), order_claim(), one_context_claim(), interval_claim(), operators_claim()};
}

}  // namespace bellwether::claims
