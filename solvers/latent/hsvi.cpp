#include "solvers/latent/hsvi.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/rounding.h"
#include "core/text.h"
#include "solvers/latent/frame.h"

namespace bellwether::solvers {
namespace {

using latent::Frame;
using mdp::BeliefModel;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Upper bounds at the corners of a cell and at beliefs that were visited.
class Sawtooth {
 public:
  void begin(const std::vector<std::vector<double>>& q) {
    corner_ = q.front();
    for (const auto& of_places : q)
      for (std::size_t i = 0; i < corner_.size(); ++i) corner_[i] = std::max(corner_[i], of_places[i]);
    informed_ = q;
  }

  /// An upper bound of a value function that is convex, homogeneous and below all points (unnormalised beliefs).
  double at(std::span<const double> belief) const {
    const double flat = mdp::dot(corner_, belief);
    double best = 0;
    for (const Point& point : points_) {
      double share = kInfinity;
      for (const std::int32_t i : point.support) {
        share = std::min(share, belief[static_cast<std::size_t>(i)] / point.belief[static_cast<std::size_t>(i)]);
        if (share * point.drop >= best) break;
      }
      best = std::min(best, share * point.drop);
    }
    return std::min(flat + best, latent::largest(informed_, belief));
  }

  void add(std::span<const double> belief, double value) {
    Point point{.belief = {belief.begin(), belief.end()}, .value = value};
    for (std::size_t i = 0; i < belief.size(); ++i)
      if (belief[i] > 0) point.support.push_back(static_cast<std::int32_t>(i));
    if (point.support.size() == 1) {
      const auto i = static_cast<std::size_t>(point.support.front());
      corner_[i] = std::min(corner_[i], round_up(value / belief[i]));
      for (Point& old : points_) set_drop(old);
      return;
    }
    set_drop(point);
    if (!(point.drop < 0)) return;
    points_.push_back(std::move(point));
    if (points_.size() >= trim_at_) trim();
  }

  std::size_t size() const { return points_.size(); }

 private:
  struct Point {
    std::vector<double> belief;
    double value = 0;
    double drop = 0;  ///< value minus that of the flat bound
    std::vector<std::int32_t> support = {};
  };

  void set_drop(Point& point) const { point.drop = point.value - mdp::dot(corner_, point.belief); }

  /// Forgets points that the others bound as well.
  void trim() {
    for (std::size_t i = points_.size(); i-- > 0;) {
      Point point = std::move(points_[i]);
      points_[i] = std::move(points_.back());
      points_.pop_back();
      if (point.drop < 0 && at(point.belief) > point.value) points_.push_back(std::move(point));
    }
    trim_at_ = std::max<std::size_t>(32, points_.size() + points_.size() / 4);
  }

  std::vector<double> corner_;
  std::vector<std::vector<double>> informed_;
  std::vector<Point> points_;
  std::size_t trim_at_ = 32;
};

class Search {
 public:
  Search(const Frame& frame, double tolerance, const Observer& observer)
      : frame_(frame), tolerance_(tolerance), observer_(observer), stopped_(frame.stopped()) {
    const auto stages = static_cast<std::size_t>(frame.stages());
    lower_.resize(stages);
    upper_.resize(stages);
    for (int h = frame.stages(); h-- > 0;) begin_stage(h);
  }

  double lower(std::vector<std::int32_t>* start = nullptr) const {
    double sum = 0;
    for (const BeliefModel::Start& one : frame_.model().starts()) {
      const auto [value, node] = best(0, one.cell, one.belief);
      sum += value;
      if (start != nullptr) start->push_back(node);
    }
    return sum - 2 * frame_.total_error(0);
  }
  double upper() const {
    double sum = 0;
    for (const BeliefModel::Start& one : frame_.model().starts())
      sum += upper_[0][static_cast<std::size_t>(one.cell)].at(one.belief);
    return sum + 2 * frame_.total_error(0);
  }

