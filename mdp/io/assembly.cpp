#include "mdp/io/assembly.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/expected_reward.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

constexpr double kRowTolerance = 1e-9;  // that of TabularMdp

std::span<const double> row_of(std::span<const double> values, std::span<const std::int64_t> begin, std::int64_t c) {
  const auto first = static_cast<std::size_t>(begin[c]);
  return values.subspan(first, static_cast<std::size_t>(begin[c + 1]) - first);
}

double sum_of(std::span<const double> values) {
  double sum = 0, lost = 0;
  for (const double x : values) {
    const double next = sum + x;
    lost += std::abs(sum) >= std::abs(x) ? (sum - next) + x : (x - next) + sum;
    sum = next;
  }
  return sum + lost;
}

std::string off_by(double sum) { return fmt::format("1{}{:.3g}", sum < 1 ? "-" : "+", std::abs(sum - 1)); }

/// Takes the entries out of `values` (N, or none) whose `keep` is false.
template <class T>
void compact(std::vector<T>& values, const std::vector<bool>& keep) {
  if (values.size() != keep.size()) return;
  std::size_t out = 0;
  for (std::size_t i = 0; i < keep.size(); ++i)
    if (keep[i]) values[out++] = values[i];
  values.resize(out);
}

void drop_impossible(Assembly& a) {
  const std::size_t count = a.successor.size();
  const bool intervals = !a.upper.empty();
  std::vector<bool> keep;  // filled when the first transition to drop is met
  std::int64_t begin = 0, dropped = 0;
  for (std::int64_t c = 0; c < a.num_choices(); ++c) {
    const std::int64_t end = a.choice_begin[static_cast<std::size_t>(c) + 1];
    const std::span<const double> lower =
        std::span<const double>(a.probability)
            .subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    const bool full = intervals && sum_of(lower) >= 1;
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      const bool possible = intervals ? a.upper[i] > 0 && !(full && a.probability[i] == 0) : a.probability[i] != 0;
      if (possible) continue;
      if (keep.empty()) keep.assign(count, true);
      keep[i] = false;
      ++dropped;
    }
    a.choice_begin[static_cast<std::size_t>(c) + 1] = end - dropped;
    begin = end;
  }
  if (keep.empty()) return;
  compact(a.successor, keep);
  compact(a.probability, keep);
  compact(a.upper, keep);
  compact(a.line, keep);
  compact(a.nominal, keep);
  for (RewardParts& parts : a.rewards) compact(parts.transition, keep);
  for (RewardParts& parts : a.costs) compact(parts.transition, keep);
}

bool varies_within_a_row(const std::vector<double>& values, std::span<const std::int64_t> begin) {
  for (std::size_t c = 0; c + 1 < begin.size(); ++c) {
    const std::span<const double> row = row_of(values, begin, static_cast<std::int64_t>(c));
    if (std::adjacent_find(row.begin(), row.end(), std::not_equal_to<>()) != row.end()) return true;
  }
  return false;
}

Column column_of(RewardParts parts, const Assembly& a, std::span<const double> probability) {
  const auto choices = static_cast<std::size_t>(a.num_choices());
  // A part that stands alone must come out as it is; -0 plus a part of zeros that is not there would be 0.
  const bool by_choice = !parts.choice.empty(), by_state = !parts.state.empty();
  const bool has_transitions = !parts.transition.empty();
  const bool varies = has_transitions && varies_within_a_row(parts.transition, a.choice_begin);
  std::vector<double> expected(choices, 0.0);
  for (std::size_t s = 0; s + 1 < a.state_begin.size(); ++s) {
    for (std::int64_t choice = a.state_begin[s]; choice < a.state_begin[s + 1]; ++choice) {
      const auto c = static_cast<std::size_t>(choice);
      const double of_choice = by_choice ? parts.choice[c] : 0, of_state = by_state ? parts.state[s] : 0;
      const double fixed = !by_state ? of_choice : !by_choice ? of_state : sum_as_read(of_choice, of_state);
      expected[c] = fixed;
      if (!has_transitions || a.choice_begin[c] == a.choice_begin[c + 1]) continue;  // TabularMdp names the empty row
      const std::span<double> row(parts.transition.begin() + a.choice_begin[c],
                                  parts.transition.begin() + a.choice_begin[c + 1]);
      expected[c] = expected_reward(row_of(probability, a.choice_begin, choice), row, of_choice, of_state);
      if (by_choice || by_state)
        for (double& reward : row) reward = sum_as_read(reward, fixed);
    }
  }
  if (!varies) parts.transition.clear();
  return {std::move(parts.name), std::move(expected), std::move(parts.transition)};
}

}  // namespace

