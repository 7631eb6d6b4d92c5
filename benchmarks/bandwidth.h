#pragma once

#include <cstdint>

#include "mdp/tabular_mdp.h"

namespace bellwether::benchmarks {

/// Bytes a second at which `threads` threads read an array of `bytes` bytes over and over (the best of several passes):
/// the bound of a sweep that streams so much data, caches included. Measured once for each pair.
double read_bandwidth(std::int64_t bytes, int threads);

/// Bytes a sweep must read and write: each array once, the values once.
std::int64_t sweep_bytes(const mdp::TabularMdp& model);

/// Seconds that `threads` threads take to read the successors of all transitions, in order, and gather their values,
/// and nothing else: the bound of a sweep over a model whose value vector does not fit a near cache.
double gather_seconds(const mdp::TabularMdp& model, int threads);

/// The same with each value multiplied by its probability, which is read too: a flat product of all transitions,
/// without rows, rewards or maxima. No sweep over compressed rows can be faster with these instructions.
double product_seconds(const mdp::TabularMdp& model, int threads);

}  // namespace bellwether::benchmarks
