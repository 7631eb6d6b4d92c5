#include "mdp/latent/belief_model.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::mdp {
namespace {

/// Which states can be confused: union-find.
class Confusion {
 public:
  explicit Confusion(int states) : parent_(static_cast<std::size_t>(states)), met_(parent_.size(), 0) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }
  void meet(std::int32_t s) { met_[static_cast<std::size_t>(s)] = 1; }
  bool met(std::int32_t s) const { return met_[static_cast<std::size_t>(s)] != 0; }
  std::int32_t root(std::int32_t s) {
    while (parent_[static_cast<std::size_t>(s)] != s) {
      parent_[static_cast<std::size_t>(s)] = parent_[static_cast<std::size_t>(parent_[static_cast<std::size_t>(s)])];
      s = parent_[static_cast<std::size_t>(s)];
    }
    return s;
  }
  void join(std::int32_t a, std::int32_t b) {
    a = root(a), b = root(b);
    parent_[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  }

 private:
  std::vector<std::int32_t> parent_;
  std::vector<char> met_;
};

/// All states that show the same after the same action are joined, and those at which a play may begin when they show
/// the same.
Confusion confused(const Pomdp& pomdp) {
  const TabularMdp& model = pomdp.model();
  Confusion confusion(model.num_states());
  std::map<std::pair<int, int>, std::int32_t> seen_at;  // (action, observation) -> a state
  const auto see = [&](int action, int observation, std::int32_t state) {
    confusion.meet(state);
    const auto [at, fresh] = seen_at.emplace(std::pair(action, observation), state);
    if (!fresh) confusion.join(at->second, state);
  };
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    for (const std::int32_t next : model.successors(c))
      for (const Seen& seen : pomdp.seen(model.action(c), next))
        if (seen.probability > 0) see(model.action(c), seen.observation, next);
  }
  const std::vector<double> initial = model.initial();
  for (std::int32_t s = 0; s < model.num_states(); ++s) {
    if (!(initial[static_cast<std::size_t>(s)] > 0)) continue;
    if (!pomdp.sees_the_start())
      see(-1, -1, s);
    else
      for (const Seen& seen : pomdp.seen_first(s))
        if (seen.probability > 0) see(-1, seen.observation, s);
  }
  return confusion;
}

void require_same_actions(const TabularMdp& model, int s, int t) {
  bool same = model.num_choices(s) == model.num_choices(t);
  for (int k = 0; same && k < model.num_choices(s); ++k)
    same = model.choice_index(t, model.action(model.first_choice(s) + k)).has_value();
  if (!same) {
    throw InvalidModel(fmt::format("Pomdp: states {} and {} can be confused, so they must have the same actions",
                                   model.state_name(s), model.state_name(t)));
  }
}

/// The messages of one action taken in a cell: (observation) -> for each place the entries.
std::vector<BeliefModel::Message> messages_of(const Pomdp& pomdp, const BeliefModel::Cell& cell, int action,
                                              std::span<const std::int32_t> cell_of,
                                              std::span<const std::int32_t> place_of) {
  const TabularMdp& model = pomdp.model();
  std::map<std::int32_t, std::size_t> number;
  std::vector<BeliefModel::Message> messages;
  for (int i = 0; i < cell.size(); ++i) {
    const int s = cell.states[static_cast<std::size_t>(i)];
    const std::int64_t c = model.first_choice(s) + *model.choice_index(s, action);
    for (std::size_t at = 0; at < model.successors(c).size(); ++at) {
      const auto next = static_cast<std::size_t>(model.successors(c)[at]);
      for (const Seen& seen : pomdp.seen(action, static_cast<int>(next))) {
        const double p = model.probabilities(c)[at] * seen.probability;
        if (!(p > 0)) continue;
        const auto [found, fresh] = number.emplace(seen.observation, messages.size());
        if (fresh) messages.push_back({.observation = seen.observation, .cell = cell_of[next]});
        BeliefModel::Message& message = messages[found->second];
        message.begin.resize(static_cast<std::size_t>(i) + 1, static_cast<std::int32_t>(message.to.size()));
        message.to.push_back(place_of[next]);
        message.probability.push_back(p);
      }
    }
  }
  for (BeliefModel::Message& message : messages)
    message.begin.resize(static_cast<std::size_t>(cell.size()) + 1, static_cast<std::int32_t>(message.to.size()));
  std::sort(messages.begin(), messages.end(),
            [](const auto& a, const auto& b) { return a.observation < b.observation; });
  return messages;
}

}  // namespace