ModelFile assemble(Assembly a, const std::string& name) try {
  drop_impossible(a);
  std::optional<Intervals> intervals;
  std::vector<double> probability;
  if (a.upper.empty()) {
    probability = std::move(a.probability);
  } else {
    probability =
        a.nominal.empty() ? nominal_probabilities(a.choice_begin, a.probability, a.upper) : std::move(a.nominal);
    for (std::size_t i = 0; i < probability.size(); ++i) {
      if (probability[i] >= a.probability[i] - kRowTolerance && probability[i] <= a.upper[i] + kRowTolerance) continue;
      throw InvalidModel(fmt::format("nominal probability {} of transition {} is outside [{}, {}]", probability[i], i,
                                     a.probability[i], a.upper[i]));
    }
    intervals = Intervals{std::move(a.probability), std::move(a.upper)};
  }
  ModelData data = std::move(a.rest);
  if (a.rewards.empty()) a.rewards.push_back({.name = "reward", .state = {}, .choice = {}, .transition = {}});
  for (RewardParts& parts : a.rewards) data.rewards.push_back(column_of(std::move(parts), a, probability));
  for (RewardParts& parts : a.costs) data.costs.push_back(column_of(std::move(parts), a, probability));
  data.state_begin = std::move(a.state_begin);
  data.choice_begin = std::move(a.choice_begin);
  data.successor = std::move(a.successor);
  data.probability = std::move(probability);
  return {.model = TabularMdp(std::move(data)),
          .intervals = std::move(intervals),
          .interval_lines = std::move(a.line),
          .observations = std::move(a.observations),
          .rewards_are_costs = a.rewards_are_costs};
} catch (const InvalidModel& error) {
  const std::string message = error.what();
  throw InvalidModel(message.starts_with(name) ? message : name + ": " + message);
}

std::vector<double> nominal_probabilities(std::span<const std::int64_t> choice_begin, std::span<const double> lower,
                                          std::span<const double> upper) {
  std::vector<double> p(lower.begin(), lower.end());
  for (std::size_t c = 0; c + 1 < choice_begin.size(); ++c) {
    const auto begin = static_cast<std::size_t>(choice_begin[c]), end = static_cast<std::size_t>(choice_begin[c + 1]);
    const double slack = 1 - sum_of(lower.subspan(begin, end - begin));
    double width = 0;
    for (std::size_t i = begin; i < end; ++i) width += upper[i] - lower[i];
    const double t = width > 0 ? std::clamp(slack / width, 0.0, 1.0) : 0.0;
    for (std::size_t i = begin; i < end; ++i)
      p[i] = std::clamp(lower[i] + t * (upper[i] - lower[i]), lower[i], upper[i]);
    const double excess = sum_of(std::span<const double>(p).subspan(begin, end - begin)) - 1;
    if (excess == 0 || width == 0) continue;
    const auto room = [&](std::size_t i) { return excess > 0 ? p[i] - lower[i] : upper[i] - p[i]; };
    std::size_t best = begin;
    for (std::size_t i = begin; i < end; ++i)
      if (room(i) > room(best)) best = i;
    if (const double corrected = p[best] - excess; corrected > 0)
      p[best] = std::clamp(corrected, lower[best], upper[best]);
  }
  return p;
}

