#include "solvers/latent/controller.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::solvers {

using mdp::BeliefModel;

void Controller::require_fits(const BeliefModel& model) const {
  const auto node_in = [&](std::int32_t node, std::int32_t cell, const char* from, std::size_t i) {
    if (node < 0 || node >= static_cast<std::int32_t>(nodes.size()))
      throw InvalidModel(fmt::format("Controller: {} {} leads to node {}, there are {}", from, i, node, nodes.size()));
    if (nodes[static_cast<std::size_t>(node)].cell != cell)
      throw InvalidModel(fmt::format("Controller: {} {} leads to node {}, which is of another cell", from, i, node));
  };
  if (start.size() != model.starts().size())
    throw InvalidModel(fmt::format("Controller: {} starts, the model has {}", start.size(), model.starts().size()));
  for (std::size_t i = 0; i < start.size(); ++i) node_in(start[i], model.starts()[i].cell, "start", i);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const ControllerNode& node = nodes[i];
    if (node.cell < 0 || node.cell >= model.num_cells() || node.choice < 0 ||
        node.choice >= model.cell(node.cell).num_choices())
      throw InvalidModel(fmt::format("Controller: node {} has cell {} and choice {}", i, node.cell, node.choice));
    const auto& messages = model.cell(node.cell).choices[static_cast<std::size_t>(node.choice)].messages;
    if (node.next.empty()) continue;
    if (node.next.size() != messages.size()) {
      throw InvalidModel(
          fmt::format("Controller: node {} has {} next nodes for {} messages", i, node.next.size(), messages.size()));
    }
    for (std::size_t o = 0; o < messages.size(); ++o) node_in(node.next[o], messages[o].cell, "node", i);
  }
}

Controller reachable(const Controller& controller) {
  Controller result;
  std::vector<std::int32_t> number(controller.nodes.size(), -1), order;
  const auto visit = [&](std::int32_t node) {
    std::int32_t& at = number[static_cast<std::size_t>(node)];
    if (at < 0) {
      at = static_cast<std::int32_t>(order.size());
      order.push_back(node);
    }
    return at;
  };
  for (const std::int32_t node : controller.start) result.start.push_back(visit(node));
  for (std::size_t i = 0; i < order.size(); ++i) {  // grows on the way
    ControllerNode node = controller.nodes[static_cast<std::size_t>(order[i])];
    for (std::int32_t& next : node.next) next = visit(next);
    result.nodes.push_back(std::move(node));
  }
  return result;
}

