#include "mdp/instances/lower_bounds.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mdp/instances/construction.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

void require_position(std::string_view instance, std::string_view option, int value, int count) {
  if (value >= count) {
    reject_option(instance, option, std::to_string(value), fmt::format("below {} for this size", count));
  }
}

void require_sum(std::string_view instance, double base, double advantage) {
  if (base + advantage > 1) {
    reject_option(instance, "advantage", fmt::format("{}", advantage),
                  fmt::format("at most {} for the probabilities to stay below 1", 1 - base));
  }
}

KnownFact jao_gain(double delta, double epsilon) {
  return known_optimum(average(), (delta + epsilon) / (2 * delta + epsilon),
                       "closed form: (delta + epsilon) / (2 delta + epsilon)");
}

/// Steps between two nodes of a heap-ordered tree; node 0 is the root.
int tree_distance(int a, int b, int branching) {
  int steps = 0;
  for (; a != b; ++steps) (a > b ? a : b) = ((a > b ? a : b) - 1) / branching;
  return steps;
}

/// From the rich state of one gadget to that of another: out, along the tree, in.
double jao_diameter(int gadgets, int branching, double delta, double epsilon, int good) {
  double largest = 1 / delta;
  for (int from = 0; from < gadgets; ++from) {
    for (int to = 0; to < gadgets; ++to) {
      if (from == to) continue;
      const double enter = 1 / (to == good ? delta + epsilon : delta);
      largest = std::max(largest, 1 / delta + tree_distance(from, to, branching) + enter);
    }
  }
  return largest;
}

}  // namespace

NamedInstance jao_gadget(const JaoGadgetOptions& o) {
  bellwether::require_valid("jao-gadget", o);
  require_size("jao-gadget", "actions", 2, 4.0 * o.actions);
  require_position("jao-gadget", "good_action", o.good_action, o.actions);
  const double delta = 1 / o.diameter;
  require_sum("jao-gadget", delta, o.advantage);
  TabularMdpBuilder builder(2);
  for (int a = 0; a < o.actions; ++a) {
    const double leave = a == o.good_action ? delta + o.advantage : delta;
    builder.add_choice(0, 0.0, {{0, 1 - leave}, {1, leave}});
    builder.add_choice(1, 1.0, {{0, delta}, {1, 1 - delta}});
  }
  builder.start_in(0).state_names({"poor", "rich"}).discount(0.95);
  return {.model = std::move(builder).build(),
          .question = average(),
          .facts = {jao_gain(delta, o.advantage),
                    known_bias_span(1 / (2 * delta + o.advantage), "closed form: 1 / (2 delta + epsilon)"),
                    known_diameter(1 / delta, "closed form: 1 / delta")}};
}

NamedInstance jao(const JaoOptions& o) {
  bellwether::require_valid("jao", o);
  const int gadgets = o.states / 2, branching = (o.actions - 1) / 2;
  require_size("jao", "states", o.states, 5.0 * branching * gadgets);
  require_position("jao", "good_gadget", o.good_gadget, gadgets);
  require_position("jao", "good_action", o.good_action, branching);
  const double delta = 4 / o.diameter;
  const double advantage = o.hardest_for > 0 ? std::sqrt(gadgets * branching * delta / o.hardest_for) : o.advantage;
  require_sum("jao", delta, advantage);
  const int good = o.good_gadget < 0 ? gadgets - 1 : o.good_gadget;
  TabularMdpBuilder builder(2 * gadgets);
  for (int i = 0; i < gadgets; ++i) {
    const int poor = 2 * i, rich = 2 * i + 1;
    for (int a = 0; a < branching; ++a) {
      const double enter = i == good && a == o.good_action ? delta + advantage : delta;
      builder.add_choice(poor, 0.0, {{poor, 1 - enter}, {rich, enter}});
      builder.add_choice(rich, 1.0, {{poor, delta}, {rich, 1 - delta}});
    }
    builder.add_choice(poor, 0.0, {{i == 0 ? poor : 2 * ((i - 1) / branching), 1.0}});
    for (int a = 1; a <= branching; ++a) {
      const std::int64_t child = std::int64_t{i} * branching + a;
      builder.add_choice(poor, 0.0, {{child < gadgets ? static_cast<int>(2 * child) : poor, 1.0}});
    }
  }
  builder.start_in(0).label("good", {2 * good, 2 * good + 1}).discount(0.95);
  std::vector<KnownFact> facts{jao_gain(delta, advantage)};
  if (gadgets <= 1000) {  // all pairs
    facts.push_back(known_diameter(jao_diameter(gadgets, branching, delta, advantage, good),
                                   "closed form: out of a gadget, along the tree, into another"));
  }
  return {.model = std::move(builder).build(), .question = average(), .facts = std::move(facts)};
}

NamedInstance generative_gadget(const GenerativeGadgetOptions& o) {
  bellwether::require_valid("generative-gadget", o);
  const double pairs = static_cast<double>(o.states) * o.actions;
  require_size("generative-gadget", "states", o.states + pairs + 1, (1 + 2.0 * o.copies) * pairs);
  const double stay = (4 * o.discount - 1) / (3 * o.discount);
  require_sum("generative-gadget", stay, o.advantage);
  const int end = o.states + o.states * o.actions;
  TabularMdpBuilder builder(end + 1);
  for (int x = 0; x < o.states; ++x) {
    for (int a = 0; a < o.actions; ++a) {
      const int loop = o.states + x * o.actions + a;
      const double p = loop == o.states ? stay + o.advantage : stay;
      builder.add_choice(x, 0.0, {{loop, 1.0}});
      for (int copy = 0; copy < o.copies; ++copy) builder.add_choice(loop, 1.0, {{loop, p}, {end, 1 - p}});
    }
  }
  builder.add_choice(end, 0.0, {{end, 1.0}}).start_in(0).discount(o.discount);
  return {.model = std::move(builder).build(),
          .question = discounted(o.discount),
          .facts = {known_optimum(discounted(o.discount), o.discount / (1 - o.discount * (stay + o.advantage)),
                                  "closed form: gamma / (1 - gamma (p + advantage))")}};
}

}  // namespace bellwether::mdp
