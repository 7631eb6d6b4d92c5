#include "proofs_checks/risk/small_models.h"

#include <array>
#include <utility>

#include "mdp/tabular_mdp_builder.h"

namespace bellwether::claims {
namespace {

using solvers::Law;
using Atoms = std::vector<std::pair<double, double>>;

/// Laws from a state on, when each successor goes on in any of its ways.
std::vector<Law> laws_from(const mdp::TabularMdp& model, int horizon, double discount, int state) {
  if (horizon == 0) return {{{0}, {1}}};
  std::vector<Law> laws;
  for (std::int64_t c = model.first_choice(state); c < model.first_choice(state + 1); ++c) {
    std::vector<Atoms> mixtures{{}};
    for (std::size_t k = 0; k < model.successors(c).size(); ++k) {
      const double p = model.probabilities(c)[k], reward = rewards_of(model, c)[k];
      std::vector<Atoms> longer;
      for (const Law& later : laws_from(model, horizon - 1, discount, model.successors(c)[k])) {
        for (Atoms atoms : mixtures) {
          for (std::size_t i = 0; i < later.atom.size(); ++i)
            atoms.emplace_back(reward + discount * later.atom[i], later.weight[i] * p);
          longer.push_back(std::move(atoms));
        }
      }
      mixtures = std::move(longer);
    }
    for (Atoms& atoms : mixtures) laws.push_back(solvers::make_law(std::move(atoms)));
  }
  return laws;
}

Law law_from(const mdp::TabularMdp& model, int horizon, double discount, int stage, int state,
             const std::vector<int>& played) {
  if (stage == horizon) return {{0}, {1}};
  const std::int64_t c =
      model.first_choice(state) + played[static_cast<std::size_t>(stage * model.num_states() + state)];
  Atoms atoms;
  for (std::size_t k = 0; k < model.successors(c).size(); ++k) {
    const Law later = law_from(model, horizon, discount, stage + 1, model.successors(c)[k], played);
    for (std::size_t i = 0; i < later.atom.size(); ++i)
      atoms.emplace_back(rewards_of(model, c)[k] + discount * later.atom[i],
                         later.weight[i] * model.probabilities(c)[k]);
  }
  return solvers::make_law(std::move(atoms));
}

}  // namespace

std::span<const double> rewards_of(const mdp::TabularMdp& model, std::int64_t choice) {
  const auto begin = static_cast<std::size_t>(model.choice_begin()[static_cast<std::size_t>(choice)]);
  return model.data().rewards.front().by_transition.view().subspan(begin, model.successors(choice).size());
}

Law drawn_law(Stream stream, int atoms) {
  Atoms drawn;
  double total = 0;
  for (int i = 0; i < atoms; ++i) {
    drawn.emplace_back(20 * stream.uniform() - 10, 0.01 + stream.uniform());
    total += drawn.back().second;
  }
  for (auto& [atom, weight] : drawn) weight /= total;
  return solvers::make_law(std::move(drawn));
}

mdp::TabularMdp drawn_risky_model(Stream stream) {
  mdp::ModelData data;
  data.state_begin = std::vector<std::int64_t>{0, 2, 4};
  data.choice_begin = std::vector<std::int64_t>{0, 2, 4, 6, 8};
  data.successor = std::vector<std::int32_t>{0, 1, 0, 1, 0, 1, 0, 1};
  std::vector<double> probability, expected, rewards;
  for (int choice = 0; choice < 4; ++choice) {
    const double p = 0.1 * static_cast<double>(1 + stream.below(9));
    const std::array<double, 2> reward{static_cast<double>(stream.below(6)) - 2,
                                       static_cast<double>(stream.below(6)) - 2};
    probability.insert(probability.end(), {p, 1 - p});
    rewards.insert(rewards.end(), reward.begin(), reward.end());
    expected.push_back(p * reward[0] + (1 - p) * reward[1]);
  }
  data.probability = probability;
  data.rewards.push_back({.name = "reward", .expected = expected, .by_transition = rewards});
  return mdp::TabularMdp(std::move(data));
}

solvers::Problem over_stages(mdp::TabularMdp model, int horizon, double discount) {
  return {
      .model = std::move(model), .criterion = solvers::Criterion::kFinite, .discount = discount, .horizon = horizon};
}

std::vector<Law> laws_of_all_policies(const mdp::TabularMdp& model, int horizon, double discount) {
  return laws_from(model, horizon, discount, 0);
}

Law law_of_markov_policy(const mdp::TabularMdp& model, int horizon, double discount, const std::vector<int>& played) {
  return law_from(model, horizon, discount, 0, 0, played);
}

std::vector<Law> laws_of_markov_policies(const mdp::TabularMdp& model, int horizon, double discount) {
  std::vector<Law> laws;
  std::vector<int> played(static_cast<std::size_t>(horizon * model.num_states()), 0);
  for (std::size_t turned = 0; turned < played.size();) {
    laws.push_back(law_of_markov_policy(model, horizon, discount, played));
    // Counts through all of them, as on a dial with one wheel a stage and state.
    for (turned = 0; turned < played.size(); ++turned) {
      const int state = static_cast<int>(turned) % model.num_states();
      if (++played[turned] < model.num_choices(state)) break;
      played[turned] = 0;
    }
  }
  return laws;
}

mdp::TabularMdp gamble(double lose) {
  mdp::TabularMdpBuilder builder(1);
  builder.add_choice(0, {{0, 1.0, 0.0}});
  builder.add_choice(0, {{0, lose, -1.0}, {0, 1 - lose, 2.0}});
  return std::move(builder).build();
}

mdp::TabularMdp coin_then_choice() {
  mdp::TabularMdpBuilder builder(3);
  builder.add_choice(0, {{1, 0.5, 0.0}, {1, 0.5, 2.0}});
  builder.add_choice(1, {{2, 1.0, 1.0}});
  builder.add_choice(1, {{2, 0.5, 0.0}, {2, 0.5, 3.0}});
  builder.add_choice(2, {{2, 1.0, 0.0}});
  return std::move(builder).build();
}

}  // namespace bellwether::claims