  /// One trial from the start whose bounds lie furthest apart.
  void trial() {
    ++trials_;
    const BeliefModel::Start* from = nullptr;
    double widest = -kInfinity;
    for (const BeliefModel::Start& one : frame_.model().starts()) {
      const double width =
          upper_[0][static_cast<std::size_t>(one.cell)].at(one.belief) - best(0, one.cell, one.belief).first;
      if (width > widest) widest = width, from = &one;
    }
    path_.clear();
    Step step{0, from->cell, from->belief};
    scale(step.belief);
    do path_.push_back(step);
    while (going_on() && descend(step));
    for (std::size_t i = path_.size(); i-- > 0 && going_on();) update(path_[i]);
  }

  std::int64_t vectors() const {
    std::int64_t sum = 0;
    for (const auto& stage : lower_)
      for (const auto& set : stage) sum += static_cast<std::int64_t>(set.size());
    return sum;
  }
  std::int64_t points() const {
    std::int64_t sum = 0;
    for (const auto& stage : upper_)
      for (const auto& set : stage) sum += static_cast<std::int64_t>(set.size());
    return sum;
  }
  std::int64_t backups() const { return backups_; }
  bool stopped() const { return stopped_; }
  std::vector<ControllerNode> take_nodes() { return std::move(nodes_); }

 private:
  struct Step {
    int stage = 0, cell = 0;
    std::vector<double> belief = {};
  };

  /// Asks the observer now and then; long trials must not make it wait.
  bool going_on() {
    if (++steps_ % 64 == 0 && observer_ && !observer_({.iteration = trials_, .work = backups_})) stopped_ = true;
    return !stopped_;
  }

  static void scale(std::vector<double>& belief) {
    const double sum = mdp::mass(belief);
    for (double& b : belief) b /= sum;
  }

  /// Controllers that always take the choice of one number (the last where there are fewer), valued from below.
  void begin_stage(int h) {
    const BeliefModel& model = frame_.model();
    const auto stage = static_cast<std::size_t>(h);
    int most = 1;
    for (int x = 0; x < model.num_cells(); ++x) {
      most = std::max(most, model.cell(x).num_choices());
      upper_[stage].emplace_back();
      upper_[stage].back().begin(frame_.relaxations().seen_late[stage][static_cast<std::size_t>(x)]);
    }
    lower_[stage].resize(static_cast<std::size_t>(model.num_cells()));
    for (int k = 0; k < most; ++k) {
      const auto first = static_cast<std::int32_t>(nodes_.size());
      const std::int32_t after = frame_.finite() ? first_of_choice(h + 1, k) : first;
      for (int x = 0; x < model.num_cells(); ++x) {
        ControllerNode node{.cell = x, .choice = std::min(k, model.cell(x).num_choices() - 1)};
        const auto& choice = model.cell(x).choices[static_cast<std::size_t>(node.choice)];
        if (!frame_.ends(h + 1) || !frame_.finite())
          for (const auto& message : choice.messages) node.next.push_back(after + message.cell);
        node.alpha.assign(static_cast<std::size_t>(model.cell(x).size()), frame_.least(h));
        nodes_.push_back(std::move(node));
        lower_[stage][static_cast<std::size_t>(x)].push_back(first + x);
      }
      raise_loops(first);
      blind_.push_back(first);
    }
    most_choices_ = most;
  }

  std::int32_t first_of_choice(int h, int k) const {
    if (frame_.ends(h)) return 0;
    return blind_[static_cast<std::size_t>((frame_.stages() - 1 - h) * most_choices_ + k)];
  }

  /// Evaluates the controllers made last from below; each sweep keeps them below the truth, so any number will do.
  void raise_loops(std::int32_t first) {
    const int sweeps = frame_.finite() ? 1 : 500;
    for (int sweep = 0; sweep < sweeps; ++sweep) {
      if (!stopped_ && observer_ && !observer_(TraceRow{})) stopped_ = true;
      if (stopped_) break;
      double rise = 0;
      for (auto n = static_cast<std::size_t>(first); n < nodes_.size(); ++n) {
        std::vector<double> value = value_of(nodes_[n].cell, nodes_[n].choice, nodes_[n].next);
        for (std::size_t i = 0; i < value.size(); ++i) {
          value[i] = std::max(value[i], nodes_[n].alpha[i]);
          rise = std::max(rise, value[i] - nodes_[n].alpha[i]);
        }
        nodes_[n].alpha = std::move(value);
      }
      if (rise <= 1e-9 * frame_.model().largest_reward()) break;
    }
  }

