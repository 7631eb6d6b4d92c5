#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

/// Two numbers are kept for each draw of a row: sixteen megabytes of them. The theorem asks for some hundred draws.
inline constexpr int kMostOpsrlSamples = 1'000'000;

struct OpsrlOptions {
  std::string constant = "theory";
  double delta = 0.05;
  int samples = 0;
};

template <class Field>
void describe(OpsrlOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on inflation and prior: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "probability with which the regret bound may fail");
  field("samples", o.samples, between(0, kMostOpsrlSamples),
        "draws of each choice of which the best counts; 0: the theorem's number, 8 with another constant");
}

/// What OPSRL draws from: a row visited n times has a Dirichlet law with concentrations count(s') / inflation on the
/// states that followed and `prior` on a state beside all others that pays 2 a step for ever.
struct OpsrlPrior {
  /// Of Theorem 3.1 when the factor is 1: inflation kappa = 2 (ln(12 S A H / delta) + 3 ln(e pi (2 K + 1))), prior
  /// c_0 + log_(17/16) K. Another factor f gives 1 + f (kappa - 1) and f times the prior: 0 is the plain posterior.
  OpsrlPrior(const EpisodicWorld& world, double delta, double factor);

  double inflation, prior;
  int samples;  ///< J = ceil(ln(2 S A H K / delta) / ln(2 / (1 + Phi(1))))
  static constexpr double kReward = 2;
};

inline constexpr double kOpsrlPractical = 1e-6;

/// Optimistic posterior sampling (Tiapkin et al. 2022; docs/papers/posterior-sampling.md): backward induction in which
/// each choice is worth the best of `samples` draws. Knows the mean rewards; each stage has its own statistics.
/// O(H S A) draws of rows, times `samples`, an episode.
std::unique_ptr<EpisodicAgent> make_opsrl(const EpisodicWorld& world, const OpsrlOptions& options,
                                          const Stream& stream);

}  // namespace bellwether::online
