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
/// T eps / 2 <= 3 e sqrt(T B) + B, B = 4 H^2 S A R L beta(T), L = 2 + log2 T, R the sum over stages h of
/// (1 + 1/H)^(2h) (15 + (1 + 1/H) (1/2 + 2 / (3H))), 15 alone in the last: RF-Express.
double rf_express_episodes(const EpisodicSize& size, double epsilon);
/// T eps <= 12 (H - 1) sqrt(S A Q L beta*(T) T) + 4 H^2 S A R L beta(T), L = 2 + log2 T; with
/// g = (1 + 3/H) (1 + 1 / (2H)) + 1/H, Q is the sum of g^(2h) over all stages but the last and R that of
/// g^h (72 + 12/H + (1 + 3/H) (1 + 2 / (3H))), 36 g^(H-1) in the last: BPI-UCBVI.
double bpi_ucbvi_episodes(const EpisodicSize& size, double epsilon);

}  // namespace bellwether::bounds
