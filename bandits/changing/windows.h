#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// 1: with xi = 0.6 the theorem's width is within a tenth of that of 1/2-sub-Gaussian rewards.
inline constexpr double kSlidingPractical = 1;
/// The theorem's width is twice that of sw-ucb.
inline constexpr double kDiscountedPractical = 0.5;

/// SW-UCB (Garivier, Moulines 2011): the mean of the last tau rounds and B sqrt(xi ln min(n, tau) / N_tau).
struct SlidingWindowOptions {
  std::int64_t window = 0;
  double changes = 0, xi = 0.6;
  std::string constant = "theory";
};

template <class Field>
void describe(SlidingWindowOptions& o, Field&& field) {
  field("window", o.window, at_least(0), "tau, in rounds; 0: from changes");
  field("changes", o.changes, at_least(0), "Y: tau = 2 B sqrt(T ln T / Y); 0: not known, tau = 4 sqrt(T ln T)");
  field("xi", o.xi, above(0), "in the width; the theorem asks for more than 1/2");
  field("constant", o.constant, any_value(), "factor on the width: theory, practical or a number");
}

std::unique_ptr<Agent> make_sliding_window_ucb(const World& world, const SlidingWindowOptions& options,
                                               const Stream& stream);

/// D-UCB (Kocsis, Szepesvari 2006; Garivier, Moulines 2011): all rounds count, each by g times the next, and
/// 2 B sqrt(xi ln n_g / N_g).
struct DiscountedOptions {
  double discount = 0, changes = 0, xi = 0.6;
  std::string constant = "theory";
};

template <class Field>
void describe(DiscountedOptions& o, Field&& field) {
  field("discount", o.discount, between(0, 1), "g; 0: from changes");
  field("changes", o.changes, at_least(0), "Y: g = 1 - sqrt(Y / T) / (4 B); 0: not known, g = 1 - 1 / (4 sqrt(T))");
  field("xi", o.xi, above(0), "in the width; the theorem asks for more than 1/2");
  field("constant", o.constant, any_value(), "factor on the width: theory, practical or a number");
}

std::unique_ptr<Agent> make_discounted_ucb(const World& world, const DiscountedOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
