#include "mdp/latent/latent_mdp.h"

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

void require_alike(const TabularMdp& first, const TabularMdp& other, std::size_t m) {
  if (other.num_states() != first.num_states()) {
    throw InvalidModel(fmt::format("LatentMdp: context {} has {}, context 0 has {}", m,
                                   counted(other.num_states(), "state"), first.num_states()));
  }
  for (int s = 0; s < first.num_states(); ++s) {
    bool same = other.num_choices(s) == first.num_choices(s);
    for (int k = 0; same && k < first.num_choices(s); ++k)
      same = other.action(other.first_choice(s) + k) == first.action(first.first_choice(s) + k);
    if (!same) {
      throw InvalidModel(
          fmt::format("LatentMdp: the actions of state {} in context {} are not those of context 0, in their order",
                      first.state_name(s), m));
    }
  }
}

/// A step and the reward it pays.
struct Outcome {
  std::int32_t next;
  double probability, reward;
};

std::vector<Outcome> outcomes(const TabularMdp& model, std::int64_t c) {
  const ModelData& data = model.data();
  const Column& column = data.rewards.front();
  const auto choice = static_cast<std::size_t>(c);
  const auto at = static_cast<std::size_t>(data.choice_begin[choice]);
  const RewardLaw law =
      data.reward_laws.empty() ? RewardLaw::kDeterministic : static_cast<RewardLaw>(data.reward_laws.law[choice]);
  std::vector<std::pair<double, double>> drawn;  // value and probability; none: that of the transition
  if (law == RewardLaw::kGaussian) {
    throw InvalidModel(
        fmt::format("LatentMdp: the reward of state {} is Gaussian; rewards that are seen must have "
                    "finitely many values",
                    model.state_name(model.state_of(c))));
  }
  if (law == RewardLaw::kBernoulli) {
    const double high = data.reward_laws.scale[choice], p = high == 0 ? 0.0 : column.expected[choice] / high;
    drawn = {{high, p}, {0.0, 1 - p}};
  } else if (law == RewardLaw::kFinite) {
    double sum = 0;
    const auto begin = static_cast<std::size_t>(data.reward_laws.support_begin[choice]);
    const auto end = static_cast<std::size_t>(data.reward_laws.support_begin[choice + 1]);
    for (std::size_t i = begin; i < end; ++i) sum += data.reward_laws.weights[i];
    for (std::size_t i = begin; i < end; ++i)
      drawn.emplace_back(data.reward_laws.values[i], data.reward_laws.weights[i] / sum);
  }
  std::vector<Outcome> result;
  const auto next = model.successors(c);
  for (std::size_t i = 0; i < next.size(); ++i) {
    const double p = model.probabilities(c)[i];
    const double own = column.by_transition.empty() ? column.expected[choice] : column.by_transition[at + i];
    if (drawn.empty()) result.push_back({next[i], p, own});
    for (const auto& [value, chance] : drawn)
      if (chance > 0) result.push_back({next[i], p * chance, value});
  }
  return result;
}

/// The model on (context, state, last reward), reached states only.
class RewardStates {
 public:
  explicit RewardStates(const LatentMdp& latent) : latent_(latent) {
    for (int m = 0; m < latent.num_contexts(); ++m) {
      const std::vector<double> start = latent.context(m).initial();
      for (int s = 0; s < latent.num_states(); ++s)
        if (start[static_cast<std::size_t>(s)] > 0 && latent.weight(m) > 0)
          start_.emplace_back(state(m, s, 0), start[static_cast<std::size_t>(s)] * latent.weight(m));
    }
  }

  Pomdp build() {
    struct Row {
      std::int32_t from;
      double reward;
      int action;
      std::vector<Entry> entries;
    };
    std::vector<Row> rows;
    for (std::size_t i = 0; i < keys_.size(); ++i) {  // grows on the way
      const auto [m, s, level] = keys_[i];
      const TabularMdp& model = latent_.context(m);
      for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
        Row row{static_cast<std::int32_t>(i), model.reward(c), model.action(c), {}};
        for (const Outcome& o : outcomes(model, c))
          row.entries.push_back({.next = state(m, o.next, level_of(o.reward)), .probability = o.probability});
        rows.push_back(std::move(row));
      }
    }
    TabularMdpBuilder builder(static_cast<int>(keys_.size()));
    int actions = 0;
    for (const Row& row : rows) {
      builder.add_choice(row.from, row.reward, row.entries).action(row.action);
      actions = std::max(actions, row.action + 1);
    }
    std::vector<double> initial(keys_.size(), 0.0);
    for (const auto& [i, p] : start_) initial[static_cast<std::size_t>(i)] += p;
    builder.initial(std::move(initial));
    return {std::move(builder).build(), observations(actions), first()};
  }

 private:
  int level_of(double reward) {
    return levels_.emplace(reward + 0.0, static_cast<int>(levels_.size()) + 1).first->second;
  }
  int state(int m, int s, int level) {
    const auto [at, fresh] = number_.emplace(std::tuple(m, s, level), static_cast<int>(keys_.size()));
    if (fresh) keys_.emplace_back(m, s, level);
    return at->second;
  }
  std::int32_t shown(std::size_t i) const {
    const auto [m, s, level] = keys_[i];
    return level * latent_.num_states() + s;
  }
  Observations observations(int actions) const {
    std::vector<std::int64_t> begin = {0};
    std::vector<std::int32_t> seen;
    for (int a = 0; a < actions; ++a) {
      for (std::size_t i = 0; i < keys_.size(); ++i) {
        seen.push_back(shown(i));
        begin.push_back(static_cast<std::int64_t>(seen.size()));
      }
    }
    std::vector<double> ones(seen.size(), 1.0);
    return {.count = (static_cast<int>(levels_.size()) + 1) * latent_.num_states(),
            .names = names(),
            .begin = std::move(begin),
            .observation = std::move(seen),
            .probability = std::move(ones)};
  }
  /// "well" before the first reward, "well, 0.5" after one of 0.5. Where a state is called "well, 0.5" too the names of
  /// states stand in quotes, which no reward ends with.
  std::vector<std::string> names() const {
    std::vector<std::string> names = names_with("");
    if (std::set<std::string>(names.begin(), names.end()).size() < names.size()) names = names_with("\"");
    return names;
  }
  std::vector<std::string> names_with(std::string_view quote) const {
    std::vector<std::string> endings(levels_.size() + 1), names;
    for (const auto& [reward, level] : levels_) endings[static_cast<std::size_t>(level)] = fmt::format(", {}", reward);
    for (const std::string& ending : endings)
      for (int s = 0; s < latent_.num_states(); ++s)
        names.push_back(fmt::format("{0}{1}{0}{2}", quote, latent_.context(0).state_name(s), ending));
    return names;
  }
  std::vector<std::vector<Seen>> first() const {
    std::vector<std::vector<Seen>> rows;
    for (std::size_t i = 0; i < keys_.size(); ++i) rows.push_back({{shown(i), 1.0}});
    return rows;
  }

  const LatentMdp& latent_;
  std::map<double, int> levels_;
  std::map<std::tuple<int, int, int>, int> number_;
  std::vector<std::tuple<int, int, int>> keys_;
  std::vector<std::pair<int, double>> start_;
};

