#include "solvers/linear/sample_batch.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/simulate/simulator.h"

namespace bellwether::solvers {

SampleBatch drawn_batch(const mdp::TabularMdp& model, std::int64_t samples, Stream stream,
                        const DrawingObserver& observer) {
  constexpr std::int64_t kBetweenLooks = 1 << 10;
  if (samples < 1) throw InvalidOption(fmt::format("samples is {}, must be at least 1", samples));
  const mdp::Simulator simulator(model);
  const auto choices = static_cast<std::size_t>(model.num_choices());
  std::vector<double> count(static_cast<std::size_t>(model.num_transitions()), 0.0);
  SampleBatch batch{.reward = std::vector<double>(choices, 0.0), .weight = std::vector<double>(choices, 0.0)};
  for (std::int64_t i = 0; i < samples; ++i) {
    if (i > 0 && i % kBetweenLooks == 0 && observer && !observer(i)) break;
    const auto c = static_cast<std::size_t>(stream.below(choices));
    const mdp::Step step = simulator.draw_step(static_cast<std::int64_t>(c), stream);
    ++count[static_cast<std::size_t>(step.transition)];
    ++batch.weight[c];
    batch.reward[c] += (step.reward - batch.reward[c]) / batch.weight[c];
  }
  for (std::size_t c = 0; c < choices; ++c) {
    const auto successors = model.successors(static_cast<std::int64_t>(c));
    const auto first = static_cast<std::size_t>(model.choice_begin()[c]);
    for (std::size_t k = 0; k < successors.size(); ++k)
      if (count[first + k] > 0) batch.entries.push_back({successors[k], count[first + k]});
    batch.begin.push_back(static_cast<std::int64_t>(batch.entries.size()));
  }
  return batch;
}

SampleBatch exact_batch(const mdp::TabularMdp& model) {
  const auto choices = static_cast<std::size_t>(model.num_choices());
  SampleBatch batch{.reward = {model.reward().begin(), model.reward().end()},
                    .weight = std::vector<double>(choices, 1.0)};
  for (std::int64_t c = 0; c < model.num_choices(); ++c) {
    const auto successors = model.successors(c);
    for (std::size_t k = 0; k < successors.size(); ++k)
      batch.entries.push_back({successors[k], model.probabilities(c)[k]});
    batch.begin.push_back(static_cast<std::int64_t>(batch.entries.size()));
  }
  return batch;
}

std::vector<std::int32_t> greedy_choices(std::span<const std::int64_t> state_begin, const mdp::FeatureMap& features,
                                         const Eigen::VectorXd& w) {
  const Eigen::VectorXd q = features.matrix() * w;
  std::vector<std::int32_t> greedy(state_begin.size() - 1);
  for (std::size_t s = 0; s < greedy.size(); ++s)
    greedy[s] = static_cast<std::int32_t>(std::max_element(q.data() + state_begin[s], q.data() + state_begin[s + 1]) -
                                          (q.data() + state_begin[s]));
  return greedy;
}

void require_fit(std::span<const std::int64_t> state_begin, const mdp::FeatureMap& features, const SampleBatch& batch) {
  const std::int64_t choices = state_begin.back();
  if (features.num_choices() != choices || batch.num_choices() != choices)
    throw InvalidModel(fmt::format("the states have {} choices, features are of {}, samples of {}", choices,
                                   features.num_choices(), batch.num_choices()));
}

void require_discount(std::string_view method, double discount) {
  if (!(discount >= 0 && discount < 1))
    throw InvalidOption(fmt::format("{}: discount is {}, must be at least 0 and below 1", method, discount));
}

Eigen::MatrixXd second_moments(const mdp::FeatureMap& features, const SampleBatch& batch) {
  const Eigen::Map<const Eigen::VectorXd> weight(batch.weight.data(), batch.num_choices());
  return features.matrix().transpose() * weight.asDiagonal() * features.matrix();
}

}  // namespace bellwether::solvers
