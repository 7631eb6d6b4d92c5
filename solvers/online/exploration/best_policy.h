#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

struct BestPolicyOptions {
  double epsilon = 0.1;
  double delta = 0.05;
  std::string constant = "theory";
  bool incremental = true;
};

template <class Field>
void describe(BestPolicyOptions& o, Field&& field) {
  field("epsilon", o.epsilon, above(0), "what the answer may lose, rewards being in [0, 1]");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("incremental", o.incremental, any_value(), "compute again only what changed: the same values, sooner");
}

/// BPI-UCBVI (Menard, Domingues, Jonsson, Kaufmann, Leurent, Valko 2021; docs/papers/best-policy-identification.md): a
/// model for every stage, mean rewards known; stops when the certificate of its policy is at most epsilon.
std::unique_ptr<EpisodicAgent> make_bpi_ucbvi(const EpisodicWorld& world, const BestPolicyOptions& options,
                                              const Stream& stream);

inline constexpr double kBpiUcbviPractical = 0.03;

}  // namespace bellwether::online
