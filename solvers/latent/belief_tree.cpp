#include "solvers/latent/belief_tree.h"

#include <cmath>
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

/// Beliefs that agree to 2^-44 in every place are one.
struct Key {
  std::vector<std::int64_t> digits;  // stage, cell, places
  friend bool operator==(const Key&, const Key&) = default;
};
struct KeyHash {
  std::size_t operator()(const Key& key) const {
    std::uint64_t hash = 0x9e3779b97f4a7c15U;
    for (const std::int64_t digit : key.digits) {
      hash ^= static_cast<std::uint64_t>(digit);
      hash *= 0xff51afd7ed558ccdU;
      hash ^= hash >> 33U;
    }
    return hash;
  }
};

class Tree {
 public:
  Tree(const Frame& frame, std::int64_t most_beliefs, const Observer& observer)
      : frame_(frame), most_(most_beliefs), observer_(observer) {}

  /// Values a unit of mass, and the node that earns the lower one.
  struct Found {
    double lower = 0, upper = 0;
    std::int32_t node = 0;
  };

  Found visit(int stage, int x, std::span<const double> belief, double mass) {
    std::vector<double> unit(belief.begin(), belief.end());
    Key key{{stage, x}};
    for (double& b : unit) {
      b /= mass;
      key.digits.push_back(std::llround(std::ldexp(b, 44)));
    }
    if (const auto known = seen_.find(key); known != seen_.end()) return known->second;
    const bool stop = spent();
    const Found found = stop ? left_out(stage, x, unit) : solve(stage, x, unit);
    if (!stop) seen_.emplace(std::move(key), found);
    return found;
  }

  Controller take() { return std::move(policy_); }
  std::int64_t beliefs() const { return static_cast<std::int64_t>(seen_.size()); }
  bool cut() const { return cut_; }
  bool stopped() const { return stopped_; }

 private:
  bool spent() {
    if (++visits_ % 20'000 == 0 && observer_ && !observer_({.iteration = visits_})) stopped_ = true;
    cut_ = cut_ || stopped_ || visits_ > most_;
    return cut_;
  }

  std::int32_t add(ControllerNode node) {
    policy_.nodes.push_back(std::move(node));
    return static_cast<std::int32_t>(policy_.nodes.size()) - 1;
  }

  Found solve(int stage, int x, std::span<const double> belief) {
    const BeliefModel::Cell& cell = frame_.model().cell(x);
    const int after = frame_.next(stage);
    Found best;
    ControllerNode chosen;
    std::vector<double> next;
    for (int k = 0; k < cell.num_choices(); ++k) {
      const BeliefModel::Choice& choice = cell.choices[static_cast<std::size_t>(k)];
      ControllerNode node{.cell = x, .choice = k};
      double lower = mdp::dot(choice.reward, belief), upper = lower;
      if (!frame_.ends(after)) {
        for (const BeliefModel::Message& message : choice.messages) {
          next.resize(static_cast<std::size_t>(frame_.model().cell(message.cell).size()));
          advance(message, belief, next);
          const double mass = mdp::mass(next);
          if (!(mass > 0)) {  // cannot happen from here, yet the controller must know what to do
            node.next.push_back(anything(after, message.cell));
            continue;
          }
          const Found found = visit(after, message.cell, next, mass);
          lower += frame_.discount() * mass * found.lower;
          upper += frame_.discount() * mass * found.upper;
          node.next.push_back(found.node);
        }
      }
      if (k == 0 || lower > best.lower) {
        best.lower = lower;
        chosen = std::move(node);
      }
      best.upper = k == 0 ? upper : std::max(best.upper, upper);
    }
    best.node = add(std::move(chosen));
    return best;
  }

  Found left_out(int stage, int x, std::span<const double> belief) {
    const auto& q = frame_.relaxations().seen_late[static_cast<std::size_t>(stage)][static_cast<std::size_t>(x)];
    return {frame_.least(stage), latent::largest(q, belief) + frame_.backup_error(), anything(stage, x)};
  }

  std::int64_t place_key(int stage, int x) const { return std::int64_t{stage} * frame_.model().num_cells() + x; }
  /// A node that takes first choices from here on.
  std::int32_t anything(int stage, int x) {
    const auto [at, fresh] = anything_.emplace(place_key(stage, x), 0);
    if (!fresh) return at->second;
    ControllerNode node{.cell = x, .choice = 0};
    const int after = frame_.next(stage);
    if (!frame_.ends(after))
      for (const auto& message : frame_.model().cell(x).choices.front().messages)
        node.next.push_back(anything(after, message.cell));
    const std::int32_t number = add(std::move(node));
    anything_[place_key(stage, x)] = number;
    return number;
  }

  const Frame& frame_;
  std::int64_t most_, visits_ = 0;
  const Observer& observer_;
  bool cut_ = false, stopped_ = false;
  std::unordered_map<Key, Found, KeyHash> seen_;
  std::unordered_map<std::int64_t, std::int32_t> anything_;
  Controller policy_;
};

}  // namespace

LatentSolution belief_tree(const LatentProblem& problem, const BeliefTreeOptions& options, const SolveOptions& run) {
  bellwether::require_valid("belief-tree", options);
  if (problem.criterion != Criterion::kFinite)
    throw InvalidOption(
        fmt::format("belief-tree solves problems of the criterion finite, not {}", to_string(problem.criterion)));
  const Frame frame(problem);
  Tree tree(frame, options.most_beliefs, run.observer);
  double lower = 0, upper = 0;
  std::vector<std::int32_t> start;
  for (const BeliefModel::Start& one : frame.model().starts()) {
    const double mass = mdp::mass(one.belief);
    const Tree::Found found = tree.visit(0, one.cell, one.belief, mass);
    lower += mass * found.lower, upper += mass * found.upper;
    start.push_back(found.node);
  }
  const double largest = frame.model().largest_reward() * frame.steps(0);
  const double merged = std::ldexp(frame.model().largest_cell(), -44) * largest * problem.horizon;
  const double slack = 2 * frame.total_error(0) + 1.001 * merged;
  LatentSolution solution{.algorithm = "belief-tree"};
  solution.vectors = solution.iterations = tree.beliefs();
  const bool cut = tree.cut(), stopped = tree.stopped();
  solution.policy = tree.take();
  solution.policy.start = std::move(start);
  solution.policy = reachable(solution.policy);
  frame.finish(solution, round_down(lower - slack), round_up(upper + slack));
  solution.status = solution.gap <= run.tolerance ? Status::kConverged
                    : stopped                     ? Status::kStoppedByCaller
                    : cut                         ? Status::kBudgetExhausted
                                                  : Status::kRoundingLimited;
  solution.note = fmt::format("{} looked at{}", counted(tree.beliefs(), "belief"), cut ? "; the rest is bounded" : "");
  return solution;
}

}  // namespace bellwether::solvers
