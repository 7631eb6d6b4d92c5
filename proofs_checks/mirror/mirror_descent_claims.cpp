// Rates of the natural gradient and of policy mirror descent, and what no method that looks one step ahead can beat.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/projections.h"
#include "mdp/tabular_mdp_builder.h"
#include "proofs_checks/bounds/mirror.h"
#include "proofs_checks/mirror/claims.h"
#include "proofs_checks/mirror/runs.h"
#include "solvers/mirror/policy_gradient.h"
#include "solvers/mirror/policy_mirror_descent.h"

namespace bellwether::claims {
namespace {

using namespace solvers;
using namespace solvers::mirror;

constexpr const char* kPage = "docs/papers/policy-mirror-descent.md";
constexpr const char* kGradientPage = "docs/papers/policy-gradient.md";

// --- The natural gradient --------------------------------------------------------------------------------------------

using Method = std::function<void(const Problem&, double eta, std::int64_t iterations, const Watch&)>;

void natural(const Problem& problem, double eta, std::int64_t iterations, const Watch& watch) {
  natural_policy_gradient(problem, {.eta = eta, .iterations = iterations, .watch = watch}, without_end());
}

/// The largest gap / bound of theorem over iterations and steps.
Measurement natural_rate(const Effort& effort, const Method& method) {
  double worst = 0;
  std::int64_t iterates = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(3, 30))) {
    for (const double eta : {0.1, 1.0, 10.0}) {
      const auto gap = gaps(problem, [&](const Watch& watch) { method(problem, eta, effort.pick(301, 3001), watch); });
      for (std::size_t k = 1; k < gap.size(); ++k) {
        worst = std::max(worst, gap[k] / bounds::natural_gradient_error(static_cast<std::int64_t>(k), eta, 4, 0.9));
        ++iterates;
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = iterates, .detail = "largest gap / bound over iterations"};
}

Claim natural_rate_claim() {
  return {.id = "natural-gradient-rate",
          .family = "mirror",
          .statement =
              "NPG with exponent eta: V* - V_k <= log A / ((1-gamma) eta k) + 1 / ((1-gamma)^2 k), any start state",
          .page = kGradientPage,
          .theorem = "Agarwal, Kakade, Lee and Mahajan 2021",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return natural_rate(effort, natural); },
          .controls = {{"plain-gradient", "the gradient without the Fisher matrix, with the theorem's step",
                        [](const Effort& effort) {
                          return natural_rate(effort, [](const Problem& problem, double, std::int64_t iterations,
                                                         const Watch& watch) {
                            softmax_policy_gradient(problem, {.iterations = iterations, .watch = watch}, without_end());
                          });
                        }}}};
}

// --- Monotone improvement --------------------------------------------------------------------------------------------

/// One step in every state: the new weights from the old ones and Q.
using Step = std::function<void(std::span<const double> q, std::span<double> p)>;

Step step_of(const std::shared_ptr<const Geometry>& geometry, double eta) {
  return [=](std::span<const double> q, std::span<double> p) {
    std::vector<double> coordinates(p.size()), gain(q.begin(), q.end());
    const double best = *std::ranges::max_element(q);
    for (double& g : gain) g = eta * (g - best);
    geometry->enter(p, coordinates);
    geometry->step(gain, coordinates, p);
  };
}

/// Cuts off what is negative and divides by the sum: no projection.
void clip(std::span<const double> q, std::span<double> p) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] = std::max(p[i] + q[i], 0.0);
  for (double& x : p) x /= sum;
}

/// In how many steps from drawn policies the value of some state falls.
Measurement falls(const Effort& effort, const std::vector<Step>& steps) {
  std::int64_t fell = 0, taken = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(3, 30))) {
    Stream stream = effort.stream.child("policies");
    for (const Step& step : steps) {
      for (int start = 0; start < effort.pick(4, 40); ++start) {
        Valued now = valued(problem, probabilities(drawn_logits(problem.model, 4, stream)));
        for (int k = 0; k < 10; ++k) {
          Table next = now.weights;
          for (int s = 0; s < problem.model.num_states(); ++s)
            step(of_state(problem.model, now.q, s), of_state(problem.model, next, s));
          const Eigen::VectorXd before = now.v;
          now = valued(problem, std::move(next));
          fell += (now.v - before).minCoeff() < -1e-11 ? 1 : 0;
          ++taken;
        }
      }
    }
  }
  return never(fell, taken, 0, "steps after which some state was worth less");
}

