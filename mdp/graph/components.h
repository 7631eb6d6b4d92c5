#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mdp/tabular_mdp.h"

namespace bellwether::mdp {

/// A directed graph as arrays: the successors of node v are target[offset[v]] .. target[offset[v + 1] - 1].
/// A view: the arrays belong to somebody else. Repeated edges and self-loops are welcome.
struct Digraph {
  std::span<const std::int64_t> offset;  ///< nodes + 1
  std::span<const std::int32_t> target;

  int num_nodes() const { return static_cast<int>(offset.size()) - 1; }
};

/// A partition of the nodes into strongly connected components, in reverse topological order: every edge that leaves a
/// component enters one with a smaller number, so solving them in the order 0, 1, 2, ... meets solved successors only.
struct Components {
  std::vector<std::int32_t> component;  ///< of each node
  std::vector<std::int32_t> begin;      ///< count + 1 offsets into `members`
  std::vector<std::int32_t> members;    ///< the nodes, component by component, ascending inside each

  int count() const { return static_cast<int>(begin.size()) - 1; }
  std::span<const std::int32_t> members_of(int k) const {
    return std::span<const std::int32_t>(members).subspan(static_cast<std::size_t>(begin[static_cast<std::size_t>(k)]),
                                                          static_cast<std::size_t>(size_of(k)));
  }
  int size_of(int k) const { return begin[static_cast<std::size_t>(k) + 1] - begin[static_cast<std::size_t>(k)]; }
};

/// Tarjan's algorithm (Boost.Graph, which keeps its own stack: paths of any length are fine). Linear time.
Components strongly_connected_components(const Digraph& graph);

/// Components of the graph with an edge s -> s' whenever some choice of s moves to s' with positive probability.
/// The transitions are read in place.
Components strongly_connected_components(const TabularMdp& model);

}  // namespace bellwether::mdp
