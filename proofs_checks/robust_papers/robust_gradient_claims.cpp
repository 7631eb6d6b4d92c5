// The double loop of policy gradients against nature: where it ends, and how fast.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "core/rate_fit.h"
#include "proofs_checks/robust_papers/claims.h"
#include "proofs_checks/robust_papers/models.h"
#include "solvers/robust/evaluation.h"
#include "solvers/robust/fixed_nature/fixed_nature.h"
#include "solvers/robust/policy_gradient/robust_policy_gradient.h"
#include "solvers/robust/robust_policy_iteration.h"

namespace bellwether::claims {
namespace {

using namespace solvers;

constexpr const char* kPage = "docs/papers/drpg.md";
constexpr double kStep = 0.05;  // on costs of [0, 5]

std::vector<double> uniform_start(const RobustProblem& problem) {
  const int states = problem.model.num_states();
  return std::vector<double>(static_cast<std::size_t>(states), 1.0 / states);
}

// --- Where it ends ---------------------------------------------------------------------------------------------------

using MakeAnswer = std::function<NatureAnswer(const RobustProblem&)>;

/// The largest loss of the returned policy against the robust optimum, as a share of the uniform policy's.
Measurement final_loss(const Effort& effort, const MakeAnswer& answer) {
  double worst = 0;
  const int runs = effort.pick(6, 50);
  for (int i = 0; i < runs; ++i) {
    Stream stream = effort.run(i);
    const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream);
    const double best = partial_policy_iteration(problem, {}, {.tolerance = 1e-10}).value.mean();
    RobustPolicyGradientOptions options;
    options.eta = kStep * robust::reward_range(problem.model);
    options.iterations = answer ? 400 : 20'000;
    if (answer) options.answer = answer(problem);
    const auto got = robust_policy_gradient(problem, options, {.tolerance = 1e-7});
    const auto value = [&](const mdp::Policy& policy) {
      return evaluate_robust(problem, policy, {}, {.tolerance = 1e-10}).value.mean();
    };
    const double first = value(mdp::Policy::uniform(problem.model.nominal()));
    worst = std::max(worst, (value(got.policy) - best) / (first - best));
  }
  return {
      .measured = worst, .bound = 1e-6, .replicates = runs, .detail = "largest share of the first gap that is left"};
}

/// One answer of nature to the values of the policy in the nominal model.
NatureAnswer crude_answer(const RobustProblem& problem) {
  return [&problem](robust::Operator& op, const robust::Decision& policy, std::span<const double>) {
    const auto pair = robust::play(problem, robust::nominal_rows(problem.model), policy.weight, uniform_start(problem));
    return op.respond(policy, {pair.value.data(), static_cast<std::size_t>(pair.value.size())}, true);
  };
}

/// Nature's answer to the first policy, for ever.
NatureAnswer stale_answer(const RobustProblem& problem) {
  const auto kept = std::make_shared<NatureRows>();
  return [&problem, kept](robust::Operator& op, const robust::Decision& policy, std::span<const double>) {
    if (kept->empty()) {
      Eigen::VectorXd v = Eigen::VectorXd::Zero(problem.model.num_states());
      *kept = robust::exact_answer(op, policy.weight, uniform_start(problem), 0, v);
    }
    return *kept;
  };
}

Claim optimum_claim() {
  return {.id = "robust-gradient-optimum",
          .family = "robust-papers",
          .statement = "Policy gradient steps against nature's exact answers end at the robust optimum",
          .page = kPage,
          .theorem = "Wang, Ho and Petrik 2023, Theorem 3.3",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return final_loss(effort, nullptr); },
          .controls = {{"crude-answer", "nature answers the nominal model's values once",
                        [](const Effort& effort) { return final_loss(effort, crude_answer); }},
                       {"stale-kernel", "nature keeps its answer to the first policy",
                        [](const Effort& effort) { return final_loss(effort, stale_answer); }}}};
}

// --- What is called converged ----------------------------------------------------------------------------------------