  std::vector<double> value_of(int x, int k, std::span<const std::int32_t> next) const {
    const auto& choice = frame_.model().cell(x).choices[static_cast<std::size_t>(k)];
    std::vector<double> value = choice.reward;
    for (std::size_t o = 0; o < next.size(); ++o)
      add_back(choice.messages[o], nodes_[static_cast<std::size_t>(next[o])].alpha, frame_.discount(), value);
    return value;
  }

  std::pair<double, std::int32_t> best(int stage, int x, std::span<const double> belief) const {
    std::pair<double, std::int32_t> top{-kInfinity, 0};
    for (const std::int32_t node : lower_[static_cast<std::size_t>(stage)][static_cast<std::size_t>(x)]) {
      const double value = mdp::dot(nodes_[static_cast<std::size_t>(node)].alpha, belief);
      if (value > top.first) top = {value, node};
    }
    return top;
  }

  /// The width that the start may keep, as seen from a stage after `depth` steps.
  double allowed(int stage, std::size_t depth) const {
    const double grown = tolerance_ / std::pow(frame_.discount(), static_cast<double>(depth));
    return frame_.finite() ? grown * (frame_.stages() - stage) / frame_.stages() : grown;
  }

  /// Moves to the belief that matters most, or says that the trial ends here.
  bool descend(Step& step) {
    const auto deepest = static_cast<std::size_t>(std::max(4000, frame_.stages()));
    const auto stage = static_cast<std::size_t>(step.stage), cell = static_cast<std::size_t>(step.cell);
    const double width = upper_[stage][cell].at(step.belief) - best(step.stage, step.cell, step.belief).first;
    const int after = frame_.next(step.stage);
    if (!(width > .95 * allowed(step.stage, path_.size() - 1)) || frame_.ends(after) || path_.size() >= deepest)
      return false;
    int chosen = 0;
    upper_value(step, &chosen);
    const auto& choice = frame_.model().cell(step.cell).choices[static_cast<std::size_t>(chosen)];
    double most = 0;
    Step next;
    std::vector<double> belief;
    for (const BeliefModel::Message& message : choice.messages) {
      belief.resize(static_cast<std::size_t>(frame_.model().cell(message.cell).size()));
      advance(message, step.belief, belief);
      const double mass = mdp::mass(belief);
      if (!(mass > 0)) continue;
      const double apart = upper_[static_cast<std::size_t>(after)][static_cast<std::size_t>(message.cell)].at(belief) -
                           best(after, message.cell, belief).first - mass * allowed(after, path_.size());
      if (apart > most) most = apart, next = {after, message.cell, belief};
    }
    if (!(most > 0)) return false;
    scale(next.belief);
    step = std::move(next);
    return true;
  }

  double upper_value(const Step& step, int* chosen) const {
    const BeliefModel::Cell& cell = frame_.model().cell(step.cell);
    const int after = frame_.next(step.stage);
    double top = -kInfinity;
    std::vector<double> belief;
    for (int k = 0; k < cell.num_choices(); ++k) {
      const auto& choice = cell.choices[static_cast<std::size_t>(k)];
      double value = mdp::dot(choice.reward, step.belief);
      for (const BeliefModel::Message& message : choice.messages) {
        if (frame_.ends(after)) break;
        belief.resize(static_cast<std::size_t>(frame_.model().cell(message.cell).size()));
        advance(message, step.belief, belief);
        value += frame_.discount() *
                 upper_[static_cast<std::size_t>(after)][static_cast<std::size_t>(message.cell)].at(belief);
      }
      if (value > top) {
        top = value;
        if (chosen != nullptr) *chosen = k;
      }
    }
    return top + frame_.backup_error();
  }

  void update(const Step& step) {
    ++backups_;
    Sawtooth& upper = upper_[static_cast<std::size_t>(step.stage)][static_cast<std::size_t>(step.cell)];
    const double value = upper_value(step, nullptr);
    if (value < upper.at(step.belief)) upper.add(step.belief, value);
    raise(step);
  }

