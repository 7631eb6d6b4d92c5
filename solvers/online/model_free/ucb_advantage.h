#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

struct UcbAdvantageOptions {
  std::string constant = "theory";
  double delta = 0.05;
  std::int64_t reference_visits = 0;
};

template <class Field>
void describe(UcbAdvantageOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonuses: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "probability with which the bounds may fail");
  field(
      "reference_visits", o.reference_visits, at_least(0),
      "visits of a state at a stage that settle its reference value; 0: the theorem's N_0, times the constant squared");
}

/// The stage lengths e_1 = H, e_(i+1) = floor((1 + 1/H) e_i) of a triple (h, s, a).
inline std::int64_t next_stage_length(int horizon, std::int64_t length) { return length + length / horizon; }

/// The bonuses of UCB-Advantage and the number of visits that settles a reference value, all with
/// iota = ln(2/p), p = delta / (4 T (H^2 T^3 + 3)).
class AdvantageBonus {
 public:
  AdvantageBonus(const EpisodicWorld& world, double delta, double factor);

  double log_term() const { return log_; }
  /// 2 sqrt(H^2 iota / m) for the average over a stage of m visits.
  double of_stage(double m) const;
  /// 2 sqrt(nu_ref iota / n) + 2 sqrt(nu_adv iota / m)
  /// + 5 (H iota / n + H iota / m + H (iota / n)^(3/4) + H (iota / m)^(3/4)).
  double of_decomposition(double n, double m, double reference_variance, double advantage_variance) const;
  /// N_0 = S A H^6 iota, times the square of the factor, at least 1.
  std::int64_t reference_visits() const { return reference_visits_; }

 private:
  double horizon_, factor_, log_;
  std::int64_t reference_visits_;
};

inline constexpr double kUcbAdvantagePractical = 0.003;

/// UCB-Advantage of Zhang, Zhou and Ji 2020 (docs/papers/ucb-advantage.md): Q-learning in stages, with a reference
/// value that is settled once and an advantage over it that is learned anew in every stage. Knows the mean rewards.
/// Memory O(H S A), O(A) per step.
std::unique_ptr<EpisodicAgent> make_ucb_advantage(const EpisodicWorld& world, const UcbAdvantageOptions& options,
                                                  const Stream& stream);

}  // namespace bellwether::online
