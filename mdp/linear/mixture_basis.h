#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/array.h"

namespace bellwether::mdp {

/// What a learner of a linear mixture knows: phi(s' | c) in R^d for each choice and each state that may follow, so that
/// P_h(s' | c) = <phi(s' | c), theta_h> with a theta_h that it does not know. With phi_i = P_i the model mixes d base
/// kernels; features of a mixture need not be probabilities.
class MixtureBasis {
 public:
  /// The choices' successors as rows (`begin` has one entry more than there are choices), `dimension` numbers for each
  /// of them. InvalidModel when sizes do not fit, a number is not finite or a successor is no state.
  MixtureBasis(int dimension, int states, Array<std::int64_t> begin, Array<std::int32_t> successor,
               Array<double> features);

  int dimension() const { return dimension_; }
  int num_states() const { return states_; }
  std::int64_t num_choices() const { return static_cast<std::int64_t>(begin_.size()) - 1; }
  std::span<const std::int32_t> successors(std::int64_t choice) const;
  /// phi(s' | c) of the k-th successor.
  std::span<const double> feature(std::int64_t choice, std::size_t k) const;

  /// phi_V(c) = sum over s' of phi(s' | c) V(s'), into `out` of length d.
  void expected(std::int64_t choice, std::span<const double> v, std::span<double> out) const;
  /// The largest norm of phi_V(c) over choices and all V with values in [0, 1]: theorems want 1 at most. A bound, by
  /// the larger of the positive and the negative parts of each coordinate.
  double norm_bound() const;

  const Array<std::int64_t>& begin() const { return begin_; }
  const Array<std::int32_t>& successor() const { return successor_; }
  const Array<double>& features() const { return features_; }

 private:
  int dimension_, states_;
  Array<std::int64_t> begin_;
  Array<std::int32_t> successor_;
  Array<double> features_;
};

}  // namespace bellwether::mdp
