#include "solvers/latent/alpha_vectors.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "core/rounding.h"
#include "core/text.h"
#include "solvers/latent/frame.h"
#include "solvers/latent/pruning.h"

namespace bellwether::solvers {
namespace {

using latent::Candidate;
using latent::Frame;
using mdp::BeliefModel;

class AlphaSets {
 public:
  AlphaSets(const Frame& frame, int most, const SolveOptions& run) : frame_(frame), most_(most) {
    if (run.observer) {
      keep_going_ = [this, &run] {
        if (outcome_ == Outcome::kDone && !run.observer({.iteration = steps_})) outcome_ = Outcome::kStopped;
        return outcome_ == Outcome::kDone;
      };
    }
    tolerance_ = 1e-12 * frame.model().largest_reward() * frame.steps(0);
    sets_.resize(static_cast<std::size_t>(frame.model().num_cells()));
    for (int x = 0; !frame.finite() && x < frame.model().num_cells(); ++x) begin_with_loop(x);
    if (!frame.finite())  // cells know each other's first nodes only now
      for (ControllerNode& node : nodes_)
        for (const auto& message : frame.model().cell(node.cell).choices.front().messages)
          node.next.push_back(message.cell);
  }

  enum class Outcome { kDone, kTooMany, kStopped };

  /// One stage back. With `last` the sets are those of the final stage of a finite horizon.
  Outcome step(bool last) {
    std::vector<std::vector<Candidate>> now;
    double loss = 0, loss_here = 0;
    for (int x = 0; x < frame_.model().num_cells(); ++x) {
      now.emplace_back();
      const BeliefModel::Cell& cell = frame_.model().cell(x);
      for (int k = 0; k < cell.num_choices(); ++k) {
        std::vector<Candidate> of_choice = back_up(cell.choices[static_cast<std::size_t>(k)], k, last, loss);
        if (outcome_ != Outcome::kDone) return outcome_;
        for (Candidate& c : of_choice) now.back().push_back(std::move(c));
      }
      loss_here = std::max(loss_here, latent::prune(now.back(), tolerance_, keep_going_));
      if (outcome_ != Outcome::kDone) return outcome_;
    }
    // Losses of one stage add up along the messages of a choice and then once for the union.
    lost_ = frame_.discount() * lost_ + loss + loss_here;
    for (std::size_t x = 0; x < now.size(); ++x) {
      sets_[x].clear();
      for (Candidate& c : now[x]) {
        sets_[x].push_back(static_cast<std::int32_t>(nodes_.size()));
        nodes_.push_back({.cell = static_cast<std::int32_t>(x),
                          .choice = c.choice,
                          .next = std::move(c.next),
                          .alpha = std::move(c.value)});
      }
      most_kept_ = std::max(most_kept_, static_cast<std::int64_t>(sets_[x].size()));
    }
    ++steps_;
    return Outcome::kDone;
  }

  /// The best vectors at the starts.
  double value(std::vector<std::int32_t>& start) const {
    double sum = 0;
    for (const BeliefModel::Start& one : frame_.model().starts()) {
      double top = -1.0 / 0.0;
      start.push_back(0);
      for (const std::int32_t node : sets_[static_cast<std::size_t>(one.cell)]) {
        const double x = mdp::dot(nodes_[static_cast<std::size_t>(node)].alpha, one.belief);
        if (x > top) top = x, start.back() = node;
      }
      sum += top;
    }
    return sum;
  }

  double lost() const { return lost_; }
  int steps() const { return steps_; }
  std::int64_t most_kept() const { return most_kept_; }
  std::vector<ControllerNode> take_nodes() { return std::move(nodes_); }

 private:
  /// Discounted: the first choice for ever, which earns at least the lowest value.
  void begin_with_loop(int x) {
    sets_[static_cast<std::size_t>(x)] = {x};
    nodes_.push_back(
        {.cell = x,
         .choice = 0,
         .next = {},
         .alpha = std::vector<double>(static_cast<std::size_t>(frame_.model().cell(x).size()), frame_.least(0))});
  }

