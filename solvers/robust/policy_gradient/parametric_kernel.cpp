#include "solvers/robust/policy_gradient/parametric_kernel.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/projections.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/mirror/gradients.h"
#include "solvers/robust/policy_gradient/set_projection.h"

namespace bellwether::solvers {
namespace {

using mirror::of_state;
using mirror::Table;

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::span<const double> phi_of(const TiltedKernels& k, std::int32_t s) {
  return std::span(k.phi).subspan(static_cast<std::size_t>(s) * static_cast<std::size_t>(k.features),
                                  static_cast<std::size_t>(k.features));
}
std::span<const double> zeta_of(const TiltedKernels& k, std::int64_t c) {
  return std::span(k.zeta).subspan(static_cast<std::size_t>(c) * static_cast<std::size_t>(k.scales),
                                   static_cast<std::size_t>(k.scales));
}

double mean_over(std::span<const double> start, const Eigen::VectorXd& v) {
  return dot(start, {v.data(), static_cast<std::size_t>(v.size())});
}

void require_size(std::string_view what, std::size_t has, std::size_t wants) {
  if (has != wants)
    throw InvalidModel(fmt::format("tilted kernels: {} has {} numbers, must have {}", what, has, wants));
}

/// Nature's climb: theta and lambda take turns.
void climb(const TiltedKernels& kernels, const Problem& problem, std::span<const double> weights,
           std::span<const double> start, double eta, int steps, std::vector<double>& theta,
           std::vector<double>& lambda) {
  const double towards = problem.maximise() ? -eta : eta;  // against the agent
  const auto features = static_cast<std::size_t>(kernels.features);
  for (int k = 0; k < steps; ++k) {
    std::vector<double> g = parameter_gradient(kernels, theta, lambda, problem.discount, weights, start);
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] += towards * g[i];
    robust::project_l1_parameters(kernels.theta, -1e300, kernels.theta_radius, theta);
    g = parameter_gradient(kernels, theta, lambda, problem.discount, weights, start);
    for (std::size_t i = 0; i < lambda.size(); ++i) lambda[i] += towards * g[features + i];
    robust::project_l1_parameters(kernels.lambda, kernels.floor, kernels.lambda_radius, lambda);
  }
}

double value_at(const TiltedKernels& kernels, const Problem& problem, std::span<const double> weights,
                std::span<const double> start, const WorstParameters& at) {
  const mdp::TabularMdp model = kernels.model(at.theta, at.lambda);
  return mean_over(start, mirror::PolicyValues(model, problem.discount, weights).value());
}

/// Where nature should begin: where it stood, at the centres, or at a corner of the ball of theta. The value is not
/// concave in theta, and a climb that begins on the wrong side stays there.
WorstParameters best_start(const TiltedKernels& kernels, const Problem& problem, std::span<const double> weights,
                           std::span<const double> start, const WorstParameters& stood) {
  std::vector<WorstParameters> starts = {stood, {.value = 0, .theta = kernels.theta, .lambda = kernels.lambda}};
  for (std::size_t i = 0; i < kernels.theta.size(); ++i) {
    for (const double by : {-kernels.theta_radius, kernels.theta_radius}) {
      starts.push_back(starts[1]);
      starts.back().theta[i] += by;
    }
  }
  std::size_t best = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    starts[i].value = value_at(kernels, problem, weights, start, starts[i]);
    if (problem.sign() * starts[i].value < problem.sign() * starts[best].value) best = i;
  }
  return starts[best];
}

}  // namespace

void TiltedKernels::require_valid() const {
  const auto m = static_cast<std::size_t>(features), n = static_cast<std::size_t>(scales);
  require_size("phi", phi.size(), m * static_cast<std::size_t>(nominal.num_states()));
  require_size("zeta", zeta.size(), n * static_cast<std::size_t>(nominal.num_choices()));
  require_size("theta", theta.size(), m);
  require_size("lambda", lambda.size(), n);
  for (const auto* values : {&phi, &theta})
    for (const double x : *values)
      if (!std::isfinite(x)) throw InvalidModel(fmt::format("tilted kernels: {} is not a finite number", x));
  for (const double x : zeta)
    if (!(x > 0 && std::isfinite(x)))
      throw InvalidModel(fmt::format("tilted kernels: zeta is {}, must be positive", x));
  if (!(floor > 0)) throw InvalidModel(fmt::format("tilted kernels: floor is {}, must be positive", floor));
  for (const double x : lambda)
    if (!(x >= floor)) throw InvalidModel(fmt::format("tilted kernels: lambda is {}, must be at least {}", x, floor));
  if (!(theta_radius >= 0 && lambda_radius >= 0)) throw InvalidModel("tilted kernels: a radius is negative");
}

