#include "solvers/latent/learning/histories.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"

namespace bellwether::solvers {

LatentTables::LatentTables(const mdp::LatentMdp& model)
    : contexts(model.num_contexts()),
      states(model.num_states()),
      weight(model.weights().begin(), model.weights().end()) {
  for (int s = 0; s < states; ++s) {
    choices.push_back(model.context(0).num_choices(s));
    actions = std::max(actions, choices.back());
  }
  reward.assign(at(contexts, 0, 0), 0.0);
  row.assign(reward.size() * static_cast<std::size_t>(states), 0.0);
  for (int m = 0; m < contexts; ++m) {
    const mdp::TabularMdp& context = model.context(m);
    for (const double p : context.initial()) start.push_back(p);
    for (int s = 0; s < states; ++s) {
      for (int k = 0; k < choices[static_cast<std::size_t>(s)]; ++k) {
        const std::int64_t c = context.first_choice(s) + k;
        reward[at(m, s, k)] = context.reward(c);
        for (std::size_t i = 0; i < context.successors(c).size(); ++i)
          row[at(m, s, k) * static_cast<std::size_t>(states) + static_cast<std::size_t>(context.successors(c)[i])] +=
              context.probabilities(c)[i];
      }
    }
  }
}

LatentTables LatentTables::without_laws() const {
  LatentTables empty = *this;
  for (auto* table : {&empty.weight, &empty.start, &empty.row}) std::fill(table->begin(), table->end(), 0.0);
  return empty;
}

int draw_from(std::span<const double> law, Stream& stream) {
  double rest = stream.uniform();
  std::size_t last = 0;
  for (std::size_t i = 0; i < law.size(); ++i) {
    if (law[i] == 0) continue;
    last = i;
    if ((rest -= law[i]) < 0) break;
  }
  return static_cast<int>(last);
}

HistoryPolicy::HistoryPolicy(const LatentTables& model, int horizon)
    : states_(model.states),
      actions_(model.actions),
      horizon_(horizon),
      choice_(static_cast<std::size_t>(model.states), 0),
      block_(static_cast<std::size_t>(model.states), -1) {}

std::int64_t HistoryPolicy::add(std::int64_t node, int k, int next) {
  constexpr std::size_t kMost = 5'000'000;
  if (block_[static_cast<std::size_t>(node)] < 0) {
    block_[static_cast<std::size_t>(node)] = static_cast<std::int64_t>(next_.size());
    next_.resize(next_.size() + static_cast<std::size_t>(states_) * static_cast<std::size_t>(actions_), -1);
  }
  std::int32_t& child = next_[slot(node, k, next)];
  if (child >= 0) return child;
  if (choice_.size() >= kMost)
    throw InvalidOption(fmt::format("histories of {} steps: there are more than five million", horizon_));
  child = static_cast<std::int32_t>(choice_.size());
  choice_.push_back(0);
  block_.push_back(-1);
  return child;
}

namespace {

/// Alpha of a history in one context, and the expected sum of the variances of its continuations.
struct Moments {
  double alpha = 0, variance = 0;
};

Moments walk(const LatentTables& model, const HistoryPolicy& policy, int m, int depth, std::int64_t node, int s) {
  if (depth == policy.horizon()) return {};
  const int k = policy.choice(node);
  double mean = 0, square = 0, within = 0;
  for (int next = 0; next < model.states; ++next) {
    const double p = model.p(m, s, k, next);
    if (p == 0) continue;
    const Moments after = walk(model, policy, m, depth + 1, policy.child(node, k, next), next);
    mean += p * after.alpha, square += p * after.alpha * after.alpha, within += p * after.variance;
  }
  return {model.reward[model.at(m, s, k)] + mean, std::max(0.0, square - mean * mean) + within};
}

struct Totals {
  double mean = 0, variance = 0;
};

Totals totals(const LatentTables& model, const HistoryPolicy& policy) {
  double mean = 0, square = 0, within = 0;
  for (int m = 0; m < model.contexts; ++m) {
    for (int s = 0; s < model.states; ++s) {
      const double b = model.weight[static_cast<std::size_t>(m)] * model.nu(m, s);
      if (b == 0) continue;
      const Moments root = walk(model, policy, m, 0, s, s);
      mean += b * root.alpha, square += b * root.alpha * root.alpha, within += b * root.variance;
    }
  }
  return {mean, std::max(0.0, square - mean * mean) + within};
}

}  // namespace

double value_of(const LatentTables& model, const HistoryPolicy& policy) { return totals(model, policy).mean; }

double variance_of(const LatentTables& model, const HistoryPolicy& policy) { return totals(model, policy).variance; }

}  // namespace bellwether::solvers
