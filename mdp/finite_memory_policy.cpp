#include "mdp/finite_memory_policy.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

constexpr double kSumTolerance = 1e-9;

void require_initial(const std::vector<double>& initial, int nodes) {
  if (initial.empty()) return;
  if (initial.size() != static_cast<std::size_t>(nodes)) {
    throw InvalidModel(fmt::format("FiniteMemoryPolicy: {} initial probabilities for {} nodes", initial.size(), nodes));
  }
  for (std::size_t node = 0; node < initial.size(); ++node) {
    if (!(initial[node] >= 0))
      throw InvalidModel(fmt::format(
          "FiniteMemoryPolicy: the initial probability of node {} is {}, must not be negative", node, initial[node]));
  }
  const double sum = std::accumulate(initial.begin(), initial.end(), 0.0);
  if (!(std::abs(sum - 1) <= kSumTolerance))
    throw InvalidModel(fmt::format("FiniteMemoryPolicy: the initial probabilities sum to {}, not 1", sum));
}

}  // namespace

void FiniteMemoryPolicy::require_fits(const TabularMdp& model) const {
  if (policy.empty() || update.size() != policy.size()) {
    throw InvalidModel(fmt::format("FiniteMemoryPolicy: {} policies with {} updates", policy.size(), update.size()));
  }
  require_initial(initial, num_nodes());
  const bool by_state = input == MemoryInput::kNextState;
  const auto entries = static_cast<std::size_t>(by_state ? model.num_states() : model.num_transitions());
  for (int node = 0; node < num_nodes(); ++node) {
    const auto i = static_cast<std::size_t>(node);
    policy[i].require_fits(model);
    if (update[i].size() != entries) {
      throw InvalidModel(fmt::format("FiniteMemoryPolicy: node {} has {} updates for {} {}", node, update[i].size(),
                                     entries, by_state ? "states" : "transitions"));
    }
    for (std::size_t k = 0; k < entries; ++k) {
      if (update[i][k] >= 0 && update[i][k] < num_nodes()) continue;
      throw InvalidModel(fmt::format("FiniteMemoryPolicy: node {} moves to node {} on {} {}, there are {}", node,
                                     update[i][k], by_state ? "state" : "transition", k, num_nodes()));
    }
  }
}

FiniteMemoryPolicy mixture(const TabularMdp& model, std::vector<Policy> policies, std::vector<double> weights) {
  FiniteMemoryPolicy result{.policy = std::move(policies), .update = {}, .initial = std::move(weights)};
  for (int node = 0; node < result.num_nodes(); ++node)
    result.update.emplace_back(static_cast<std::size_t>(model.num_states()), node);
  result.require_fits(model);
  return result;
}

FiniteMemoryPolicy staged(const TabularMdp& model, StagePolicy stages) {
  FiniteMemoryPolicy result{.policy = std::move(stages), .update = {}, .initial = {}};
  for (int node = 0; node < result.num_nodes(); ++node)
    result.update.emplace_back(static_cast<std::size_t>(model.num_states()),
                               std::min(node + 1, result.num_nodes() - 1));
  result.require_fits(model);
  return result;
}

}  // namespace bellwether::mdp
