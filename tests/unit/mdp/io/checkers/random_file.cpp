#include "tests/unit/mdp/io/checkers/random_file.h"

#include <algorithm>
#include <exception>
#include <numeric>

#include <gtest/gtest.h>

#include "core/stream.h"
#include "mdp/expected_reward.h"
#include "mdp/io/assembly.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::test {
namespace {

using mdp::Column;
using mdp::ModelData;
using mdp::ModelFile;

/// A number with a full mantissa, an integer, or zero.
double some_number(Stream& rng) {
  switch (rng.below(3)) {
    case 0:
      return 0;
    case 1:
      return static_cast<double>(rng.below(19)) - 9;
    default:
      return (rng.uniform() - 0.3) * 1e3;
  }
}

std::vector<double> weights(Stream& rng, std::size_t count) {
  std::vector<double> p(count);
  for (double& x : p) x = 1 + static_cast<double>(rng.below(7));
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& x : p) x /= sum;
  return p;
}

std::vector<std::int32_t> some_states(Stream& rng, int states, bool at_least_one) {
  std::vector<std::int32_t> chosen;
  for (int s = 0; s < states; ++s)
    if (rng.below(3) == 0) chosen.push_back(s);
  if (chosen.empty() && at_least_one) chosen.push_back(states - 1);
  return chosen;
}

void add_rows(ModelData& d, Stream& rng, const Extras& extras, int states) {
  std::vector<std::int64_t> state_begin{0}, choice_begin{0};
  std::vector<std::int32_t> successor, action;
  std::vector<double> probability;
  for (int s = 0; s < states; ++s) {
    const int choices = extras.same_actions ? 3 : 1 + static_cast<int>(rng.below(3));
    int identifier = -1;
    for (int a = 0; a < choices; ++a) {
      std::vector<std::int32_t> next;
      const int wanted = 1 + static_cast<int>(rng.below(4));
      for (int i = 0; i < wanted; ++i) {
        const auto candidate = static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(states)));
        if (extras.parallel || std::find(next.begin(), next.end(), candidate) == next.end()) next.push_back(candidate);
      }
      if (extras.same_actions) std::sort(next.begin(), next.end());
      const std::vector<double> row = weights(rng, next.size());
      successor.insert(successor.end(), next.begin(), next.end());
      probability.insert(probability.end(), row.begin(), row.end());
      choice_begin.push_back(static_cast<std::int64_t>(successor.size()));
      identifier += 1 + static_cast<int>(rng.below(2));
      action.push_back(identifier);
    }
    state_begin.push_back(static_cast<std::int64_t>(choice_begin.size()) - 1);
  }
  d.state_begin = std::move(state_begin);
  d.choice_begin = std::move(choice_begin);
  d.successor = std::move(successor);
  d.probability = std::move(probability);
  if (extras.identifiers) d.action = std::move(action);
}

Column random_column(const ModelData& d, Stream& rng, const std::string& name, bool by_transition) {
  const std::size_t choices = d.choice_begin.size() - 1;
  std::vector<double> expected(choices), each(by_transition ? d.successor.size() : 0);
  for (double& r : expected) r = some_number(rng);
  for (double& r : each) r = some_number(rng);
  bool varies = false;
  for (std::size_t c = 0; c < choices && by_transition; ++c) {
    const auto begin = static_cast<std::size_t>(d.choice_begin[c]);
    const auto count = static_cast<std::size_t>(d.choice_begin[c + 1]) - begin;
    const auto row = std::span<const double>(each).subspan(begin, count);
    expected[c] = mdp::expected_reward(d.probability.view().subspan(begin, count), row);
    varies |= std::any_of(row.begin(), row.end(), [&](double r) { return r != row.front(); });
  }
  if (!varies) each.clear();
  return {name, std::move(expected), std::move(each)};
}

void add_bounds(ModelFile& file, ModelData& d, Stream& rng, bool own_nominal) {
  std::vector<double> lower, upper;
  for (const double p : d.probability) {
    lower.push_back(p == 1 ? 1 : p * rng.uniform());
    upper.push_back(p == 1 ? 1 : std::min(1.0, p + 0.2 * rng.uniform()));
  }
  if (!own_nominal) d.probability = mdp::nominal_probabilities(d.choice_begin.view(), lower, upper);
  file.intervals = mdp::Intervals{std::move(lower), std::move(upper)};
}

void add_laws(ModelData& d, Stream& rng) {
  std::vector<std::uint8_t> law;
  std::vector<double> scale, values, weight;
  std::vector<std::int64_t> begin{0};
  for (const double mean : d.rewards.front().expected) {
    const bool finite = rng.below(2) == 0;
    law.push_back(finite ? 3 : 2);
    scale.push_back(finite ? 0 : rng.uniform());
    if (finite) {
      values.insert(values.end(), {mean - 1, mean + 1});
      weight.insert(weight.end(), {0.5, 0.5});
    }
    begin.push_back(static_cast<std::int64_t>(values.size()));
  }
  d.reward_laws = {std::move(law), std::move(scale), std::move(begin), std::move(values), std::move(weight)};
}

