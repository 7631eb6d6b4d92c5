#include "solvers/latent/simple_policies.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "core/stream.h"
#include "core/text.h"
#include "solvers/latent/frame.h"

namespace bellwether::solvers {
namespace {

using latent::Frame;
using mdp::BeliefModel;

/// Policies that see a view: the last observation, and the cell it tells.
class Views {
 public:
  explicit Views(const Frame& frame) : frame_(frame) {
    const BeliefModel& model = frame.model();
    for (const auto& start : model.starts()) view(start.observation, start.cell);
    for (int x = 0; x < model.num_cells(); ++x)
      for (const auto& choice : model.cell(x).choices)
        for (const auto& message : choice.messages) view(message.observation, message.cell);
  }

  /// One choice for each stage and view.
  std::size_t size() const { return cell_.size() * static_cast<std::size_t>(frame_.stages()); }
  int num_choices(std::size_t at) const { return frame_.model().cell(cell_[at % cell_.size()]).num_choices(); }

  Controller controller(const std::vector<int>& policy) const {
    Controller result;
    const auto views = static_cast<std::int32_t>(cell_.size());
    for (int h = 0; h < frame_.stages(); ++h) {
      const int after = frame_.next(h);
      for (std::size_t v = 0; v < cell_.size(); ++v) {
        ControllerNode node{.cell = cell_[v], .choice = policy[static_cast<std::size_t>(h) * cell_.size() + v]};
        const auto& choice = frame_.model().cell(node.cell).choices[static_cast<std::size_t>(node.choice)];
        if (!frame_.ends(after))
          for (const auto& message : choice.messages)
            node.next.push_back(after * (frame_.finite() ? views : 0) +
                                number_.at({message.observation, message.cell}));
        result.nodes.push_back(std::move(node));
      }
    }
    for (const auto& start : frame_.model().starts())
      result.start.push_back(number_.at({start.observation, start.cell}));
    return result;
  }

 private:
  void view(std::int32_t observation, std::int32_t cell) {
    if (number_.emplace(std::pair(observation, cell), static_cast<std::int32_t>(cell_.size())).second)
      cell_.push_back(cell);
  }

  const Frame& frame_;
  std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> number_;
  std::vector<std::int32_t> cell_;
};

/// Keeps the best policy that was evaluated.
class Contest {
 public:
  Contest(const Frame& frame, const Views& views, const SolveOptions& run)
      : frame_(frame), views_(views), run_(run), stopped_(frame.stopped()) {}

  double value(const std::vector<int>& policy) {
    const Enclosed found = evaluate(views_.controller(policy), frame_.problem());
    const double worth = frame_.problem().sign() * found.value;
    if (evaluated_++ == 0 || worth > best_) {
      best_ = worth;
      worth_ = found;
      policy_ = policy;
    }
    if (run_.observer && !run_.observer({.iteration = evaluated_})) stopped_ = true;
    return worth;
  }

  /// Whether one more policy may be looked at.
  bool more() {
    exhausted_ = exhausted_ || evaluated_ >= run_.max_iterations;
    return !stopped_ && !exhausted_;
  }

  void enumerate() {
    std::vector<int> policy(views_.size(), 0);
    do value(policy);
    while (advance_to_next(policy) && more());
  }

  /// Changes one choice at a time as long as that helps.
  void climb(std::vector<int> policy) {
    double here = value(policy);
    for (bool better = true; better && more();) {
      better = false;
      for (std::size_t at = 0; at < policy.size() && more(); ++at) {
        const int before = policy[at];
        int keep = before;
        for (int k = 0; k < views_.num_choices(at); ++k) {
          if (k == before || !more()) continue;
          policy[at] = k;
          const double there = value(policy);
          if (there > here + 1e-13 * std::abs(here)) here = there, keep = k, better = true;
        }
        policy[at] = keep;
      }
    }
  }

  bool stopped() const { return stopped_; }
  bool exhausted() const { return exhausted_; }
  /// What the policy is worth, as the problem counts; when minimising the upper bound is the one that is proven.
  Enclosed worth() const { return worth_; }
  const std::vector<int>& policy() const { return policy_; }
  std::int64_t evaluated() const { return evaluated_; }

 private:
  bool advance_to_next(std::vector<int>& policy) const {
    for (std::size_t at = 0; at < policy.size(); ++at) {
      if (++policy[at] < views_.num_choices(at)) return true;
      policy[at] = 0;
    }
    return false;
  }

