#include "solvers/latent/belief_tree.h"

#include <algorithm>
#include <cmath>
#include <memory_resource>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "core/text.h"
#include "solvers/latent/frame.h"

namespace bellwether::solvers {
namespace {

using latent::Frame;
using mdp::BeliefModel;

/// Stage, cell, places: beliefs that agree to 2^-44 in every place are one.
using Key = std::pmr::vector<std::int64_t>;
struct KeyHash {
  std::size_t operator()(const Key& key) const {
    std::uint64_t hash = 0x9e3779b97f4a7c15U;
    for (const std::int64_t digit : key) {
      hash ^= static_cast<std::uint64_t>(digit);
      hash *= 0xff51afd7ed558ccdU;
      hash ^= hash >> 33U;
    }
    return hash;
  }
};

/// A policy that grows by millions of nodes, most of which are not used in the end: in two arrays, because giving back
/// the memory of as many vectors takes seconds.
class NodePool {
 public:
  std::int32_t add(std::int32_t cell, std::int32_t choice, std::span<const std::int32_t> next) {
    nodes_.push_back({.cell = cell, .choice = choice});
    const auto node = static_cast<std::int32_t>(nodes_.size()) - 1;
    lead(node, next);
    return node;
  }
  int cell(std::int32_t node) const { return nodes_[static_cast<std::size_t>(node)].cell; }
  /// Where the messages of the node's choice lead.
  void lead(std::int32_t node, std::span<const std::int32_t> next) {
    Node& from = nodes_[static_cast<std::size_t>(node)];
    from.begin = next_.size();
    from.count = next.size();
    next_.insert(next_.end(), next.begin(), next.end());
  }

  /// What can be reached from these nodes.
  Controller controller(std::span<const std::int32_t> start) const {
    Controller result;
    std::vector<std::int32_t> number(nodes_.size(), -1), order;
    const auto visit = [&](std::int32_t node) {
      std::int32_t& at = number[static_cast<std::size_t>(node)];
      if (at < 0) {
        at = static_cast<std::int32_t>(order.size());
        order.push_back(node);
      }
      return at;
    };
    for (const std::int32_t node : start) result.start.push_back(visit(node));
    for (std::size_t i = 0; i < order.size(); ++i) {  // grows on the way
      const Node& from = nodes_[static_cast<std::size_t>(order[i])];
      ControllerNode& node = result.nodes.emplace_back(ControllerNode{.cell = from.cell, .choice = from.choice});
      for (std::size_t o = 0; o < from.count; ++o) node.next.push_back(visit(next_[from.begin + o]));
    }
    return result;
  }

 private:
  struct Node {
    std::int32_t cell, choice;
    std::size_t begin = 0, count = 0;  // in next_
  };
  std::vector<Node> nodes_;
  std::vector<std::int32_t> next_;
};

/// Depth first. What is open lies on a stack of our own: horizons may be far longer than the machine's.
class Tree {
 public:
  Tree(const Frame& frame, std::int64_t most_beliefs, const Observer& observer)
      : frame_(frame), most_(most_beliefs), observer_(observer), stopped_(frame.stopped()) {}

  /// Values a unit of mass, and the node that earns the lower one.
  struct Found {
    double lower = 0, upper = 0;
    std::int32_t node = 0;
  };

  Found value(const BeliefModel::Start& start, double mass) {
    std::optional<Found> found = look(0, start.cell, start.belief, mass);
    while (!open_.empty()) {
      if (found) take(open_.back(), *found);
      found = go_on(open_.back());
      if (found) open_.pop_back();
    }
    return *found;
  }

  Controller policy(std::span<const std::int32_t> start) const { return pool_.controller(start); }
  std::int64_t beliefs() const { return static_cast<std::int64_t>(seen_.size()); }
  bool cut() const { return cut_; }
  bool stopped() const { return stopped_; }

 private:
  /// A belief whose value is being found: the choice and the message that are next, and what is known by now.
  struct Open {
    int stage;
    std::vector<double> belief;
    Key key;
    ControllerNode node, chosen = {};  // of the choice looked at, and of the best before it
    std::size_t message = 0;
    double mass = 0;  // of the message whose value is awaited
    double lower = 0, upper = 0;
    Found best = {};
  };

  /// What is known of a belief; nothing when it has to be opened first.
  std::optional<Found> look(int stage, int x, std::span<const double> belief, double mass) {
    std::vector<double> unit(belief.begin(), belief.end());
    Key key{stage, x};
    for (double& b : unit) {
      b /= mass;
      key.push_back(std::llround(std::ldexp(b, 44)));
    }
    if (const auto known = seen_.find(key); known != seen_.end()) return known->second;
    if (spent()) return left_out(stage, x, unit);
    open_.push_back({.stage = stage, .belief = std::move(unit), .key = std::move(key), .node = {.cell = x}});
    begin(open_.back());
    return std::nullopt;
  }

  bool spent() {
    if (!stopped_ && ++visits_ % 64 == 0 && observer_ && !observer_({.iteration = visits_})) stopped_ = true;
    cut_ = cut_ || stopped_ || visits_ > most_;
    return cut_;
  }

  const BeliefModel::Cell& cell_of(const Open& open) const { return frame_.model().cell(open.node.cell); }
  const BeliefModel::Choice& choice_of(const Open& open) const {
    return cell_of(open).choices[static_cast<std::size_t>(open.node.choice)];
  }

  void begin(Open& open) const {
    open.message = 0;
    open.lower = open.upper = mdp::dot(choice_of(open).reward, open.belief);
  }