std::optional<std::string> Assembly::add_probability(double low, double high, bool interval, std::int64_t at) {
  if (interval) {
    if (auto fault = interval_fault(low, high)) return fault;
    if (upper.empty()) upper = probability;
  } else if (!(low >= 0 && low <= 1 + kRowTolerance)) {
    return fmt::format("probability {} must lie in [0, 1]", low);
  }
  probability.push_back(low);
  if (upper.empty() && !interval) return std::nullopt;
  upper.push_back(high);
  line.resize(upper.size() - 1);
  line.push_back(static_cast<std::int32_t>(at));
  return std::nullopt;
}

std::optional<std::string> row_fault(std::span<const double> probability) {
  const double sum = sum_of(probability);
  if (std::abs(sum - 1) <= kRowTolerance) return std::nullopt;
  return fmt::format("sums to {}, tolerance {}", off_by(sum), kRowTolerance);
}

std::optional<std::string> interval_fault(double lower, double upper) {
  if (lower > upper) return fmt::format("interval [{}, {}] has its lower bound above its upper one", lower, upper);
  if (lower >= 0 && upper <= 1 + kRowTolerance) return std::nullopt;
  return fmt::format("interval [{}, {}] must lie in [0, 1]", lower, upper);
}

std::optional<std::string> interval_row_fault(std::span<const double> lower, std::span<const double> upper) {
  const double least = sum_of(lower), most = sum_of(upper);
  if (least > 1 + kRowTolerance) return fmt::format("has lower bounds that sum to {}, more than one", off_by(least));
  if (most < 1 - kRowTolerance) return fmt::format("has upper bounds that sum to {}, less than one", off_by(most));
  return std::nullopt;
}

int num_actions(const ModelData& data) {
  if (!data.action.empty()) return 1 + *std::max_element(data.action.begin(), data.action.end());
  std::int64_t most = 0;
  for (std::size_t s = 0; s + 1 < data.state_begin.size(); ++s)
    most = std::max(most, data.state_begin[s + 1] - data.state_begin[s]);
  return static_cast<int>(most);
}

Observations observations_of_states(std::span<const std::int64_t> observation, std::int64_t count, int actions,
                                    const std::string& name) {
  constexpr std::int64_t kMostRows = std::int64_t{1} << 30;
  const std::size_t rows = static_cast<std::size_t>(actions) * observation.size();
  if (static_cast<std::int64_t>(rows) > kMostRows) {
    throw InvalidModel(fmt::format("{}: observations of {} actions and {} states need {} rows, at most {} are possible",
                                   name, actions, observation.size(), rows, kMostRows));
  }
  std::vector<std::int64_t> begin(rows + 1);
  std::iota(begin.begin(), begin.end(), std::int64_t{0});
  std::vector<std::int32_t> seen(rows);
  for (std::size_t i = 0; i < rows; ++i) seen[i] = static_cast<std::int32_t>(observation[i % observation.size()]);
  return {.count = static_cast<int>(count),
          .names = {},
          .begin = std::move(begin),
          .observation = std::move(seen),
          .probability = std::vector<double>(rows, 1.0)};
}

std::optional<std::vector<std::int32_t>> certain_observations(const Observations& o, int num_states) {
  const auto states = static_cast<std::size_t>(num_states);
  const std::size_t rows = o.begin.size() - 1;
  if (o.observation.size() != rows || rows % states != 0) return std::nullopt;
  for (std::size_t i = 0; i < rows; ++i) {
    if (o.begin[i + 1] != o.begin[i] + 1 || o.probability[i] != 1 || o.observation[i] != o.observation[i % states])
      return std::nullopt;
  }
  return std::vector<std::int32_t>(o.observation.begin(), o.observation.begin() + states);
}

std::vector<double> uniform_on(std::span<const std::int32_t> states, std::int64_t num_states) {
  if (states.empty() || (states.size() == 1 && states[0] == 0)) return {};
  std::vector<double> initial(static_cast<std::size_t>(num_states), 0.0);
  for (const std::int32_t s : states) initial[static_cast<std::size_t>(s)] = 1.0 / static_cast<double>(states.size());
  return initial;
}

