#pragma once

#include <span>

#include "core/stream.h"
#include "mdp/linear/linear_structure.h"
#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// Whether features make a model a linear MDP: how far r, P V and Q^pi lie from the span of the features, by least
/// squares over all choices; the worst of all stages.
struct LinearMdpCheck {
  int dimension = 0, rank = 0;
  double feature_norm = 0;      ///< largest |phi(c)|; theorems want 1 at most
  double reward_norm = 0;       ///< |theta|; sqrt d at most
  double measure_norm = 0;      ///< | sum over s' of |mu(s')| |; sqrt d at most
  double reward_error = 0;      ///< largest residual of r over choices
  double transition_error = 0;  ///< that of P V, the largest over all V with values in [-1, 1]
  double value_error = 0;       ///< that of Q^pi over random policies, divided by the largest |Q^pi|
};

/// What values are of: `horizon` stages, or for ever when it is 0 and the discount below 1.
struct ValueHorizon {
  int horizon = 0;
  double discount = 0.9;
};

/// Policies draw their choices from `stream`, one policy a stage. theta and mu are the shortest of those that fit best:
/// the only ones when the rank is d. Cost: O(C (d + S) d) and O(C S) a stage, or O(S^3) for values of the long run. At
/// least one stage; InvalidModel unless features fit the model.
LinearMdpCheck check_linear_mdp(const FeatureMap& features, std::span<const TabularMdp> stages,
                                const ValueHorizon& values, const Stream& stream);

/// Whether a mixture is one.
struct MixtureCheck {
  int dimension = 0, rank = 0;  ///< rank of all phi(s' | c)
  double norm_bound = 0;        ///< of phi_V(c) over V with values in [0, 1]; theorems want 1 at most
  double theta_norm = 0;        ///< the largest of all stages
  double transition_error = 0;  ///< largest sum over s' of |<phi(s' | c), theta> - P(s' | c)| over choices
};

/// InvalidModel unless the mixture fits the model and has one theta, or one a stage.
MixtureCheck check_mixture(const LinearStructure& linear, std::span<const TabularMdp> stages);

}  // namespace bellwether::mdp