mdp::Observations random_observations(const ModelData& d, Stream& rng, bool by_action) {
  const std::size_t states = d.state_begin.size() - 1;
  const std::size_t rows = states * static_cast<std::size_t>(mdp::num_actions(d));
  std::vector<std::int64_t> begin{0};
  std::vector<std::int32_t> seen;
  std::vector<double> chance;
  for (std::size_t r = 0; r < rows; ++r) {
    if (by_action) {
      const std::vector<double> row = weights(rng, 1 + rng.below(3));
      for (std::size_t o = 0; o < row.size(); ++o) seen.push_back(static_cast<std::int32_t>(o));
      chance.insert(chance.end(), row.begin(), row.end());
    } else {
      seen.push_back(static_cast<std::int32_t>((r % states) % 3));
      chance.push_back(1);
    }
    begin.push_back(static_cast<std::int64_t>(seen.size()));
  }
  return {.count = 3,
          .names = {},
          .begin = std::move(begin),
          .observation = std::move(seen),
          .probability = std::move(chance)};
}

}  // namespace

ModelFile random_file(std::uint64_t seed, const Extras& extras) {
  Stream rng(seed);
  // Not below 3: the observations 0, 1 and 2 should all be there.
  const int states = 3 + static_cast<int>(rng.below(7));
  ModelData d;
  add_rows(d, rng, extras, states);
  ModelFile file{.model = mdp::TabularMdp([&] {
                   ModelData first = d;
                   first.rewards.push_back({"zero", std::vector<double>(d.choice_begin.size() - 1), {}});
                   return first;
                 }())};
  d.probability = file.model.data().probability;  // normalised
  if (extras.intervals) add_bounds(file, d, rng, extras.own_nominal);
  d.rewards.push_back(random_column(d, rng, "reward", extras.transition_rewards));
  if (extras.other_rewards) {
    d.rewards.push_back(random_column(d, rng, "energy", false));
    d.rewards.push_back(random_column(d, rng, "time", extras.transition_rewards));
  }
  if (extras.costs) d.costs.push_back(random_column(d, rng, "fuel", false));
  if (extras.laws) add_laws(d, rng);
  if (extras.labels) {
    d.labels.push_back({"goal", some_states(rng, states, true)});
    d.labels.push_back({"two words", some_states(rng, states, true)});
  }
  if (extras.names) {
    for (int s = 0; s < states; ++s)
      d.state_names.push_back("(x=" + std::to_string(s * 7 % 5) + ",y=" + std::to_string(s) + ")");
    for (int a = 0; a < mdp::num_actions(d); ++a) d.action_names.push_back("move" + std::to_string(9 - a));
  }
  if (extras.initial == Extras::Initial::kSome) d.initial = mdp::uniform_on(some_states(rng, states, true), states);
  if (extras.initial == Extras::Initial::kAny) d.initial = weights(rng, static_cast<std::size_t>(states));
  if (rng.below(2) == 0) d.discount = rng.uniform();
  file.rewards_are_costs = rng.below(2) == 0;
  if (extras.seen != Extras::Seen::kNothing)
    file.observations = random_observations(d, rng, extras.seen == Extras::Seen::kActions);
  file.model = mdp::TabularMdp(std::move(d));
  return file;
}

void expect_same(const ModelFile& a, const ModelFile& b) {
  const ModelData &x = a.model.data(), &y = b.model.data();
  EXPECT_EQ(x.state_begin, y.state_begin);
  EXPECT_EQ(x.choice_begin, y.choice_begin);
  EXPECT_EQ(x.successor, y.successor);
  EXPECT_EQ(x.probability, y.probability);
  EXPECT_EQ(x.rewards, y.rewards);
  EXPECT_EQ(x.costs, y.costs);
  EXPECT_EQ(x.reward_laws, y.reward_laws);
  EXPECT_EQ(a.model.initial(), b.model.initial());
  EXPECT_EQ(x.state_names, y.state_names);
  EXPECT_EQ(x.action_names, y.action_names);
  EXPECT_EQ(x.labels, y.labels);
  EXPECT_EQ(x.discount, y.discount);
  for (std::int64_t c = 0; c < a.model.num_choices() && c < b.model.num_choices(); ++c)
    EXPECT_EQ(a.model.action(c), b.model.action(c)) << "choice " << c;
  EXPECT_EQ(a.intervals, b.intervals);
  EXPECT_EQ(a.observations, b.observations);
  EXPECT_EQ(a.rewards_are_costs, b.rewards_are_costs);
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace bellwether::test
