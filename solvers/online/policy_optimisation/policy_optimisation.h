#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

struct PolicyOptimisationOptions {
  std::string constant = "theory";
  double delta = 0.05;
  double rate = 1;
};

template <class Field>
void describe(PolicyOptimisationOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "probability with which the regret bound may fail");
  field("rate", o.rate, above(0), "factor on the step size sqrt(2 ln A / (H^2 K)); the theorem's is 1");
}

/// What a learner makes of n >= 1 visits of a triple (h, s, a): the empirical model over `visits_counted` visits and a
/// bonus.
struct OptimisticEstimate {
  double visits_counted;  ///< what sums of rewards and next values are divided by
  double bonus;
};

/// b_c + b_p of Shani et al. 2020, with d = delta / 6 and averages over n:
///   b_c = sqrt(2 ln(2 S A H K / d) / n), b_p = H sqrt(4 S ln(3 S A H K / d) / n).
class BanditFeedback {
 public:
  BanditFeedback(const EpisodicWorld& world, double delta, double factor);
  OptimisticEstimate operator()(std::int64_t visits) const;

 private:
  double scale_;
};

/// Of Cai et al. 2020 with one feature a triple: averages over n + 1, Gamma = 2 H sqrt(S ln(S A T / delta) / (n + 1)).
class FullInformation {
 public:
  FullInformation(const EpisodicWorld& world, double delta, double factor);
  OptimisticEstimate operator()(std::int64_t visits) const;

 private:
  double scale_;
};

inline constexpr double kOptimisticPolicyOptimisationPractical = 0.01;
inline constexpr double kOppoPractical = 0.01;

/// Optimistic policy optimisation (Shani, Efroni, Rosenberg, Mannor 2020;
/// docs/papers/optimistic-policy-optimisation.md) for rewards that are seen only where they are collected. O(H S^2 A)
/// and H S A exponentials an episode.
std::unique_ptr<EpisodicAgent> make_optimistic_policy_optimisation(const EpisodicWorld& world,
                                                                   const PolicyOptimisationOptions& options,
                                                                   const Stream& stream);

/// OPPO (Cai, Yang, Jin, Wang 2020) in its tabular form: the mean rewards are known. Same page, same cost.
std::unique_ptr<EpisodicAgent> make_oppo(const EpisodicWorld& world, const PolicyOptimisationOptions& options,
                                         const Stream& stream);

}  // namespace bellwether::online
