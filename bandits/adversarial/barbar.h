#pragma once

#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// The theorem's epochs are 1024 ln(8 K log2 T / delta) times the squares of inverse gaps long, more than an experiment
/// has rounds. A hundredth keeps the shape; no theorem speaks of it.
inline constexpr double kBarbarPractical = 0.01;

/// BARBAR (Gupta, Koren, Talwar 2019): epochs in which arm i is drawn with probability proportional to the inverse
/// square of its gap as the last epoch saw it, so that a corrupted round says little about any arm.
struct BarbarOptions {
  double delta = 0.05;
  std::string constant = "theory";
};

template <class Field>
void describe(BarbarOptions& o, Field&& field) {
  field("delta", o.delta, inside(0, 1), "probability with which the bound may fail");
  field("constant", o.constant, any_value(), "factor on the length of epochs: theory, practical or a number");
}

std::unique_ptr<Agent> make_barbar(const World& world, const BarbarOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
