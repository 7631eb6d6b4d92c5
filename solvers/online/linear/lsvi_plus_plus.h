#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/linear/linear_agent.h"

namespace bellwether::online {

/// LSVI-UCB++ (He, Zhao, Zhou, Gu 2023; docs/papers/linear-regret.md): least squares weighted by upper bounds on
/// variances, upper and lower values that never turn back, planning only when a determinant has doubled. Mean rewards
/// are known.
struct LsviPlusPlusOptions {
  std::string constant = "theory";
  double delta = 0.05;
};

template <class Field>
void describe(LsviPlusPlusOptions& o, Field&& field) {
  field("constant", o.constant, any_value(),
        "factor on the radii, its fourth power on d^3 in variances: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
}

std::unique_ptr<EpisodicAgent> make_lsvi_plus_plus(const EpisodicWorld& world, const LsviPlusPlusOptions& options,
                                                   const Stream& stream);
inline constexpr double kLsviPlusPlusPractical = 0.02;

/// What the variance of V_{h+1}(s') is estimated by, at a choice.
struct VarianceTerms {
  double mean = 0, square = 0, low = 0;  ///< w^T phi for V_{h+1}, its square, and the pessimistic values
  double norm = 0;                       ///< |phi| in the norm of Sigma_h^-1
  double horizon = 1, dimension = 1;
  double correction = 1;  ///< factor on d^3
  double pessimistic_radius = 0, square_radius = 0;
};
/// sb^2 = max{sigma^2, H, 4 d^6 H^4 |phi|} with
///   sigma^2 = [V] + E + D + H,   [V] = clip(square, 0, H^2) - clip(mean, 0, H)^2,
///   E = min{btil |phi|, H^2} + min{2 H bbar |phi|, H^2},   D = min{4 d^3 H^2 (mean - low + 2 bbar |phi|), d^3 H^3}.
double plus_plus_variance(const VarianceTerms& terms);

}  // namespace bellwether::online
