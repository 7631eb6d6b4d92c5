#include "mdp/latent/lower_bound.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "core/text.h"
#include "mdp/instances/construction.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

constexpr const char* kName = "latent-lower-bound";

/// Nodes of the tree above its leaves; node i has the children i A + 1 .. i A + A, as far as there are nodes.
int inner_nodes(const LatentHardShape& shape) { return (shape.leaves - 1 + shape.actions - 2) / (shape.actions - 1); }

/// The m-th order of 0 .. L-1.
std::vector<int> order_of(int m, int length) {
  std::vector<int> order(static_cast<std::size_t>(length));
  std::iota(order.begin(), order.end(), 0);
  for (int i = 0; i < m; ++i) std::next_permutation(order.begin(), order.end());
  return order;
}

void require_shape(const LatentHardShape& shape, std::span<const int> good) {
  const auto whole = [](const char* option, int value, int low, int high) {
    if (value < low || value > high)
      reject_option(kName, option, std::to_string(value),
                    "in [" + std::to_string(low) + ", " + std::to_string(high) + "]");
  };
  whole("contexts", shape.contexts, 1, 5000);
  whole("leaves", shape.leaves, 1, 1'000'000);
  whole("actions", shape.actions, 2, 1000);
  const auto number = [](const char* option, double value, double high) {
    if (!(value >= 0 && value <= high))
      reject_option(kName, option, exact_text(value), "in [0, " + exact_text(high) + "]");
  };
  number("advantage", shape.advantage, .5);
  number("variance", shape.variance, .25);
  whole("good", static_cast<int>(good.size()), shape.contexts, shape.contexts);
  for (const int arm : good) whole("good", arm, 0, shape.num_arms() - 1);
}

TabularMdp hard_context(const LatentHardShape& shape, int m, int good) {
  const int spelling = shape.spelling(), inner = inner_nodes(shape), nodes = inner + shape.leaves;
  const int won = spelling + nodes, rest = won + 1;
  TabularMdpBuilder builder(rest + 1);
  const std::vector<int> order = order_of(m, spelling);
  for (int i = 0; i < spelling; ++i) {
    const auto at = static_cast<std::size_t>(i);
    builder.add_choice(order[at], 0.0, {{i + 1 < spelling ? order[at + 1] : spelling, 1.0}});
  }
  for (int node = 0; node < inner; ++node)
    for (int a = 1; a <= shape.actions; ++a)
      builder.add_choice(spelling + node, 0.0, {{spelling + std::min(node * shape.actions + a, nodes - 1), 1.0}});
  for (int arm = 0; arm < shape.num_arms(); ++arm) {
    const double p = arm == good ? .5 + shape.advantage : .5;
    builder.add_choice(spelling + inner + arm / shape.actions, 0.0, {{won, p}, {rest, 1 - p}});
  }
  builder.add_choice(won, 2 * std::sqrt(shape.variance), {{rest, 1.0}});
  builder.add_choice(rest, 0.0, {{rest, 1.0}});
  builder.start_in(spelling > 0 ? order[0] : 0);
  return std::move(builder).build();
}

}  // namespace

int LatentHardShape::spelling() const {
  if (contexts <= 1) return 0;
  int length = 1;
  for (std::int64_t orders = 1; orders < contexts; orders *= ++length) {
  }
  return length;
}

int LatentHardShape::steps() const {
  int depth = 0;  // of the last leaf
  for (int node = inner_nodes(*this) + leaves - 1; node > 0; node = (node - 1) / actions) ++depth;
  return spelling() + depth + 2;
}

int LatentHardShape::num_states() const { return spelling() + inner_nodes(*this) + leaves + 2; }

LatentMdp latent_hard(const LatentHardShape& shape, std::span<const int> good) {
  require_shape(shape, good);
  require_size(kName, "contexts", static_cast<double>(shape.contexts) * shape.num_states(),
               2.0 * shape.contexts * shape.num_states() * shape.actions);
  std::vector<TabularMdp> contexts;
  for (int m = 0; m < shape.contexts; ++m)
    contexts.push_back(hard_context(shape, m, good[static_cast<std::size_t>(m)]));
  return {std::move(contexts), std::vector<double>(static_cast<std::size_t>(shape.contexts), 1.0 / shape.contexts)};
}

LatentMdp drawn_latent_hard(const LatentHardShape& shape, Stream stream) {
  std::vector<int> good;
  for (int m = 0; m < shape.contexts; ++m)
    good.push_back(static_cast<int>(stream.below(static_cast<std::uint64_t>(shape.num_arms()))));
  return latent_hard(shape, good);
}

double hardest_advantage(const LatentHardShape& shape, double episodes) {
  const double arms = shape.num_arms();
  return std::min(.25, .5 * (1 - 1 / arms) * std::sqrt(shape.contexts * arms / episodes));
}

LatentMdp with_rest(const LatentMdp& model, int steps) {
  if (steps < 1) reject_option("with_rest", "steps", std::to_string(steps), "at least 1");
  const int states = model.num_states();
  require_size("with_rest", "steps", static_cast<double>(states) * (steps + 1.0),
               static_cast<double>(model.context(0).num_transitions()) * steps + states);
  const int rest = states * steps;
  std::vector<TabularMdp> contexts;
  for (int m = 0; m < model.num_contexts(); ++m) {
    const TabularMdp& context = model.context(m);
    TabularMdpBuilder builder(rest + states);
    for (int from = 0; from < rest; from += states) {
      for (int s = 0; s < states; ++s) {
        for (std::int64_t c = context.first_choice(s); c < context.first_choice(s + 1); ++c) {
          std::vector<Entry> row;
          for (std::size_t i = 0; i < context.successors(c).size(); ++i)
            row.push_back({from + states + context.successors(c)[i], context.probabilities(c)[i]});
          builder.add_choice(from + s, context.reward(c), row);
        }
      }
    }
    for (int s = rest; s < rest + states; ++s) builder.add_choice(s, 0.0, {{s, 1.0}});
    std::vector<double> initial(static_cast<std::size_t>(rest + states), 0.0);
    std::ranges::copy(context.initial(), initial.begin());
    builder.initial(std::move(initial));
    contexts.push_back(std::move(builder).build());
  }
  return {std::move(contexts), {model.weights().begin(), model.weights().end()}, model.rewards_seen()};
}

}  // namespace bellwether::mdp
