#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

// Learners that stop when intervals around the means say that an arm is the best, or within epsilon of it, and err with
// probability delta.

/// LUCB1 (Kalyanakrishnan, Tewari, Auer, Stone 2012): each stage plays the best mean and the largest upper bound among
/// the others; widths sqrt(2 sigma^2 ln(5 K t^4 / (4 delta)) / N), t the number of the stage.
struct LucbOptions {
  double delta = 0.05, epsilon = 0;
};

template <class Field>
void describe(LucbOptions& o, Field&& field) {
  field("delta", o.delta, inside(0, 1), "probability of error");
  field("epsilon", o.epsilon, at_least(0), "how far below the best an arm may be that is named");
}

std::unique_ptr<Agent> make_lucb(const World& world, const LucbOptions& options, const Stream& stream);

/// The same with intervals {q : N d(m, q) <= x + ln x}, x = ln(405.5 K t^1.1 / delta) (Kaufmann, Kalyanakrishnan 2013).
struct KlLucbOptions {
  double delta = 0.05, epsilon = 0;
  std::string threshold = "proven";
  std::string law = "auto";
};

template <class Field>
void describe(KlLucbOptions& o, Field&& field) {
  field("delta", o.delta, inside(0, 1), "probability of error");
  field("epsilon", o.epsilon, at_least(0), "how far below the best an arm may be that is named");
  field("threshold", o.threshold, one_of({"proven", "experiments"}),
        "evidence outside the intervals: x + ln x, or ln((1 + ln t) / delta), which is not proven");
  field("law", o.law, one_of({"auto", "bernoulli", "gaussian"}), "laws that rewards are taken to have");
}

std::unique_ptr<Agent> make_kl_lucb(const World& world, const KlLucbOptions& options, const Stream& stream);

/// Plays all arms that are left in turn and drops those whose interval, of the same form, lies below another's.
std::unique_ptr<Agent> make_kl_racing(const World& world, const KlLucbOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
