#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Rexp3 (Besbes, Gur, Zeevi 2014): Exp3 in rewards, begun anew every ceil((K ln K)^(1/3) (T / V)^(2/3)) rounds.
struct Rexp3Options {
  double variation = 1;
  std::int64_t batch = 0;
};

template <class Field>
void describe(Rexp3Options& o, Field&& field) {
  field("variation", o.variation, above(0), "V, how far the means travel in the whole run");
  field("batch", o.batch, at_least(0), "rounds between two restarts; 0: from variation");
}

std::unique_ptr<Agent> make_rexp3(const World& world, const Rexp3Options& options, const Stream& stream);

/// The theorem's thresholds hold 6 (log2 T + 1) ln(T / delta), about 1000 at T = 10^4: rewards in [0, 1] fail no test
/// within 10^6 rounds. This factor is of no theorem: it is about the smallest with which arms that do not change fail
/// none in 10^5.
inline constexpr double kMasterPractical = 0.007;

/// MASTER (Wei, Luo 2021) around UCB1: copies of UCB1 on all dyadic scales look for changes, two tests find them, and
/// then all begins anew. It knows neither the number of changes nor the variation.
struct MasterOptions {
  double delta = 0.05;
  std::string constant = "theory";
};

template <class Field>
void describe(MasterOptions& o, Field&& field) {
  field("delta", o.delta, inside(0, 1), "probability with which the bound may fail");
  field("constant", o.constant, any_value(), "factor on the thresholds of both tests: theory, practical or a number");
}

std::unique_ptr<Agent> make_master(const World& world, const MasterOptions& options, const Stream& stream);

}  // namespace bellwether::bandits