Claim monotone_claim() {
  return {.id = "mirror-descent-improves",
          .family = "mirror",
          .statement = "A mirror step of any length in any geometry lowers the value of no state",
          .page = kPage,
          .theorem = "Xiao 2022; Lan 2023",
          .kind = Kind::kNever,
          .measure =
              [](const Effort& effort) {
                return falls(effort, {step_of(kullback_leibler(), 0.3), step_of(euclidean(), 0.1),
                                      step_of(euclidean(), 100), step_of(tsallis(1.5), 1), step_of(tsallis(0.5), 1)});
              },
          .controls = {{"clip-and-renormalise", "cuts off negative weights and divides by the sum",
                        [](const Effort& effort) { return falls(effort, {clip}); }},
                       {"wrong-sign", "descends", [](const Effort& effort) {
                          return falls(effort, {[](std::span<const double> q, std::span<double> p) {
                                         std::vector<double> minus(q.begin(), q.end());
                                         for (double& x : minus) x = -x;
                                         step_of(kullback_leibler(), 0.3)(minus, p);
                                       }});
                        }}}};
}

// --- Adaptive steps --------------------------------------------------------------------------------------------------

PolicyMirrorDescentOptions adaptive(const std::string& geometry, const Watch& watch) {
  return {.geometry = geometry, .slack = 1, .iterations = 81, .watch = watch};
}
PolicyMirrorDescentOptions too_short(const std::string& geometry, const Watch& watch) {
  return {.geometry = geometry, .step = "constant", .eta = 0.02, .iterations = 81, .watch = watch};
}
using Options = std::function<PolicyMirrorDescentOptions(const std::string&, const Watch&)>;

std::vector<double> mirror_gaps(const Problem& problem, const std::string& geometry, const Options& options) {
  return gaps(problem,
              [&](const Watch& watch) { policy_mirror_descent(problem, options(geometry, watch), without_end()); });
}

Measurement adaptive_error(const Effort& effort, const Options& options) {
  double worst = 0;
  std::int64_t iterates = 0;
  std::string where;
  for (const Problem& problem : unit_garnets(effort, effort.pick(3, 30))) {
    for (const char* geometry : {"kl", "euclidean", "tsallis"}) {
      const auto gap = mirror_gaps(problem, geometry, options);
      for (std::size_t k = 0; k < gap.size(); ++k) {
        const double ratio =
            (gap[k] - 1e-12) / bounds::adaptive_mirror_error(static_cast<std::int64_t>(k), gap[0], 1, problem.discount);
        ++iterates;
        if (ratio <= worst) continue;
        worst = ratio;
        where = geometry;
      }
    }
  }
  return {.measured = worst,
          .bound = 1,
          .replicates = iterates,
          .detail = fmt::format("largest gap / bound over iterations, in the geometry {}", where)};
}

Claim adaptive_claim() {
  return {.id = "adaptive-mirror-descent",
          .family = "mirror",
          .statement = "Adaptive steps: |V* - V_k| <= gamma^k (|V* - V_0| + c_0 gamma / (1-gamma)) in every geometry",
          .page = kPage,
          .theorem = "Johnson, Pike-Burke and Rebeschini 2023",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return adaptive_error(effort, adaptive); },
          .controls = {{"short-steps", "steps of constant length .02",
                        [](const Effort& effort) { return adaptive_error(effort, too_short); }}}};
}

/// Slopes of log gap over iterations 10 .. 60, or to where rounding is all that is left.
Measurement adaptive_slope(const Effort& effort, const Options& options) {
  std::vector<double> slopes;
  for (const Problem& problem : unit_garnets(effort, effort.pick(10, 50))) {
    const auto gap = mirror_gaps(problem, "kl", options);
    std::size_t last = 10;
    while (last + 1 < gap.size() && last < 60 && gap[last + 1] > 1e-10) ++last;
    if (last == 10) continue;  // proven before the line began
    slopes.push_back(std::log(gap[last] / gap[10]) / static_cast<double>(last - 10));
  }
  return slope_within(slopes, -20, std::log(0.9) + 0.01, "slope of log gap an iteration; log gamma is -0.105");
}

Claim adaptive_slope_claim() {
  return {.id = "adaptive-mirror-slope",
          .family = "mirror",
          .statement = "Adaptive steps lose a factor gamma an iteration at least: slope of log gap <= log gamma",
          .page = kPage,
          .theorem = "Johnson, Pike-Burke and Rebeschini 2023",
          .kind = Kind::kRate,
          .measure = [](const Effort& effort) { return adaptive_slope(effort, adaptive); },
          .controls = {{"short-steps", "steps of constant length .02",
                        [](const Effort& effort) { return adaptive_slope(effort, too_short); }}}};
}

