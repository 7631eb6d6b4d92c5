#include "solvers/constrained/deterministic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/rounding.h"
#include "mdp/evaluate/discounted.h"
#include "mdp/operators.h"
#include "solvers/constrained/certificate.h"
#include "solvers/constrained/column_pool.h"
#include "solvers/constrained/occupancy_lp.h"
#include "solvers/exact/discounted/rounding_bounds.h"

namespace bellwether::solvers {

namespace constrained {

double relaxation_bound(const Lagrangian& on, const std::vector<double>& value, const std::vector<double>& y,
                        const std::vector<char>& forbidden, bool with_reward) {
  const mdp::TabularMdp& model = on.planner().question().model;
  const mdp::Expectation mean;
  const Eigen::Map<const Eigen::VectorXd> v(value.data(), model.num_states());
  // A comparison with what is no number would pass.
  if (!v.allFinite() || !std::ranges::all_of(y, [](double x) { return x >= 0 && std::isfinite(x); }))
    return std::numeric_limits<double>::infinity();
  const double largest = v.cwiseAbs().maxCoeff(), discount = on.problem().discount;
  double worst = 0;
  for (int s = 0; s < model.num_states(); ++s) {
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      const auto at = static_cast<std::size_t>(c);
      if (forbidden[at]) continue;
      double gain = with_reward ? on.sign() * model.reward(c) : 0, size = std::abs(gain);
      for (int i = 0; i < on.num_budgets(); ++i) {
        const auto j = static_cast<std::size_t>(i);
        const double term = y[j] * model.data().costs[j].expected[at];
        gain -= term;
        size += std::abs(term);
      }
      const double next = mean(model.successors(c), model.probabilities(c), value);
      const double excess = gain + discount * next - v[s];
      const auto terms = static_cast<std::int64_t>(model.successors(c).size()) + 2 * on.num_budgets() + 4;
      worst = std::max(worst, excess + discounted::row_error(terms) * (size + 2 * largest) + discounted::kUnderflow);
    }
  }
  const std::vector<double> initial = model.initial();
  double start = 0, size = 0, total = 0;
  for (std::size_t s = 0; s < initial.size(); ++s) {
    start += initial[s] * value[s];
    size += initial[s] * std::abs(value[s]);
    total += initial[s];
  }
  double limits = 0;
  for (int i = 0; i < on.num_budgets(); ++i) {
    const double term = y[static_cast<std::size_t>(i)] * on.limit(i);
    limits += term;
    size += std::abs(term);
  }
  // The initial distribution sums to one within 1e-9; it is read divided by its sum.
  const double slack =
      rounding_error(model.num_states() + on.num_budgets() + 8) * size + std::abs(total - 1) * 2 * size;
  return round_up(round_up(start + limits + slack) + round_up(worst * on.planner().duration() * (1 + 1e-12)));
}

}  // namespace constrained

namespace {

using namespace constrained;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Which choices are ruled out, and a proven bound on what is left.
struct Node {
  double upper = kInfinite;
  std::vector<char> forbidden;
  bool operator<(const Node& other) const { return upper < other.upper; }  // the most promising first
};

class Search {
 public:
  Search(const Lagrangian& on, const NodeProgram& program, const DeterministicOptions& options, const SolveOptions& run)
      : on_(on), program_(program), options_(options), run_(run), model_(on.planner().question().model) {}

  void run_to_the_end() {
    open_.push({.upper = kInfinite, .forbidden = std::vector<char>(static_cast<std::size_t>(model_.num_choices()), 0)});
    while (!open_.empty() && nodes_ < std::min(options_.nodes, run_.max_iterations) && !stopped_) {
      Node node = open_.top();
      if (node.upper <= best_.lower + run_.tolerance / 2) break;
      open_.pop();
      expand(std::move(node));
      if (run_.observer && !run_.observer({.iteration = nodes_, .gap = upper() - best_.lower})) stopped_ = true;
    }
  }

  double upper() const { return std::max({best_.lower, undecided_, open_.empty() ? -kInfinite : open_.top().upper}); }
  /// What is worth returning: a policy proven to keep to every limit, unless one on a limit is worth more.
  const std::optional<AnyPolicy>& choice() const { return prefers_the_limit() ? on_the_limit_ : policy_; }
  bool prefers_the_limit() const {
    return on_the_limit_ && (!policy_ || worth_on_the_limit_ > best_.upper + run_.tolerance);
  }
  const Bounded& best() const { return best_; }
  std::int64_t nodes() const { return nodes_; }
  bool stopped() const { return stopped_; }
  bool finished() const { return open_.empty() || open_.top().upper <= best_.lower + run_.tolerance / 2; }

