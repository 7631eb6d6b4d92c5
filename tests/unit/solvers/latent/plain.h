#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "mdp/latent/latent_mdp.h"
#include "mdp/latent/pomdp.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/latent/problem.h"

namespace bellwether::solvers {

// The independent route of these tests: recursions over whole histories, straight from the definitions, that share no
// code with the planners.

/// W_h(b, s) of a latent model by the history recursion; b unnormalised over contexts.
inline double plain_latent(const mdp::LatentMdp& model, int steps, int s, const std::vector<double>& b, double sign = 1,
                           double discount = 1) {
  if (steps == 0) return 0;
  const mdp::TabularMdp& first = model.context(0);
  double best = -1e300;
  for (int k = 0; k < first.num_choices(s); ++k) {
    double value = 0;
    std::vector<std::vector<double>> child(static_cast<std::size_t>(model.num_states()),
                                           std::vector<double>(b.size(), 0.0));
    for (std::size_t m = 0; m < b.size(); ++m) {
      const mdp::TabularMdp& context = model.context(static_cast<int>(m));
      const std::int64_t c = context.first_choice(s) + k;
      value += sign * b[m] * context.reward(c);
      for (std::size_t i = 0; i < context.successors(c).size(); ++i)
        child[static_cast<std::size_t>(context.successors(c)[i])][m] += b[m] * context.probabilities(c)[i];
    }
    for (int t = 0; t < model.num_states(); ++t)
      value += discount * plain_latent(model, steps - 1, t, child[static_cast<std::size_t>(t)], sign, discount);
    best = std::max(best, value);
  }
  return best;
}

inline double plain_latent(const mdp::LatentMdp& model, int horizon, double sign = 1, double discount = 1) {
  double sum = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    std::vector<double> b;
    for (int m = 0; m < model.num_contexts(); ++m)
      b.push_back(model.weight(m) * model.context(m).initial()[static_cast<std::size_t>(s)]);
    sum += plain_latent(model, horizon, s, b, sign, discount);
  }
  return sign * sum;
}

/// The same of a partially observable model, b over its states; in fractions when b holds fractions.
template <class Number>
Number plain_pomdp(const mdp::Pomdp& pomdp, int steps, const std::vector<Number>& b, double discount = 1) {
  if (steps == 0) return 0;
  const mdp::TabularMdp& model = pomdp.model();
  Number best = -1e300;
  for (int k = 0; k < model.num_choices(0); ++k) {
    Number value = 0;
    std::vector<std::vector<Number>> child(static_cast<std::size_t>(pomdp.num_observations()),
                                           std::vector<Number>(b.size(), Number(0)));
    for (int s = 0; s < model.num_states(); ++s) {
      const std::int64_t c = model.first_choice(s) + k;
      const Number mass = b[static_cast<std::size_t>(s)];
      value += mass * Number(model.reward(c));
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        for (const mdp::Seen& seen : pomdp.seen(model.action(c), model.successors(c)[i]))
          child[static_cast<std::size_t>(seen.observation)][static_cast<std::size_t>(model.successors(c)[i])] +=
              mass * Number(model.probabilities(c)[i]) * Number(seen.probability);
    }
    for (const auto& after : child) value += Number(discount) * plain_pomdp(pomdp, steps - 1, after, discount);
    if (value > best) best = value;
  }
  return best;
}

/// Alpha vectors of all policy trees of this depth, none left out.
inline std::vector<std::vector<double>> all_trees(const mdp::Pomdp& pomdp, int steps) {
  const mdp::TabularMdp& model = pomdp.model();
  const auto states = static_cast<std::size_t>(model.num_states());
  if (steps == 0) return {std::vector<double>(states, 0.0)};
  const auto after = all_trees(pomdp, steps - 1);
  std::vector<std::vector<double>> trees;
  const auto observations = static_cast<std::size_t>(pomdp.num_observations());
  for (int k = 0; k < model.num_choices(0); ++k) {
    std::vector<std::size_t> pick(observations, 0);
    while (true) {
      std::vector<double> alpha(states, 0.0);
      for (std::size_t s = 0; s < states; ++s) {
        const std::int64_t c = model.first_choice(static_cast<int>(s)) + k;
        alpha[s] = model.reward(c);
        for (std::size_t i = 0; i < model.successors(c).size(); ++i)
          for (const mdp::Seen& seen : pomdp.seen(model.action(c), model.successors(c)[i]))
            alpha[s] += model.probabilities(c)[i] * seen.probability *
                        after[pick[static_cast<std::size_t>(seen.observation)]]
                             [static_cast<std::size_t>(model.successors(c)[i])];
      }
      trees.push_back(alpha);
      std::size_t o = 0;
      while (o < observations && ++pick[o] == after.size()) pick[o++] = 0;
      if (o == observations) break;
    }
  }
  return trees;
}

/// One state, one observation; a step pays what the action is worth.
inline LatentProblem one_state(const std::vector<double>& worth, int horizon) {
  mdp::TabularMdpBuilder builder(1);
  for (const double reward : worth) builder.add_choice(0, reward, {{0, 1.0}});
  return {.model = {std::move(builder).build(), mdp::dense_observations(1, std::vector<double>(worth.size(), 1.0))},
          .criterion = Criterion::kFinite,
          .horizon = horizon};
}

}  // namespace bellwether::solvers