// --- The chain -------------------------------------------------------------------------------------------------------

/// The least gap_k / (gamma^k gap_0), k < S, on a chain of states that stay or move on, the last paying 1 for ever.
Measurement chain(const Effort& effort, bool from_staying) {
  const int states = effort.pick(12, 40);
  mdp::TabularMdpBuilder builder(states + 1);
  for (int s = 0; s < states; ++s) {
    builder.add_choice(s, 0, {{s, 1.0}});
    builder.add_choice(s, 0, {{s + 1, 1.0}});
  }
  builder.add_choice(states, 1, {{states, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .discount = 0.9};
  const auto stay = mdp::Policy::deterministic(std::vector<std::int32_t>(static_cast<std::size_t>(states) + 1, 0));
  double least = 1e300;
  std::int64_t iterates = 0;
  for (const char* geometry : {"kl", "euclidean", "tsallis"}) {
    for (const double slack : {1e-9, 1.0}) {  // all but policy iteration, and the theorem's steps
      PolicyMirrorDescentOptions options{.geometry = geometry, .slack = slack, .iterations = states};
      if (from_staying) options.start = stay;
      const auto gap = gaps(problem, [&](const Watch& watch) {
        options.watch = watch;
        policy_mirror_descent(problem, options, without_end());
      });
      for (std::size_t k = 0; k < static_cast<std::size_t>(states); ++k) {
        const double left = k < gap.size() ? gap[k] : 0;  // a run that has proven its answer ends
        least = std::min(least, left / (std::pow(0.9, k) * gap[0]));
        ++iterates;
      }
    }
  }
  return {.measured = least, .bound = 0.5, .replicates = iterates, .detail = "least gap / (gamma^k first gap)"};
}

Claim chain_claim() {
  return {.id = "mirror-descent-lower-bound",
          .family = "mirror",
          .statement = "On a chain of S states no mirror step, policy iteration included, beats gamma^k before k = S",
          .page = kPage,
          .theorem = "Johnson, Pike-Burke and Rebeschini 2023",
          .kind = Kind::kAbove,
          .measure = [](const Effort& effort) { return chain(effort, true); },
          .controls = {{"uniform-start", "begins with a policy that has seen the reward everywhere",
                        [](const Effort& effort) { return chain(effort, false); }}}};
}

// --- One method, two names -------------------------------------------------------------------------------------------

/// The largest difference of probabilities between KL mirror descent with exponent eta and the natural gradient.
Measurement same_policies(const Effort& effort, const std::function<double(double eta, double discount)>& eta_of) {
  double worst = 0;
  std::int64_t policies = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(3, 30))) {
    std::vector<Table> seen;
    const Watch keep = [&](const Iterate& at) { seen.emplace_back(at.weights.begin(), at.weights.end()); };
    policy_mirror_descent(problem, {.step = "constant", .eta = 0.5, .iterations = 40, .watch = keep}, without_end());
    std::size_t k = 0;
    const Watch compare = [&](const Iterate& at) {
      for (std::size_t i = 0; i < at.weights.size(); ++i) worst = std::max(worst, std::abs(at.weights[i] - seen[k][i]));
      ++k;
      ++policies;
    };
    natural_policy_gradient(problem, {.eta = eta_of(0.5, 0.9), .iterations = 40, .watch = compare}, without_end());
  }
  return {.measured = worst, .bound = 1e-12, .replicates = policies, .detail = "largest difference of probabilities"};
}

Claim identity_claim() {
  return {.id = "natural-gradient-is-mirror-descent",
          .family = "mirror",
          .statement = "KL mirror descent with exponent eta Q is the natural policy gradient with step eta (1 - gamma)",
          .page = kGradientPage,
          .theorem = "Agarwal, Kakade, Lee and Mahajan 2021",
          .kind = Kind::kEqual,
          .measure = [](const Effort& effort) { return same_policies(effort, [](double eta, double) { return eta; }); },
          .controls = {{"wrong-unit", "takes one convention's step for the other's", [](const Effort& effort) {
                          return same_policies(effort, [](double eta, double g) { return eta * (1 - g); });
                        }}}};
}

}  // namespace

std::vector<Claim> mirror_descent_claims() {
  return {natural_rate_claim(), identity_claim(),       monotone_claim(),
          adaptive_claim(),     adaptive_slope_claim(), chain_claim()};
}

}  // namespace bellwether::claims
