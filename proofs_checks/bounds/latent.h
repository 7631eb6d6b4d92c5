#pragma once

#include <cstdint>

namespace bellwether::bounds {

// Bounds for models with hidden contexts and states. Statements: docs/papers/latent-mdps.md, lmdp-horizon-free.md.

/// Plans of a learner with hindsight that plans anew whenever a count of one of the contexts x states x actions, or of
/// a context, reaches a power of two, and once at the start: 1 + M (SA + 1) (1 + log2(K H)).
double hindsight_replans(int contexts, int states, int actions, int horizon, double episodes);

/// What every learner loses on average over the lower-bound family for latent models with M contexts of N arms each,
/// whatever it is told between episodes, with the context itself known from the start:
///   2 sqrt(V) epsilon K (1 - 1/N - sqrt(K / (M N) (1 + (M-1)/K) ln(1 / (1 - 4 epsilon^2))) / 2).
/// For epsilon = (1 - 1/N) sqrt(M N / K) / 2 it is of order sqrt(V M N K).
double latent_regret_floor(int contexts, int arms, double advantage, double variance, double episodes);

/// ln(|class| K / delta): log-likelihoods this far below the largest are still possible, with probability 1 - delta for
/// all of K episodes (Ville's inequality and a union over the class).
double likelihood_width(double models, double episodes, double delta);

/// The combination lock with M contexts: what the secret is worth, and the share of plays that survive `steps` steps
/// whatever is played.
double lock_value(int contexts);
double lock_survival(int contexts, int steps);

/// Expected plays of wrong sequences when the A^(M-1) secrets of the lock are tried one after the other until each is
/// refuted, the true one being any of them: each takes M plays, so M (A^(M-1) - 1) / 2.
double lock_trials(int contexts, int actions);

}  // namespace bellwether::bounds
