#pragma once

#include <span>
#include <string_view>

#include "mdp/tabular_mdp.h"

namespace bellwether::benchmarks {

/// A standard workload; the letters are those of docs/benchmarks.md.
struct Workload {
  std::string_view name;  ///< "a_garnet_1e4x10x10"
  double discount;
  mdp::TabularMdp (*make)();
};

/// tiny (for the test that runs every benchmark once), then a to e.
std::span<const Workload> workloads();

/// The model of a workload, made once.
const mdp::TabularMdp& model_of(const Workload& workload);

}  // namespace bellwether::benchmarks