/// Runs with answers of nature that are no answers: how often one is called converged although its policy loses more
/// than the tolerance. `believing`: converged is what stands still.
Measurement called_converged(const Effort& effort, bool believing) {
  std::int64_t violated = 0, runs = 0;
  constexpr double kTolerance = 1e-4;
  for (int i = 0; i < effort.pick(6, 50); ++i) {
    for (const MakeAnswer& answer : {MakeAnswer(crude_answer), MakeAnswer(stale_answer)}) {
      Stream stream = effort.run(i);
      const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream);
      const RobustSolution best = partial_policy_iteration(problem, {}, {.tolerance = 1e-9});
      RobustPolicyGradientOptions options;
      options.eta = kStep * robust::reward_range(problem.model);
      options.iterations = 300;
      options.answer = answer(problem);
      double before = 0, moved = 0;
      options.watch = [&](const RobustIterate& at) {
        moved = std::abs(at.objective - before);
        before = at.objective;
      };
      const RobustSolution got = robust_policy_gradient(problem, options, {.tolerance = kTolerance});
      const bool called = believing ? moved <= kTolerance : got.status == Status::kConverged;
      const Eigen::VectorXd own = evaluate_robust(problem, got.policy, {}, {.tolerance = 1e-9}).value;
      violated += called && (own - best.value).maxCoeff() > 2 * kTolerance ? 1 : 0;
      ++runs;
    }
  }
  return never(violated, runs, 0, "runs called converged whose policy loses more than the tolerance");
}

Claim honest_claim() {
  return {
      .id = "robust-gradient-honest",
      .family = "robust-papers",
      .statement = "A run is called converged only if its policy is near the robust optimum, however nature answered",
      .page = kPage,
      .theorem = "the certificate (docs/papers/drpg.md, \"Certificate\")",
      .kind = Kind::kNever,
      .measure = [](const Effort& effort) { return called_converged(effort, false); },
      .controls = {{"stands-still", "calls converged what no longer moves",
                    [](const Effort& effort) { return called_converged(effort, true); }}}};
}

// --- How the gap falls -----------------------------------------------------------------------------------------------

/// The least gap of a run of T policies.
double least_gap(const RobustProblem& problem, double best, double eta, int steps) {
  double least = std::numeric_limits<double>::infinity();
  RobustPolicyGradientOptions options;
  options.eta = eta;
  options.rule = "theory";
  options.iterations = steps;
  options.watch = [&](const RobustIterate& at) { least = std::min(least, at.objective); };
  robust_policy_gradient(problem, options, {.tolerance = 0});
  return least - best;
}

/// Slopes of the log of the mean least gap against log T, one a batch of models; `eta` is that of T policies.
Measurement gap_curves(const Effort& effort, const std::function<double(int steps)>& eta) {
  std::vector<double> slopes;
  Stream stream = effort.stream.child("garnets");
  const std::vector<double> count = {4, 16, 64, 256};
  for (int batch = 0; batch < effort.pick(8, 20); ++batch) {
    std::vector<double> gap(count.size(), 1e-12);
    for (int i = 0; i < effort.pick(4, 10); ++i) {
      const RobustProblem problem = drawn_robust_garnet(5, 6, 3, stream);
      const double best = partial_policy_iteration(problem, {}, {.tolerance = 1e-10}).value.mean();
      for (std::size_t k = 0; k < count.size(); ++k) {
        const int steps = static_cast<int>(count[k]);
        gap[k] += std::max(0.0, least_gap(problem, best, eta(steps), steps));
      }
    }
    slopes.push_back(power_line(count, gap).slope);
  }
  return slope_within(slopes, -6, -0.25, "slope of the log of the least gap in log T, Garnet(5, 6, 3)");
}

Claim rate_claim() {
  return {
      .id = "robust-gradient-rate",
      .family = "robust-papers",
      .statement = "With steps eta / sqrt(T) the least gap falls at least as fast as T^(-1/4)",
      .page = kPage,
      .theorem = "Wang, Ho and Petrik 2023, Theorem 3.3",
      .kind = Kind::kRate,
      .measure = [](const Effort& effort) { return gap_curves(effort, [](int) { return 0.05; }); },
      .controls = {{"short-steps", "steps of eta / T, which together go no further than one", [](const Effort& effort) {
                      return gap_curves(effort, [](int steps) { return 0.05 / std::sqrt(steps); });
                    }}}};
}

}  // namespace

std::vector<Claim> robust_gradient_claims() { return {optimum_claim(), honest_claim(), rate_claim()}; }

}  // namespace bellwether::claims
