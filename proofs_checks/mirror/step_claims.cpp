// Rates by the length of steps: geometric and constant mirror steps, projected and barrier gradients, entropy.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "core/rate_fit.h"
#include "proofs_checks/bounds/mirror.h"
#include "proofs_checks/mirror/claims.h"
#include "proofs_checks/mirror/runs.h"
#include "proofs_checks/planning/models.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/mirror/policy_gradient.h"
#include "solvers/mirror/policy_mirror_descent.h"
#include "solvers/mirror/regularised.h"
#include "solvers/mirror/unit_problem.h"

namespace bellwether::claims {
namespace {

using namespace solvers;
using namespace solvers::mirror;

constexpr const char* kPage = "docs/papers/policy-mirror-descent.md";
constexpr const char* kGradientPage = "docs/papers/policy-gradient.md";

Problem drawn_unit(int states, int choices, int successors, double discount, Stream& stream) {
  Problem problem{.model = drawn_garnet(states, choices, successors, stream), .discount = discount};
  problem.model = UnitProblem(problem).model();
  return problem;
}

/// |d*_mu / mu| for uniform mu, d* the normalised visits of the optimal policy.
double mismatch_of(const Problem& problem) {
  const int states = problem.model.num_states();
  const std::vector<double> mu(static_cast<std::size_t>(states), 1.0 / states);
  const mdp::Policy best = policy_iteration(problem, {}, {.tolerance = 1e-12}).policy;
  const auto visits = PolicyValues(problem.model, problem.discount, weights_of(problem.model, best)).visits(mu);
  return (1 - problem.discount) * *std::ranges::max_element(visits) * states;
}

// --- Mirror steps ----------------------------------------------------------------------------------------------------

/// A geometry and D(a vertex, uniform) over A choices in it, which is h(vertex) - h(uniform).
struct Map {
  std::string geometry;
  double index;
  double first_divergence(double a) const {
    if (geometry == "kl") return std::log(a);
    if (geometry == "euclidean") return .5 * (1 - 1 / a);
    return (1 - std::pow(a, 1 - index)) / (index - 1);
  }
};
const std::vector<Map>& maps() {
  static const std::vector<Map> all = {{"kl", 0}, {"euclidean", 0}, {"tsallis", .5}, {"tsallis", 1.5}};
  return all;
}

/// The largest mean gap over its bound along geometric steps; `grows` false: all steps as long as the first.
Measurement geometric(const Effort& effort, bool grows) {
  constexpr double kEta = .1;
  double worst = 0;
  std::int64_t iterates = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(2, 20), .5)) {
    const double theta = mismatch_of(problem) / (1 - problem.discount);
    const Eigen::VectorXd best = optimum(problem);
    for (const Map& map : maps()) {
      std::vector<double> gap;
      policy_mirror_descent(problem,
                            {.geometry = map.geometry,
                             .index = map.geometry == "tsallis" ? map.index : 1.5,
                             .step = grows ? "geometric" : "constant",
                             .eta = kEta,
                             .growth = theta / (theta - 1),
                             .iterations = 200,
                             .watch = [&](const Iterate& at) { gap.push_back((best - at.value).mean()); }},
                            without_end());
      for (std::size_t k = 1; k < gap.size(); ++k, ++iterates) {
        const double bound = bounds::geometric_mirror_error(static_cast<std::int64_t>(k), gap[0],
                                                            map.first_divergence(4), kEta, theta, problem.discount);
        worst = std::max(worst, (gap[k] - 1e-12) / bound);
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = iterates, .detail = "largest mean gap / bound"};
}

Claim geometric_claim() {
  return {.id = "geometric-mirror-steps",
          .family = "mirror",
          .statement = "Steps that grow by theta/(theta-1): gap <= (1-1/theta)^k (gap_0 + D_0/(eta (theta-1)(1-g)))",
          .page = kPage,
          .theorem = "Xiao 2022, linear convergence (constants derived on the page)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return geometric(effort, true); },
          .controls = {{"constant", "keeps the first step, whose rate is 1/k",
                        [](const Effort& effort) { return geometric(effort, false); }}}};
}

/// Cuts off what is negative and divides by the sum, in place of the projection.
class Clipped final : public Geometry {
 public:
  void enter(std::span<const double> p, std::span<double> coordinates) const override {
    std::ranges::copy(p, coordinates.begin());
  }
  void step(std::span<const double> gain, std::span<double> coordinates, std::span<double> p) const override {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] = std::max(coordinates[i] + gain[i] + 1, 0.0);
    for (std::size_t i = 0; i < p.size(); ++i) coordinates[i] = p[i] /= sum;
  }
  double distance_to_face(std::span<const double>, std::span<const double>,
                          std::span<const std::uint8_t>) const override {
    return 0;
  }
};

/// The largest gap over its bound along constant steps, in every state.
Measurement constant_steps(const Effort& effort, bool clipped) {
  double worst = 0;
  std::int64_t iterates = 0;
  for (const Problem& problem : unit_garnets(effort, effort.pick(2, 20), .5)) {
    for (const Map& map : maps()) {
      if (map.geometry == "kl") continue;  // natural-gradient-rate
      for (const double eta : {.1, 1.0, 10.0}) {
        const auto gap = gaps(problem, [&](const Watch& watch) {
          const PolicyMirrorDescentOptions options{
              .step = "constant", .eta = eta, .iterations = effort.pick(201, 5001), .watch = watch};
          if (clipped)
            policy_mirror_descent_with(Clipped(), problem, options, without_end());
          else
            policy_mirror_descent_with(*geometry_named(map.geometry, map.index), problem, options, without_end());
        });
        for (std::size_t k = 1; k < gap.size(); ++k, ++iterates)
          worst = std::max(worst, gap[k] / bounds::constant_mirror_error(static_cast<std::int64_t>(k), eta,
                                                                         map.first_divergence(4), problem.discount));
      }
    }
  }
  return {.measured = worst, .bound = 1, .replicates = iterates, .detail = "largest gap / bound"};
}

Claim constant_claim() {
  return {.id = "constant-mirror-steps",
          .family = "mirror",
          .statement = "Euclid and Tsallis, constant steps: V* - V_k <= (D_0/((1-g) eta) + 1/(1-g)^2) / k, any start",
          .page = kPage,
          .theorem = "Xiao 2022; Lan 2023 (constants derived on the page)",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return constant_steps(effort, false); },
          .controls = {{"clipped", "cuts off what is negative and divides by the sum: no projection",
                        [](const Effort& effort) { return constant_steps(effort, true); }}}};
}

