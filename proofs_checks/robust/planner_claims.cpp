// Robust planners against each other and against the enumeration of all policies and all vertices of nature's sets.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <Eigen/LU>

#include "proofs_checks/planning/models.h"
#include "proofs_checks/robust/claims.h"
#include "solvers/robust/robust_policy_iteration.h"
#include "solvers/robust/robust_value_iteration.h"

namespace bellwether::claims {
namespace {

using mdp::RobustMdp;
using mdp::SetKind;
using solvers::RobustProblem;
using solvers::RobustSolution;

constexpr const char* kPage = "docs/papers/robust-mdps.md";

// --- Planners agree --------------------------------------------------------------------------------------------------

/// By how much the values of planners are apart, beyond the sum of their proven gaps; `forgets` takes nature away from
/// the last of them.
Measurement agreement(const Effort& effort, bool forgets) {
  double worst = 0;
  std::int64_t problems = 0;
  Stream stream = effort.stream.child("agreement");
  const solvers::SolveOptions run{.tolerance = 1e-8};
  for (int i = 0; i < effort.pick(2, 30); ++i) {
    const mdp::TabularMdp model = drawn_garnet(15, 3, 4, stream);
    for (const SetKind kind : {SetKind::kL1, SetKind::kKl, SetKind::kL2, SetKind::kWasserstein}) {
      for (const auto by : {mdp::Rectangular::kChoice, mdp::Rectangular::kState}) {
        const double radius = .05 + .5 * stream.uniform();
        const RobustProblem problem{.model = RobustMdp(model, {.kind = kind, .rectangular = by, .radius = {radius}}),
                                    .discount = .9};
        const RobustProblem last{
            .model = RobustMdp(model, {.kind = kind, .rectangular = by, .radius = {forgets ? 0 : radius}}),
            .discount = .9};
        const std::array<RobustSolution, 4> found = {solvers::robust_value_iteration(problem, {}, run),
                                                     solvers::robust_policy_iteration(problem, {}, run),
                                                     solvers::robust_modified_policy_iteration(problem, {}, run),
                                                     solvers::partial_policy_iteration(last, {}, run)};
        for (const RobustSolution& one : found)
          worst = std::max(worst, (one.value - found[0].value).lpNorm<Eigen::Infinity>() - one.gap - found[0].gap);
        ++problems;
      }
    }
  }
  return {.measured = worst, .bound = 0, .replicates = problems, .detail = "largest distance beyond the gaps"};
}

Claim agreement_claim() {
  return {.id = "robust-planners-agree",
          .family = "robust",
          .statement = "Robust value, policy, modified and partial policy iteration agree to within their proven gaps",
          .page = kPage,
          .theorem = "one fixed point (Iyengar 2005, Theorem 3.2) and the certificate (6)",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return agreement(effort, false); },
          .controls = {{"no-nature", "one of them plans in the nominal model",
                        [](const Effort& effort) { return agreement(effort, true); }}}};
}

// --- Enumeration -----------------------------------------------------------------------------------------------------

constexpr int kStates = 3, kChoices = 2, kOrders = 6;

/// The row that nature plays when she may move so much mass and likes the successors in this order: a vertex of the
/// ball in the simplex, and for some order the best one.
std::vector<double> vertex(std::span<const double> p, double mass, int order) {
  std::vector<std::size_t> liked(p.size());
  std::iota(liked.begin(), liked.end(), 0);
  for (int i = 0; i < order; ++i) std::next_permutation(liked.begin(), liked.end());
  std::vector<double> q(p.begin(), p.end());
  double left = std::min(mass, 1 - q[liked.front()]);
  q[liked.front()] += left;
  for (std::size_t k = liked.size(); left > 0 && k-- > 1;) {
    const double given = std::min(left, q[liked[k]]);
    q[liked[k]] -= given;
    left -= given;
  }
  return q;
}

/// max over policies of min over nature's vertices, in the first state; she moves `share` of the radius.
double enumerated(const RobustProblem& problem, double share) {
  const mdp::TabularMdp& model = problem.model.nominal();
  double best = -HUGE_VAL;
  for (int policy = 0; policy < 1 << kStates; ++policy) {
    double worst = HUGE_VAL;
    for (int nature = 0; nature < kOrders * kOrders * kOrders; ++nature) {
      Eigen::Matrix3d system = Eigen::Matrix3d::Identity();
      Eigen::Vector3d reward;
      for (int s = 0, rest = nature; s < kStates; ++s, rest /= kOrders) {
        const std::int64_t c = model.first_choice(s) + (policy >> s & 1);
        const std::vector<double> q = vertex(model.probabilities(c), share * problem.model.radius(c), rest % kOrders);
        for (std::size_t k = 0; k < q.size(); ++k) system(s, model.successors(c)[k]) -= problem.discount * q[k];
        reward[s] = model.reward(c);
      }
      worst = std::min(worst, system.partialPivLu().solve(reward)[0]);
    }
    best = std::max(best, worst);
  }
  return best;
}

Measurement brute_force(const Effort& effort, double share) {
  double worst = 0;
  const int models = effort.pick(15, 200);
  Stream stream = effort.stream.child("models");
  for (int i = 0; i < models; ++i) {
    const RobustProblem problem{.model = RobustMdp(drawn_garnet(kStates, kChoices, kStates, stream),
                                                   {.kind = SetKind::kL1, .radius = {.1 + .9 * stream.uniform()}}),
                                .discount = .9};
    const RobustSolution planned = solvers::partial_policy_iteration(problem, {}, {.tolerance = 1e-10});
    worst = std::max(worst, std::abs(planned.value[0] - enumerated(problem, share)));
  }
  return {.measured = worst, .bound = 1e-9, .replicates = models, .detail = "largest difference from enumeration"};
}

Claim brute_force_claim() {
  return {.id = "robust-by-enumeration",
          .family = "robust",
          .statement = "Robust values are max over policies of min over the vertices of nature's sets, one a choice",
          .page = kPage,
          .theorem = "Iyengar 2005 (stationary policies on both sides)",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return brute_force(effort, .5); },
          .controls = {{"whole-radius", "lets her move the whole radius, where half of it leaves and half arrives",
                        [](const Effort& effort) { return brute_force(effort, 1); }}}};
}

}  // namespace

std::vector<Claim> robust_planner_claims() { return {agreement_claim(), brute_force_claim()}; }

}  // namespace bellwether::claims
