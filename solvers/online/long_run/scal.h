#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/average/agent.h"

namespace bellwether::online {

struct ScalOptions {
  std::string constant = "theory";
  double delta = 0.05;
  double span_bound = 10;
  std::string widths = "2018";
  bool warm_start = true;
};

template <class Field>
void describe(ScalOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the confidence widths: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("span_bound", o.span_bound, above(0), "what is known to bound the span of the optimal bias, rewards in [0, 1]");
  field("widths", o.widths, one_of({"2018", "2020"}), "whose constants: of the paper on SCAL, or of that on UCRL2B");
  field("warm_start", o.warm_start, any_value(), "plan from the values of the plan before: the same guarantee, sooner");
}

/// SCAL (Fruit, Pirotta, Lazaric and Ortner 2018; docs/papers/scal.md): UCRL2B among models and policies whose bias
/// spans at most `span_bound`. Policies are randomised where the bound is felt.
std::unique_ptr<AverageAgent> make_scal(const AverageWorld& world, const ScalOptions& options, const Stream& stream);

inline constexpr double kScalPractical = 0.1;

}  // namespace bellwether::online