  void take(Open& open, const Found& found) const {
    open.lower += frame_.discount() * open.mass * found.lower;
    open.upper += frame_.discount() * open.mass * found.upper;
    open.node.next.push_back(found.node);
  }

  /// Goes on until a belief must be opened (then nothing comes back, and `open` may have moved) or all is known.
  std::optional<Found> go_on(Open& open) {
    std::vector<double> next;
    while (true) {
      const int after = frame_.next(open.stage);
      const auto& messages = choice_of(open).messages;
      while (!frame_.ends(after) && open.message < messages.size()) {
        const BeliefModel::Message& message = messages[open.message++];
        next.resize(static_cast<std::size_t>(frame_.model().cell(message.cell).size()));
        advance(message, open.belief, next);
        open.mass = mdp::mass(next);
        if (!(open.mass > 0)) {  // cannot happen from here, yet the controller must know what to do
          open.node.next.push_back(anything(after, message.cell));
          continue;
        }
        const std::optional<Found> found = look(after, message.cell, next, open.mass);
        if (!found) return std::nullopt;
        take(open, *found);
      }
      const bool first = open.node.choice == 0;
      const ControllerNode following{.cell = open.node.cell, .choice = open.node.choice + 1};
      open.best.upper = first ? open.upper : std::max(open.best.upper, open.upper);
      if (first || open.lower > open.best.lower) {
        open.best.lower = open.lower;
        open.chosen = std::move(open.node);
      }
      open.node = following;
      if (open.node.choice == cell_of(open).num_choices()) break;
      begin(open);
    }
    open.best.node = pool_.add(open.chosen.cell, open.chosen.choice, open.chosen.next);
    seen_.emplace(std::move(open.key), open.best);
    return open.best;
  }

  Found left_out(int stage, int x, std::span<const double> belief) {
    const auto& q = frame_.relaxations().seen_late[static_cast<std::size_t>(stage)][static_cast<std::size_t>(x)];
    return {frame_.least(stage), latent::largest(q, belief) + frame_.backup_error(), anything(stage, x)};
  }

  /// A node that takes first choices from here on.
  std::int32_t anything(int stage, int x) {
    std::vector<std::pair<int, std::int32_t>> fresh;  // stage and node, whose successors are not known yet
    const auto node_of = [&](int h, int y) {
      const auto [at, is_new] = anything_.emplace(std::int64_t{h} * frame_.model().num_cells() + y, 0);
      if (is_new) fresh.emplace_back(h, at->second = pool_.add(y, 0, {}));
      return at->second;
    };
    const std::int32_t first = node_of(stage, x);
    while (!fresh.empty()) {
      const auto [h, node] = fresh.back();
      fresh.pop_back();
      const int after = frame_.next(h);
      if (frame_.ends(after)) continue;
      std::vector<std::int32_t> next;
      for (const auto& message : frame_.model().cell(pool_.cell(node)).choices.front().messages)
        next.push_back(node_of(after, message.cell));
      pool_.lead(node, next);
    }
    return first;
  }

  const Frame& frame_;
  std::int64_t most_, visits_ = 0;
  const Observer& observer_;
  bool cut_ = false, stopped_ = false;
  std::vector<Open> open_;
  std::pmr::monotonic_buffer_resource memory_;
  std::pmr::unordered_map<Key, Found, KeyHash> seen_{&memory_};
  std::unordered_map<std::int64_t, std::int32_t> anything_;
  NodePool pool_;
};

}  // namespace

LatentSolution belief_tree(const LatentProblem& problem, const BeliefTreeOptions& options, const SolveOptions& run) {
  bellwether::require_valid("belief-tree", options);
  if (problem.criterion != Criterion::kFinite)
    throw InvalidOption(
        fmt::format("belief-tree solves problems of the criterion finite, not {}", to_string(problem.criterion)));
  const Frame frame(problem, run.observer);
  Tree tree(frame, std::min(options.most_beliefs, run.max_iterations), run.observer);
  double lower = 0, upper = 0;
  std::vector<std::int32_t> start;
  for (const BeliefModel::Start& one : frame.model().starts()) {
    const double mass = mdp::mass(one.belief);
    const Tree::Found found = tree.value(one, mass);
    lower += mass * found.lower, upper += mass * found.upper;
    start.push_back(found.node);
  }
  const double largest = frame.model().largest_reward() * frame.steps(0);
  const double merged = std::ldexp(frame.model().largest_cell(), -44) * largest * problem.horizon;
  const double slack = 2 * frame.total_error(0) + 1.001 * merged;
  LatentSolution solution{.algorithm = "belief-tree"};
  solution.vectors = solution.iterations = tree.beliefs();
  const bool cut = tree.cut(), stopped = tree.stopped();
  solution.policy = tree.policy(start);
  frame.finish(solution, round_down(lower - slack), round_up(upper + slack));
  solution.status = solution.gap <= run.tolerance ? Status::kConverged
                    : stopped                     ? Status::kStoppedByCaller
                    : cut                         ? Status::kBudgetExhausted
                                                  : Status::kRoundingLimited;
  if (solution.status == Status::kBudgetExhausted && options.most_beliefs <= run.max_iterations)
    solution.limit = "the number of beliefs looked at";
  solution.note = fmt::format("{} looked at{}", counted(tree.beliefs(), "belief"), cut ? "; the rest is bounded" : "");
  return solution;
}

}  // namespace bellwether::solvers