 private:
  double bound(const OccupancyProgram::Answer& answer, const std::vector<char>& forbidden, bool with_reward) const {
    return relaxation_bound(on_, answer.state_value, answer.multipliers, forbidden, with_reward);
  }

  /// One program of a large model takes longer than a caller who says stop will wait.
  lp::LpOptions asking() {
    if (!run_.observer) return {};
    return {.keep_going = [this](std::int64_t) {
      stopped_ = stopped_ || !run_.observer({.iteration = nodes_, .gap = upper() - best_.lower});
      return !stopped_;
    }};
  }

  void expand(Node node) {
    ++nodes_;
    const OccupancyProgram::Answer answer = program_(on_, node.forbidden, asking());
    if (answer.status == lp::LpStatus::kInfeasible) {
      if (!proven_empty(node.forbidden)) undecided_ = std::max(undecided_, node.upper);
      return;
    }
    if (answer.status != lp::LpStatus::kOptimal) {
      undecided_ = std::max(undecided_, node.upper);
      return;
    }
    const double upper = std::min(node.upper, bound(answer, node.forbidden, true));
    try_rounded(answer, node.forbidden);
    if (upper <= best_.lower + run_.tolerance / 2) {
      undecided_ = std::max(undecided_, upper);
      return;
    }
    const int s = most_mixed(answer, node.forbidden);
    if (s < 0) {  // one policy is left; it was tried
      const std::vector<Bounded> collected = on_.planner().evaluate(only_policy(node.forbidden));
      bool proven_over = false;
      for (int i = 0; i < on_.num_budgets(); ++i)
        proven_over = proven_over || collected[static_cast<std::size_t>(i) + 1].lower > on_.limit(i);
      if (!proven_over) undecided_ = std::max(undecided_, std::min(upper, on_.reward(collected).upper));
      return;
    }
    const auto first = model_.first_choice(s), last = model_.first_choice(s + 1);
    // All are allowed: who branches on a state keeps one choice.
    for (std::int64_t keep = first; keep < last; ++keep) {
      Node child{.upper = upper, .forbidden = node.forbidden};
      for (std::int64_t c = first; c < last; ++c)
        if (c != keep) child.forbidden[static_cast<std::size_t>(c)] = 1;
      open_.push(std::move(child));
    }
  }

  /// Whether no policy without forbidden choices keeps to the budgets: weights y are sought for which even the cheapest
  /// one costs more than sum y limit, by cutting planes; the bound with reward 0 is then negative, a contradiction.
  bool proven_empty(const std::vector<char>& forbidden) const {
    const int budgets = on_.num_budgets();
    std::vector<std::vector<double>> seen;  // excesses of policies over the limits, in units of their scale
    OccupancyProgram::Answer trial;
    for (int i = 0; i < budgets; ++i) trial.multipliers.push_back(1 / (budgets * on_.cost_scale(i)));
    constexpr int kTries = 100;
    for (int attempt = 0; attempt < kTries; ++attempt) {
      std::vector<double> excess = cheapest(forbidden, trial);
      if (bound(trial, forbidden, false) < 0) return true;
      for (int i = 0; i < budgets; ++i)
        excess[static_cast<std::size_t>(i)] = (excess[static_cast<std::size_t>(i)] - on_.limit(i)) / on_.cost_scale(i);
      seen.push_back(std::move(excess));
      // The weights with the largest least weighted excess over the policies seen.
      lp::LinearProgram program;
      for (std::size_t j = 0; j < seen.size(); ++j) program.add_row(0, lp::kInfinity);
      const int sum = program.add_row(1, 1);
      for (int i = 0; i < budgets; ++i) {
        program.add_column(0, 0, lp::kInfinity);
        for (std::size_t j = 0; j < seen.size(); ++j)
          program.add_entry(static_cast<int>(j), seen[j][static_cast<std::size_t>(i)]);
        program.add_entry(sum, 1);
      }
      program.add_column(-1, -lp::kInfinity, lp::kInfinity);
      for (std::size_t j = 0; j < seen.size(); ++j) program.add_entry(static_cast<int>(j), -1);
      const lp::LpResult result = lp::solve(program);
      if (result.status != lp::LpStatus::kOptimal || !(-result.objective > 0)) return false;
      for (int i = 0; i < budgets; ++i)
        trial.multipliers[static_cast<std::size_t>(i)] =
            std::max(0.0, result.x[static_cast<std::size_t>(i)]) / on_.cost_scale(i);
    }
    return false;
  }