namespace {

/// The chain on (node, place), with one more state where ended plays rest.
mdp::TabularMdp chain_of(const Controller& controller, const BeliefModel& model) {
  std::vector<int> offset;
  int states = 0;
  for (const ControllerNode& node : controller.nodes) {
    offset.push_back(states);
    states += model.cell(node.cell).size();
  }
  mdp::TabularMdpBuilder builder(states + 1);
  std::vector<mdp::Entry> row;
  for (std::size_t n = 0; n < controller.nodes.size(); ++n) {
    const ControllerNode& node = controller.nodes[n];
    const auto& choice = model.cell(node.cell).choices[static_cast<std::size_t>(node.choice)];
    for (int i = 0; i < model.cell(node.cell).size(); ++i) {
      row.clear();
      for (std::size_t o = 0; o < node.next.size(); ++o) {
        const BeliefModel::Message& message = choice.messages[o];
        for (int at = message.begin[static_cast<std::size_t>(i)]; at < message.begin[static_cast<std::size_t>(i) + 1];
             ++at)
          row.push_back(
              {.next = offset[static_cast<std::size_t>(node.next[o])] + message.to[static_cast<std::size_t>(at)],
               .probability = message.probability[static_cast<std::size_t>(at)]});
      }
      if (row.empty()) row.push_back({.next = states, .probability = 1.0});
      builder.add_choice(offset[n] + i, choice.reward[static_cast<std::size_t>(i)], row);
    }
  }
  builder.add_choice(states, 0.0, {{.next = states, .probability = 1.0}});
  std::vector<double> initial(static_cast<std::size_t>(states) + 1, 0.0);
  for (std::size_t i = 0; i < controller.start.size(); ++i) {
    const auto& belief = model.starts()[i].belief;
    for (std::size_t j = 0; j < belief.size(); ++j)
      initial[static_cast<std::size_t>(offset[static_cast<std::size_t>(controller.start[i])]) + j] += belief[j];
  }
  builder.initial(std::move(initial));
  return std::move(builder).build();
}

/// Forwards, stage by stage, with the probabilities of the pairs that a play can be in: memory for the nodes of one
/// stage, however many stages there are.
Enclosed evaluate_stages(const Controller& controller, const BeliefModel& model, int horizon, double discount) {
  std::vector<std::vector<double>> mass(controller.nodes.size()), later(mass.size());
  std::vector<std::int32_t> here, next;
  std::vector<double> part;
  const auto arrive = [&](std::vector<std::vector<double>>& at, std::vector<std::int32_t>& order, std::int32_t node,
                          std::span<const double> with) {
    std::vector<double>& there = at[static_cast<std::size_t>(node)];
    if (there.empty()) {
      there.assign(with.size(), 0.0);
      order.push_back(node);
    }
    for (std::size_t j = 0; j < with.size(); ++j) there[j] += with[j];
  };
  for (std::size_t i = 0; i < controller.start.size(); ++i)
    arrive(mass, here, controller.start[i], model.starts()[i].belief);
  double value = 0, error = 0, weight = 1;
  for (int h = 0; h < horizon && !here.empty(); ++h, weight *= discount) {
    for (const std::int32_t n : here) {
      const ControllerNode& node = controller.nodes[static_cast<std::size_t>(n)];
      const std::vector<double> belief = std::move(mass[static_cast<std::size_t>(n)]);
      mass[static_cast<std::size_t>(n)] = {};
      const auto& choice = model.cell(node.cell).choices[static_cast<std::size_t>(node.choice)];
      value += weight * mdp::dot(choice.reward, belief);
      for (std::size_t o = 0; o < node.next.size(); ++o) {
        part.resize(static_cast<std::size_t>(model.cell(choice.messages[o].cell).size()));
        advance(choice.messages[o], belief, part);
        arrive(later, next, node.next[o], part);
      }
    }
    // A step multiplies probabilities by `roundings` factors near one, in the sums and in how their rows are read; then
    // the reward, the weight and the sum over all stages.
    error += weight * model.largest_reward() * rounding_error(2 * model.roundings() * (h + 2) + horizon);
    here.swap(next);
    mass.swap(later);
    next.clear();
  }
  const double lost = kUnderflowSlack * (1 + model.largest_reward() * horizon) * horizon;
  error = 1.001 * error + lost;
  return {value, round_down(value - error), round_up(value + error)};
}

}  // namespace

Enclosed evaluate(const Controller& all, const LatentProblem& problem) {
  require_valid(problem);
  const BeliefModel model(problem.model);
  all.require_fits(model);
  const Controller controller = reachable(all);
  if (problem.criterion == Criterion::kFinite)
    return evaluate_stages(controller, model, problem.horizon, problem.discount);
  const mdp::TabularMdp product = chain_of(controller, model);
  const mdp::PolicyChain chain(product, mdp::Policy::deterministic(std::vector<std::int32_t>(
                                            static_cast<std::size_t>(product.num_states()), 0)));
  const mdp::Evaluation v = mdp::evaluate_discounted(chain, problem.discount);
  const std::vector<double> initial = product.initial();
  const double steps = 1 / (1 - problem.discount);
  double error = 0, largest = 0;
  for (std::size_t s = 0; s < initial.size(); ++s) {
    const auto at = static_cast<Eigen::Index>(s);
    if (initial[s] > 0) error += initial[s] * v.error[at];
    largest = std::max(largest, std::abs(v.value[at]));
  }
  // Products of a transition and an observation are rounded, and both rows may miss one: so the chain's rows do.
  const double rows = rounding_error(2 * model.roundings()) * (model.largest_reward() * steps + largest) * steps;
  const double value = v.expected(initial), around = 1.001 * (error + rows) + kUnderflowSlack;
  return {value, round_down(value - around), round_up(value + around)};
}

}  // namespace bellwether::solvers
