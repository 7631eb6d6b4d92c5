#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

struct UcbQOptions {
  std::string constant = "theory";
  double delta = 0.05;
};

template <class Field>
void describe(UcbQOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "probability with which the regret bound may fail");
}

/// alpha_t = (H + 1) / (H + t), the rate of visit t = 1, 2, ...
inline double q_learning_rate(int horizon, std::int64_t t) { return (horizon + 1) / static_cast<double>(horizon + t); }

/// iota = ln(S A T / delta), with T = H K.
double q_learning_log(const EpisodicWorld& world, double delta);

/// b_t = factor * 2 sqrt(H^3 iota / t) of Jin et al. 2018; docs/papers/optimistic-q-learning.md derives the 2.
class HoeffdingBonus {
 public:
  struct Memory {};
  HoeffdingBonus(const EpisodicWorld& world, double delta, double factor);

  /// b_t of visit t, which led to a state worth `next`; to be called for t = 1, 2, ... in turn.
  double operator()(Memory& /*memory*/, std::int64_t t, double /*rate*/, double /*next*/) const {
    return scale_ / std::sqrt(static_cast<double>(t));
  }

 private:
  double scale_;
};

/// b_t = (beta_t - (1 - alpha_t) beta_(t-1)) / (2 alpha_t), so that sum_i alpha_t^i b_i = beta_t / 2, with
///   beta_t = factor * 4 min{ sqrt(H (W_t + H) iota / t) + sqrt(H^7 S A) iota / t, sqrt(H^3 iota / t) }
/// and W_t the variance of the next values seen so far.
class BernsteinBonus {
 public:
  struct Memory {
    double sum = 0, square = 0, beta = 0;
  };
  BernsteinBonus(const EpisodicWorld& world, double delta, double factor);

  double operator()(Memory& memory, std::int64_t t, double rate, double next) const {
    memory.sum += next;
    memory.square += next * next;
    const double per_visit = 1 / static_cast<double>(t), mean = memory.sum * per_visit;
    const double variance = std::max(0.0, memory.square * per_visit - mean * mean);
    const double bernstein = std::sqrt((variance + horizon_) * spread_ * per_visit) + bias_ * per_visit;
    const double before = memory.beta;
    memory.beta = factor_ * std::min(bernstein, hoeffding_ * std::sqrt(per_visit));
    return (memory.beta - (1 - rate) * before) / (2 * rate);
  }

 private:
  double factor_, horizon_, spread_, bias_, hoeffding_;
};

inline constexpr double kUcbQHoeffdingPractical = 0.003;
inline constexpr double kUcbQBernsteinPractical = 0.003;

/// Q-learning with upper confidence bounds (docs/papers/optimistic-q-learning.md). Stage by stage its own statistics,
/// memory O(H S A), O(A) per step; a step is learned from in constant time whatever the size of the model.
std::unique_ptr<EpisodicAgent> make_ucb_q_hoeffding(const EpisodicWorld& world, const UcbQOptions& options,
                                                    const Stream& stream);
std::unique_ptr<EpisodicAgent> make_ucb_q_bernstein(const EpisodicWorld& world, const UcbQOptions& options,
                                                    const Stream& stream);

}  // namespace bellwether::online
