#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "mdp/operators.h"
#include "solvers/exact/discounted/sweeps.h"
#include "solvers/problem.h"

namespace bellwether::solvers::discounted {

/// The rows of one deterministic policy, copied side by side: a sweep reads them in order and nothing else, which makes
/// evaluation three to eight times cheaper than picking the rows out of the model.
class PolicyMatrix {
 public:
  /// Copies the rows; call again when choices changed. Parallel.
  void extract(const mdp::TabularMdp& model, const Choices& choice);

  int num_states() const { return static_cast<int>(reward_.size()); }
  std::int64_t num_transitions() const { return row_begin_.empty() ? 0 : row_begin_.back(); }
  std::span<const std::int32_t> successors(int s) const { return row(successor_, s); }
  std::span<const double> probabilities(int s) const { return row(probability_, s); }
  std::span<const double> rewards() const { return reward_; }

  /// out = reward + discount * P v. Parallel; every thread count gives the same bits.
  mdp::Change sweep(double discount, std::span<const double> v, std::span<double> out) const;

  /// sum over s' of P(s, s') v(s').
  double expectation(int s, std::span<const double> v) const {
    return mdp::Expectation{}(successors(s), probabilities(s), v);
  }

 private:
  template <class T>
  std::span<const T> row(const std::vector<T>& entries, int s) const {
    const auto i = static_cast<std::size_t>(s);
    return {entries.data() + row_begin_[i], entries.data() + row_begin_[i + 1]};
  }

  std::vector<std::int64_t> row_begin_;
  std::vector<std::int32_t> successor_;
  std::vector<double> probability_, reward_;
};

}  // namespace bellwether::solvers::discounted
