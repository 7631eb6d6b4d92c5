#include "solvers/mirror/policy_values.h"

#include <cmath>
#include <numeric>

#include "core/errors.h"
#include "mdp/operators.h"

namespace bellwether::solvers::mirror {
namespace {

mdp::LeakySystem system_of(const mdp::PolicyChain& chain, double discount) {
  if (!(discount >= 0 && discount < 1)) throw InvalidOption("PolicyValues: the discount must lie in [0, 1)");
  std::vector<std::int32_t> everywhere(static_cast<std::size_t>(chain.num_states()));
  std::iota(everywhere.begin(), everywhere.end(), 0);
  return mdp::LeakySystem(chain.leaky(everywhere, discount));
}

/// Keeps the value of every choice.
struct Keep {
  double* out;
  template <class Q>
  double operator()(int /*state*/, std::int64_t first, std::int64_t last, Q&& q) const {
    for (std::int64_t c = first; c < last; ++c) out[c] = q(c);
    return 0;
  }
};

}  // namespace

PolicyValues::PolicyValues(const mdp::TabularMdp& model, double discount, std::span<const double> weights)
    : chain_(model, played(model, weights)),
      system_(system_of(chain_, discount)),
      weights_(weights.begin(), weights.end()) {}

Eigen::VectorXd PolicyValues::value() { return regularised_value(0); }

Eigen::VectorXd PolicyValues::regularised_value(double temperature) {
  mdp::Evaluation step = chain_.step_values();
  if (temperature > 0) {
    for (int s = 0; s < chain_.num_states(); ++s)
      step.value[s] += temperature * entropy(of_state(chain_.model(), weights_, s));
  }
  return system_.solve(step.value, step.error).value;
}

std::vector<double> PolicyValues::visits(std::span<const double> start) {
  const Eigen::Map<const Eigen::VectorXd> mu(start.data(), static_cast<Eigen::Index>(start.size()));
  const Eigen::VectorXd mass = system_.flow(mu).mass;
  return {mass.begin(), mass.end()};
}

Table choice_values(const mdp::TabularMdp& model, double discount, const Eigen::VectorXd& v) {
  Table q(static_cast<std::size_t>(model.num_choices()));
  std::vector<double> unused(static_cast<std::size_t>(model.num_states()));
  mdp::backup(model, discount, {v.data(), static_cast<std::size_t>(v.size())}, unused, mdp::Expectation{},
              Keep{q.data()});
  return q;
}

double entropy(std::span<const double> p) {
  double sum = 0;
  for (const double x : p)
    if (x > 0) sum -= x * std::log(x);
  return sum;
}

double performance_difference(const mdp::TabularMdp& model, double discount, const mdp::Policy& policy,
                              const mdp::Policy& baseline, std::span<const double> start) {
  const std::vector<double> initial = start.empty() ? model.initial() : std::vector<double>(start.begin(), start.end());
  const Eigen::VectorXd v = PolicyValues(model, discount, weights_of(model, baseline)).value();
  const Table q = choice_values(model, discount, v), weights = weights_of(model, policy);
  const std::vector<double> x = PolicyValues(model, discount, weights).visits(initial);
  double sum = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    double advantage = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      advantage += weights[static_cast<std::size_t>(c)] * (q[static_cast<std::size_t>(c)] - v[s]);
    sum += x[static_cast<std::size_t>(s)] * advantage;
  }
  return sum;
}

}  // namespace bellwether::solvers::mirror
