// Mirror descent on the problem with entropy.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "proofs_checks/bounds/mirror.h"
#include "proofs_checks/mirror/claims.h"
#include "proofs_checks/mirror/runs.h"
#include "solvers/mirror/regularised.h"

namespace bellwether::claims {
namespace {

using namespace solvers;
using namespace solvers::mirror;

constexpr const char* kPage = "docs/papers/policy-mirror-descent.md";
constexpr double kTemperature = 0.1;

/// Q_tau* and log pi*.
struct SoftTruth {
  Table q, log_weights;
};
SoftTruth soft_truth(const Problem& problem) {
  RegularisedSolution best = soft_value_iteration(problem, {.temperature = kTemperature}, {.tolerance = 1e-12});
  return {choice_values(problem.model, problem.discount, best.solution.value), std::move(best.log_weights)};
}

double distance(std::span<const double> a, std::span<const double> b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

/// log pi_{k+1} from log pi_k and Q, before it is normalised.
using Update = std::function<double(double log_weight, double q, double eta)>;

double mirror_update(double log_weight, double q, double eta) {
  if (eta == std::numeric_limits<double>::infinity()) return q / kTemperature;
  return (log_weight + eta * q) / (1 + eta * kTemperature);
}
/// Without the pull to the uniform policy.
double plain_update(double log_weight, double q, double eta) { return log_weight + std::min(eta, 1e6) * q; }

/// |Q_tau* - Q_k| from iteration 0 on.
std::vector<double> distances(const Problem& problem, const SoftTruth& truth, double eta, const Update& update) {
  Table logits = logarithms(uniform_weights(problem.model));
  std::vector<double> result;
  for (int k = 0; k < 60; ++k) {
    PolicyValues policy(problem.model, problem.discount, probabilities(logits));
    const Table q = choice_values(problem.model, problem.discount, policy.regularised_value(kTemperature));
    result.push_back(distance(truth.q, q));
    for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = update(logits[i], q[i], eta);
    normalise_logits(problem.model, logits);
  }
  return result;
}

Measurement regularised_error(const Effort& effort, const Update& update) {
  double worst = 0;
  std::int64_t iterates = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(3, 30))) {
    const SoftTruth truth = soft_truth(problem);
    const double first_log = distance(truth.log_weights, logarithms(uniform_weights(problem.model)));
    for (const double eta : {0.5, 5.0, 50.0, std::numeric_limits<double>::infinity()}) {
      const auto seen = distances(problem, truth, eta, update);
      for (std::size_t k = 1; k < seen.size(); ++k) {
        const double bound = bounds::regularised_mirror_error(static_cast<std::int64_t>(k), seen[0], first_log, eta,
                                                              kTemperature, problem.discount);
        // Beyond what the truth is known to nothing can be said.
        worst = std::max(worst, (seen[k] - 1e-10) / bound);
        ++iterates;
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = iterates, .detail = "largest |Q* - Q_k| / bound"};
}

Claim regularised_claim() {
  return {.id = "regularised-mirror-descent",
          .family = "mirror",
          .statement =
              "With entropy |Q* - Q_k| falls by beta + gamma (1 - beta), beta = 1/(1 + eta tau); eta may be infinite",
          .page = kPage,
          .theorem = "Cen, Cheng, Chen, Wei and Chi 2022",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return regularised_error(effort, mirror_update); },
          .controls = {{"no-shrinking", "keeps log pi_k whole: converges to the optimum without entropy",
                        [](const Effort& effort) { return regularised_error(effort, plain_update); }}}};
}

/// Slopes of log (V* - V_k) in log k over k = 50 .. 500 with eta_k = eta(k).
Measurement schedule_slope(const Effort& effort, const std::function<double(double k)>& eta) {
  std::vector<double> slopes;
  for (const Problem& problem : unit_garnets(effort, effort.pick(4, 40))) {
    const SoftTruth truth = soft_truth(problem);
    Table logits = logarithms(uniform_weights(problem.model));
    std::vector<double> x, y;
    for (int k = 0; k <= 500; ++k) {
      PolicyValues policy(problem.model, problem.discount, probabilities(logits));
      const Table q = choice_values(problem.model, problem.discount, policy.regularised_value(kTemperature));
      const double gap = distance(truth.q, q);
      if (k >= 50 && gap > 1e-10) {
        x.push_back(k);
        y.push_back(gap);
      }
      for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = mirror_update(logits[i], q[i], eta(k));
      normalise_logits(problem.model, logits);
    }
    slopes.push_back(slope_of_logs(x, y));
  }
  return slope_within(slopes, -10, -0.9, "slope of log |Q* - Q_k| in log k, k = 50 .. 500");
}

Claim schedule_claim() {
  return {
      .id = "soft-mdpo-rate",
      .family = "mirror",
      .statement = "Soft MDPO with steps 1/(lambda (k+2)) comes near its optimum at 1/k or faster",
      .page = "docs/papers/mdpo.md",
      .theorem = "Shani, Efroni and Mannor 2020",
      .kind = Kind::kRate,
      .measure =
          [](const Effort& effort) {
            return schedule_slope(effort, [](double k) { return 1 / (kTemperature * (k + 2)); });
          },
      .controls = {{"finite-sum", "steps 1/(lambda (k+2)^2), which add up to a finite sum", [](const Effort& effort) {
                      return schedule_slope(effort, [](double k) { return 1 / (kTemperature * (k + 2) * (k + 2)); });
                    }}}};
}

}  // namespace

std::vector<Claim> entropy_claims() { return {regularised_claim(), schedule_claim()}; }

}  // namespace bellwether::claims
