#include "mdp/graph/components.h"

#include <algorithm>
#include <utility>

#include <boost/graph/graph_traits.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/property_map/property_map.hpp>

namespace bellwether::mdp {
namespace {

/// What Boost.Graph sees of a Digraph: an edge is its position in the target array, so nothing is copied.
struct BoostView {
  Digraph graph;
};

}  // namespace
}  // namespace bellwether::mdp

namespace boost {

template <>
struct graph_traits<bellwether::mdp::BoostView> {
  using vertex_descriptor = std::int32_t;
  using edge_descriptor = std::int64_t;
  using directed_category = directed_tag;
  using edge_parallel_category = allow_parallel_edge_tag;
  struct traversal_category : incidence_graph_tag, vertex_list_graph_tag {};
  using vertex_iterator = counting_iterator<std::int32_t>;
  using out_edge_iterator = counting_iterator<std::int64_t>;
  using vertices_size_type = std::int32_t;
  using edges_size_type = std::int64_t;
  using degree_size_type = std::int64_t;
  static vertex_descriptor null_vertex() { return -1; }
};

}  // namespace boost

namespace bellwether::mdp {
namespace {

using Traits = boost::graph_traits<BoostView>;

std::pair<Traits::vertex_iterator, Traits::vertex_iterator> vertices(const BoostView& view) {
  return {Traits::vertex_iterator(0), Traits::vertex_iterator(view.graph.num_nodes())};
}

std::int32_t num_vertices(const BoostView& view) { return view.graph.num_nodes(); }

std::pair<Traits::out_edge_iterator, Traits::out_edge_iterator> out_edges(std::int32_t v, const BoostView& view) {
  const auto node = static_cast<std::size_t>(v);
  return {Traits::out_edge_iterator(view.graph.offset[node]), Traits::out_edge_iterator(view.graph.offset[node + 1])};
}

std::int32_t target(std::int64_t edge, const BoostView& view) {
  return view.graph.target[static_cast<std::size_t>(edge)];
}

/// Part of Boost's incidence graph concept; no search here asks for it.
[[maybe_unused]] std::int32_t source(std::int64_t edge, const BoostView& view) {
  const auto after = std::upper_bound(view.graph.offset.begin(), view.graph.offset.end(), edge);
  return static_cast<std::int32_t>(after - view.graph.offset.begin()) - 1;
}

[[maybe_unused]] std::int64_t out_degree(std::int32_t v, const BoostView& view) {
  const auto node = static_cast<std::size_t>(v);
  return view.graph.offset[node + 1] - view.graph.offset[node];
}

}  // namespace

Components strongly_connected_components(const Digraph& graph) {
  const int n = graph.num_nodes();
  Components result;
  result.component.resize(static_cast<std::size_t>(n));
  const BoostView view{graph};
  const auto index = boost::typed_identity_property_map<std::int32_t>();
  // Tarjan's numbers: a component is finished, and numbered, after all that it can reach.
  const auto component = boost::make_iterator_property_map(result.component.begin(), index);
  const int count = n == 0 ? 0 : boost::strong_components(view, component, boost::vertex_index_map(index));
  result.begin.assign(static_cast<std::size_t>(count) + 1, 0);
  for (const std::int32_t k : result.component) ++result.begin[static_cast<std::size_t>(k) + 1];
  for (std::size_t k = 0; k < static_cast<std::size_t>(count); ++k) result.begin[k + 1] += result.begin[k];
  result.members.resize(static_cast<std::size_t>(n));
  std::vector<std::int32_t> next(result.begin.begin(), result.begin.end() - 1);
  for (int v = 0; v < n; ++v) {
    const auto k = static_cast<std::size_t>(result.component[static_cast<std::size_t>(v)]);
    result.members[static_cast<std::size_t>(next[k]++)] = v;
  }
  return result;
}

Components strongly_connected_components(const TabularMdp& model) {
  // The choices of a state, and so its transitions, are contiguous: one offset a state describes all its edges.
  std::vector<std::int64_t> offset(static_cast<std::size_t>(model.num_states()) + 1);
  for (std::size_t s = 0; s < offset.size(); ++s) {
    offset[s] = model.choice_begin()[static_cast<std::size_t>(model.state_begin()[s])];
  }
  return strongly_connected_components(Digraph{offset, model.successor()});
}

}  // namespace bellwether::mdp
