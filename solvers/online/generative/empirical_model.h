#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "solvers/online/generative/agent.h"

namespace bellwether::online {

/// The model that was seen: after n samples of each choice, p^(s' | c) = (how often s' followed c) / n.
class EmpiricalModel {
 public:
  explicit EmpiricalModel(const GenerativeWorld& world);

  /// `rounds` samples more of every choice.
  void draw(SampleSource& source, std::int64_t rounds);

  std::int64_t samples() const { return samples_; }                 ///< of each choice
  std::span<const std::int64_t> counts() const { return counts_; }  ///< of each place

  /// Writes the optimal Q of the empirical model with these rewards to `q`, exact up to rounding: policy iteration from
  /// the last plan's policy, whose LU factors small models afford at every checkpoint; beyond kMostStatesForLu states
  /// from scratch, by iterations to a proven 1e-11 / (1 - discount), which ask `keep_going` every 50 ms or so; false,
  /// and `q` as it was, once that said no. Needs a sample.
  bool plan(std::span<const double> rewards, std::span<double> q, const std::function<bool()>& keep_going = nullptr);

  static constexpr int kMostStatesForLu = 1000;

 private:
  GenerativeWorld world_;
  std::vector<std::int64_t> counts_;
  std::int64_t samples_ = 0;
  std::vector<std::int32_t> policy_;  ///< of the last plan, counted within the state
};

}  // namespace bellwether::online