  const Frame& frame_;
  const Views& views_;
  const SolveOptions& run_;
  std::int64_t evaluated_ = 0;
  double best_ = 0;
  Enclosed worth_;
  bool stopped_ = false, exhausted_ = false;
  std::vector<int> policy_;
};

/// `kind` says which policies were looked at, which is what keeps the bounds apart; empty: the iterations were.
void close(const Frame& frame, LatentSolution& solution, const Enclosed& worth, const SolveOptions& run, bool stopped,
           const char* kind) {
  const bool minimise = frame.problem().direction == Direction::kMinimise;
  frame.finish(solution, minimise ? -worth.upper : worth.lower, frame.relaxations().informed);
  // The bound of all policies says little about this one: the middle would be nobody's value.
  solution.value = std::clamp(worth.value, solution.lower, solution.upper);
  solution.status = solution.gap <= run.tolerance ? Status::kConverged
                    : stopped                     ? Status::kStoppedByCaller
                                                  : Status::kBudgetExhausted;
  if (solution.status == Status::kBudgetExhausted) solution.limit = kind;
}

}  // namespace

LatentSolution memoryless(const LatentProblem& problem, const MemorylessOptions& options, const SolveOptions& run) {
  bellwether::require_valid("memoryless", options);
  const Frame frame(problem, run.observer);
  const Views views(frame);
  double policies = 1;
  for (std::size_t at = 0; at < views.size(); ++at) policies *= views.num_choices(at);
  const bool all = policies <= static_cast<double>(options.most_policies);
  Contest contest(frame, views, run);
  if (all) {
    contest.enumerate();
  } else {
    int most = 1;
    for (std::size_t at = 0; at < views.size(); ++at) most = std::max(most, views.num_choices(at));
    std::vector<int> policy(views.size());
    for (int k = 0; k == 0 || (k < most + options.restarts && contest.more()); ++k) {
      Stream stream = Stream(0).child("memoryless").child(static_cast<std::uint64_t>(k));
      for (std::size_t at = 0; at < policy.size(); ++at)
        policy[at] = k < most ? std::min(k, views.num_choices(at) - 1)
                              : static_cast<int>(stream.below(static_cast<std::uint64_t>(views.num_choices(at))));
      contest.climb(policy);
    }
  }
  LatentSolution solution{.algorithm = "memoryless"};
  solution.iterations = contest.evaluated();
  solution.policy = reachable(views.controller(contest.policy()));
  const bool cut = contest.stopped() || contest.exhausted();
  solution.note = cut   ? "the best policy without memory found so far"
                  : all ? "the best of all policies without memory"
                        : "local search among policies without memory";
  solution.note += "; the upper bound is that of all policies";
  close(frame, solution, contest.worth(), run, contest.stopped(), contest.exhausted() ? "" : "policies without memory");
  return solution;
}

namespace {

/// Depth-first search over sequences; states are masses of all cells. Beginnings lie on a stack of our own, for
/// horizons may be far longer than the machine's.
class Sequences {
 public:
  using Masses = std::vector<std::vector<double>>;

  Sequences(const Frame& frame, std::int64_t most, const Observer& observer)
      : frame_(frame),
        most_(most),
        observer_(observer),
        stopped_(frame.stopped()),
        now_(static_cast<std::size_t>(frame.stages()), 0) {}

  void search(Masses masses) {
    std::vector<Beginning> path;
    path.push_back({.masses = std::move(masses), .earned = 0, .weight = 1});
    while (!path.empty()) {
      Beginning& here = path.back();
      const auto stage = path.size() - 1;
      if (here.next_choice == frame_.model().cell(0).num_choices() || (here.next_choice == 0 && closed(path))) {
        path.pop_back();
        continue;
      }
      now_[stage] = here.next_choice++;
      Beginning next{.masses = {}, .earned = here.earned, .weight = here.weight * frame_.discount()};
      double reward = 0;
      next.masses = play(here.masses, now_[stage], reward);
      next.earned += here.weight * reward;
      if (!frame_.ends(static_cast<int>(stage) + 1))
        path.push_back(std::move(next));
      else if (best_.empty() || next.earned > value_)
        value_ = next.earned, best_ = now_;
    }
  }

  static Masses none(const BeliefModel& model) {
    Masses masses;
    for (int x = 0; x < model.num_cells(); ++x)
      masses.emplace_back(static_cast<std::size_t>(model.cell(x).size()), 0.0);
    return masses;
  }

  const std::vector<int>& best() const { return best_; }
  std::int64_t nodes() const { return nodes_; }
  bool cut() const { return cut_; }
  bool stopped() const { return stopped_; }

 private:
  struct Beginning {
    Masses masses;
    double earned = 0, weight = 1;  // by it, and of the next reward
    int next_choice = 0;
  };