Pomdp context_states(const LatentMdp& latent) {
  const int states = latent.num_states();
  TabularMdpBuilder builder(latent.num_contexts() * states);
  std::vector<double> initial;
  std::vector<Entry> row;
  int actions = 0;
  for (int m = 0; m < latent.num_contexts(); ++m) {
    const TabularMdp& model = latent.context(m);
    for (const double p : model.initial()) initial.push_back(latent.weight(m) * p);
    for (std::int64_t c = 0; c < model.num_choices(); ++c) {
      row.clear();
      for (std::size_t i = 0; i < model.successors(c).size(); ++i)
        row.push_back({.next = m * states + model.successors(c)[i], .probability = model.probabilities(c)[i]});
      builder.add_choice(m * states + model.state_of(c), model.reward(c), row).action(model.action(c));
      actions = std::max(actions, model.action(c) + 1);
    }
  }
  builder.initial(std::move(initial));
  const std::int64_t rows = std::int64_t{actions} * latent.num_contexts() * states;
  std::vector<std::int64_t> begin = {0};
  std::vector<std::int32_t> seen;
  for (std::int64_t i = 0; i < rows; ++i) {
    seen.push_back(static_cast<std::int32_t>(i % states));
    begin.push_back(i + 1);
  }
  std::vector<double> ones(seen.size(), 1.0);
  std::vector<std::vector<Seen>> first;
  for (int i = 0; i < latent.num_contexts() * states; ++i) first.push_back({{i % states, 1.0}});
  return {std::move(builder).build(),
          {.count = states,
           .names = {},
           .begin = std::move(begin),
           .observation = std::move(seen),
           .probability = std::move(ones)},
          std::move(first)};
}

}  // namespace

LatentMdp::LatentMdp(std::vector<TabularMdp> contexts, std::vector<double> weights, bool rewards_seen)
    : contexts_(std::move(contexts)), weights_(std::move(weights)), rewards_seen_(rewards_seen) {
  if (contexts_.empty()) throw InvalidModel("LatentMdp: there is no context; at least one is needed");
  if (weights_.size() != contexts_.size()) {
    throw InvalidModel(fmt::format("LatentMdp: {} for {}",
                                   counted(static_cast<std::int64_t>(weights_.size()), "weight"),
                                   counted(num_contexts(), "context")));
  }
  double sum = 0;
  for (std::size_t m = 0; m < weights_.size(); ++m) {
    if (!(weights_[m] >= 0) || !std::isfinite(weights_[m]))
      throw InvalidModel(
          fmt::format("LatentMdp: the weight of context {} is {}, must be a finite number >= 0", m, weights_[m]));
    sum += weights_[m];
    require_alike(contexts_.front(), contexts_[m], m);
  }
  if (!(std::abs(sum - 1) <= 1e-9))
    throw InvalidModel(fmt::format("LatentMdp: the weights sum to 1{:+.3g}, tolerance 1e-09", sum - 1));
  if (std::abs(sum - 1) > 0x1p-50)
    for (double& w : weights_) w /= sum;
}

Pomdp LatentMdp::pomdp() const { return rewards_seen_ ? RewardStates(*this).build() : context_states(*this); }

LatentMdp latent_of(const ModelFile& file, std::vector<double> weights, bool rewards_seen) {
  if (file.contexts.empty()) throw InvalidModel("LatentMdp: the file has no contexts");
  if (weights.empty()) weights.assign(file.contexts.size(), 1.0 / static_cast<double>(file.contexts.size()));
  return {file.contexts, std::move(weights), rewards_seen};
}

}  // namespace bellwether::mdp