std::optional<std::vector<std::int32_t>> uniform_initial_states(const TabularMdp& model) {
  const Array<double>& initial = model.data().initial;
  if (initial.empty()) return std::vector<std::int32_t>{0};
  std::vector<std::int32_t> states;
  for (std::size_t s = 0; s < initial.size(); ++s)
    if (initial[s] > 0) states.push_back(static_cast<std::int32_t>(s));
  for (const std::int32_t s : states) {
    const double share = 1.0 / static_cast<double>(states.size());
    if (std::abs(initial[static_cast<std::size_t>(s)] - share) > 4e-16 * share) return std::nullopt;
  }
  return states;
}

namespace {

std::string listed(const std::vector<std::string>& names) { return join_names(names); }

void lost_rewards(const ModelData& data, const Keeps& keeps, std::vector<std::string>& lost) {
  std::vector<std::string> names;
  const std::size_t kept = keeps.other_rewards ? data.rewards.size() : 1;
  for (std::size_t i = kept; i < data.rewards.size(); ++i) names.push_back("'" + data.rewards[i].name + "'");
  if (!names.empty()) lost.push_back("the reward structures after the first: " + listed(names));
  names.clear();
  for (const Column& cost : data.costs) names.push_back("'" + cost.name + "'");
  if (!names.empty() && !keeps.costs) lost.push_back("the cost columns " + listed(names));
  const auto columns = [&](auto&& each) {
    for (std::size_t i = 0; i < kept; ++i) each(data.rewards[i]);
    if (keeps.costs) std::for_each(data.costs.begin(), data.costs.end(), each);
  };
  columns([&](const Column& column) {
    if (column.by_transition.empty()) return;
    const std::vector<double> rewards(column.by_transition.begin(), column.by_transition.end());
    if (!keeps.transition_rewards && varies_within_a_row(rewards, data.choice_begin)) {
      lost.push_back("how '" + column.name + "' depends on the successor (its mean is kept)");
      return;
    }
    if (!keeps.transition_rewards) return;
    for (std::size_t c = 0; c < column.expected.size(); ++c) {
      const auto choice = static_cast<std::int64_t>(c);
      const double mean = expected_reward(row_of(data.probability, data.choice_begin, choice),
                                          row_of(rewards, data.choice_begin, choice));
      if (mean == column.expected[c]) continue;
      lost.push_back("the expected rewards of '" + column.name +
                     "' where they are not the mean of its rewards by "
                     "transition");
      return;
    }
  });
  if (!data.reward_laws.empty()) lost.emplace_back("the distributions of the rewards");
}

}  // namespace

std::vector<std::string> losses(const ModelFile& file, const Keeps& keeps) {
  const ModelData& data = file.model.data();
  std::vector<std::string> lost;
  if (!file.stages.empty()) lost.emplace_back("all stages but the first");
  if (!file.contexts.empty()) lost.emplace_back("all contexts but the first");
  lost_rewards(data, keeps, lost);
  if (data.discount && !keeps.discount) lost.push_back("the discount factor " + exact_text(*data.discount));
  if (file.rewards_are_costs && !keeps.minimisation) lost.emplace_back("that the rewards are costs to be minimised");
  if (!keeps.initial && !data.initial.empty()) lost.emplace_back("the initial distribution");
  if (!keeps.labels && !data.labels.empty()) lost.emplace_back("the labels");
  if (!keeps.state_names && !data.state_names.empty()) lost.emplace_back("the names of the states");
  if (!keeps.action_names && !data.action_names.empty()) lost.emplace_back("the names of the actions");
  if (file.observations && !keeps.observations) lost.emplace_back("the observations");
  if (file.intervals && !keeps.intervals) lost.emplace_back("the intervals (the nominal probabilities are kept)");
  if (file.intervals && keeps.intervals) {
    const auto nominal = nominal_probabilities(data.choice_begin, file.intervals->lower, file.intervals->upper);
    if (!std::equal(nominal.begin(), nominal.end(), data.probability.begin(), data.probability.end()))
      lost.emplace_back("the nominal probabilities (a reader chooses its own inside the intervals)");
  }
  return lost;
}

}  // namespace bellwether::mdp
