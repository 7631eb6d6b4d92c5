#include "solvers/mirror/dynamic_policy_gradient.h"

#include <cmath>
#include <utility>

#include "experiments/studies/papers/models.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"
#include "proofs_checks/bounds/mirror.h"
#include "solvers/exact/finite/backward_induction.h"

namespace bellwether::studies {
namespace {

constexpr int kStates = 4, kActions = 3, kHorizon = 5;
constexpr const char* kDynamic = "stage by stage, theorem's steps";

/// 1, 2, 5, 10, ..., 10,000 steps a stage.
std::vector<double> lengths() {
  std::vector<double> all;
  for (double ten = 1; ten < 1e4; ten *= 10)
    for (const double k : {1, 2, 5}) all.push_back(k * ten);
  all.push_back(1e4);
  return all;
}

/// The loss in the first stage, in its worst state, after each of the lengths.
template <class Method, class Options>
Findings run(const std::string& name, const Method& method, Options options, const Observer& observer) {
  const solvers::Problem problem = five_stages();
  const Eigen::VectorXd best = solvers::backward_induction(problem).value;
  Series series{.name = name, .x = lengths(), .look = Look::kMarked};
  for (const double n : series.x) {
    options.steps = static_cast<std::int64_t>(n);
    const solvers::Solution got = method(problem, options, solvers::SolveOptions{.tolerance = 0, .observer = observer});
    if (got.status == Status::kStoppedByCaller) return {};
    series.y.push_back((best - got.value).lpNorm<Eigen::Infinity>());
  }
  Findings out;
  const auto at = [&](double n) {
    for (std::size_t i = 0; i < series.x.size(); ++i)
      if (series.x[i] == n) return short_number(series.y[i]);
    return short_number(std::nan(""));
  };
  out.numbers.push_back({name, at(100), at(1000), at(10'000)});
  out.series.push_back(std::move(series));
  return out;
}

/// The stages' largest gaps add up, and a largest gap is at most S times a mean one.
Findings bound() {
  Series series{.name = "bound", .x = lengths(), .formula = "S sum over h of 4 (H-h) S A^2 / n", .of = kDynamic};
  for (const double n : series.x) {
    double sum = 0;
    for (int left = 1; left <= kHorizon; ++left)
      sum += kStates * bounds::dynamic_gradient_error(static_cast<std::int64_t>(n), left, kStates, kActions);
    series.y.push_back(sum);
  }
  return {.series = {std::move(series)},
          .notes = {"five stages that differ, 4 states, 3 choices, rewards in [0, 1]; n updates of each stage"}};
}

std::vector<Piece> pieces() {
  using solvers::SimultaneousPolicyGradientOptions;
  const auto together = [](const char* name, double eta) {
    return [=](const Observer& observer) {
      SimultaneousPolicyGradientOptions options;
      options.eta = eta;
      return run(name, solvers::simultaneous_policy_gradient, options, observer);
    };
  };
  return {[](const Observer& observer) {
            return run(kDynamic, solvers::dynamic_policy_gradient, solvers::DynamicPolicyGradientOptions{}, observer);
          },
          together("all at once, theorem's step 0.0036", 0), together("all at once, step 0.1", 0.1),
          [](const Observer&) { return bound(); }};
}

}  // namespace

std::vector<Study> dynamic_policy_gradient_studies() {
  return {{.paper = "dynamic-policy-gradient",
           .name = "stages",
           .title = "Stage by stage against all stages at once",
           .summary = "loss of softmax gradients at finite horizon by the number of updates of each stage",
           .x = {.name = "gradient steps n of each stage", .logarithmic = true},
           .y = {.name = "loss in the first stage, worst state", .logarithmic = true},
           .heading = {"method", "loss at 100", "loss at 1000", "loss at 10,000"},
           .pieces = pieces}};
}

}  // namespace bellwether::studies
