#include "solvers/mirror/gradients.h"

#include <cmath>

namespace bellwether::solvers::mirror {

Table direct_gradient(const mdp::TabularMdp& model, double discount, std::span<const double> weights,
                      std::span<const double> mu) {
  PolicyValues policy(model, discount, weights);
  Table gradient = choice_values(model, discount, policy.value());
  const std::vector<double> x = policy.visits(mu);
  for (int s = 0; s < model.num_states(); ++s)
    for (double& g : of_state(model, gradient, s)) g *= x[static_cast<std::size_t>(s)];
  return gradient;
}

Table softmax_gradient(const mdp::TabularMdp& model, double discount, const Table& log_weights,
                       std::span<const double> mu) {
  return entropy_gradient(model, discount, log_weights, mu, 0);
}

Table entropy_gradient(const mdp::TabularMdp& model, double discount, const Table& log_weights,
                       std::span<const double> mu, double temperature) {
  PolicyValues policy(model, discount, probabilities(log_weights));
  const Eigen::VectorXd v = policy.regularised_value(temperature);
  Table gradient = choice_values(model, discount, v);
  const std::vector<double> x = policy.visits(mu);
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const auto i = static_cast<std::size_t>(c);
      const double advantage = gradient[i] - temperature * log_weights[i] - v[s];
      gradient[i] = x[static_cast<std::size_t>(s)] * std::exp(log_weights[i]) * advantage;
    }
  }
  return gradient;
}

void add_barrier_gradient(const mdp::TabularMdp& model, const Table& log_weights, double lambda, Table& gradient) {
  const double share = lambda / model.num_states();
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const auto i = static_cast<std::size_t>(c);
      gradient[i] += share * (1.0 / model.num_choices(s) - std::exp(log_weights[i]));
    }
  }
}

double log_barrier(const mdp::TabularMdp& model, const Table& log_weights, double lambda) {
  double sum = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    double own = 0;
    for (const double x : of_state(model, log_weights, s)) own += x;
    sum += own / model.num_choices(s) + std::log(model.num_choices(s));
  }
  return lambda / model.num_states() * sum;
}

}  // namespace bellwether::solvers::mirror
