#include "benchmarks/workloads.h"

#include <array>
#include <map>
#include <vector>

#include "mdp/instances/garnet.h"
#include "mdp/instances/gridworld.h"

namespace bellwether::benchmarks {
namespace {

mdp::TabularMdp garnet(int states, int actions, int successors) {
  return mdp::garnet({.states = states, .actions = actions, .successors = successors}).model;
}

/// The grid with costs as negative rewards, so that every workload is maximised. With this seed a corner is so cheap
/// that the best policies far from the goal circle in it, for ever: the hard case, in which values converge as slowly
/// as the discount allows. Where all play leads to the goal (seed 1) plain value iteration needs a quarter of the
/// sweeps.
mdp::TabularMdp slippery_grid(int side) {
  const mdp::TabularMdp model = mdp::gridworld({.side = side, .seed = 3}).model;
  std::vector<double> reward(model.reward().begin(), model.reward().end());
  for (double& r : reward) r = -r;
  return model.with_expected_rewards(std::move(reward));
}

constexpr std::array<Workload, 6> kWorkloads = {{
    {"tiny", 0.9, [] { return garnet(50, 3, 4); }},
    {"a_garnet_1e4x10x10", 0.99, [] { return garnet(10'000, 10, 10); }},
    {"b_garnet_1e5x5x8", 0.99, [] { return garnet(100'000, 5, 8); }},
    {"c_grid_500x500", 0.999, [] { return slippery_grid(500); }},
    {"d_dense_1000x20", 0.95, [] { return mdp::random_dense({.states = 1000, .actions = 20}).model; }},
    {"e_garnet_1e6x4x5", 0.995, [] { return garnet(1'000'000, 4, 5); }},
}};

}  // namespace

std::span<const Workload> workloads() { return kWorkloads; }

const mdp::TabularMdp& model_of(const Workload& workload) {
  static std::map<std::string_view, mdp::TabularMdp> made;
  const auto found = made.find(workload.name);
  return found != made.end() ? found->second : made.emplace(workload.name, workload.make()).first->second;
}

}  // namespace bellwether::benchmarks
