#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/horizon.h"
#include "mdp/instances/construction.h"
#include "mdp/instances/lower_bounds.h"
#include "mdp/instances/unrolled.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

/// The options with everything derived from them. Stages count from 1, as in the paper.
struct TreeShape {
  HardTreeOptions options;
  int waiting, leaves, first_leaf, good, bad;
  int good_stage;  ///< h*: the good leaf is reached `depth` stages after the waiting ends

  int num_states() const { return bad + 1; }
};

int power(int base, int exponent) {
  int result = 1;
  while (exponent-- > 0) result *= base;
  return result;
}

TreeShape tree_shape(const HardTreeOptions& o) {
  const double nodes = (std::pow(o.actions, o.depth) - 1) / (o.actions - 1.0);
  require_size("hard-tree", "depth", (nodes + 3) * (o.unrolled ? o.horizon : 1), 2 * nodes * o.actions * o.horizon);
  const int waiting = o.waiting > 0 ? o.waiting : std::max(o.horizon / 3, 1);
  if (waiting + o.depth >= o.horizon) {
    reject_option("hard-tree", "horizon", std::to_string(o.horizon),
                  fmt::format("above waiting + depth = {}, else the good state never pays", waiting + o.depth));
  }
  const int leaves = power(o.actions, o.depth - 1);
  const int tree = (leaves * o.actions - 1) / (o.actions - 1);
  const TreeShape shape{.options = o,
                        .waiting = waiting,
                        .leaves = leaves,
                        .first_leaf = 1 + tree - leaves,
                        .good = 1 + tree,
                        .bad = 2 + tree,
                        .good_stage = o.good_wait + o.depth};
  const auto below = [](std::string_view option, int value, int count) {
    if (value >= count) reject_option("hard-tree", option, std::to_string(value), fmt::format("below {}", count));
  };
  below("good_wait", o.good_wait, waiting + 1);
  below("good_leaf", o.good_leaf, leaves);
  below("good_action", o.good_action, o.actions);
  return shape;
}

TabularMdp stage_model(const TreeShape& shape, int stage) {
  const HardTreeOptions& o = shape.options;
  const double pays = stage >= shape.waiting + o.depth + 1 ? 1 : 0;
  TabularMdpBuilder builder(shape.num_states());
  for (int a = 0; a < o.actions; ++a) {
    builder.add_choice(0, 0.0, {{a == 0 && stage <= shape.waiting ? 0 : 1, 1.0}});
    for (int node = 1; node < shape.first_leaf; ++node) {
      builder.add_choice(node, 0.0, {{(node - 1) * o.actions + a + 2, 1.0}});
    }
    for (int leaf = 0; leaf < shape.leaves; ++leaf) {
      const bool best = stage == shape.good_stage && leaf == o.good_leaf && a == o.good_action;
      const double win = best ? 0.5 + o.advantage : 0.5;
      builder.add_choice(shape.first_leaf + leaf, 0.0, {{shape.good, win}, {shape.bad, 1 - win}});
    }
    builder.add_choice(shape.good, pays, {{shape.good, 1.0}});
    builder.add_choice(shape.bad, 0.0, {{shape.bad, 1.0}});
  }
  builder.start_in(0).label("good", {shape.good}).discount(1);
  return std::move(builder).build();
}

}  // namespace

NamedInstance hard_tree(const HardTreeOptions& o) {
  bellwether::require_valid("hard-tree", o);
  const TreeShape shape = tree_shape(o);
  std::vector<TabularMdp> stages;
  for (int stage = 1; stage <= o.horizon; ++stage) stages.push_back(stage_model(shape, stage));
  const double paid = o.horizon - shape.waiting - o.depth;
  const Question question = finite(o.horizon);
  std::vector<KnownFact> facts{
      known_optimum(question, (0.5 + o.advantage) * paid, "closed form: (1/2 + epsilon) (H - H' - d)")};
  if (o.unrolled) {
    return {.model = unrolled(FiniteHorizonMdp(std::move(stages))), .question = question, .facts = std::move(facts)};
  }
  TabularMdp first = stages.front();
  return {.model = std::move(first), .question = question, .facts = std::move(facts), .stages = std::move(stages)};
}

}  // namespace bellwether::mdp
