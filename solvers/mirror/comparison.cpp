#include "solvers/mirror/comparison.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "mdp/tabular_mdp_builder.h"
#include "solvers/exact/discounted/policy_iteration.h"
#include "solvers/mirror/policy_gradient.h"
#include "solvers/mirror/policy_mirror_descent.h"

namespace bellwether::solvers {
namespace {

/// Runs exactly so many iterations, whatever has been proven.
SolveOptions no_end() { return {.tolerance = 0}; }

/// Gaps of the iterates that a run shows; a run that ends early, because rounding is all that is left, keeps its last.
class Gaps {
 public:
  Gaps(Eigen::VectorXd optimum, int iterations) : optimum_(std::move(optimum)), iterations_(iterations) {}

  OptimiserCurve measure(std::string name, const std::function<void(const Watch&)>& run,
                         const std::function<double(double first, int k)>& bound = nullptr) const {
    OptimiserCurve curve;
    curve.name = std::move(name);
    run([&](const Iterate& at) { curve.gap.push_back((optimum_ - at.value).lpNorm<Eigen::Infinity>()); });
    curve.gap.resize(static_cast<std::size_t>(iterations_) + 1, curve.gap.back());
    if (bound)
      for (int k = 0; k <= iterations_; ++k) curve.bound.push_back(bound(curve.gap.front(), k));
    return curve;
  }

 private:
  Eigen::VectorXd optimum_;
  int iterations_;
};

Eigen::VectorXd optimum(const Problem& problem) { return policy_iteration(problem, {}, {.tolerance = 1e-14}).value; }

}  // namespace

std::vector<OptimiserCurve> compare_optimisers(const Problem& problem, int iterations) {
  const Gaps gaps(optimum(problem), iterations);
  const mirror::UnitProblem unit(problem);
  const double g = unit.discount(), scale = unit.scale();
  const auto contraction = [&](double c0) {
    return [=](double first, int k) { return std::pow(g, k) * (first + scale * c0 * g / (1 - g)); };
  };
  const double log_choices = std::log(mirror::most_choices(problem.model));
  const auto natural = [=](double, int k) {
    const double unit_bound =
        k == 0 ? std::numeric_limits<double>::infinity() : (log_choices / (1 - g) + 1 / ((1 - g) * (1 - g))) / k;
    return scale * unit_bound;
  };
  const auto mirror_descent = [&](PolicyMirrorDescentOptions options) {
    return [&problem, options, iterations](const Watch& watch) mutable {
      options.iterations = iterations + 1;
      options.watch = watch;
      policy_mirror_descent(problem, options, no_end());
    };
  };
  const auto run = [&](auto method, auto options) {
    return [&problem, method, options, iterations](const Watch& watch) mutable {
      options.iterations = iterations + 1;
      options.watch = watch;
      method(problem, options, no_end());
    };
  };
  const auto adaptive = [](const char* geometry) {
    return PolicyMirrorDescentOptions{.geometry = geometry, .slack = 1};
  };
  return {
      // In the limit c_0 -> 0 mirror descent is policy iteration.
      gaps.measure("policy iteration", mirror_descent({.geometry = "euclidean", .step = "constant", .eta = 1e12}),
                   contraction(0)),
      gaps.measure("mirror descent, adaptive, KL", mirror_descent(adaptive("kl")), contraction(1)),
      gaps.measure("mirror descent, adaptive, Euclidean", mirror_descent(adaptive("euclidean")), contraction(1)),
      gaps.measure("mirror descent, adaptive, Tsallis 1.5", mirror_descent(adaptive("tsallis")), contraction(1)),
      gaps.measure("mirror descent, geometric, KL", mirror_descent({.step = "geometric"})),
      gaps.measure("natural policy gradient", run(natural_policy_gradient, NaturalPolicyGradientOptions{}), natural),
      gaps.measure("softmax policy gradient", run(softmax_policy_gradient, SoftmaxPolicyGradientOptions{})),
      gaps.measure("projected policy gradient", run(projected_policy_gradient, ProjectedPolicyGradientOptions{})),
  };
}

std::vector<OptimiserCurve> compare_on_bandit(const std::vector<double>& rewards, const std::vector<double>& bad_start,
                                              int iterations) {
  mdp::TabularMdpBuilder builder(1);
  for (const double r : rewards) builder.add_choice(0, r, {{0, 1.0}});
  const Problem problem{.model = std::move(builder).build(), .discount = 0};
  const auto best = static_cast<std::size_t>(std::ranges::max_element(rewards) - rewards.begin());
  const Gaps gaps(optimum(problem), iterations);
  const auto softmax = [&](const char* name, SoftmaxPolicyGradientOptions options, bool with_bound) {
    double least = 1;  // c: the least probability of the best choice
    options.iterations = iterations + 1;
    OptimiserCurve curve = gaps.measure(name, [&](const Watch& watch) {
      options.watch = [&](const Iterate& at) {
        least = std::min(least, at.weights[best]);
        watch(at);
      };
      softmax_policy_gradient(problem, options, no_end());
    });
    const double scale = mirror::UnitProblem(problem).scale();
    for (int k = 0; with_bound && k <= iterations; ++k)
      curve.bound.push_back(k == 0 ? std::numeric_limits<double>::infinity() : scale * 16 / (least * least * k));
    return curve;
  };
  return {
      softmax("softmax gradient, uniform start", {}, true),
      softmax("softmax gradient, bad start", {.logits = bad_start}, true),
      softmax("with entropy, bad start", {.regulariser = "entropy", .weight = 0.2, .logits = bad_start}, false),
      softmax("with log barrier, bad start", {.regulariser = "log-barrier", .weight = 0.05, .logits = bad_start},
              false),
      gaps.measure("natural gradient, bad start",
                   [&](const Watch& watch) {
                     natural_policy_gradient(
                         problem, {.eta = 1, .iterations = iterations + 1, .logits = bad_start, .watch = watch},
                         no_end());
                   }),
  };
}

}  // namespace bellwether::solvers