BeliefModel::BeliefModel(const Pomdp& pomdp, double sign) : num_observations_(pomdp.num_observations()) {
  const TabularMdp& model = pomdp.model();
  Confusion confusion = confused(pomdp);
  cell_of_.assign(static_cast<std::size_t>(model.num_states()), -1);
  place_of_ = cell_of_;
  for (std::int32_t s = 0; s < model.num_states(); ++s) {
    if (!confusion.met(s)) continue;
    const auto root = static_cast<std::size_t>(confusion.root(s));
    if (cell_of_[root] < 0) {
      cell_of_[root] = num_cells();
      cells_.emplace_back();
    }
    Cell& cell = cells_[static_cast<std::size_t>(cell_of_[root])];
    cell_of_[static_cast<std::size_t>(s)] = cell_of_[root];
    place_of_[static_cast<std::size_t>(s)] = cell.size();
    cell.states.push_back(s);
    require_same_actions(model, cell.states.front(), s);
  }
  lowest_ = 1.0 / 0.0, highest_ = -lowest_;
  std::int64_t longest = 0;
  for (Cell& cell : cells_) {
    largest_cell_ = std::max(largest_cell_, cell.size());
    const int s = cell.states.front();
    for (int k = 0; k < model.num_choices(s); ++k) {
      const int action = model.action(model.first_choice(s) + k);
      Choice choice{.action = action, .reward = {}, .messages = messages_of(pomdp, cell, action, cell_of_, place_of_)};
      std::int64_t entries = 0;
      for (const std::int32_t t : cell.states) {
        const double r = sign * model.reward(model.first_choice(t) + *model.choice_index(t, action));
        choice.reward.push_back(r);
        lowest_ = std::min(lowest_, r), highest_ = std::max(highest_, r);
      }
      for (const Message& message : choice.messages) entries += static_cast<std::int64_t>(message.to.size());
      longest = std::max(longest, entries + static_cast<std::int64_t>(choice.messages.size()));
      cell.choices.push_back(std::move(choice));
    }
  }
  roundings_ = longest + largest_cell_ + 24;
  const std::vector<double> initial = model.initial();
  std::map<std::int32_t, Start> starts;
  for (std::int32_t s = 0; s < model.num_states(); ++s) {
    const auto at = static_cast<std::size_t>(s);
    if (!(initial[at] > 0)) continue;
    const Seen nothing{-1, 1.0};
    for (const Seen& seen : pomdp.sees_the_start() ? pomdp.seen_first(s) : std::span(&nothing, 1)) {
      if (!(seen.probability > 0)) continue;
      Start& start = starts[seen.observation];
      start.observation = seen.observation, start.cell = cell_of_[at];
      start.belief.resize(static_cast<std::size_t>(cell(start.cell).size()), 0.0);
      start.belief[static_cast<std::size_t>(place_of_[at])] += initial[at] * seen.probability;
    }
  }
  for (auto& [observation, start] : starts) starts_.push_back(std::move(start));
}

void advance(const BeliefModel::Message& message, std::span<const double> belief, std::span<double> to) {
  std::fill(to.begin(), to.end(), 0.0);
  for (std::size_t i = 0; i < belief.size(); ++i) {
    if (belief[i] == 0) continue;
    for (std::int32_t at = message.begin[i]; at < message.begin[i + 1]; ++at)
      to[static_cast<std::size_t>(message.to[static_cast<std::size_t>(at)])] +=
          belief[i] * message.probability[static_cast<std::size_t>(at)];
  }
}

void add_back(const BeliefModel::Message& message, std::span<const double> alpha, double factor,
              std::span<double> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    double sum = 0;
    for (std::int32_t at = message.begin[i]; at < message.begin[i + 1]; ++at)
      sum += message.probability[static_cast<std::size_t>(at)] *
             alpha[static_cast<std::size_t>(message.to[static_cast<std::size_t>(at)])];
    out[i] += factor * sum;
  }
}

double mass(std::span<const double> belief) {
  double sum = 0;
  for (const double b : belief) sum += b;
  return sum;
}

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace bellwether::mdp
