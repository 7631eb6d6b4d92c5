#include "solvers/mirror/tables.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/projections.h"

namespace bellwether::solvers::mirror {

Table uniform_weights(const mdp::TabularMdp& model) {
  Table weights(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s)
    std::ranges::fill(of_state(model, weights, s), 1.0 / model.num_choices(s));
  return weights;
}

Table weights_of(const mdp::TabularMdp& model, const mdp::Policy& policy) {
  if (policy.empty()) return uniform_weights(model);
  policy.require_fits(model);
  Table weights(static_cast<std::size_t>(model.num_choices()));
  for (int s = 0; s < model.num_states(); ++s) {
    double sum = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      sum += weights[static_cast<std::size_t>(c)] = policy.probability(model, s, c);
    for (double& w : of_state(model, weights, s)) w /= sum;
  }
  return weights;
}

void normalise_logits(std::span<double> logits) {
  // The largest first: beside 1e12 the logarithm of a sum of ones would be lost.
  const double top = *std::ranges::max_element(logits);
  for (double& x : logits) x -= top;
  const double sum = log_sum_exp(logits);
  for (double& x : logits) x = std::max(x - sum, kLowestLog);
}

void normalise_logits(const mdp::TabularMdp& model, Table& logits) {
  for (int s = 0; s < model.num_states(); ++s) normalise_logits(of_state(model, logits, s));
}

Table probabilities(const Table& log_weights) {
  Table weights(log_weights.size());
  std::ranges::transform(log_weights, weights.begin(), [](double x) { return std::exp(x); });
  return weights;
}

Table logarithms(const Table& weights) {
  Table result(weights.size());
  std::ranges::transform(weights, result.begin(), [](double w) { return w > 0 ? std::log(w) : kLowestLog; });
  return result;
}

mdp::Policy played(const mdp::TabularMdp& model, std::span<const double> weights) {
  double rarest = 1;
  for (const double p : model.probability())
    if (p > 0) rarest = std::min(rarest, p);
  const double least = std::clamp(1e-290 / rarest, 1e-150, 1e-20);
  std::vector<double> kept(weights.begin(), weights.end());
  for (double& w : kept)
    if (w < least) w = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    double sum = 0;
    for (const double w : of_state(model, kept, s)) sum += w;
    for (double& w : of_state(model, kept, s)) w /= sum;
  }
  return mdp::Policy::randomised(std::move(kept));
}

int most_choices(const mdp::TabularMdp& model) {
  int most = 0;
  for (int s = 0; s < model.num_states(); ++s) most = std::max(most, model.num_choices(s));
  return most;
}

std::vector<double> start_distribution(const mdp::TabularMdp& model, std::string_view kind) {
  if (kind == "initial") return model.initial();
  return std::vector<double>(static_cast<std::size_t>(model.num_states()), 1.0 / model.num_states());
}

}  // namespace bellwether::solvers::mirror
