#include "tests/unit/mdp/io/decorated.h"

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "mdp/expected_reward.h"
#include "mdp/linear/mixture_basis_builder.h"
#include "mdp/tabular_mdp_builder.h"
#include "tests/support/random_models.h"

namespace bellwether::mdp {
namespace {

bool coin(Stream& stream) { return stream.below(2) == 0; }

std::vector<std::string> awkward_names(Stream& stream, int count) {
  const std::vector<std::string> tails{"", " b", ",", "\"", ";x", "#", " ", "=1", "\"\"", "é"};
  std::vector<std::string> names;
  const bool only_numbers = stream.below(4) == 0;
  for (int i = 0; i < count; ++i) {
    std::string name = std::to_string(count - i);
    if (!only_numbers) name.insert(0, 1, 'n').append(tails[stream.below(tails.size())]);
    names.push_back(std::move(name));
  }
  return names;
}

Column random_column(Stream& stream, const TabularMdp& model, std::string name) {
  Column column{.name = std::move(name), .expected = {}, .by_transition = {}};
  const bool varies = coin(stream), constant = stream.below(4) == 0, shifted = stream.below(4) == 0;
  std::vector<double> expected, by_transition;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    std::vector<double> row;
    const double common = stream.uniform() - 0.5;
    for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
      row.push_back(constant ? common : std::floor(8 * stream.uniform()) / 3);
    }
    by_transition.insert(by_transition.end(), row.begin(), row.end());
    expected.push_back(varies ? expected_reward(model.probabilities(c), row) : common);
    if (varies && shifted) expected.back() += 1e-16;
  }
  column.expected = std::move(expected);
  if (varies) column.by_transition = std::move(by_transition);
  return column;
}

RewardDistributions random_laws(Stream& stream, const Array<double>& mean) {
  std::vector<std::uint8_t> law;
  std::vector<double> scale, values, weights;
  std::vector<std::int64_t> begin{0};
  const bool finite = coin(stream);
  for (const double m : mean) {
    const std::uint64_t kind = stream.below(4);
    law.push_back(0);
    scale.push_back(0);
    if (kind == 1 && m >= 0) {
      law.back() = static_cast<std::uint8_t>(RewardLaw::kBernoulli);
      scale.back() = m + 1;
    } else if (kind == 2) {
      law.back() = static_cast<std::uint8_t>(RewardLaw::kGaussian);
      scale.back() = 1.0 / 3;
    } else if (kind == 3 && finite) {
      law.back() = static_cast<std::uint8_t>(RewardLaw::kFinite);
      values.insert(values.end(), {m - 0.75, m + 0.25});
      weights.insert(weights.end(), {0.25, 0.75});
    }
    begin.push_back(static_cast<std::int64_t>(values.size()));
  }
  RewardDistributions laws{
      .law = std::move(law), .scale = std::move(scale), .support_begin = {}, .values = {}, .weights = {}};
  if (!values.empty()) {
    laws.support_begin = std::move(begin);
    laws.values = std::move(values);
    laws.weights = std::move(weights);
  }
  return laws;
}

void add_identifiers(Stream& stream, ModelData& data) {
  std::vector<std::int32_t> action;
  for (std::size_t s = 0; s + 1 < data.state_begin.size(); ++s) {
    const auto count = static_cast<std::int32_t>(data.state_begin[s + 1] - data.state_begin[s]);
    for (std::int32_t k = 0; k < count; ++k) action.push_back(2 * (count - k) + 1);  // descending, with holes
  }
  if (coin(stream)) data.action_names = awkward_names(stream, 12);
  data.action = std::move(action);
}

std::vector<double> numbers(Stream& stream, int count) {
  std::vector<double> out;
  for (int i = 0; i < count; ++i) out.push_back(stream.below(3) == 0 ? 1 : stream.uniform() - 0.5);
  return out;
}

void add_features(Stream stream, ModelFile& file) {
  const auto choices = static_cast<int>(file.model.num_choices());
  const int d = 1 + static_cast<int>(stream.below(3));
  if (coin(stream)) file.linear.features = std::make_shared<const FeatureMap>(d, numbers(stream, d * choices));
  if (coin(stream)) return;
  MixtureBasisBuilder basis(d);
  for (std::int64_t c = 0; c < choices; ++c) {
    for (const std::int32_t next : file.model.successors(c)) basis.next(next, numbers(stream, d));
    basis.end_choice();
  }
  file.linear.mixture = std::move(basis).build(file.model.num_states());
  file.linear.mixture_theta = {numbers(stream, d)};
}

}  // namespace

