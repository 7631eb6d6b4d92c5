#pragma once

#include "proofs_checks/bounds/episodic.h"

namespace bellwether::bounds {

// Episodes until learners that stop themselves have stopped, with all constants, each with probability 1 - delta. The
// model differs from stage to stage; rewards are in [0, 1]; size.episodes is not looked at. The constants are those of
// the derivations on the pages reward-free-exploration and best-policy-identification in docs/papers, of the same
// powers as the published ones and not larger; a bound is the largest T that solves its inequality.

/// beta(n) = ln(2 S A H / delta) + (S - 1) ln(e (1 + n / (S - 1))), of RF-UCRL.
double rf_ucrl_beta(const EpisodicSize& size, double visits);
/// beta(n) = ln(3 S A H / delta) + S ln(8 e (n + 1)), of RF-Express and of BPI-UCBVI.
double pure_exploration_beta(const EpisodicSize& size, double visits);
/// beta*(n) = ln(3 S A H / delta) + ln(8 e (n + 1)), of the variances of BPI-UCBVI.
double best_policy_beta(const EpisodicSize& size, double visits);

/// T <= 18 (1 + sqrt 2)^2 H^2 (H - 1)^2 S A beta(T) / eps^2: RF-UCRL.
double rf_ucrl_episodes(const EpisodicSize& size, double epsilon);
/// T eps / 2 <= 3 e sqrt(T B) + B, B = (832/3) e^3 H^3 S A beta(T) ln(T + 1): RF-Express.
double rf_express_episodes(const EpisodicSize& size, double epsilon);
/// T eps <= e^13 (24 sqrt(H^3 S A beta*(T) ln(T + 1) T) + (2816/3) H^3 S A beta(T) ln(T + 1)): BPI-UCBVI.
double bpi_ucbvi_episodes(const EpisodicSize& size, double epsilon);

}  // namespace bellwether::bounds
