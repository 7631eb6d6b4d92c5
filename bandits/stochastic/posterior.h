#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

// Learners with a posterior for each mean: Beta(1 + S, 1 + F) where rewards lie in [0, 1]; after Jeffreys' prior
// Gamma(S + 1/2) / N where they are Poisson, S / Gamma(N) where they are exponential; else N(m, sigma^2 / N) after a
// flat prior.

/// Draws every mean from its posterior and plays the largest (Thompson 1933). Rewards inside (0, 1) are first turned
/// into 0 or 1 by a coin of that probability (Agrawal and Goyal 2012).
struct ThompsonOptions {
  double successes = 1, failures = 1, prior_mean = 0, prior_sigma = 0;
  std::string law = "auto";
};

template <class Field>
void describe(ThompsonOptions& o, Field&& field) {
  field("successes", o.successes, between(0.05, 1e6), "first parameter of the Beta prior");
  field("failures", o.failures, between(0.05, 1e6), "second parameter of the Beta prior");
  field("prior_mean", o.prior_mean, any_value(), "of the normal prior of a mean, where rewards are normal");
  field("prior_sigma", o.prior_sigma, at_least(0), "its standard deviation; 0: a flat prior, each arm is played once");
  field("law", o.law, one_of({"auto", "bernoulli", "gaussian"}), "laws that rewards are taken to have");
}

std::unique_ptr<Agent> make_thompson(const World& world, const ThompsonOptions& options, const Stream& stream);

/// Plays the largest quantile of order 1 - 1 / (t (ln T)^c) (Kaufmann, Cappe, Garivier 2012).
struct BayesUcbOptions {
  double c = 0;
  std::string law = "auto";
};

template <class Field>
void describe(BayesUcbOptions& o, Field&& field) {
  field("c", o.c, at_least(0), "of (ln T)^c in the order: 5 for the theorem, 0 in practice");
  field("law", o.law, one_of({"auto", "bernoulli", "gaussian"}), "laws that rewards are taken to have");
}

std::unique_ptr<Agent> make_bayes_ucb(const World& world, const BayesUcbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
