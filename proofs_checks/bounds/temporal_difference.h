#pragma once

namespace bellwether::bounds {

// Values of a policy by linear functions. Statements: docs/papers/linear-function-approximation.md.

/// 1 / sqrt(1 - k^2), k = g (1 - L) / (1 - g L): on policy the fixed point of TD(L) errs by at most so many times the
/// least error, in the norm of the long-run law (Tsitsiklis and Van Roy 1997).
double td_error_factor(double discount, double lambda);

/// (d^2 + 2 s) / (sqrt(T) (1 - g)): what the expected squared distance of values from those of the fixed point stays
/// below when T steps of size 1 / sqrt(T) from independent states are averaged; d the distance of the first weights
/// from the fixed point, s the mean squared length of an update there, |phi| <= 1 (Bhandari, Russo and Singal 2018,
/// Theorem 2a). Holds for T >= (8 / (1 - g))^2.
double averaged_td_error(double distance, double noise, double discount, double steps);

/// (4 - 3 p) / (4 - 2 p): the discount above which expected steps of TD diverge on the two states of Tsitsiklis and Van
/// Roy when behaviour is in the first one with share p.
double two_state_threshold(double share);

}  // namespace bellwether::bounds