  void raise(const Step& step) {
    const BeliefModel::Cell& cell = frame_.model().cell(step.cell);
    const int after = frame_.next(step.stage);
    ControllerNode made;
    double top = -kInfinity;
    std::vector<double> belief;
    for (int k = 0; k < cell.num_choices(); ++k) {
      const auto& choice = cell.choices[static_cast<std::size_t>(k)];
      ControllerNode node{.cell = step.cell, .choice = k};
      double value = mdp::dot(choice.reward, step.belief);
      for (const BeliefModel::Message& message : choice.messages) {
        if (frame_.ends(after)) break;
        belief.resize(static_cast<std::size_t>(frame_.model().cell(message.cell).size()));
        advance(message, step.belief, belief);
        const auto [worth, next] = best(after, message.cell, belief);
        value += frame_.discount() * worth;
        node.next.push_back(next);
      }
      if (value > top) top = value, made = std::move(node);
    }
    auto& set = lower_[static_cast<std::size_t>(step.stage)][static_cast<std::size_t>(step.cell)];
    if (!(top > best(step.stage, step.cell, step.belief).first)) return;
    made.alpha = value_of(step.cell, made.choice, made.next);
    // Vectors that the new one dominates are not needed any more; their nodes stay for those that lead to them.
    std::erase_if(set, [&](std::int32_t old) {
      const auto& alpha = nodes_[static_cast<std::size_t>(old)].alpha;
      for (std::size_t i = 0; i < alpha.size(); ++i)
        if (alpha[i] > made.alpha[i]) return false;
      return true;
    });
    set.push_back(static_cast<std::int32_t>(nodes_.size()));
    nodes_.push_back(std::move(made));
  }

  const Frame& frame_;
  double tolerance_;
  const Observer& observer_;
  std::int64_t backups_ = 0, steps_ = 0, trials_ = -1;
  bool stopped_ = false;
  int most_choices_ = 1;
  std::vector<ControllerNode> nodes_;
  std::vector<std::int32_t> blind_;  ///< first nodes of the controllers that a stage began with, last stage first
  std::vector<std::vector<std::vector<std::int32_t>>> lower_;  ///< [stage][cell]: nodes
  std::vector<std::vector<Sawtooth>> upper_;                   ///< [stage][cell]
  std::vector<Step> path_;
};

}  // namespace

LatentSolution hsvi(const LatentProblem& problem, const HsviOptions& options, const SolveOptions& run) {
  bellwether::require_valid("hsvi", options);
  const Frame frame(problem, run.observer);
  Search search(frame, std::max(run.tolerance, 8 * frame.total_error(0)), run.observer);
  LatentSolution solution{.algorithm = "hsvi"};
  TraceRecorder trace;
  constexpr int kPatience = 200;  // trials without any progress: only rounding is left
  int idle = 0;
  double lower = search.lower(), upper = std::min(search.upper(), frame.relaxations().informed);
  while (true) {
    const TraceRow row{.iteration = solution.iterations, .gap = upper - lower, .work = search.backups()};
    trace.record(row);
    if (upper - lower <= run.tolerance)
      solution.status = Status::kConverged;
    else if (search.stopped() || (run.observer && !run.observer(row)))
      solution.status = Status::kStoppedByCaller;
    else if (solution.iterations >= std::min(run.max_iterations, options.most_trials))
      solution.status = Status::kBudgetExhausted;
    else if (idle >= kPatience)
      solution.status = Status::kRoundingLimited;
    if (solution.status != Status::kNotRun) break;
    search.trial();
    ++solution.iterations;
    const double below = search.lower(), above = std::min(upper, search.upper());
    idle = below > lower || above < upper ? 0 : idle + 1;
    lower = std::max(lower, below), upper = above;
  }
  if (solution.status == Status::kBudgetExhausted) solution.limit = "the number of trials";
  solution.trace = trace.take();
  solution.vectors = search.vectors();
  solution.note =
      fmt::format("{} and {} kept", counted(search.vectors(), "vector"), counted(search.points(), "belief"));
  lower = search.lower(&solution.policy.start);
  solution.policy.nodes = search.take_nodes();
  solution.policy = reachable(solution.policy);
  frame.finish(solution, lower, upper);
  return solution;
}

}  // namespace bellwether::solvers
