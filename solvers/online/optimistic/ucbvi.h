#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

struct UcbviOptions {
  std::string constant = "theory";
  double delta = 0.05;
  bool monotone = true;
  bool incremental = true;
};

template <class Field>
void describe(UcbviOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("monotone", o.monotone, any_value(), "no optimistic value ever rises again, as published");
  field("incremental", o.incremental, any_value(), "compute again only what changed: the same values, sooner");
}

// UCBVI (Azar, Osband, Munos 2017; docs/papers/ucbvi.md): optimistic value iteration on the empirical model, mean
// rewards known, one model for all stages. Worlds whose stages differ get statistics of their own for every stage.

/// The bonus of Chernoff and Hoeffding, 7 H L / sqrt(n) with L = ln(5 S A T / delta).
std::unique_ptr<EpisodicAgent> make_ucbvi_ch(const EpisodicWorld& world, const UcbviOptions& options,
                                             const Stream& stream);
/// The bonus of Bernstein and Freedman: smaller by a root of H where next values vary little.
std::unique_ptr<EpisodicAgent> make_ucbvi_bf(const EpisodicWorld& world, const UcbviOptions& options,
                                             const Stream& stream);

inline constexpr double kUcbviChPractical = 0.003;
inline constexpr double kUcbviBfPractical = 0.01;

}  // namespace bellwether::online