  std::vector<Candidate> back_up(const BeliefModel::Choice& choice, int k, bool last, double& loss) {
    std::vector<Candidate> sum = {{.value = choice.reward, .choice = k}};
    if (last) return sum;
    double lost = 0;
    for (const BeliefModel::Message& message : choice.messages) {
      std::vector<Candidate> after;
      for (const std::int32_t node : sets_[static_cast<std::size_t>(message.cell)]) {
        Candidate c{.value = std::vector<double>(choice.reward.size(), 0.0), .choice = k, .next = {node}};
        add_back(message, nodes_[static_cast<std::size_t>(node)].alpha, frame_.discount(), c.value);
        after.push_back(std::move(c));
      }
      lost += std::max(0.0, latent::prune(after, tolerance_, keep_going_));
      if (outcome_ == Outcome::kDone) lost += latent::add_pruned(sum, after, tolerance_, keep_going_);
      if (keep_going_) keep_going_();
      if (static_cast<int>(sum.size()) > most_) outcome_ = Outcome::kTooMany;
      if (outcome_ != Outcome::kDone) return {};
    }
    loss = std::max(loss, lost);
    return sum;
  }

  const Frame& frame_;
  int most_, steps_ = 0;
  std::function<bool()> keep_going_;
  double tolerance_, lost_ = 0;
  std::int64_t most_kept_ = 0;
  Outcome outcome_ = Outcome::kDone;
  std::vector<ControllerNode> nodes_;
  std::vector<std::vector<std::int32_t>> sets_;
};

}  // namespace

LatentSolution alpha_vectors(const LatentProblem& problem, const AlphaVectorsOptions& options,
                             const SolveOptions& run) {
  bellwether::require_valid("alpha-vectors", options);
  const Frame frame(problem, run.observer);
  AlphaSets sets(frame, options.most_vectors, run);
  LatentSolution solution{.algorithm = "alpha-vectors"};
  const double range = frame.most(0) - frame.least(0);
  const auto tail = [&] {
    return frame.finite() ? 0.0 : range * std::pow(frame.discount(), sets.steps()) * (1 + 1e-9);
  };
  using Outcome = AlphaSets::Outcome;
  Outcome outcome = frame.stopped() ? Outcome::kStopped : Outcome::kDone;
  const double slack = 2 * frame.total_error(0);
  bool budget = false;
  while (outcome == Outcome::kDone) {
    if (frame.finite() ? sets.steps() == problem.horizon : tail() <= .5 * run.tolerance || tail() <= slack) break;
    budget = sets.steps() >= run.max_iterations;
    if (budget) break;
    outcome = sets.step(frame.finite() && sets.steps() == 0);
    solution.trace.push_back({.iteration = sets.steps(), .gap = tail() + slack + sets.lost()});
    if (outcome == Outcome::kDone && run.observer && !run.observer(solution.trace.back())) outcome = Outcome::kStopped;
  }
  solution.iterations = sets.steps();
  solution.vectors = sets.most_kept();
  double lower = frame.least(0), upper = frame.most(0);
  if (!frame.finite() || sets.steps() == problem.horizon) {
    lower = sets.value(solution.policy.start);
    upper = lower + tail() + sets.lost() * 1.001;
    solution.policy.nodes = sets.take_nodes();
    solution.policy = reachable(solution.policy);
  }
  frame.finish(solution, round_down(lower - slack), round_up(upper + slack));
  solution.status = solution.gap <= run.tolerance            ? Status::kConverged
                    : outcome == Outcome::kStopped           ? Status::kStoppedByCaller
                    : outcome == Outcome::kTooMany || budget ? Status::kBudgetExhausted
                                                             : Status::kRoundingLimited;
  if (solution.status == Status::kBudgetExhausted && outcome == Outcome::kTooMany)
    solution.limit = "the number of vectors";
  solution.note = outcome == Outcome::kTooMany ? fmt::format("more than {} of one stage, which 'most_vectors' forbids",
                                                             counted(options.most_vectors, "vector"))
                  : outcome == Outcome::kStopped && frame.finite() && sets.steps() < problem.horizon
                      ? fmt::format("stopped after {} of {}", counted(sets.steps(), "stage"), problem.horizon)
                      : fmt::format("at most {} of one cell and stage", counted(solution.vectors, "vector"));
  return solution;
}

}  // namespace bellwether::solvers
