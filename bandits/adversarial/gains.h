#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bandits/adversarial/drawing.h"
#include "bandits/adversarial/potential.h"
#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Exponential weights of estimated gains, mixed with uniform exploration:
///   p = (1 - g) softmax(eta G) + g / K,   G_i += (x 1{A = i} + b) / p_i
struct GainPlan {
  double rate = 0;         ///< eta
  double uniform = 0;      ///< g
  double bonus = 0;        ///< b
  std::int64_t batch = 0;  ///< G is forgotten every so many rounds; 0: never
};

std::unique_ptr<Agent> make_gain_leader(std::string_view learner, const World& world, const GainPlan& plan,
                                        const Stream& stream);

/// g = min(1, sqrt(K ln K / ((e - 1) T))), eta = g / K: of Exp3 in rewards over T rounds.
GainPlan exp3_rewards_plan(double arms, double rounds);

/// The first Exp3 (Auer, Cesa-Bianchi, Freund, Schapire 2002, section 3).
struct Exp3RewardsOptions {
  double exploration = 0;
};

template <class Field>
void describe(Exp3RewardsOptions& o, Field&& field) {
  field("exploration", o.exploration, between(0, 1), "g, the share of uniform choices; 0: the theorem's");
}

std::unique_ptr<Agent> make_exp3_rewards(const World& world, const Exp3RewardsOptions& options, const Stream& stream);

/// Exp3.P with the constants of Bubeck and Cesa-Bianchi (2012, Theorem 3.3).
struct Exp3POptions {
  double delta = 0.05;
  std::string constant = "theory";
};

template <class Field>
void describe(Exp3POptions& o, Field&& field) {
  field("delta", o.delta, inside(0, 1), "probability with which the bound may fail");
  field("constant", o.constant, any_value(), "factor on b, the bonus of gains: theory, practical or a number");
}

std::unique_ptr<Agent> make_exp3_p(const World& world, const Exp3POptions& options, const Stream& stream);

/// Exp3.S: weights shared among arms, so that none falls too far behind to return (Auer et al. 2002, section 8).
struct Exp3SOptions {
  double changes = 1, exploration = 0, share = 0;
};

template <class Field>
void describe(Exp3SOptions& o, Field&& field) {
  field("changes", o.changes, at_least(1), "Y, into how many parts the best sequence of arms is expected to fall");
  field("exploration", o.exploration, between(0, 1), "g, the share of uniform choices; 0: the theorem's");
  field("share", o.share, between(0, 1), "a, how much of all weights goes round; 0: 1 / T");
}

std::unique_ptr<Agent> make_exp3_s(const World& world, const Exp3SOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
