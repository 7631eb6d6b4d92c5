#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

// Indices that add a width to the mean. `constant` multiplies the whole width.

/// A factor of 1/2 is the width of sums of 1/2-sub-Gaussian rewards, which those in [0, 1] are.
inline constexpr double kUcb1Practical = 0.5;
/// delta = 1 / T in place of 1 / T^2.
inline constexpr double kFixedWidthPractical = 0.70710678118654752;

/// m + sqrt(2 ln n / N), n = rounds played (Auer, Cesa-Bianchi, Fischer 2002): rewards in [0, 1].
struct Ucb1Options {
  std::string constant = "theory";
};

template <class Field>
void describe(Ucb1Options& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
}

std::unique_ptr<Agent> make_ucb1(const World& world, const Ucb1Options& options, const Stream& stream);

/// m + sqrt(2 sigma^2 ln f(t) / N), f(t) = 1 + t ln^2 t (Lattimore and Szepesvari 2020, algorithm 6).
struct UcbOptions {
  std::string constant = "theory";
};

template <class Field>
void describe(UcbOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
}

std::unique_ptr<Agent> make_ucb(const World& world, const UcbOptions& options, const Stream& stream);

/// m + sqrt(2 sigma^2 ln(1 / delta) / N) (Lattimore and Szepesvari 2020, algorithm 3).
struct UcbDeltaOptions {
  double delta = 0;
  std::string constant = "theory";
};

template <class Field>
void describe(UcbDeltaOptions& o, Field&& field) {
  field("delta", o.delta, between(0, 1), "failure probability of one width; 0: 1 / T^2");
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
}

std::unique_ptr<Agent> make_ucb_delta(const World& world, const UcbDeltaOptions& options, const Stream& stream);

/// m + sqrt(2 V E / N) + 3 b E / N, E = 1.2 ln t (Audibert, Munos, Szepesvari 2009): bounded rewards of range b.
struct UcbVOptions {
  std::string constant = "theory";
};

template <class Field>
void describe(UcbVOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
}

std::unique_ptr<Agent> make_ucb_v(const World& world, const UcbVOptions& options, const Stream& stream);

/// m + sqrt(4 sigma^2 ln+(T / (K N)) / N) (Audibert and Bubeck 2009): knows the number of rounds.
struct MossOptions {
  std::string constant = "theory";
};

template <class Field>
void describe(MossOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
}

std::unique_ptr<Agent> make_moss(const World& world, const MossOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