  /// Values of -sum y cost, maximised over allowed choices by policy iteration, into `trial.state_value`; the costs of
  /// the policy found.
  std::vector<double> cheapest(const std::vector<char>& forbidden, OccupancyProgram::Answer& trial) const {
    const double discount = on_.problem().discount;
    const mdp::Expectation mean;
    std::vector<double> v(static_cast<std::size_t>(model_.num_states()), 0.0);
    std::vector<std::int32_t> choice(v.size(), -1);
    for (int round = 0; round < 1000; ++round) {
      bool changed = false;
      for (int s = 0; s < model_.num_states(); ++s) {
        double best = -kInfinite;
        std::int32_t pick = -1;
        for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
          if (forbidden[static_cast<std::size_t>(c)]) continue;
          double q = discount * mean(model_.successors(c), model_.probabilities(c), v);
          for (std::size_t i = 0; i < trial.multipliers.size(); ++i)
            q -= trial.multipliers[i] * model_.data().costs[i].expected[static_cast<std::size_t>(c)];
          const auto local = static_cast<std::int32_t>(c - model_.first_choice(s));
          const bool same = local == choice[static_cast<std::size_t>(s)];
          if (pick < 0 || q > best + (same ? 0 : 1e-13 * std::abs(best)) || (same && q >= best)) {
            best = q;
            pick = local;
          }
        }
        changed = changed || pick != choice[static_cast<std::size_t>(s)];
        choice[static_cast<std::size_t>(s)] = pick;
      }
      if (!changed) break;
      const std::vector<mdp::Evaluation> costs = state_costs(mdp::Policy::deterministic(choice));
      for (std::size_t s = 0; s < v.size(); ++s) {
        v[s] = 0;
        for (std::size_t i = 0; i < costs.size(); ++i)
          v[s] -= trial.multipliers[i] * costs[i].value[static_cast<Eigen::Index>(s)];
      }
    }
    trial.state_value = v;
    const std::vector<Bounded> collected = on_.planner().evaluate({.stationary = mdp::Policy::deterministic(choice)});
    std::vector<double> cost;
    for (std::size_t i = 1; i < collected.size(); ++i) cost.push_back(collected[i].value);
    return cost;
  }

  std::vector<mdp::Evaluation> state_costs(const mdp::Policy& policy) const {
    std::vector<std::string> names;
    for (const mdp::Column& column : model_.data().costs) names.push_back(column.name);
    return mdp::evaluate_discounted(mdp::PolicyChain(model_, policy), on_.problem().discount, names);
  }

  AnyPolicy only_policy(const std::vector<char>& forbidden) const {
    std::vector<std::int32_t> choice;
    for (int s = 0; s < model_.num_states(); ++s) {
      std::int64_t c = model_.first_choice(s);
      while (forbidden[static_cast<std::size_t>(c)]) ++c;
      choice.push_back(static_cast<std::int32_t>(c - model_.first_choice(s)));
    }
    return {.stationary = mdp::Policy::deterministic(std::move(choice))};
  }

  /// The policy with the largest mass in each state, if it keeps to the budgets and beats the best so far.
  void try_rounded(const OccupancyProgram::Answer& answer, const std::vector<char>& forbidden) {
    std::vector<std::int32_t> choice;
    for (int s = 0; s < model_.num_states(); ++s) {
      std::int64_t pick = -1;
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
        const auto at = static_cast<std::size_t>(c);
        if (!forbidden[at] && (pick < 0 || answer.x[at] > answer.x[static_cast<std::size_t>(pick)])) pick = c;
      }
      choice.push_back(static_cast<std::int32_t>(pick - model_.first_choice(s)));
    }
    AnyPolicy candidate{.stationary = mdp::Policy::deterministic(std::move(choice))};
    const std::vector<Bounded> collected = on_.planner().evaluate(candidate);
    if (on_.excess(collected) > 0) return keep_on_the_limit(std::move(candidate), collected);
    if (!(on_.reward(collected).lower > best_.lower)) return;
    best_ = on_.reward(collected);
    policy_ = std::move(candidate);
  }

  void keep_on_the_limit(AnyPolicy candidate, std::span<const Bounded> collected) {
    for (int i = 0; i < on_.num_budgets(); ++i)
      if (collected[static_cast<std::size_t>(i) + 1].lower > on_.limit(i)) return;
    const double worth = on_.reward(collected).value;
    if (on_the_limit_ && !(worth > worth_on_the_limit_)) return;
    worth_on_the_limit_ = worth;
    on_the_limit_ = std::move(candidate);
  }

  /// The state whose second choice has the largest mass; else the first with more than one choice left; -1 when every
  /// state has one.
  int most_mixed(const OccupancyProgram::Answer& answer, const std::vector<char>& forbidden) const {
    int result = -1;
    double most = -1;
    for (int s = 0; s < model_.num_states(); ++s) {
      double largest = -1, second = -1;
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) {
        const auto at = static_cast<std::size_t>(c);
        if (forbidden[at]) continue;
        const double x = std::max(0.0, answer.x[at]);
        if (x > largest) {
          second = largest;
          largest = x;
        } else {
          second = std::max(second, x);
        }
      }
      if (second > most) {
        most = second;
        result = s;
      }
    }
    return result;
  }

  const Lagrangian& on_;
  const NodeProgram& program_;
  const DeterministicOptions& options_;
  const SolveOptions& run_;
  const mdp::TabularMdp& model_;
  std::priority_queue<Node> open_;
  Bounded best_{-kInfinite, -kInfinite, -kInfinite};
  std::optional<AnyPolicy> policy_;        ///< the best that provably keeps to every limit
  std::optional<AnyPolicy> on_the_limit_;  ///< ... that keeps to them as far as rounding lets anybody say
  double worth_on_the_limit_ = 0;
  double undecided_ = -kInfinite;  ///< the most that closed nodes without a proof may hold
  std::int64_t nodes_ = 0;
  bool stopped_ = false;
};

}  // namespace

