#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

// Indices measured by the divergence d of the laws: kl of Bernoulli laws for rewards in [0, 1], that of Poisson or
// exponential laws where rewards have such a one, (p - q)^2 / (2 sigma^2) otherwise.

/// max{q : N d(m, q) <= ln t + c ln ln t} (Garivier and Cappe 2011).
struct KlUcbOptions {
  double c = 0;
  std::string law = "auto";
};

template <class Field>
void describe(KlUcbOptions& o, Field&& field) {
  field("c", o.c, at_least(0), "of c ln ln t in the level: 3 for the theorem, 0 in practice");
  field("law", o.law, one_of({"auto", "bernoulli", "gaussian"}), "laws that rewards are taken to have");
}

std::unique_ptr<Agent> make_kl_ucb(const World& world, const KlUcbOptions& options, const Stream& stream);

/// max{q : N d(m, q) <= ln+(x (1 + (ln+ x)^2))}, x = T / (K N) (Menard and Garivier 2017).
struct KlUcbPpOptions {
  std::string law = "auto";
};

template <class Field>
void describe(KlUcbPpOptions& o, Field&& field) {
  field("law", o.law, one_of({"auto", "bernoulli", "gaussian"}), "laws that rewards are taken to have");
}

std::unique_ptr<Agent> make_kl_ucb_pp(const World& world, const KlUcbPpOptions& options, const Stream& stream);

/// argmin of N d(m, largest m) + ln N (Honda and Takemura 2015).
struct ImedOptions {
  std::string law = "auto";
};

template <class Field>
void describe(ImedOptions& o, Field&& field) {
  field("law", o.law, one_of({"auto", "bernoulli", "gaussian"}), "laws that rewards are taken to have");
}

std::unique_ptr<Agent> make_imed(const World& world, const ImedOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
