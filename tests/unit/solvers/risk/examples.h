#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "core/stream.h"
#include "mdp/tabular_mdp.h"
#include "mdp/tabular_mdp_builder.h"
#include "solvers/problem.h"
#include "solvers/risk/law.h"

namespace bellwether::solvers {

/// One way a choice can turn out: where it leads, what it pays, how likely.
struct Way {
  int next;
  double reward, probability;
};

/// A model from its ways: choices[s][a] lists them.
inline mdp::TabularMdp model_of(const std::vector<std::vector<std::vector<Way>>>& choices) {
  mdp::ModelData data;
  std::vector<std::int64_t> state_begin{0}, choice_begin{0};
  std::vector<std::int32_t> successor;
  std::vector<double> probability, expected, by_transition;
  for (const auto& state : choices) {
    for (const auto& ways : state) {
      double mean = 0;
      for (const Way& way : ways) {
        successor.push_back(way.next);
        probability.push_back(way.probability);
        by_transition.push_back(way.reward);
        mean += way.probability * way.reward;
      }
      choice_begin.push_back(static_cast<std::int64_t>(successor.size()));
      expected.push_back(mean);
    }
    state_begin.push_back(static_cast<std::int64_t>(choice_begin.size()) - 1);
  }
  data.state_begin = state_begin;
  data.choice_begin = choice_begin;
  data.successor = successor;
  data.probability = probability;
  data.rewards.push_back({.name = "reward", .expected = expected, .by_transition = by_transition});
  return mdp::TabularMdp(std::move(data));
}

inline Problem finite(mdp::TabularMdp model, int horizon, double discount = 1) {
  return {.model = std::move(model), .criterion = Criterion::kFinite, .discount = discount, .horizon = horizon};
}

/// One state; action 0 pays nothing, action 1 pays -1 or +2.
inline mdp::TabularMdp gamble(double lose) { return model_of({{{{0, 0, 1}}, {{0, -1, lose}, {0, 2, 1 - lose}}}}); }

/// Pays 0 with probability p, else 1, and then nothing more.
inline Problem toss(double p) { return finite(model_of({{{{1, 0, p}, {1, 1, 1 - p}}}, {{{1, 0, 1}}}}), 2); }

/// Two states, two actions, two successors each; whole rewards from -2 to 3.
inline mdp::TabularMdp random_model(Stream stream) {
  std::vector<std::vector<std::vector<Way>>> choices(2, std::vector<std::vector<Way>>(2));
  for (auto& state : choices) {
    for (auto& ways : state) {
      const double p = 0.1 * static_cast<double>(1 + stream() % 9);
      ways = {{0, static_cast<double>(stream() % 6) - 2, p}, {1, static_cast<double>(stream() % 6) - 2, 1 - p}};
    }
  }
  return model_of(choices);
}

/// The laws of the return of every deterministic policy that may look at everything it has seen.
inline std::vector<Law> all_laws(const mdp::TabularMdp& model, int horizon, double discount, int state = 0) {
  if (horizon == 0) return {{{0}, {1}}};
  std::vector<Law> laws;
  const auto& rewards = model.data().rewards.front().by_transition;
  for (std::int64_t c = model.first_choice(state); c < model.first_choice(state + 1); ++c) {
    std::vector<std::vector<std::pair<double, double>>> mixtures{{}};
    const auto first = static_cast<std::size_t>(model.choice_begin()[static_cast<std::size_t>(c)]);
    for (std::size_t k = 0; k < model.successors(c).size(); ++k) {
      const std::vector<Law> later = all_laws(model, horizon - 1, discount, model.successors(c)[k]);
      std::vector<std::vector<std::pair<double, double>>> longer;
      for (const auto& mixture : mixtures) {
        for (const Law& law : later) {
          auto atoms = mixture;
          for (std::size_t i = 0; i < law.atom.size(); ++i)
            atoms.emplace_back(rewards[first + k] + discount * law.atom[i], law.weight[i] * model.probabilities(c)[k]);
          longer.push_back(std::move(atoms));
        }
      }
      mixtures = std::move(longer);
    }
    for (auto& mixture : mixtures) laws.push_back(make_law(std::move(mixture)));
  }
  return laws;
}

inline double best_of(const std::vector<Law>& laws, const std::function<double(const Law&)>& functional) {
  double best = -1e300;
  for (const Law& law : laws) best = std::max(best, functional(law));
  return best;
}

}  // namespace bellwether::solvers