ConstrainedSolution deterministic(const ConstrainedProblem& problem, const DeterministicOptions& options,
                                  const SolveOptions& run) {
  return deterministic_by(
      [](const Lagrangian& on, const std::vector<char>& forbidden, const lp::LpOptions& asking) {
        return OccupancyProgram(on, false, forbidden).solve(asking);
      },
      problem, options, run);
}

ConstrainedSolution constrained::deterministic_by(const NodeProgram& program, const ConstrainedProblem& problem,
                                                  const DeterministicOptions& options, const SolveOptions& run) {
  bellwether::require_valid("deterministic", options);
  const Lagrangian on(problem);
  if (problem.criterion != Criterion::kDiscounted) {
    throw InvalidOption(
        fmt::format("deterministic: the criterion is {}, must be discounted", to_string(problem.criterion)));
  }
  ConstrainedSolution relaxed =
      occupancy_lp(problem, {.sensitivity = false}, {.tolerance = run.tolerance, .observer = run.observer});
  relaxed.algorithm = "deterministic";
  if (relaxed.status == Status::kInfeasible) return relaxed;
  Search search(on, program, options, run);
  const bool stopped = relaxed.status == Status::kStoppedByCaller;
  if (!stopped) search.run_to_the_end();
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  if (!search.choice()) {
    // The value of deterministic policies jumps in the limits, so no multipliers belong to it.
    for (BudgetReport& budget : relaxed.budgets) budget.multiplier = kUnknown;
    const bool none = !stopped && search.upper() == -kInfinite;
    relaxed.optimum = optimum_within(on, Bounded(), stopped || none ? kInfinite : search.upper());
    relaxed.status = stopped || search.stopped() ? Status::kStoppedByCaller
                     : none                      ? Status::kInfeasible
                     : search.finished()         ? Status::kRoundingLimited
                                                 : Status::kBudgetExhausted;
    relaxed.note = relaxed.status == Status::kInfeasible
                       ? "Only randomised policies keep to the budgets: the policy returned is the best of those."
                       : "No deterministic policy that keeps to the budgets was found; the policy returned is the best "
                         "randomised one.";
    relaxed.iterations = search.nodes();
    relaxed.gap = kInfinite;
    return relaxed;
  }
  Outcome outcome{.algorithm = "deterministic", .policy = *search.choice()};
  const Feasibility nobody_else;  // whoever is mixed in would make it draw
  outcome.feasibility = &nobody_else;
  const double upper = search.upper();
  outcome.priced = false;
  outcome.dual = Bounded{upper, search.best().lower, upper};
  outcome.iterations = search.nodes();
  outcome.stopped = search.stopped();
  outcome.exhausted = !search.finished();
  outcome.note = "Best among deterministic policies";
  outcome.note +=
      std::isnan(relaxed.optimum.value) ? "." : fmt::format("; randomised ones reach {:.9g}.", relaxed.optimum.value);
  if (search.prefers_the_limit() && std::isfinite(search.best().lower))
    outcome.note += fmt::format(" It lies on a limit; the best one proven to keep to all reaches {:.9g}.",
                                on.sign() * search.best().value);
  return conclude(on, std::move(outcome), run);
}

}  // namespace bellwether::solvers
