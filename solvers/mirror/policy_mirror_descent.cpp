#include "solvers/mirror/policy_mirror_descent.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/parallel.h"

namespace bellwether::solvers {
namespace mirror {

double adaptive_step(const Geometry& geometry, const mdp::TabularMdp& model, const Table& q, const Table& coordinates,
                     const Table& weights, double c) {
  constexpr double kTie = 1e-15;
  const double largest = parallel_reduce(
      model.num_states(), 16 * model.num_choices(), 0.0,
      [&](std::int64_t begin, std::int64_t end) {
        double most = 0;
        std::vector<std::uint8_t> greedy;
        for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s) {
          const auto own = of_state(model, q, s);
          const double best = *std::ranges::max_element(own);
          greedy.assign(own.size(), 0);
          for (std::size_t i = 0; i < own.size(); ++i) greedy[i] = own[i] >= best - kTie * (1 + std::abs(best));
          most = std::max(
              most, geometry.distance_to_face(of_state(model, coordinates, s), of_state(model, weights, s), greedy));
        }
        return most;
      },
      [](double a, double b) { return std::max(a, b); });
  return std::min(largest / c, kLongestStep);
}

void mirror_step(const Geometry& geometry, const mdp::TabularMdp& model, const Table& q, double eta, Table& coordinates,
                 Table& weights) {
  parallel_for(model.num_states(), 16 * model.num_choices(), [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> gain;
    for (auto s = static_cast<int>(begin); s < static_cast<int>(end); ++s) {
      const auto own = of_state(model, q, s);
      const double best = *std::ranges::max_element(own);
      gain.assign(own.begin(), own.end());
      for (double& x : gain) x = eta * (x - best);
      geometry.step(gain, of_state(model, coordinates, s), of_state(model, weights, s));
    }
  });
}

}  // namespace mirror

namespace {

using namespace mirror;

/// The length of the step from policy k.
class StepRule {
 public:
  StepRule(const PolicyMirrorDescentOptions& options, double discount)
      : options_(options), discount_(discount), eta_(options.step == "adaptive" ? 0 : options.eta) {
    growth_ = options.growth > 0 ? options.growth : 1 / std::max(discount, 1e-6);
  }

  double next(const Geometry& geometry, const Loop& loop, const Table& coordinates, const Table& weights) {
    const auto k = static_cast<double>(loop.iteration());
    if (options_.step == "adaptive") {
      const double c = std::max(std::pow(discount_, 2 * (k + 1)) * options_.slack, kLeastSlack);
      eta_ = std::max(eta_, adaptive_step(geometry, loop.model(), loop.q(), coordinates, weights, c));
    } else if (options_.step == "geometric" && k > 0) {
      eta_ = std::min(eta_ * growth_, kLongestStep);
    }
    return eta_;
  }

 private:
  static constexpr double kLeastSlack = 1e-90;  // coordinates and steps stay finite

  const PolicyMirrorDescentOptions& options_;
  double discount_, growth_ = 1, eta_;
};

}  // namespace

Solution policy_mirror_descent_with(const mirror::Geometry& geometry, const Problem& problem,
                                    const PolicyMirrorDescentOptions& options, const SolveOptions& run_options) {
  bellwether::require_valid("policy-mirror-descent", options);
  Loop loop("policy-mirror-descent", problem, run_options, options.iterations, options.watch,
            options.step == "adaptive");
  const mdp::TabularMdp& model = loop.model();
  Table weights = weights_of(model, options.start), coordinates(weights.size());
  for (int s = 0; s < model.num_states(); ++s)
    geometry.enter(of_state(model, weights, s), of_state(model, coordinates, s));
  StepRule rule(options, loop.discount());
  double eta = 0;
  while (loop.go_on(weights, eta)) {
    eta = rule.next(geometry, loop, coordinates, weights);
    mirror_step(geometry, model, loop.q(), eta, coordinates, weights);
  }
  return loop.solution();
}

Solution policy_mirror_descent(const Problem& problem, const PolicyMirrorDescentOptions& options,
                               const SolveOptions& run_options) {
  bellwether::require_valid("policy-mirror-descent", options);
  return policy_mirror_descent_with(*geometry_named(options.geometry, options.index), problem, options, run_options);
}

}  // namespace bellwether::solvers
