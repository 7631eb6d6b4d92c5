#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

struct OrlcOptions {
  double delta = 0.05;
  std::string constant = "theory";
  bool incremental = true;
};

template <class Field>
void describe(OrlcOptions& o, Field&& field) {
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("incremental", o.incremental, any_value(), "compute again only what changed: the same values, sooner");
}

/// ORLC (Dann, Li, Wei, Brunskill 2019; docs/papers/orlc.md): says before every episode what its policy loses at the
/// most. One model for all stages (one a stage when stages differ), rewards unknown.
std::unique_ptr<EpisodicAgent> make_orlc(const EpisodicWorld& world, const OrlcOptions& options, const Stream& stream);

inline constexpr double kOrlcPractical = 1e-5;

}  // namespace bellwether::online
