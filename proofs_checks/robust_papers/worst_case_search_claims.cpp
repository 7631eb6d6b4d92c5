// Incremental worst-case search: the sandwich, and that nature must answer at every choice.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "mdp/evaluate/discounted.h"
#include "proofs_checks/robust_papers/claims.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/fixed_nature/fixed_nature.h"
#include "solvers/robust/robust_value_iteration.h"
#include "solvers/robust/worst_case_search/worst_case_search.h"

namespace bellwether::claims {
namespace {

using namespace solvers;

constexpr const char* kPage = "docs/papers/iwocs.md";

RobustProblem drawn_problem(Stream& stream) {
  const auto states = static_cast<int>(6 + stream.below(10));
  mdp::TabularMdp model = drawn_reward_garnet(states, 3, states, stream);
  return {
      .model = mdp::RobustMdp(std::move(model), {.kind = mdp::SetKind::kL1, .radius = {0.2 + 1.3 * stream.uniform()}}),
      .discount = 0.9};
}

/// What nature answers at choices that the policy does not play, and where values are taken.
enum class Answer { kWorst, kNominalElsewhere, kNominalValues };

SearchResult search(const RobustProblem& problem, Answer kind) {
  const mdp::TabularMdp& nominal = problem.model.nominal();
  const SearchSettings settings{
      .first = problem.nominal(), .start = {}, .rectangular = true, .tolerance = 1e-8, .observer = nullptr};
  return search_worst_case(settings, [&](const mdp::Policy& policy) -> WorstModel {
    RobustEvaluationOptions options;
    options.worst_case = "all";
    RobustSolution worst = evaluate_robust(problem, policy, options, {.tolerance = 1e-11});
    NatureRows& rows = worst.worst_case;
    for (int s = 0; kind == Answer::kNominalElsewhere && s < nominal.num_states(); ++s) {
      for (std::int64_t c = nominal.first_choice(s); c < nominal.first_choice(s + 1); ++c) {
        if (policy.probability(nominal, s, c) > 0) continue;
        std::ranges::copy(nominal.probabilities(c), rows.probability.begin() + rows.begin[static_cast<std::size_t>(c)]);
      }
    }
    double value = worst.value.mean();
    if (kind == Answer::kNominalValues)
      value = mdp::evaluate_discounted(mdp::PolicyChain(nominal, policy), problem.discount).value.mean();
    return {robust::frozen(problem.model, rows), value, worst.gap};
  });
}

Measurement sandwich(const Effort& effort, Answer kind) {
  std::int64_t violated = 0, steps = 0;
  for (int i = 0; i < effort.pick(20, 300); ++i) {
    Stream stream = effort.run(i);
    const RobustProblem problem = drawn_problem(stream);
    const double truth = robust_value_iteration(problem, {}, {.tolerance = 1e-11}).value.mean();
    double before = std::numeric_limits<double>::infinity();
    for (const SearchStep& step : search(problem, kind).steps) {
      violated += step.lower > truth + 1e-9 || step.upper < truth - 1e-9 || step.planned > before + 1e-9 ? 1 : 0;
      before = step.planned;
      ++steps;
    }
  }
  return never(violated, steps, 0, "steps whose bounds miss the optimum, or whose plan rose");
}

Claim sandwich_claim() {
  return {.id = "worst-case-sandwich",
          .family = "robust-papers",
          .statement = "Worst value of the plan <= robust optimum <= max_a min_j Q_j at every step, the plan falling",
          .page = kPage,
          .theorem = "Zouitine, Geist and Rachelson 2024",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return sandwich(effort, Answer::kWorst); },
          .controls = {{"nominal-values", "takes the plan's value in the nominal model for its worst one",
                        [](const Effort& effort) { return sandwich(effort, Answer::kNominalValues); }}}};
}

Measurement stalls(const Effort& effort, Answer kind) {
  std::int64_t stalled = 0;
  const int runs = effort.pick(20, 300);
  for (int i = 0; i < runs; ++i) {
    Stream stream = effort.run(i);
    stalled += search(drawn_problem(stream), kind).status == Status::kConverged ? 0 : 1;
  }
  return never(stalled, runs, 0, "searches that ended with a gap");
}

Claim stall_claim() {
  return {.id = "worst-case-closes",
          .family = "robust-papers",
          .statement = "With sets by choice and nature's worst rows at every choice the search closes its gap",
          .page = kPage,
          .theorem = "Zouitine, Geist and Rachelson 2024",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return stalls(effort, Answer::kWorst); },
          .controls = {{"nominal-elsewhere", "copies the nominal rows where the plan does not go",
                        [](const Effort& effort) { return stalls(effort, Answer::kNominalElsewhere); }}}};
}