  /// Nothing better goes on from here, or it is not to be found. Something must be, if only first choices.
  bool closed(const std::vector<Beginning>& path) {
    if (!stopped_ && ++nodes_ % 64 == 0 && observer_ && !observer_({.iteration = nodes_})) stopped_ = true;
    cut_ = stopped_ || nodes_ > most_;
    if (cut_ && best_.empty()) best_ = now_, value_ = path.back().earned;
    if (cut_ || best_.empty()) return cut_;
    const Beginning& here = path.back();
    return here.earned + here.weight * bound(static_cast<int>(path.size()) - 1, here.masses) <= value_;
  }
  double bound(int stage, const Masses& masses) const {
    double sum = 0;
    for (std::size_t x = 0; x < masses.size(); ++x)
      sum += latent::largest(frame_.relaxations().seen_late[static_cast<std::size_t>(stage)][x], masses[x]);
    return sum;
  }
  Masses play(const Masses& masses, int k, double& reward) const {
    Masses next = none(frame_.model());
    std::vector<double> part;
    for (std::size_t x = 0; x < masses.size(); ++x) {
      const auto& choice = frame_.model().cell(static_cast<int>(x)).choices[static_cast<std::size_t>(k)];
      reward += mdp::dot(choice.reward, masses[x]);
      for (const auto& message : choice.messages) {
        auto& to = next[static_cast<std::size_t>(message.cell)];
        part.resize(to.size());
        advance(message, masses[x], part);
        for (std::size_t j = 0; j < to.size(); ++j) to[j] += part[j];
      }
    }
    return next;
  }

  const Frame& frame_;
  std::int64_t most_, nodes_ = 0;
  const Observer& observer_;
  double value_ = 0;
  bool cut_ = false, stopped_ = false;
  std::vector<int> now_, best_;
};

void require_one_set_of_actions(const BeliefModel& model, const mdp::TabularMdp& states) {
  for (int x = 1; x < model.num_cells(); ++x) {
    bool same = model.cell(x).num_choices() == model.cell(0).num_choices();
    for (int k = 0; same && k < model.cell(0).num_choices(); ++k)
      same = model.cell(x).choices[static_cast<std::size_t>(k)].action ==
             model.cell(0).choices[static_cast<std::size_t>(k)].action;
    if (!same) {
      throw InvalidModel(fmt::format("open-loop: states {} and {} differ in their actions, so no sequence fits both",
                                     states.state_name(model.cell(0).states.front()),
                                     states.state_name(model.cell(x).states.front())));
    }
  }
}

}  // namespace

LatentSolution open_loop(const LatentProblem& problem, const OpenLoopOptions& options, const SolveOptions& run) {
  bellwether::require_valid("open-loop", options);
  if (problem.criterion != Criterion::kFinite)
    throw InvalidOption(
        fmt::format("open-loop solves problems of the criterion finite, not {}", to_string(problem.criterion)));
  const Frame frame(problem, run.observer);
  const BeliefModel& model = frame.model();
  require_one_set_of_actions(model, problem.model.model());
  Sequences search(frame, std::min(options.most_nodes, run.max_iterations), run.observer);
  Sequences::Masses masses = Sequences::none(model);
  for (const auto& start : model.starts())
    for (std::size_t j = 0; j < start.belief.size(); ++j)
      masses[static_cast<std::size_t>(start.cell)][j] += start.belief[j];
  search.search(std::move(masses));
  Controller controller;
  for (int h = 0; h < frame.stages(); ++h) {
    for (int x = 0; x < model.num_cells(); ++x) {
      ControllerNode node{.cell = x, .choice = search.best()[static_cast<std::size_t>(h)]};
      if (!frame.ends(h + 1))
        for (const auto& message : model.cell(x).choices[static_cast<std::size_t>(node.choice)].messages)
          node.next.push_back((h + 1) * model.num_cells() + message.cell);
      controller.nodes.push_back(std::move(node));
    }
  }
  for (const auto& start : model.starts()) controller.start.push_back(start.cell);
  const Enclosed worth = evaluate(controller, problem);
  LatentSolution solution{.algorithm = "open-loop"};
  solution.iterations = search.nodes();
  solution.policy = reachable(controller);
  const bool exhausted = search.cut() && run.max_iterations < options.most_nodes;
  solution.note = search.stopped() || exhausted ? "the best sequence found so far"
                  : search.cut()                ? "the best sequence found before 'most_nodes'"
                                                : "the best of all sequences";
  solution.note += "; the upper bound is that of all policies";
  close(frame, solution, worth, run, search.stopped(), exhausted ? "" : "sequences that look at nothing");
  return solution;
}

}  // namespace bellwether::solvers
