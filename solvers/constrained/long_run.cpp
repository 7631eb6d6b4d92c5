#include "solvers/constrained/long_run.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>

#include "mdp/evaluate/leaky_chain.h"
#include "mdp/graph/induced_chain.h"

namespace bellwether::solvers::constrained {
namespace {

/// Long-run frequencies of the states of a recurrent class: visits between two visits of its first state. Empty when
/// numbers overflow.
std::vector<double> frequencies(const mdp::PolicyChain& chain, std::span<const std::int32_t> members) {
  const std::vector<std::int32_t> others(members.begin() + 1, members.end());
  std::vector<double> mass(members.size(), 1.0);
  if (others.empty()) return mass;
  std::vector<std::int32_t> number(static_cast<std::size_t>(chain.num_states()), -1);
  for (std::size_t k = 0; k < others.size(); ++k)
    number[static_cast<std::size_t>(others[k])] = static_cast<std::int32_t>(k);
  Eigen::VectorXd source = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(others.size()));
  const mdp::MarkovChain& rows = chain.chain();
  const auto row = static_cast<std::size_t>(members.front());
  for (auto k = static_cast<std::size_t>(rows.row_begin[row]); k < static_cast<std::size_t>(rows.row_begin[row + 1]);
       ++k) {
    const std::int32_t at = number[static_cast<std::size_t>(rows.successor[k])];
    if (at >= 0) source[at] += rows.probability[k];
  }
  mdp::LeakySystem system(chain.leaky_part(others, number, 1));
  const mdp::LeakySystem::Flow flow = system.flow(source);
  if (!flow.mass.allFinite()) return {};
  for (std::size_t k = 0; k < others.size(); ++k) mass[k + 1] = std::max(0.0, flow.mass[static_cast<Eigen::Index>(k)]);
  const double total = std::accumulate(mass.begin(), mass.end(), 0.0);
  for (double& x : mass) x /= total;
  return mass;
}

/// How often each state is visited before the play enters a recurrent class, and (`entered`) how probably it begins in,
/// or enters, each state of one. Empty when numbers overflow.
struct Ways {
  Eigen::VectorXd visits, entered;
};
Ways ways(const mdp::PolicyChain& chain, const mdp::RecurrentClasses& classes, std::span<const double> initial) {
  Ways result{Eigen::VectorXd::Zero(chain.num_states()), Eigen::VectorXd::Zero(chain.num_states())};
  std::vector<std::int32_t> number(initial.size(), -1), transient;
  for (std::size_t s = 0; s < initial.size(); ++s) {
    if (classes.class_of[s] >= 0) {
      result.entered[static_cast<Eigen::Index>(s)] = initial[s];
      continue;
    }
    number[s] = static_cast<std::int32_t>(transient.size());
    transient.push_back(static_cast<std::int32_t>(s));
  }
  if (transient.empty()) return result;
  Eigen::VectorXd source(static_cast<Eigen::Index>(transient.size()));
  for (std::size_t k = 0; k < transient.size(); ++k)
    source[static_cast<Eigen::Index>(k)] = initial[static_cast<std::size_t>(transient[k])];
  mdp::LeakySystem system(chain.leaky_part(transient, number, 1));
  const mdp::LeakySystem::Flow flow = system.flow(source);
  if (!flow.mass.allFinite()) return {};
  const mdp::MarkovChain& rows = chain.chain();
  for (std::size_t k = 0; k < transient.size(); ++k) {
    const auto s = static_cast<std::size_t>(transient[k]);
    const double visits = std::max(0.0, flow.mass[static_cast<Eigen::Index>(k)]);
    result.visits[transient[k]] = visits;
    for (auto j = static_cast<std::size_t>(rows.row_begin[s]); j < static_cast<std::size_t>(rows.row_begin[s + 1]); ++j)
      if (number[static_cast<std::size_t>(rows.successor[j])] < 0)
        result.entered[rows.successor[j]] += visits * rows.probability[j];
  }
  return result;
}

/// Whether the play settles in the same class whatever happens.
bool has_one_class(const mdp::PolicyChain& chain) { return mdp::recurrent_classes(chain.chain()).count() == 1; }

}  // namespace

Occupation long_run(const mdp::PolicyChain& chain, std::span<const double> initial) {
  const mdp::RecurrentClasses classes = mdp::recurrent_classes(chain.chain());
  const Ways way = ways(chain, classes, initial);
  if (way.visits.size() == 0) return {};
  Eigen::VectorXd mass = Eigen::VectorXd::Zero(chain.num_states());
  for (const auto& members : classes.members) {
    double share = 0;
    for (const std::int32_t s : members) share += way.entered[s];
    if (share == 0) continue;
    const std::vector<double> within = frequencies(chain, members);
    if (within.empty()) return {};
    for (std::size_t k = 0; k < members.size(); ++k) mass[members[k]] = share * within[k];
  }
  return {.mass = {chain.choice_mass(mass)}, .way = chain.choice_mass(way.visits)};
}

AnyPolicy mix_average(const mdp::TabularMdp& model, std::span<const double> initial,
                      std::span<const AnyPolicy> policies, std::span<const double> weights) {
  AnyPolicy apart;
  const auto add = [&](const mdp::Policy& policy, double weight) {
    for (std::size_t i = 0; i < apart.parts.size(); ++i) {
      if (!(apart.parts[i] == policy)) continue;
      apart.weights[i] += weight;
      return;
    }
    apart.parts.push_back(policy);
    apart.weights.push_back(weight);
  };
  for (std::size_t j = 0; j < policies.size(); ++j) {
    if (weights[j] <= 0) continue;
    if (policies[j].parts.empty()) add(policies[j].stationary, weights[j]);
    const double inner = std::accumulate(policies[j].weights.begin(), policies[j].weights.end(), 0.0);
    for (std::size_t i = 0; i < policies[j].parts.size(); ++i)
      add(policies[j].parts[i], weights[j] * policies[j].weights[i] / inner);
  }
  if (apart.parts.size() == 1) return {.stationary = apart.parts.front()};
  std::vector<double> mass(static_cast<std::size_t>(model.num_choices()), 0.0);
  for (std::size_t j = 0; j < apart.parts.size(); ++j) {
    const mdp::PolicyChain chain(model, apart.parts[j]);
    if (!has_one_class(chain)) return apart;
    const Occupation part = long_run(chain, initial);
    if (part.mass.empty()) return apart;
    for (std::size_t c = 0; c < mass.size(); ++c) mass[c] += apart.weights[j] * part.mass.front()[c];
  }
  std::vector<double> probability(mass.size());
  for (int s = 0; s < model.num_states(); ++s) {
    double total = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      total += mass[static_cast<std::size_t>(c)];
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const auto at = static_cast<std::size_t>(c);
      probability[at] = total > 0 ? mass[at] / total : apart.parts.front().probability(model, s, c);
      if (probability[at] < 1e-200) probability[at] = 0;
    }
  }
  AnyPolicy together{.stationary = mdp::Policy::randomised(std::move(probability))};
  if (!has_one_class(mdp::PolicyChain(model, together.stationary))) return apart;
  return together;
}

}  // namespace bellwether::solvers::constrained
