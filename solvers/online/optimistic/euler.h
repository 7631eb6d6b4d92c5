#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

struct EulerOptions {
  std::string constant = "theory";
  double delta = 0.05;
  bool monotone = false;
  bool incremental = true;
};

template <class Field>
void describe(EulerOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonuses: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("monotone", o.monotone, any_value(), "no optimistic value ever rises again; not in the published algorithm");
  field("incremental", o.incremental, any_value(), "compute again only what changed: the same values, sooner");
}

/// EULER (Zanette, Brunskill 2019; docs/papers/euler.md): upper and lower values, Bernstein bonuses for rewards and
/// next values that adapt to how much both vary. It certifies its policy.
std::unique_ptr<EpisodicAgent> make_euler(const EpisodicWorld& world, const EulerOptions& options,
                                          const Stream& stream);

inline constexpr double kEulerPractical = 0.03;

}  // namespace bellwether::online
