#pragma once

#include <cstdint>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::benchmarks {

/// The yardstick: what anybody writes first. One thread, one loop over the rows, sup-norm stop.
struct PlainResult {
  std::vector<double> value;
  std::int64_t sweeps = 0;
  double residual = 0;
};

/// v <- max_c r(c) + discount P(c) v until |v_new - v| <= residual; proves no error (that would take
/// log(1/(1-discount)) / log(1/discount) sweeps more).
PlainResult plain_value_iteration(const mdp::TabularMdp& model, double discount, double residual);

/// One sweep of the above.
double plain_sweep(const mdp::TabularMdp& model, double discount, const std::vector<double>& v,
                   std::vector<double>& out);

}  // namespace bellwether::benchmarks