/// Families of two models: how often a random policy's static worst case exceeds the bound.
Measurement family_bound(const Effort& effort, bool plan_as_bound) {
  std::int64_t violated = 0, policies = 0;
  for (int i = 0; i < effort.pick(10, 100); ++i) {
    Stream stream = effort.run(i);
    const std::vector<mdp::TabularMdp> members = {drawn_reward_garnet(5, 2, 2, stream),
                                                  drawn_reward_garnet(5, 2, 2, stream)};
    // Run to the end of the family whatever the gap, so that the plan counts both.
    const SearchSettings settings{
        .first = {.model = members[0], .discount = 0.9}, .start = {}, .tolerance = 0, .observer = nullptr};
    int calls = 0;
    const SearchResult got = search_worst_case(settings, [&](const mdp::Policy& policy) -> WorstModel {
      const mdp::TabularMdp& member = members[calls++ == 0 ? 1 : 0];
      const auto v = mdp::evaluate_discounted(mdp::PolicyChain(member, policy), 0.9);
      return {member, v.value.mean() - 1, v.gap()};  // below the truth, so the gap stays open
    });
    const double bound = plan_as_bound ? got.steps.back().planned : got.upper;
    for (int code = 0; code < 32; ++code, ++policies) {
      std::vector<std::int32_t> choice;
      for (int s = 0; s < 5; ++s) choice.push_back(code >> s & 1);
      double worst = std::numeric_limits<double>::infinity();
      for (const auto& member : members)
        worst = std::min(
            worst,
            mdp::evaluate_discounted(mdp::PolicyChain(member, mdp::Policy::deterministic(choice)), 0.9).value.mean());
      violated += worst > bound + 1e-7 ? 1 : 0;
    }
  }
  return never(violated, policies, 0, "policies whose static worst case exceeds the bound");
}

Claim family_claim() {
  return {.id = "worst-case-family-bound",
          .family = "robust-papers",
          .statement = "In a finite family no policy's static worst case exceeds min_j V*_j at the start",
          .page = kPage,
          .theorem = "weak duality",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return family_bound(effort, false); },
          .controls = {{"plan-as-bound", "takes max_a min_j Q_j, which needs sets by choice",
                        [](const Effort& effort) { return family_bound(effort, true); }}}};
}

/// Families of three models with the rewards of the first: by how much the robust value of their rectangular hull, in
/// which every choice takes its row from any of them, is above the best static worst case over deterministic policies.
/// `turned`: below it.
Measurement hull(const Effort& effort, bool turned) {
  constexpr int kStates = 4;
  double worst = 0;
  const int runs = effort.pick(15, 150);
  for (int i = 0; i < runs; ++i) {
    Stream stream = effort.run(i);
    const mdp::TabularMdp first = drawn_reward_garnet(kStates, 2, kStates, stream);
    std::vector<mdp::TabularMdp> members = {first};
    while (members.size() < 3) members.push_back(mixture(first, drawn_reward_garnet(kStates, 2, kStates, stream), 1));
    mdp::Ambiguity set{.kind = mdp::SetKind::kScenarios};
    for (const auto& member : members) {
      set.scenarios.emplace_back();
      for (std::int64_t c = 0; c < member.num_choices(); ++c)
        for (const double p : member.probabilities(c)) set.scenarios.back().push_back(p);
    }
    const double rectangular =
        robust_value_iteration({.model = mdp::RobustMdp(first, set), .discount = 0.9}, {}, {.tolerance = 1e-10})
            .value.mean();
    double best = -std::numeric_limits<double>::infinity();
    for (int code = 0; code < 1 << kStates; ++code) {
      std::vector<std::int32_t> choice;
      for (int s = 0; s < kStates; ++s) choice.push_back(code >> s & 1);
      double least = std::numeric_limits<double>::infinity();
      for (const auto& member : members)
        least = std::min(
            least,
            mdp::evaluate_discounted(mdp::PolicyChain(member, mdp::Policy::deterministic(choice)), 0.9).value.mean());
      best = std::max(best, least);
    }
    worst = std::max(worst, turned ? best - rectangular : rectangular - best);
  }
  return {.measured = worst, .bound = 1e-9, .replicates = runs, .detail = "largest difference"};
}

Claim hull_claim() {
  return {
      .id = "static-above-hull",
      .family = "robust-papers",
      .statement = "The best static worst case of a family is no less than the robust value of its rectangular hull",
      .page = kPage,
      .theorem = "the hull holds every member, and has a deterministic best policy (Iyengar 2005)",
      .kind = Kind::kBelow,
      .measure = [](const Effort& effort) { return hull(effort, false); },
      .controls = {{"turned-round", "claims that it is no more either, as if the two were one",
                    [](const Effort& effort) { return hull(effort, true); }}}};
}

}  // namespace

std::vector<Claim> worst_case_search_claims() {
  return {sandwich_claim(), stall_claim(), family_claim(), hull_claim()};
}

}  // namespace bellwether::claims