void expect_same_features(const LinearStructure& a, const LinearStructure& b) {
  ASSERT_EQ(a.features == nullptr, b.features == nullptr);
  ASSERT_EQ(a.mixture == nullptr, b.mixture == nullptr);
  if (a.features != nullptr) {
    EXPECT_EQ(a.features->dimension(), b.features->dimension());
    EXPECT_EQ(a.features->rows(), b.features->rows());
  }
  if (a.mixture != nullptr) {
    EXPECT_EQ(a.mixture->dimension(), b.mixture->dimension());
    EXPECT_EQ(a.mixture->begin(), b.mixture->begin());
    EXPECT_EQ(a.mixture->successor(), b.mixture->successor());
    EXPECT_EQ(a.mixture->features(), b.mixture->features());
  }
  EXPECT_EQ(a.mixture_theta, b.mixture_theta);
}

ModelData random_data(Stream stream, int states) {
  const TabularMdp model = test::random_model(stream.child("rows"), {.states = states});
  ModelData data = model.data();
  data.rewards = {random_column(stream, model, coin(stream) ? "reward" : "state")};
  if (coin(stream)) data.rewards.push_back(random_column(stream, model, "steps, in \"units\""));
  if (coin(stream)) data.costs.push_back(random_column(stream, model, "fuel"));
  if (coin(stream)) data.costs.push_back(random_column(stream, model, "reward"));
  if (coin(stream)) data.costs.push_back(random_column(stream, model, "cost:x"));
  if (coin(stream)) data.reward_laws = random_laws(stream, data.rewards[0].expected);
  if (coin(stream)) add_identifiers(stream, data);
  if (coin(stream)) data.state_names = awkward_names(stream, states);
  if (coin(stream)) data.discount = 1.0 / 3;
  if (coin(stream)) {
    std::vector<double> initial(static_cast<std::size_t>(states), 0.0);
    initial[0] = 0.1;
    initial.back() += 0.9;
    data.initial = std::move(initial);
  }
  if (coin(stream)) {
    data.labels = {{"goal", std::vector<std::int32_t>{states - 1}},
                   {"no where", {}},
                   {"\"all\"", std::vector<std::int32_t>{0, 1, states - 1}}};
  }
  return data;
}

ModelFile random_model_file(Stream stream, bool with_everything) {
  const int states = 3 + static_cast<int>(stream.below(5));
  const ModelData data = random_data(stream.child("model"), states);
  ModelFile file{.model = TabularMdp(data)};
  file.rewards_are_costs = coin(stream);
  add_features(stream.child("features"), file);
  const std::uint64_t kind = stream.below(3);
  if (kind > 0) {
    std::vector<TabularMdp>& parts = kind == 1 ? file.stages : file.contexts;
    parts.push_back(file.model);
    ModelData other = data;  // the same rows with other rewards and facts
    other.labels = {{"late", std::vector<std::int32_t>{0}}};
    other.discount = 0.5;
    for (Column& column : other.rewards) column = random_column(stream, file.model, column.name);
    other.reward_laws = {};
    parts.emplace_back(std::move(other));
    if (file.linear.mixture != nullptr && coin(stream))
      file.linear.mixture_theta.push_back(numbers(stream, file.linear.mixture->dimension()));
  }
  if (with_everything) {
    const auto count = static_cast<std::size_t>(file.model.num_transitions());
    file.intervals = Intervals{.lower = std::vector<double>(count, 0.0), .upper = std::vector<double>(count, 1.0)};
    const auto s = static_cast<std::size_t>(states);
    std::vector<std::int64_t> begin;
    std::vector<std::int32_t> seen;
    for (std::size_t i = 0; i <= 13 * s; ++i) begin.push_back(static_cast<std::int64_t>(i));
    for (std::size_t i = 0; i < 13 * s; ++i) seen.push_back(static_cast<std::int32_t>(i % 2));
    file.observations = Observations{.count = 2,
                                     .names = {"dark", ""},
                                     .begin = std::move(begin),
                                     .observation = std::move(seen),
                                     .probability = std::vector<double>(13 * s, 1.0)};
  }
  return file;
}

}  // namespace bellwether::mdp
