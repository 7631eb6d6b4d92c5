#include "solvers/online/episodic/task.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/errors.h"
#include "mdp/operators.h"
#include "solvers/online/reward_range.h"

namespace bellwether::online {
namespace {

/// Gaps below this share of the largest value are rounding errors of ties.
constexpr double kTie = 1e-13;

}  // namespace

EpisodicTask::EpisodicTask(const mdp::TabularMdp& model, int horizon, mdp::LinearStructure linear)
    : linear_(std::move(linear)), horizon_(horizon) {
  if (horizon < 1) throw InvalidOption(fmt::format("the horizon is {}, must be at least 1", horizon));
  simulators_.emplace_back(model);
  prepare();
}

EpisodicTask::EpisodicTask(std::vector<mdp::TabularMdp> stages, mdp::LinearStructure linear)
    : linear_(std::move(linear)), horizon_(static_cast<int>(stages.size())) {
  if (stages.empty()) throw InvalidModel("an episodic task needs a stage");
  const auto first = stages.front().state_begin();
  for (std::size_t h = 1; h < stages.size(); ++h) {
    const auto begin = stages[h].state_begin();
    if (!std::equal(first.begin(), first.end(), begin.begin(), begin.end()))
      throw InvalidModel(
          fmt::format("stage {} has other choices than stage 0; learners need the same at every stage", h));
  }
  for (mdp::TabularMdp& stage : stages) simulators_.emplace_back(std::move(stage));
  prepare();
}

void EpisodicTask::prepare() {
  const mdp::TabularMdp& first = model(0);
  states_ = first.num_states();
  choices_ = first.num_choices();
  mdp::require_fit(linear_, choices_);
  if (choices_ > std::numeric_limits<std::int32_t>::max()) throw InvalidModel("learners handle up to 2^31 choices");
  for (int s = 0; s < states_; ++s) largest_num_actions_ = std::max(largest_num_actions_, first.num_choices(s));
  initial_ = first.initial();
  RewardRange range = reward_range(first);
  for (const mdp::Simulator& stage : simulators_) range = RewardRange::join(range, reward_range(stage.model()));
  require_finite(range);
  low_ = range.shift();
  per_range_ = range.factor();
  for (const mdp::Simulator& stage : simulators_)
    for (std::int64_t c = 0; c < choices_; ++c) unit_rewards_.push_back(to_unit(stage.model().reward(c)));
  solve();
}

// V*_h = max_c r + P V*_{h+1}, gap_h(c) = V*_h - (r + P V*_{h+1})(c).
void EpisodicTask::solve() {
  const auto row = static_cast<std::size_t>(states_);
  optimal_.assign(row * (static_cast<std::size_t>(horizon_) + 1), 0.0);
  gap_.assign(static_cast<std::size_t>(choices_) * static_cast<std::size_t>(horizon_), 0.0);
  const mdp::Expectation expectation;
  for (int h = horizon_ - 1; h >= 0; --h) {
    const mdp::TabularMdp& m = model(h);
    const std::span<const double> next = optimal_values(h + 1);
    double* gaps = gap_.data() + static_cast<std::size_t>(h) * static_cast<std::size_t>(choices_);
    for (int s = 0; s < states_; ++s) {
      double best = -std::numeric_limits<double>::infinity();
      for (std::int64_t c = m.first_choice(s); c < m.first_choice(s + 1); ++c) {
        gaps[c] = m.reward(c) + expectation(m.successors(c), m.probabilities(c), next);
        best = std::max(best, gaps[c]);
      }
      optimal_[index(h, s)] = best;
      for (std::int64_t c = m.first_choice(s); c < m.first_choice(s + 1); ++c) gaps[c] = best - gaps[c];
    }
  }
}

double EpisodicTask::smallest_gap() const {
  double least = std::numeric_limits<double>::infinity(), largest_value = 0;
  for (const double value : optimal_) largest_value = std::max(largest_value, std::abs(value));
  for (const double gap : gap_)
    if (gap > kTie * largest_value) least = std::min(least, gap);
  return least;
}

double EpisodicTask::optimum() const {
  double sum = 0;
  for (int s = 0; s < states_; ++s) sum += initial_[static_cast<std::size_t>(s)] * optimal_value(0, s);
  return sum;
}

}  // namespace bellwether::online