// --- Projected gradients ---------------------------------------------------------------------------------------------

/// The least mean gap of so many policies over the error that the theorem allows for them; steps are `length` times the
/// theorem's.
Measurement projected(const Effort& effort, double length) {
  constexpr double kDiscount = .05;
  constexpr std::int64_t kPolicies = 4000;
  double worst = 0;
  const int models = effort.pick(3, 50);
  Stream stream = effort.stream.child("models");
  for (int i = 0; i < models; ++i) {
    const Problem problem = drawn_unit(1 + i % 3, 2, 1 + i % 3, kDiscount, stream);
    const Eigen::VectorXd best = optimum(problem);
    double least = HUGE_VAL;
    projected_policy_gradient(problem,
                              {.eta = length / direct_smoothness(kDiscount, 2),
                               .iterations = kPolicies,
                               .watch = [&](const Iterate& at) { least = std::min(least, (best - at.value).mean()); }},
                              without_end());
    // How many policies an error asks for falls like its square.
    const double for_one =
        bounds::projected_gradient_iterations(1, problem.model.num_states(), 2, mismatch_of(problem), kDiscount);
    worst = std::max(worst, least / std::sqrt(for_one / static_cast<double>(kPolicies)));
  }
  return {.measured = worst, .bound = 1, .replicates = models, .detail = "largest least gap / error of the theorem"};
}

Claim projected_claim() {
  return {.id = "projected-gradient-rate",
          .family = "mirror",
          .statement = "Projected policy gradient: a gap of eps after 64 g S A |d*/mu|^2 / ((1-g)^6 eps^2) policies",
          .page = kGradientPage,
          .theorem = "Agarwal, Kakade, Lee and Mahajan 2021, Theorem 4.1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return projected(effort, 1); },
          .controls = {{"short-steps", "steps of a millionth of the theorem's",
                        [](const Effort& effort) { return projected(effort, 1e-6); }}}};
}

