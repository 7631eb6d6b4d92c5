#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace bellwether::online {

struct EviOptions {
  double tolerance = 0;  ///< stop when the gains that a sweep shows differ by less
  /// Sweeps of (1 - tau) I + tau P instead of P: no policy is periodic any more, gains stay, biases are divided by tau.
  double tau = 0.9;
  double span = std::numeric_limits<double>::infinity();  ///< bound on the span of the bias: SCAL's truncation
  /// Go on from the values that are there unless some state gains more than 1 a step from them.
  bool warm = false;
  std::int64_t most_sweeps = 100'000;
};

/// Extended value iteration (Jaksch, Ortner and Auer 2010, Section 3.1; docs/papers/ucrl.md): average-reward value
/// iteration in a model whose laws are chosen along with the actions, each from a set of its row.
///
/// A sweep is L u(s) = max over choices of r + tau max_p p u, plus (1 - tau) u(s). L is monotone and commutes with
/// adding constants, so for any u
///   min (L u - u) <= gain of the choices that attain L u in the laws that attain it,
///   best gain of all laws and choices <= max (L u - u).
/// Both hold whatever u the sweeps began with. So does the span of the bias that regret proofs need: when
/// max (L u - u) <= 1 and the true model is in the sets, tau (u(s') - u(s)) is at most the expected time from s to s'
/// in it, hence at most its diameter (docs/papers/ucrl.md, "Warm start"). From values that are all equal the condition
/// holds since rewards are 1 at most; from others the first sweep tells, and max (L u - u) never grows after it.
class ExtendedValueIteration {
 public:
  explicit ExtendedValueIteration(std::span<const std::int64_t> state_begin)
      : state_begin_(state_begin), u_(state_begin.size() - 1, 0.0), next_(u_.size(), 0.0), choice_(u_.size(), 0) {}

  /// `reward` of each choice is the best of its set. `laws` has prepare(u), called once a sweep, and value(choice),
  /// the best p u. False when the sweeps ran out before the tolerance was reached: the bounds hold nevertheless.
  template <class Laws>
  bool run(std::span<const double> reward, Laws& laws, const EviOptions& options) {
    sweeps_ = 0;
    bool fresh = !options.warm;
    if (fresh) std::fill(u_.begin(), u_.end(), 0.0);
    while (true) {
      laws.prepare(std::span<const double>(u_));
      sweep(reward, laws, options);
      ++sweeps_;
      if (!fresh && sweeps_ == 1 && high_ > 1 + 1e-9) {
        std::fill(u_.begin(), u_.end(), 0.0);
        fresh = true;
        continue;
      }
      if (high_ - low_ < options.tolerance) return true;
      if (sweeps_ >= options.most_sweeps) return false;
      for (std::size_t s = 0; s < u_.size(); ++s) u_[s] = std::min(next_[s], ceiling_) - floor_;  // keeps them small
    }
  }

  double gain_low() const { return low_; }
  double gain_high() const { return high_; }
  std::int64_t sweeps() const { return sweeps_; }
  /// The choice of each state that attains the last sweep (the lowest number among equals).
  std::span<const std::int32_t> choices() const { return choice_; }
  /// What that sweep began with: the bias divided by tau, up to a constant.
  std::span<const double> values() const { return u_; }
  /// L u of that sweep before any truncation, and where it was truncated.
  std::span<const double> untruncated() const { return next_; }
  double ceiling() const { return ceiling_; }

 private:
  template <class Laws>
  void sweep(std::span<const double> reward, Laws& laws, const EviOptions& options) {
    const double stay = 1 - options.tau;
    floor_ = std::numeric_limits<double>::infinity();
    for (std::size_t s = 0; s < u_.size(); ++s) {
      double best = -std::numeric_limits<double>::infinity();
      for (std::int64_t c = state_begin_[s]; c < state_begin_[s + 1]; ++c) {
        const double q = reward[static_cast<std::size_t>(c)] + options.tau * laws.value(c);
        if (q > best) {
          best = q;
          choice_[s] = static_cast<std::int32_t>(c);
        }
      }
      next_[s] = best + stay * u_[s];
      floor_ = std::min(floor_, next_[s]);
    }
    ceiling_ = floor_ + options.span / options.tau;
    low_ = std::numeric_limits<double>::infinity();
    high_ = -low_;
    for (std::size_t s = 0; s < u_.size(); ++s) {
      const double step = std::min(next_[s], ceiling_) - u_[s];
      low_ = std::min(low_, step);
      high_ = std::max(high_, step);
    }
  }

  std::span<const std::int64_t> state_begin_;
  std::vector<double> u_, next_;
  std::vector<std::int32_t> choice_;
  double low_ = 0, high_ = 0, floor_ = 0, ceiling_ = 0;
  std::int64_t sweeps_ = 0;
};

}  // namespace bellwether::online
