// What robust Bellman operators promise: contraction, and values that fall with the radius.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "proofs_checks/planning/models.h"
#include "proofs_checks/robust/claims.h"
#include "solvers/robust/operator.h"
#include "solvers/robust/robust_policy_iteration.h"

namespace bellwether::claims {
namespace {

using mdp::Ambiguity;
using mdp::Rectangular;
using mdp::RobustMdp;
using mdp::SetKind;
using solvers::NatureSide;
using solvers::RobustProblem;
using Values = std::vector<double>;

constexpr const char* kPage = "docs/papers/robust-mdps.md";
/// Nature's answers are right to some 1e-13 of the values.
constexpr double kRounding = 1e-10;

constexpr SetKind kKinds[] = {SetKind::kL1,        SetKind::kWeightedL1,  SetKind::kTotalVariation,
                              SetKind::kLinf,      SetKind::kL2,          SetKind::kKl,
                              SetKind::kChiSquare, SetKind::kWasserstein, SetKind::kContamination};

RobustProblem problem_of(const mdp::TabularMdp& model, SetKind kind, Rectangular by, double radius, double discount) {
  Ambiguity set{.kind = kind, .rectangular = by, .radius = {radius}};
  if (kind == SetKind::kWeightedL1)
    for (int s = 0; s < model.num_states(); ++s) set.weight.push_back(1 + s % 3);
  return {.model = RobustMdp(model, std::move(set)), .discount = discount};
}

/// T of L1 balls by the closed form p.z - k span(z) / 2, which forgets that no probability may fall below zero.
Values unclipped(const RobustProblem& problem, const Values& v) {
  const mdp::TabularMdp& model = problem.model.nominal();
  Values out(v.size());
  for (int s = 0; s < model.num_states(); ++s) {
    double best = -1e300;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      double mean = 0, low = 1e300, high = -1e300;
      for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
        const double z = v[static_cast<std::size_t>(model.successors(c)[i])];
        mean += model.probabilities(c)[i] * z;
        low = std::min(low, z);
        high = std::max(high, z);
      }
      best = std::max(best, model.reward(c) + problem.discount * (mean - problem.model.radius(c) / 2 * (high - low)));
    }
    out[static_cast<std::size_t>(s)] = best;
  }
  return out;
}

Values proper(const RobustProblem& problem, const Values& v) {
  solvers::robust::Operator op(problem);
  Values out(v.size());
  op.sweep(v, out);
  return out;
}

/// The largest |Tv - Tw| / (gamma |v - w|).
Measurement contraction(const Effort& effort, bool clipped) {
  double worst = 0;
  std::int64_t trials = 0;
  std::string where;
  Stream stream = effort.stream.child("contraction");
  for (int i = 0; i < effort.pick(2, 10); ++i) {
    const mdp::TabularMdp model = drawn_garnet(12, 3, 4, stream);
    for (const SetKind kind : kKinds) {
      for (const Rectangular by : {Rectangular::kChoice, Rectangular::kState}) {
        for (const double radius : {0.1, 1.0}) {
          if (!clipped && (kind != SetKind::kL1 || by != Rectangular::kChoice)) continue;
          const RobustProblem problem = problem_of(model, kind, by, radius, 0.9);
          for (int pair = 0; pair < effort.pick(6, 40); ++pair) {
            const Values v = drawn_values(model.num_states(), 10, stream);
            Values w = v;
            // Far apart, and beside each other where a set has corners.
            const double step = pair % 2 == 0 ? 10 : 0.1;
            for (double& x : w) x += step * (2 * stream.uniform() - 1);
            const double ratio = distance(clipped ? proper(problem, v) : unclipped(problem, v),
                                          clipped ? proper(problem, w) : unclipped(problem, w)) /
                                 (0.9 * distance(v, w));
            ++trials;
            if (ratio > worst) {
              worst = ratio;
              where = fmt::format("{}, radius {}", to_string(kind), radius);
            }
          }
        }
      }
    }
  }
  return {.measured = worst,
          .bound = 1 + kRounding,
          .replicates = trials,
          .detail = fmt::format("largest |Tv - Tw| / (gamma |v - w|), {}", where)};
}

Claim contraction_claim() {
  return {.id = "robust-contraction",
          .family = "robust",
          .statement = "|Tv - Tw| <= gamma |v - w| for robust operators, by choice and by state",
          .page = kPage,
          .theorem = "Iyengar 2005, Theorem 3.2; Wiesemann, Kuhn and Rustem 2013, Theorem 4",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return contraction(effort, true); },
          .controls = {{"unclipped", "lets probabilities fall below zero: p.z - k span(z) / 2",
                        [](const Effort& effort) { return contraction(effort, false); }}}};
}

/// In how many states a value rises with the radius.
Measurement falls(const Effort& effort, NatureSide side) {
  std::int64_t violated = 0, trials = 0;
  Stream stream = effort.stream.child("radius");
  for (int i = 0; i < effort.pick(2, 10); ++i) {
    const mdp::TabularMdp model = drawn_garnet(10, 3, 4, stream);
    for (const SetKind kind : kKinds) {
      for (const Rectangular by : {Rectangular::kChoice, Rectangular::kState}) {
        Eigen::VectorXd last;
        for (const double radius : {0.0, 0.05, 0.3, 1.0}) {
          RobustProblem problem = problem_of(model, kind, by, radius, 0.8);
          problem.nature = side;
          const solvers::RobustSolution got =
              solvers::partial_policy_iteration(problem, {{.worst_case = "none"}}, {.tolerance = 1e-7});
          for (Eigen::Index s = 0; last.size() > 0 && s < got.value.size(); ++s) {
            ++trials;
            if (got.lower[s] > last[s]) ++violated;  // both bounds are proven
          }
          last = got.upper;
        }
      }
    }
  }
  return never(violated, trials, 0, "states whose value rose with the radius");
}

Claim radius_claim() {
  return {.id = "robust-monotone-in-radius",
          .family = "robust",
          .statement = "The guaranteed value of a state never rises with the radius",
          .page = kPage,
          .theorem = "sets that contain each other (docs/papers/robust-mdps.md, \"Guarantees\")",
          .kind = Kind::kNever,
          .measure = [](const Effort& effort) { return falls(effort, NatureSide::kWorst); },
          .controls = {{"friendly-nature", "nature is on the agent's side",
                        [](const Effort& effort) { return falls(effort, NatureSide::kBest); }}}};
}

}  // namespace

std::vector<Claim> robust_operator_claims() { return {contraction_claim(), radius_claim()}; }

}  // namespace bellwether::claims