/// The least mean gap within the theorem's number of policies over the error it was asked for; the barrier weighs
/// `factor` times what the theorem says.
Measurement barrier(const Effort& effort, double factor) {
  struct Asked {
    int states, choices;
    double discount, error;
  };
  double worst = 0;
  std::int64_t runs = 0;
  Stream stream = effort.stream.child("models");
  std::vector<Asked> all = {{1, 2, 0, .3}};
  if (effort.tier == Tier::kFull) all = {{1, 2, 0, .2}, {1, 3, 0, .3}, {2, 2, .1, .5}, {2, 3, .2, .8}};
  for (int i = 0; i < effort.pick(1, 5); ++i) {
    for (const Asked& asked : all) {
      const Problem problem = drawn_unit(asked.states, asked.choices, asked.states, asked.discount, stream);
      const double mismatch = mismatch_of(problem);
      const Eigen::VectorXd best = optimum(problem);
      double least = HUGE_VAL;
      softmax_policy_gradient(problem,
                              {.regulariser = "log-barrier",
                               .weight = factor * asked.error * (1 - asked.discount) / (2 * mismatch),
                               .iterations = static_cast<std::int64_t>(bounds::log_barrier_iterations(
                                   asked.error, asked.states, asked.choices, mismatch, asked.discount)),
                               .watch = [&](const Iterate& at) { least = std::min(least, (best - at.value).mean()); }},
                              without_end());
      worst = std::max(worst, least / asked.error);
      ++runs;
    }
  }
  return {.measured = worst, .bound = 1, .replicates = runs, .detail = "largest least gap / error asked for"};
}

Claim barrier_claim() {
  return {.id = "log-barrier-rate",
          .family = "mirror",
          .statement = "With the barrier eps (1-g)/(2 |d*/mu|) a gap of eps after 320 (S A |d*/mu|)^2/((1-g)^6 eps^2)",
          .page = kGradientPage,
          .theorem = "Agarwal, Kakade, Lee and Mahajan 2021, Corollary 5.1",
          .kind = Kind::kBelow,
          .measure = [](const Effort& effort) { return barrier(effort, 1); },
          .controls = {{"heavy", "a barrier twenty times as heavy, which holds the policy back",
                        [](const Effort& effort) { return barrier(effort, 20); }}}};
}

// --- Entropy ---------------------------------------------------------------------------------------------------------

/// R^2 of log gap against iterations from a fifth of the run on, the least over models: of the gap of the problem with
/// entropy, or of the plain one.
Measurement straight(const Effort& effort, bool with_entropy) {
  constexpr double kTemperature = .3;
  constexpr std::int64_t kIterations = 5000, kEvery = 50;
  double least = 1;
  const int models = effort.pick(2, 20);
  Stream stream = effort.stream.child("models");
  for (int i = 0; i < models; ++i) {
    const Problem problem = drawn_unit(4, 3, 2, .5, stream);
    const double tau = with_entropy ? kTemperature : 0;
    const Eigen::VectorXd best =
        with_entropy ? soft_value_iteration(problem, {.temperature = tau}, {.tolerance = 1e-13}).solution.value
                     : optimum(problem);
    std::vector<double> x, y;
    softmax_policy_gradient(problem,
                            {.regulariser = with_entropy ? "entropy" : "none",
                             .weight = tau,
                             .eta = .5,
                             .iterations = kIterations,
                             .watch =
                                 [&](const Iterate& at) {
                                   if (at.iteration % kEvery != 0 || at.iteration < kIterations / 5) return;
                                   PolicyValues values(problem.model, problem.discount, at.weights);
                                   const double gap = (best - values.regularised_value(tau)).mean();
                                   if (!(gap > 1e-11)) return;
                                   x.push_back(std::exp(static_cast<double>(at.iteration) / kIterations));
                                   y.push_back(gap);
                                 }},
                            without_end());
    const PowerLine line = power_line(x, y);  // log gap against iterations
    double mean = 0, left = 0, all = 0;
    for (const double gap : y) mean += std::log(gap) / static_cast<double>(y.size());
    for (std::size_t k = 0; k < y.size(); ++k) {
      const double on_line = std::log(line.constant) + line.slope * std::log(x[k]);
      left += (std::log(y[k]) - on_line) * (std::log(y[k]) - on_line);
      all += (std::log(y[k]) - mean) * (std::log(y[k]) - mean);
    }
    least = std::min(least, line.slope < 0 && y.size() > 5 ? 1 - left / all : 0);
  }
  return {.measured = least, .bound = .99, .replicates = models, .detail = "least R^2 of log gap against iterations"};
}

Claim entropy_claim() {
  return {.id = "entropy-gradient-linear",
          .family = "mirror",
          .statement = "With entropy the softmax gradient falls along a straight line: log gap against iterations",
          .page = kGradientPage,
          .theorem = "Mei, Xiao, Szepesvari and Schuurmans 2020, Theorem 6",
          .kind = Kind::kAbove,
          .measure = [](const Effort& effort) { return straight(effort, true); },
          .controls = {{"no-entropy", "leaves the entropy out: 1/t",
                        [](const Effort& effort) { return straight(effort, false); }}}};
}

}  // namespace

std::vector<Claim> step_claims() {
  return {geometric_claim(), constant_claim(), projected_claim(), barrier_claim(), entropy_claim()};
}

}  // namespace bellwether::claims
