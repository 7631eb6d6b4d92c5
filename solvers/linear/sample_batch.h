#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "core/stream.h"
#include "mdp/linear/feature_map.h"
#include "mdp/policy.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::solvers {

/// Transitions to learn a policy from, added up: how often (or with what weight) each choice was followed by each
/// state, and what it paid. Learners read it again and again, so a thousand equal samples cost as much as one.
struct SampleBatch {
  struct Entry {
    std::int32_t next = 0;
    double weight = 0;
  };
  std::vector<std::int64_t> begin = {0};  ///< where the entries of each choice begin
  std::vector<Entry> entries = {};
  std::vector<double> reward = {};  ///< of each choice: the mean of what was paid, 0 without samples
  std::vector<double> weight = {};  ///< of each choice: of all its entries

  std::int64_t num_choices() const { return static_cast<std::int64_t>(reward.size()); }
  std::span<const Entry> of(std::int64_t choice) const {
    const auto c = static_cast<std::size_t>(choice);
    return {entries.data() + begin[c], entries.data() + begin[c + 1]};
  }
};

/// Told now and then how many samples are drawn; false ends the drawing.
using DrawingObserver = std::function<bool(std::int64_t drawn)>;

/// `samples` transitions whose choices are drawn uniformly from all choices of the model; fewer where the observer
/// ended it, but some.
SampleBatch drawn_batch(const mdp::TabularMdp& model, std::int64_t samples, Stream stream,
                        const DrawingObserver& observer = {});
/// Infinitely many: each choice with weight one, its successors with their probabilities.
SampleBatch exact_batch(const mdp::TabularMdp& model);

/// The choice of largest phi w in each state, first of equals, counted within the state.
std::vector<std::int32_t> greedy_choices(std::span<const std::int64_t> state_begin, const mdp::FeatureMap& features,
                                         const Eigen::VectorXd& w);

/// InvalidModel unless features, batch and states speak of the same choices.
void require_fit(std::span<const std::int64_t> state_begin, const mdp::FeatureMap& features, const SampleBatch& batch);

/// InvalidOption, in the name of the method, unless 0 <= discount < 1.
void require_discount(std::string_view method, double discount);

/// Sum over the batch of weight phi phi^T.
Eigen::MatrixXd second_moments(const mdp::FeatureMap& features, const SampleBatch& batch);

}  // namespace bellwether::solvers
