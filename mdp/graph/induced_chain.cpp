#include "mdp/graph/induced_chain.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

std::int32_t period_of(const MarkovChain& chain, std::span<const std::int32_t> members,
                       std::vector<std::int32_t>& level) {
  std::vector<std::int32_t> queue{members.front()};
  level[static_cast<std::size_t>(members.front())] = 0;
  std::int32_t period = 0;
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const auto s = static_cast<std::size_t>(queue[head]);
    for (std::int64_t i = chain.row_begin[s]; i < chain.row_begin[s + 1]; ++i) {
      const std::int32_t next = chain.successor[static_cast<std::size_t>(i)];
      std::int32_t& seen = level[static_cast<std::size_t>(next)];
      if (seen < 0) {
        seen = level[s] + 1;
        queue.push_back(next);
      }
      period = std::gcd(period, level[s] + 1 - seen);
    }
  }
  return period;
}

}  // namespace

double step_probability(const TabularMdp& model, int s, std::int64_t c, double weight, double probability) {
  const double product = weight * probability;
  if (product == 0) {
    throw InvalidModel(fmt::format(
        "policy: state {} plays choice {} with probability {}, which with a transition of probability {} is below "
        "what double arithmetic can hold",
        model.state_name(s), c - model.first_choice(s), weight, probability));
  }
  return product;
}

std::int64_t append_row(std::vector<ChainStep>& row, MarkovChain& chain) {
  std::stable_sort(row.begin(), row.end(), [](const ChainStep& a, const ChainStep& b) { return a.next < b.next; });
  std::size_t most = 0;
  for (std::size_t i = 0; i < row.size();) {
    const std::size_t start = i;
    double total = 0;
    for (; i < row.size() && row[i].next == row[start].next; ++i) total += row[i].probability;
    chain.successor.push_back(row[start].next);
    chain.probability.push_back(total);
    most = std::max(most, i - start);
  }
  chain.row_begin.push_back(static_cast<std::int64_t>(chain.successor.size()));
  row.clear();
  return static_cast<std::int64_t>(most);
}

MarkovChain induced_chain(const TabularMdp& model, const Policy& policy) {
  policy.require_fits(model);
  MarkovChain chain;
  chain.row_begin.push_back(0);
  chain.row_begin.reserve(static_cast<std::size_t>(model.num_states()) + 1);
  chain.reward.reserve(static_cast<std::size_t>(model.num_states()));
  std::vector<ChainStep> row;
  for (int s = 0; s < model.num_states(); ++s) {
    double reward = 0;
    const auto add = [&](std::int64_t c, double weight) {
      const auto next = model.successors(c);
      const auto probability = model.probabilities(c);
      for (std::size_t i = 0; i < next.size(); ++i)
        row.push_back({next[i], step_probability(model, s, c, weight, probability[i])});
      reward += weight * model.reward(c);
    };
    if (policy.is_deterministic()) {
      add(model.first_choice(s) + policy.choices()[static_cast<std::size_t>(s)], 1.0);
    } else {
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        const double weight = policy.probability(model, s, c);
        if (weight > 0) add(c, weight);
      }
    }
    append_row(row, chain);
    chain.reward.push_back(reward);
  }
  return chain;
}

RecurrentClasses recurrent_classes(const MarkovChain& chain) {
  const Components parts = strongly_connected_components(chain.graph());
  std::vector<char> closed(static_cast<std::size_t>(parts.count()), 1);
  const auto n = static_cast<std::size_t>(chain.num_states());
  for (std::size_t s = 0; s < n; ++s) {
    for (std::int64_t i = chain.row_begin[s]; i < chain.row_begin[s + 1]; ++i) {
      const auto next = static_cast<std::size_t>(chain.successor[static_cast<std::size_t>(i)]);
      if (parts.component[next] != parts.component[s]) closed[static_cast<std::size_t>(parts.component[s])] = 0;
    }
  }
  RecurrentClasses result;
  result.class_of.assign(n, -1);
  std::vector<std::int32_t> number(closed.size(), -1), level(n, -1);
  for (std::size_t s = 0; s < n; ++s) {
    const auto part = static_cast<std::size_t>(parts.component[s]);
    if (!closed[part]) continue;
    if (number[part] < 0) {
      number[part] = result.count();
      const auto members = parts.members_of(static_cast<int>(part));
      result.members.emplace_back(members.begin(), members.end());
      result.period.push_back(period_of(chain, members, level));
    }
    result.class_of[s] = number[part];
  }
  return result;
}

}  // namespace bellwether::mdp
