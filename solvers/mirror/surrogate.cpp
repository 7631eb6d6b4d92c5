#include "solvers/mirror/surrogate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bellwether::solvers::mirror {
namespace {

/// weight(s) pi(a|s) (B(s,a) - mean of B) for the B given.
Table centred(const Surrogate& surrogate, const Table& logits, Table direction) {
  const mdp::TabularMdp& model = *surrogate.model;
  for (int s = 0; s < model.num_states(); ++s) {
    const auto own = of_state(model, direction, s);
    const auto log_pi = of_state(model, logits, s);
    double mean = 0;
    for (std::size_t i = 0; i < own.size(); ++i) mean += std::exp(log_pi[i]) * own[i];
    for (std::size_t i = 0; i < own.size(); ++i)
      own[i] = surrogate.weight[static_cast<std::size_t>(s)] * std::exp(log_pi[i]) * (own[i] - mean);
  }
  return direction;
}

void add_scaled(Table& to, const Table& direction, double length) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += length * direction[i];
}

Table advantages(const Surrogate& surrogate) {
  Table result(surrogate.gain.size());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = surrogate.advantage(i);
  return result;
}

/// sum of weight(s) pi(a|s) advantage(s,a)
double linear_gain(const Surrogate& surrogate, const Table& logits) {
  const mdp::TabularMdp& model = *surrogate.model;
  double sum = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    double own = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      own += std::exp(logits[static_cast<std::size_t>(c)]) * surrogate.advantage(static_cast<std::size_t>(c));
    sum += surrogate.weight[static_cast<std::size_t>(s)] * own;
  }
  return sum;
}

/// Mean KL(old, new) over the weights.
double mean_divergence(const Surrogate& surrogate, const Table& logits) {
  const mdp::TabularMdp& model = *surrogate.model;
  double sum = 0, total = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    const double w = surrogate.weight[static_cast<std::size_t>(s)];
    sum += w * divergence(of_state(model, surrogate.old_logits, s), of_state(model, logits, s));
    total += w;
  }
  return total > 0 ? sum / total : 0;
}

}  // namespace

double Surrogate::largest_weight() const { return *std::ranges::max_element(weight); }

void set_advantage(Surrogate& surrogate, const Table& advantage) {
  surrogate.gain = surrogate.loss = advantage;
  for (double& x : surrogate.gain) x = std::max(x, 0.0);
  for (double& x : surrogate.loss) x = std::min(x, 0.0);
}

double divergence(std::span<const double> log_p, std::span<const double> log_q) {
  double sum = 0;
  for (std::size_t i = 0; i < log_p.size(); ++i) {
    const double p = std::exp(log_p[i]);
    if (p > 0) sum += p * (log_p[i] - log_q[i]);
  }
  return std::max(sum, 0.0);
}

double mdpo_objective(const Surrogate& surrogate, double t, const Table& logits) {
  const mdp::TabularMdp& model = *surrogate.model;
  double sum = linear_gain(surrogate, logits);
  for (int s = 0; s < model.num_states(); ++s) {
    const auto own = of_state(model, logits, s);
    double entropy = 0;
    for (const double x : own) entropy -= std::exp(x) * x;
    sum += surrogate.weight[static_cast<std::size_t>(s)] *
           (surrogate.entropy * entropy - divergence(own, of_state(model, surrogate.old_logits, s)) / t);
  }
  return sum;
}

Table mdpo_gradient(const Surrogate& surrogate, double t, const Table& logits) {
  Table direction = advantages(surrogate);
  for (std::size_t i = 0; i < direction.size(); ++i)
    direction[i] -= surrogate.entropy * logits[i] + (logits[i] - surrogate.old_logits[i]) / t;
  return centred(surrogate, logits, std::move(direction));
}

Table mdpo_closed_form(const Surrogate& surrogate, double t) {
  Table logits = surrogate.old_logits;
  for (std::size_t i = 0; i < logits.size(); ++i)
    logits[i] = (t * surrogate.advantage(i) + logits[i]) / (1 + surrogate.entropy * t);
  normalise_logits(*surrogate.model, logits);
  return logits;
}

void keep_unseen(const Surrogate& surrogate, Table& logits) {
  for (int s = 0; s < surrogate.model->num_states(); ++s)
    if (surrogate.weight[static_cast<std::size_t>(s)] == 0)
      std::ranges::copy(of_state(*surrogate.model, surrogate.old_logits, s),
                        of_state(*surrogate.model, logits, s).begin());
}

Table mdpo_steps(const Surrogate& surrogate, double t, int steps, double length) {
  Table logits = surrogate.old_logits;
  for (int i = 0; i < steps; ++i) {
    add_scaled(logits, mdpo_gradient(surrogate, t, logits), length);
    normalise_logits(*surrogate.model, logits);
  }
  return logits;
}

Table ppo_clip_steps(const Surrogate& surrogate, double clip, int steps, double length) {
  Table logits = surrogate.old_logits, direction(logits.size());
  for (int i = 0; i < steps; ++i) {
    for (std::size_t c = 0; c < direction.size(); ++c) {
      const double ratio = std::exp(logits[c] - surrogate.old_logits[c]);
      direction[c] = (ratio < 1 + clip ? surrogate.gain[c] : 0) + (ratio > 1 - clip ? surrogate.loss[c] : 0);
    }
    add_scaled(logits, centred(surrogate, logits, direction), length);
    normalise_logits(*surrogate.model, logits);
  }
  return logits;
}

Table trpo_step(const Surrogate& surrogate, double radius) {
  const mdp::TabularMdp& model = *surrogate.model;
  // The advantages solve F x = gradient for the Fisher matrix F = diag(pi) - pi pi' of each state; x' F x is their
  // variance. States without weight are left alone.
  Table direction = advantages(surrogate);
  const Table gradient = centred(surrogate, surrogate.old_logits, direction);
  const double total = std::accumulate(surrogate.weight.begin(), surrogate.weight.end(), 0.0);
  double curvature = 0;
  for (std::size_t i = 0; i < direction.size(); ++i) curvature += direction[i] * gradient[i];
  if (!(curvature > 0)) return surrogate.old_logits;
  for (int s = 0; s < model.num_states(); ++s) {
    if (surrogate.weight[static_cast<std::size_t>(s)] > 0) continue;
    for (double& x : of_state(model, direction, s)) x = 0;
  }
  const double before = linear_gain(surrogate, surrogate.old_logits);
  double length = std::sqrt(2 * radius * total / curvature);
  constexpr int kHalvings = 40;
  for (int i = 0; i < kHalvings; ++i, length /= 2) {
    Table logits = surrogate.old_logits;
    add_scaled(logits, direction, length);
    normalise_logits(model, logits);
    if (mean_divergence(surrogate, logits) <= radius && linear_gain(surrogate, logits) > before) return logits;
  }
  return surrogate.old_logits;
}

Table gradient_step(const Surrogate& surrogate, double length) {
  Table logits = surrogate.old_logits;
  add_scaled(logits, centred(surrogate, logits, advantages(surrogate)), length);
  normalise_logits(*surrogate.model, logits);
  return logits;
}

}  // namespace bellwether::solvers::mirror