mdp::TabularMdp TiltedKernels::model(const std::vector<double>& at_theta, const std::vector<double>& at_lambda) const {
  mdp::TabularMdpBuilder builder(nominal.num_states());
  std::vector<double> logs;
  std::vector<mdp::Entry> row;
  for (int s = 0; s < nominal.num_states(); ++s) {
    for (std::int64_t c = nominal.first_choice(s); c < nominal.first_choice(s + 1); ++c) {
      const double scale = dot(at_lambda, zeta_of(*this, c));
      const auto successor = nominal.successors(c);
      logs.clear();
      for (std::size_t i = 0; i < successor.size(); ++i)
        logs.push_back(std::log(nominal.probabilities(c)[i]) + dot(at_theta, phi_of(*this, successor[i])) / scale);
      const double total = log_sum_exp(logs);
      row.clear();
      for (std::size_t i = 0; i < successor.size(); ++i)
        row.push_back({.next = successor[i], .probability = std::exp(logs[i] - total)});
      builder.add_choice(s, nominal.reward(c), row);
    }
  }
  builder.initial(nominal.initial());
  return std::move(builder).build();
}

std::vector<double> score(const TiltedKernels& kernels, const mdp::TabularMdp& at, const std::vector<double>& theta,
                          const std::vector<double>& lambda, std::int64_t choice, std::size_t transition) {
  const double scale = dot(lambda, zeta_of(kernels, choice));
  const auto successor = at.successors(choice);
  const auto of = [&](std::size_t i, std::size_t parameter) {
    const auto phi = phi_of(kernels, successor[i]);
    if (parameter < theta.size()) return phi[parameter] / scale;
    return -dot(theta, phi) * zeta_of(kernels, choice)[parameter - theta.size()] / (scale * scale);
  };
  std::vector<double> result(theta.size() + lambda.size());
  for (std::size_t k = 0; k < result.size(); ++k) {
    result[k] = of(transition, k);
    for (std::size_t i = 0; i < successor.size(); ++i) result[k] -= at.probabilities(choice)[i] * of(i, k);
  }
  return result;
}

std::vector<double> parameter_gradient(const TiltedKernels& kernels, const std::vector<double>& theta,
                                       const std::vector<double>& lambda, double discount,
                                       std::span<const double> weights, std::span<const double> start) {
  const mdp::TabularMdp at = kernels.model(theta, lambda);
  mirror::PolicyValues values(at, discount, weights);
  const Eigen::VectorXd v = values.value();
  const std::vector<double> x = values.visits(start);
  std::vector<double> gradient(theta.size() + lambda.size(), 0);
  for (int s = 0; s < at.num_states(); ++s) {
    for (std::int64_t c = at.first_choice(s); c < at.first_choice(s + 1); ++c) {
      const double weight = discount * x[static_cast<std::size_t>(s)] * weights[static_cast<std::size_t>(c)];
      if (weight == 0) continue;
      for (std::size_t i = 0; i < at.successors(c).size(); ++i) {
        const std::vector<double> d = score(kernels, at, theta, lambda, c, i);
        const double share = weight * at.probabilities(c)[i] * v[at.successors(c)[i]];
        for (std::size_t k = 0; k < d.size(); ++k) gradient[k] += share * d[k];
      }
    }
  }
  return gradient;
}

WorstParameters worst_parameters(const TiltedKernels& kernels, const Problem& problem, std::span<const double> weights,
                                 std::span<const double> start, double eta, int steps) {
  const WorstParameters centre{.value = 0, .theta = kernels.theta, .lambda = kernels.lambda};
  WorstParameters worst = best_start(kernels, problem, weights, start, centre);
  climb(kernels, problem, weights, start, eta, steps, worst.theta, worst.lambda);
  worst.value = value_at(kernels, problem, weights, start, worst);
  return worst;
}

ParametricGradientResult parametric_policy_gradient(const TiltedKernels& kernels, const Problem& problem,
                                                    const ParametricGradientOptions& options) {
  bellwether::require_valid("parametric-policy-gradient", options);
  kernels.require_valid();
  if (problem.criterion != Criterion::kDiscounted)
    throw InvalidOption("parametric-policy-gradient: the criterion must be 'discounted'");
  solvers::require_valid(problem);
  const std::vector<double> start = mirror::start_distribution(kernels.nominal, options.start);
  Table weights = mirror::uniform_weights(kernels.nominal);
  WorstParameters nature{.value = 0, .theta = kernels.theta, .lambda = kernels.lambda};
  ParametricGradientResult result;
  for (std::int64_t t = 0; t < options.iterations; ++t) {
    if (options.inner_eta > 0) {
      nature = best_start(kernels, problem, weights, start, nature);
      climb(kernels, problem, weights, start, options.inner_eta, options.inner_steps, nature.theta, nature.lambda);
    }
    const mdp::TabularMdp at = kernels.model(nature.theta, nature.lambda);
    const double value = value_at(kernels, problem, weights, start, nature);
    if (t == 0 || problem.sign() * value > problem.sign() * result.value) {
      result.value = value;
      result.policy = mirror::played(kernels.nominal, weights);
      result.theta = nature.theta;
      result.lambda = nature.lambda;
    }
    result.history.push_back(value);
    const Table gradient = mirror::direct_gradient(at, problem.discount, weights, start);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] += problem.sign() * options.eta * gradient[i];
    for (int s = 0; s < at.num_states(); ++s) project_to_simplex(of_state(at, weights, s));
  }
  return result;
}

}  // namespace bellwether::solvers
